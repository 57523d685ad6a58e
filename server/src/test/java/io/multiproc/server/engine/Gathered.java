package io.multiproc.server.engine;

import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordCodec;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * An order of commands that gathers bursts, as one with a log does: each burst is one record, and is applied from its bytes. What is submitted outside of a
 * burst is one by itself.
 */
public final class Gathered implements Sequencer {
    private final List<byte[]> records;
    private final Applier applier;
    private final LongSupplier clock;
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean inBurst;

    /** A command whose bytes nobody else has, and who is told of it; without bytes only that. */
    private record Waiting(byte[] bytes, Completion completion) {}

    /** @param records gets the bytes of each record */
    public Gathered(List<byte[]> records, Applier applier, LongSupplier clock) {
        this.records = records;
        this.applier = applier;
        this.clock = clock;
    }

    @Override
    public void submit(long session, long request, Command command, Completion completion) {
        // its arguments are a view of bytes that are another request's before the burst ends
        LoggedCommand one = applier.stamped(session, request, command);
        waiting.add(new Waiting(RecordCodec.encode(new LogRecord(0, 0, List.of(one))), completion));
        if (!inBurst) {
            endBurst();
        }
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
        return waiting.isEmpty();
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
        if (waiting.isEmpty()) {
            return;
        }
        List<Waiting> burst = List.copyOf(waiting);
        waiting.clear();
        List<LoggedCommand> commands = new ArrayList<>();
        for (Waiting w : burst) {
            if (w.bytes.length == 0) {
                continue;
            }
            commands.addAll(RecordCodec.read(w.bytes, 0, w.bytes.length).commands());
        }
        byte[] bytes = RecordCodec.encode(new LogRecord(clock.getAsLong(), 0, commands));
        records.add(bytes);
        LogRecord record = RecordCodec.read(bytes, 0, bytes.length);
        Iterator<LoggedCommand> next = record.commands().iterator();
        for (Waiting w : burst) {
            if (w.bytes.length == 0) {
                w.completion.applied(0, null);
            } else {
                LoggedCommand c = next.next();
                w.completion.applied(c.request(), applier.apply(record.time(), c));
            }
        }
    }
}
