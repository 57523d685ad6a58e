package io.multiproc.server.raft;

import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Applier;
import io.multiproc.server.engine.LogStats;
import io.multiproc.server.engine.NotLeadingException;
import io.multiproc.server.engine.Sequencer;
import io.multiproc.server.log.Gathering;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordBuilder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order of one term of this node's leadership: commands are gathered, proposed to the common log as one record, and applied and answered when a majority has it.
 * The thread goes on meanwhile, but for {@link #commit}. Belongs to the engine's thread.
 *
 * <p>When the term ends, nothing of what is on its way is answered: the clients ask the next leader.
 */
final class Replicated implements Sequencer {
    private static final Logger log = LoggerFactory.getLogger(Replicated.class);

    /** So many records are on their way at a time; what comes beyond gathers. */
    private static final int MOST_RECORDS = 16;
    /** Who asks waits while so many bytes are on their way: memory is not unlimited. */
    private static final long MOST_BYTES = 32 << 20;

    private static final int KEPT = MOST_RECORDS;

    /** What the sequencer needs of the common log. */
    interface Way {
        /** See {@link ReplicatedLog#propose}. */
        long propose(byte[] record);

        boolean holdsLease();

        /** The check of the outcomes so far for the next record, 0 for none. Nothing is on its way when it is taken. */
        long check();

        /** Whether a check is due. */
        boolean wantsCheck();

        /** Waits for the next event and has it handled: {@link #committed} or {@link #end} may be called meanwhile. */
        void awaitEvent();

        LogStats stats();
    }

    private final Way way;
    private final Applier applier;
    private final LongSupplier clock;

    private Gathering current = new Gathering(0);
    /** Before the present one: complete, and not proposed. */
    private final Deque<Gathering> full = new ArrayDeque<>();
    /** On their way, in their order. */
    private final Deque<Gathering> proposed = new ArrayDeque<>();

    private final Deque<Gathering> free = new ArrayDeque<>();
    /** The one that is applied, and its next command. */
    private @Nullable Gathering applying;

    private int next;
    private boolean inCommand;
    private boolean inBurst;
    private int handling;
    private long bytes;
    private long lastTime;
    /** A bit for each session that has anything on its way: mostly enough to know that one has nothing. */
    private long sessions;

    private boolean ended;

    Replicated(Way way, Applier applier, LongSupplier clock) {
        this.way = way;
        this.applier = applier;
        this.clock = clock;
    }

    // ---- what the engine asks for

    @Override
    public void submit(long session, long request, Command command, Completion completion) {
        if (ended) {
            // its connection is being cut
            return;
        }
        if (bytes >= MOST_BYTES && applying == null && handling == 0) {
            commit();
        }
        if (current.isFull()) {
            shift();
        }
        long before = current.record().size();
        current.add(applier.stamped(session, request, command), completion);
        bytes += current.record().size() - before;
        sessions |= bit(session);
        if (!inBurst && applying == null && handling == 0) {
            proposeAll();
        }
    }

    private void shift() {
        full.add(current);
        Gathering g = free.poll();
        current = g == null ? new Gathering(0) : g;
    }

    private static long bit(long session) {
        return 1L << (session * 0x9E3779B97F4A7C15L >>> 58);
    }

    @Override
    public void after(long session, Runnable action) {
        if (ended) {
            return;
        }
        if (isFree(session)) {
            action.run();
        } else {
            current.addAction(session, action);
        }
    }

    @Override
    public boolean mayRead(long session) {
        return !ended && isFree(session) && way.holdsLease();
    }

    private boolean isFree(long session) {
        return (sessions & bit(session)) == 0 || !isOnItsWay(session);
    }

    private boolean isOnItsWay(long session) {
        Gathering present = applying;
        if (current.has(session, 0) || (present != null && present.has(session, next))) {
            return true;
        }
        for (Gathering g : proposed) {
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
        if (!ended) {
            proposeAll();
        }
    }

    @Override
    public void commit() {
        if (inCommand) {
            throw new IllegalStateException("a commit in the middle of a command");
        }
        // a completion may ask for it: what belongs to the same record is applied first
        goOn();
        while (!ended && !isIdle()) {
            proposeAll();
            if (!isIdle() && !ended) {
                way.awaitEvent();
            }
        }
        if (ended) {
            throw new NotLeadingException();
        }
    }

    private boolean isIdle() {
        return current.isEmpty() && full.isEmpty() && proposed.isEmpty() && applying == null;
    }

    @Override
    public LogStats stats() {
        return way.stats();
    }

    // ---- proposals

    private void proposeAll() {
        if (!current.isEmpty()) {
            shift();
        }
        while (!ended && !full.isEmpty() && proposed.size() < MOST_RECORDS) {
            if (way.wantsCheck() && !proposed.isEmpty()) {
                // the check is of all that is before the record
                break;
            }
            propose(full.remove());
        }
        applyActions();
    }

    private void propose(Gathering g) {
        RecordBuilder record = g.record();
        if (record.commands() > 0) {
            lastTime = Math.max(Math.max(lastTime, applier.time()), clock.getAsLong());
            g.at(lastTime);
            bytes -= record.size();
            record.finish(lastTime, way.check());
            bytes += record.size();
            long number = way.propose(bytesOf(record));
            if (number == ReplicatedLog.REFUSED) {
                // the end of the term is on its way to this thread
                end();
                return;
            }
            g.named(number);
        }
        proposed.add(g);
    }

    private static byte[] bytesOf(RecordBuilder record) {
        byte[] out = new byte[Math.toIntExact(record.size())];
        System.arraycopy(record.array(), record.start(), out, 0, record.length());
        Args tail = record.tail();
        if (tail != null) {
            System.arraycopy(tail.buffer(), tail.start(0), out, record.length(), tail.length());
        }
        return out;
    }

    // ---- what comes of them

    /** What is submitted until {@link #endEvents} may go into one record. */
    void beginEvents() {
        handling++;
    }

    /** All that has come from the log has been handled. */
    void endEvents() {
        handling--;
        if (handling == 0 && !inBurst && !ended) {
            proposeAll();
        }
    }

    /**
     * A record has been committed.
     *
     * @return whether it was one of this term, which has been applied now
     */
    boolean committed(long proposal) {
        Gathering g = proposed.peek();
        if (ended || g == null || proposal == ReplicatedLog.REFUSED || g.number() != proposal) {
            return false;
        }
        Gathering unused = proposed.remove();
        apply(g);
        applyActions();
        if (!full.isEmpty()) {
            proposeAll();
        }
        return true;
    }

    /** What is to be done between records, when all before it is applied. */
    private void applyActions() {
        while (applying == null && !ended) {
            Gathering g = proposed.peek();
            if (g == null || g.number() != 0) {
                break;
            }
            Gathering unused = proposed.remove();
            apply(g);
        }
        if (isIdle()) {
            sessions = 0;
        }
    }

    private void apply(Gathering g) {
        applying = g;
        next = 0;
        goOn();
    }

    private void goOn() {
        Gathering g = applying;
        if (g == null) {
            return;
        }
        // a completion that commits goes on with it, too
        while (applying == g && next < g.size()) {
            step(g, next++);
        }
        if (applying == g) {
            applying = null;
            bytes -= g.record().commands() == 0 ? 0 : g.record().size();
            g.reset();
            if (free.size() < KEPT) {
                free.add(g);
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
        } catch (NotLeadingException e) {
            // its connection is being cut
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // those of the others are called all the same
            log.error("fault while answering what has been applied", e);
        }
    }

    /** The term is over: what is on its way goes to nobody. */
    void end() {
        ended = true;
        full.clear();
        proposed.clear();
        current = new Gathering(0);
    }

    boolean hasEnded() {
        return ended;
    }
}
