package io.multiproc.server.engine;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An order of commands that gathers bursts, as one with a log does: each burst is one record, and is applied from its bytes. What completions submit is the
 * next record, and what is submitted outside of a burst is one by itself.
 */
public final class Gathered implements Sequencer {
    private static final Logger log = LoggerFactory.getLogger(Gathered.class);

    private final Consumer<byte[]> records;
    private final Applier applier;
    private final LongSupplier clock;
    private final List<Waiting> waiting = new ArrayList<>();
    /** How many commands of each session are on their way. */
    private final Map<Long, Integer> sessions = new HashMap<>();

    private boolean inBurst;
    private boolean applying;

    /** A command whose bytes nobody else has, and who is told of it; without bytes only that. */
    private record Waiting(byte[] bytes, Completion completion) {}

    /** @param records gets the bytes of each record */
    public Gathered(Consumer<byte[]> records, Applier applier, LongSupplier clock) {
        this.records = records;
        this.applier = applier;
        this.clock = clock;
    }

    @Override
    public void submit(long session, long request, Command command, Completion completion) {
        // its arguments are a view of bytes that are another request's before the burst ends
        LoggedCommand one = applier.stamped(session, request, command);
        waiting.add(new Waiting(RecordCodec.encode(new LogRecord(0, 0, List.of(one))), completion));
        sessions.merge(session, 1, Integer::sum);
        if (!inBurst && !applying) {
            commit();
        }
    }

    @Override
    public long restartedAt() {
        return clock.getAsLong();
    }

    @Override
    public void after(long session, Runnable action) {
        if (waiting.isEmpty()) {
            action.run();
        } else {
            waiting.add(new Waiting(new byte[0], (request, reply) -> action.run()));
        }
    }

    @Override
    public boolean mayRead(long session) {
        return session == 0 || !sessions.containsKey(session);
    }

    @Override
    public boolean gathers() {
        return true;
    }

    @Override
    public void beginBurst() {
        inBurst = true;
    }

    @Override
    public void endBurst() {
        inBurst = false;
        commit();
    }

    @Override
    public void commit() {
        boolean outer = applying;
        applying = true;
        while (!waiting.isEmpty()) {
            List<Waiting> burst = List.copyOf(waiting);
            waiting.clear();
            apply(burst);
        }
        applying = outer;
    }

    private void apply(List<Waiting> burst) {
        List<LoggedCommand> commands = new ArrayList<>();
        for (Waiting w : burst) {
            if (w.bytes.length == 0) {
                continue;
            }
            commands.addAll(RecordCodec.read(w.bytes, 0, w.bytes.length).commands());
        }
        byte[] bytes = RecordCodec.encode(new LogRecord(clock.getAsLong(), 0, commands));
        records.accept(bytes);
        LogRecord record = RecordCodec.read(bytes, 0, bytes.length);
        Iterator<LoggedCommand> next = record.commands().iterator();
        for (Waiting w : burst) {
            if (w.bytes.length == 0) {
                complete(w.completion, 0, null);
                continue;
            }
            LoggedCommand c = next.next();
            Reply reply = applier.apply(record.time(), c);
            sessions.compute(c.session(), (session, n) -> n == null || n == 1 ? null : n - 1);
            complete(w.completion, c.request(), reply);
        }
    }

    /** One that fails is nothing to the others. */
    private static void complete(Completion completion, long request, @Nullable Reply reply) {
        try {
            completion.applied(request, reply);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            log.error("a completion failed", e);
        }
    }
}
