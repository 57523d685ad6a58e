package io.multiproc.server.engine;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.StateMachine;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order of one process: a command is applied at once, on the caller's thread. Wakes the state machine at its next deadline.
 *
 * <p>A fault in the state machine answers the request at hand with an error; later commands are applied all the same.
 */
final class LocalSequencer implements Sequencer {
    private static final Logger log = LoggerFactory.getLogger(LocalSequencer.class);
    private static final long NEVER = Long.MAX_VALUE;
    // made before it is needed
    private static final Reply OUT_OF_MEMORY =
            Reply.error(ErrorCode.BUSY, "the server is out of memory; free some objects");

    private final StateMachine machine;
    private final LongSupplier clock;
    private final DeadlineTimer timer;
    private final Completions completions;
    private final ThreadOwnership thread;

    private long lastIndex;
    private long lastTime;

    /** The time for which a tick is scheduled, or NEVER. */
    private long tickAt = NEVER;

    /** Keeps a tick that fails from being repeated in a tight loop. */
    private long minTickDelay = 1;

    private @Nullable Runnable withdrawTick;

    LocalSequencer(
            StateMachine machine,
            LongSupplier clock,
            DeadlineTimer timer,
            Completions completions,
            ThreadOwnership thread) {
        this.machine = machine;
        this.clock = clock;
        this.timer = timer;
        this.completions = completions;
        this.thread = thread;
        this.lastIndex = machine.lastIndex();
        this.lastTime = clock.getAsLong();
    }

    @Override
    public long time() {
        return lastTime;
    }

    @Override
    public @Nullable Reply submit(long session, long request, Command command) {
        thread.check();
        lastTime = Math.max(lastTime, clock.getAsLong());
        Reply reply;
        try {
            reply = machine.apply(new Entry(++lastIndex, lastTime, session, request, command), completions);
            minTickDelay = 1;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            reply = fault(session, command, e);
            minTickDelay = 1000;
        }
        awake();
        return reply;
    }

    @Override
    public void awake() {
        try {
            scheduleTick();
        } catch (RuntimeException | OutOfMemoryError e) {
            // what was applied is applied; the next command or sweep sets the timer
            tickAt = NEVER;
            withdrawTick = null;
        }
    }

    private static @Nullable Reply fault(long session, Command command, Throwable e) {
        try {
            String what = command instanceof Command.Invoke invoke
                    ? invoke.op().wireName() + " on object " + invoke.object()
                    : command.getClass().getSimpleName();
            log.error("fault while applying {} of session {}", what, session, e);
        } catch (OutOfMemoryError again) {
            // the answer is worth more than the line
        }
        if (!(command instanceof Command.Invoke)) {
            return null;
        }
        return e instanceof OutOfMemoryError
                ? OUT_OF_MEMORY
                : Reply.error(ErrorCode.INTERNAL, "a fault of the server, see its log; the outcome is unknown");
    }

    private void scheduleTick() {
        long deadline = machine.nextDeadline();
        if (deadline >= tickAt) {
            // nothing earlier than what is scheduled; a tick that comes too early finds the later deadline by itself
            return;
        }
        Runnable withdraw = withdrawTick;
        if (withdraw != null) {
            withdraw.run();
        }
        withdrawTick = timer.schedule(Math.max(minTickDelay, deadline - lastTime), this::tick);
        tickAt = deadline;
    }

    private void tick() {
        tickAt = NEVER;
        withdrawTick = null;
        submit(0, 0, new Command.Tick());
    }
}
