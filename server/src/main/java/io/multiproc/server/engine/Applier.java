package io.multiproc.server.engine;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.StateMachine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hand that applies commands to a state machine, in the order in which a {@link Sequencer} gives them. Counts operations, and wakes the machine at its
 * next deadline.
 *
 * <p>A fault in the state machine answers the request at hand with an error; later commands are applied all the same.
 */
public final class Applier {
    private static final Logger log = LoggerFactory.getLogger(Applier.class);
    private static final long NEVER = Long.MAX_VALUE;
    // made before it is needed
    private static final Reply OUT_OF_MEMORY =
            Reply.error(ErrorCode.BUSY, "the server is out of memory; free some objects");

    /** What has to be known of operations on the manager. */
    @FunctionalInterface
    interface ManagerListener {
        void applied(long session, ManagerOp op, Args args, @Nullable Reply reply);
    }

    private final StateMachine machine;
    private final DeadlineTimer timer;
    private final Completions completions;
    private final OperationCounters counters;
    private final ManagerListener manager;
    private final Runnable submitTick;
    private final ThreadOwnership thread;

    private Receipts receipts = Receipts.NONE;
    private long lastTime;

    /** The time for which a tick is scheduled, or NEVER. */
    private long tickAt = NEVER;

    /** Keeps a tick that fails from being repeated in a tight loop. */
    private long minTickDelay = 1;

    private @Nullable Runnable withdrawTick;

    /** @param submitTick has a {@link Command.Tick} come next in the order */
    Applier(
            StateMachine machine,
            long now,
            DeadlineTimer timer,
            Completions completions,
            OperationCounters counters,
            ManagerListener manager,
            Runnable submitTick,
            ThreadOwnership thread) {
        this.machine = machine;
        this.timer = timer;
        this.completions = completions;
        this.counters = counters;
        this.manager = manager;
        this.submitTick = submitTick;
        this.thread = thread;
        this.lastTime = now;
    }

    /** Before the first client is served: who counts the frames and replies of sessions. */
    void countedBy(Receipts counts) {
        receipts = counts;
    }

    /** A command as a log is to hold it. To be called while the frame that it came in is worked on. */
    public LoggedCommand stamped(long session, long request, Command command) {
        return request == 0
                ? new LoggedCommand(session, 0, command)
                : new LoggedCommand(session, request, receipts.frame(session), receipts.confirmed(session), command);
    }

    /** The time of the last command; milliseconds since 1970. */
    public long time() {
        return lastTime;
    }

    /**
     * Applies the next command.
     *
     * @param time milliseconds since 1970; the time of the last command counts if that is later
     * @param session the session that asks; 0 for none
     * @param request the session's request id; 0 where there is none
     * @return the answer, or null when the request waits or the command has no answer
     */
    public @Nullable Reply apply(long time, long session, long request, Command command) {
        return apply(new Entry(Math.max(lastTime, time), session, request, command));
    }

    /**
     * Applies the next command of a log, as {@link #apply(long, long, long, Command)} does. Its completion is called before the next command is applied: what a session
     * is told goes by what the state has kept so far.
     */
    public @Nullable Reply apply(long time, LoggedCommand logged) {
        return apply(logged.at(Math.max(lastTime, time)));
    }

    private @Nullable Reply apply(Entry entry) {
        thread.check();
        long session = entry.session();
        Command command = entry.command();
        Command.Invoke invoke = command instanceof Command.Invoke i ? i : null;
        long begun = invoke == null ? 0 : counters.begin();
        lastTime = entry.time();
        Reply reply;
        try {
            reply = machine.apply(entry, completions);
            minTickDelay = 1;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            reply = invoke == null
                    ? fault(session, command.getClass().getSimpleName(), e)
                    : fault(session, invoke.op(), invoke.object(), e);
            minTickDelay = 1000;
        }
        awake();
        if (invoke != null) {
            counters.end(invoke.op(), reply, begun);
            if (invoke.op() instanceof ManagerOp op) {
                tellManager(session, op, invoke.args(), reply);
            }
        }
        return reply;
    }

    private void tellManager(long session, ManagerOp op, Args args, @Nullable Reply reply) {
        try {
            manager.applied(session, op, args, reply);
        } catch (OutOfMemoryError e) {
            // what was applied is applied, and the answer says so
        }
    }

    /** To be called now and then: what is due by itself is done in time even if the timer could not be set before. */
    void awake() {
        try {
            scheduleTick();
        } catch (RuntimeException | OutOfMemoryError e) {
            // what was applied is applied; the next command or sweep sets the timer
            tickAt = NEVER;
            withdrawTick = null;
        }
    }

    private static @Nullable Reply fault(long session, String what, Throwable e) {
        try {
            log.error("fault while applying {} of session {}", what, session, e);
        } catch (OutOfMemoryError again) {
            // the answer is worth more than the line
        }
        return null;
    }

    /** What a client gets whose operation failed in a way that nobody foresaw. */
    static Reply fault(long session, Op op, long object, Throwable e) {
        try {
            log.error("fault while applying {} on object {} of session {}", op.wireName(), object, session, e);
        } catch (OutOfMemoryError again) {
            // the answer is worth more than the line
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
        submitTick.run();
    }
}
