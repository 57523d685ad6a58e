package io.multiproc.server.log;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Applier;
import io.multiproc.server.engine.EngineClock;
import io.multiproc.server.engine.LogStats;
import io.multiproc.server.engine.Sequencer;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.LoggedCommand;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order of one process with a log: commands are gathered, written as one record, brought to the disk by one sync on this very thread, applied, and
 * answered. Nothing else happens meanwhile: a hand-over to another thread costs more than what it would save.
 *
 * <p>What is submitted while a burst is applied goes into the next record, which is committed before {@link #endBurst} returns. If the log fails, nothing of the burst is
 * applied or answered.
 */
public final class Logged implements Sequencer {
    private static final Logger log = LoggerFactory.getLogger(Logged.class);

    /** What is gathered beyond this is committed in the middle of a burst: memory is not unlimited. */
    private static final long MOST_GATHERED = 8 << 20;

    private static final int KEPT = 4;

    private final Journal journal;
    private final Fsync fsync;
    private final LogFailure failure;
    private final Applier applier;
    private final LongSupplier clock;

    private Gathering current = new Gathering(Frame.HEAD);
    /** Before the present one: complete, and not written. */
    private final Deque<Gathering> full = new ArrayDeque<>();
    /** Written, and not applied. */
    private final Deque<Gathering> written = new ArrayDeque<>();

    private final Deque<Gathering> free = new ArrayDeque<>();
    /** The one that is applied, and its next command. */
    private @Nullable Gathering applying;

    private int next;
    private boolean inCommand;
    private boolean inBurst;
    private long gathered;
    /** A bit for each session that has anything on its way: mostly enough to know that one has nothing. */
    private long sessions;

    private boolean failed;

    /**
     * @param journal read to its end
     * @param failure is told, once, that the log has failed; nothing is answered after that
     */
    public Logged(Journal journal, Fsync fsync, LogFailure failure, Applier applier, LongSupplier clock) {
        this.journal = journal;
        this.fsync = fsync;
        this.failure = failure;
        this.applier = applier;
        this.clock = clock;
    }

    @Override
    public void submit(long session, long request, Command command, Completion completion) {
        if (failed) {
            throw new IllegalStateException("the log has failed");
        }
        if (gathered >= MOST_GATHERED && applying == null) {
            commit();
        }
        if (current.isFull()) {
            full.add(current);
            gathered += current.record().size();
            current = fresh();
        }
        current.add(applier.stamped(session, request, command), completion);
        sessions |= bit(session);
        if (!inBurst && applying == null) {
            commit();
        }
    }

    private Gathering fresh() {
        Gathering g = free.poll();
        return g == null ? new Gathering(Frame.HEAD) : g;
    }

    private static long bit(long session) {
        return 1L << (session * 0x9E3779B97F4A7C15L >>> 58);
    }

    @Override
    public void after(long session, Runnable action) {
        if (mayRead(session)) {
            action.run();
        } else {
            current.addAction(session, action);
        }
    }

    @Override
    public boolean mayRead(long session) {
        return (sessions & bit(session)) == 0 || !isOnItsWay(session);
    }

    private boolean isOnItsWay(long session) {
        Gathering present = applying;
        if (current.has(session, 0) || (present != null && present.has(session, next))) {
            return true;
        }
        for (Gathering g : written) {
            if (g.has(session, 0)) {
                return true;
            }
        }
        for (Gathering g : full) {
            if (g.has(session, 0)) {
                return true;
            }
        }
        return false;
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
        if (inCommand) {
            throw new IllegalStateException("a commit in the middle of a command");
        }
        // a completion may ask for it: what was written before is applied first
        applyWritten();
        while (!current.isEmpty() || !full.isEmpty()) {
            if (!current.isEmpty()) {
                full.add(current);
                current = fresh();
            }
            gathered = 0;
            write();
            written.addAll(full);
            full.clear();
            applyWritten();
        }
        sessions = 0;
    }

    private void write() {
        if (failed) {
            throw new IllegalStateException("the log has failed");
        }
        long time = Math.max(applier.time(), clock.getAsLong());
        String what = "write to";
        try {
            for (Gathering g : full) {
                g.at(time);
                if (g.record().commands() > 0) {
                    g.record().finish(time, 0);
                    journal.append(g.record());
                }
            }
            what = "sync";
            if (fsync.equals(Fsync.ALWAYS)) {
                journal.sync();
            }
        } catch (IOException e) {
            throw fail(what, e);
        } catch (RuntimeException | Error e) {
            // what is on the disk is not known, as little as after a failed write
            throw fail(what, new IOException(e.toString(), e));
        }
    }

    private IllegalStateException fail(String what, IOException e) {
        failed = true;
        failure.failed(what, journal, e);
        return new IllegalStateException("the log has failed", e);
    }

    private void applyWritten() {
        while (true) {
            Gathering g = applying;
            if (g == null) {
                g = written.poll();
                if (g == null) {
                    return;
                }
                applying = g;
                next = 0;
            }
            // a completion that commits goes on with it, too
            while (applying == g && next < g.size()) {
                step(g, next++);
            }
            if (applying == g) {
                applying = null;
                g.reset();
                if (free.size() < KEPT) {
                    free.add(g);
                }
            }
        }
    }

    private void step(Gathering g, int i) {
        Object then = g.then(i);
        LoggedCommand command = g.command(i);
        try {
            if (command == null) {
                ((Runnable) then).run();
                return;
            }
            Reply reply;
            inCommand = true;
            try {
                reply = applier.apply(g.time(), command);
            } finally {
                inCommand = false;
            }
            ((Completion) then).applied(command.request(), reply);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // those of the others are called all the same
            tell(e);
        }
    }

    private static void tell(Throwable e) {
        try {
            log.error("fault while answering what has been applied", e);
        } catch (OutOfMemoryError again) {
            // the answers of others are worth more than the line
        }
    }

    @Override
    public long newIdentity() {
        return journal.id();
    }

    @Override
    public long restartedAt() {
        // not the time of the commands, which stands still while no server runs
        return new EngineClock().getAsLong();
    }

    @Override
    public LogStats stats() {
        return journal.stats();
    }
}
