package io.multiproc.client.internal.connection;

import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one session, shared by all threads of a manager, over one wire after the other.
 *
 * <p>Strategy. There are two roles, and threads take them as they come by. <em>Writing:</em> a caller appends its encoded
 * frame to the chunk being filled; whoever finds nobody flushing takes the chunk and writes, taking along what others
 * append meanwhile. While enough calls are on their way that are answered at once, callers leave the writing to the reader, who writes
 * after each burst of replies: many threads share a system call. <em>Reading:</em> whoever holds the read role reads replies for everybody. A blocking caller that
 * finds the role free reads its own reply: no other thread is woken, so a lone thread pays two system calls and no switch.
 * When it leaves and others still wait, it wakes the I/O thread, which then reads in bursts for as long as anybody waits.
 * Completions that may run the user's code (futures) run on the I/O thread only. The I/O thread also sends heartbeats and
 * overdue acknowledgements. Asynchronous calls made while the I/O thread works through a burst are flushed once, at its end.
 *
 * <p>When the wire breaks, calls go on waiting and new ones queue up, while the I/O thread, which takes both roles, connects again and
 * sends what the server does not have ({@link Outgoing}). The session ends when the {@link Reconnector} says that it is over.
 */
public final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /** An array of a request that is this large is not copied, but borrowed until the reply has come. */
    public static final int LARGE = Outgoing.LARGE;

    /** A larger array for encoding is not kept for the next request. */
    public static final int MOST_KEPT = Outgoing.MOST_KEPT;

    private static final int ENOUGH_TO_WAIT = 4 << 20;

    /** So many calls on their way keep the server busy while more are collected: of one thread that goes on, of threads that wait. */
    private static final int BUSY = 32;

    private static final int BUSY_THREADS = 4;
    /** So many bytes are worth a system call. */
    private static final int WORTH_WRITING = 8 << 10;

    /** What becomes of the connection. Called on the I/O thread, or on one that closes; must not wait. */
    public interface Events {
        void disconnected(String reason);

        void reconnected(long outageNanos);

        void ended(ManagerException reason);
    }

    private final HelloAck server;
    private final ConnectionState s;
    private final IoLoop loop;
    private final IoThread io;
    private final Writing writing;
    private final Reading reading;

    /**
     * Connects and opens a session at the server.
     *
     * @param lateReplies takes back what replies bring that nobody waits for any more
     */
    public static Connection open(SessionOptions options, LateReply.Handler lateReplies, Events events) {
        Hello hello =
                new Hello(Hello.VERSION, Hello.VERSION, options.leaseMillis(), options.fingerprint(), options.name());
        return new Connection(
                Connector.connect(options.uri(), options.key(), options.connectTimeout(), options.spinNanos(), hello),
                options,
                lateReplies,
                events);
    }

    private Connection(Connector.Link link, SessionOptions options, LateReply.Handler lateReplies, Events events) {
        server = link.ack();
        s = new ConnectionState(link, options.uri(), new Reconnector(options, server), lateReplies, events);
        loop = new IoLoop(s, this);
        io = loop.thread();
        writing = new Writing(s, this, io);
        reading = new Reading(s, this, writing, loop.tasks(), io, options.spinNanos());
        loop.startSoon();
    }

    /** What the server said of itself when the session was opened. */
    public HelloAck server() {
        return server;
    }

    Writing writing() {
        return writing;
    }

    Reading reading() {
        return reading;
    }

    /** Sends a request without waiting; its reply completes the call. */
    public void send(Call call) {
        boolean async = call.isAsync();
        synchronized (s.lock) {
            writing.awaitRoom();
            refuseIfEnded();
            call.id = ++s.lastId;
            Messages.patchRequest(call.frame, 0, call.id);
            s.pending.put(call);
            s.waiting = s.pending.size() + s.pings;
            if (call.borrowed != null) {
                writing.tellReceivedIfDue(); // now, as nothing can follow it in one system call
            }
            call.frameNumber = s.outgoing.add(call.frame, call.borrowed);
            s.added(call);
            if (s.flushing || !s.connected || leftToReader(async)) {
                return;
            }
            s.flushing = true;
        }
        writing.flush();
        if (async && !s.readRole.isLocked()) {
            io.wake();
        }
    }

    /**
     * With the lock: whether to leave the writing to whoever reads, who writes after each burst of replies. Such a burst is sure to come while
     * calls are on their way that the server answers at once. A caller that waits does not rely on an I/O thread that runs the program's code.
     */
    private boolean leftToReader(boolean async) {
        int bytes = s.outgoing.waiting();
        if (async && s.ioBusy) {
            return bytes < ENOUGH_TO_WAIT;
        }
        int sent = s.pending.swift() - s.unsentSwift;
        return bytes < WORTH_WRITING
                && (async ? sent >= BUSY : sent >= BUSY_THREADS && sent >= s.unsentSwift && !s.runsCallbacks);
    }

    /**
     * Sends a request and waits for its reply, which {@link Call#reply} then gives.
     *
     * @param interruptible whether an interrupt cancels the request at the server; its reply is awaited all the same, so that
     *     nothing granted or delivered meanwhile is lost, unless there is no connection: then what the request may bring is taken back
     *     later. Otherwise an interrupt is kept for later.
     * @return whether the thread was interrupted and the interrupt is not yet restored
     */
    public boolean exchange(Call call, boolean interruptible) {
        send(call);
        boolean interrupted = false;
        boolean cancelled = false;
        while (!call.isDone()) {
            if (Thread.interrupted()) {
                interrupted = true;
            }
            if (interrupted && interruptible && !cancelled) {
                cancelled = true;
                cancel(call);
            }
            if (!s.connected) {
                waitWithoutConnection(call, cancelled);
            } else if (s.readRole.tryLock()) {
                try {
                    if (call.waiter != null) {
                        call.waiter = null; // who ends this wait must wake the selector
                    }
                    while (!call.isDone()
                            && s.connected
                            && !Thread.currentThread().isInterrupted()) {
                        reading.readOnce(0);
                        writing.flushLeft();
                    }
                } finally {
                    s.readRole.unlock();
                }
            } else {
                call.waiter = Thread.currentThread();
                // the role may have become free, or the reply have come, before the reader could see us wait
                if (!call.isDone() && s.readRole.isLocked()) {
                    LockSupport.park(this);
                }
            }
        }
        if (s.releaseUnsent) {
            // left to whoever owns the lock now, should the one who released it have nothing more to say
            writing.flushLeft();
        }
        if (s.waiting > 0 && !s.readRole.isLocked()) {
            io.wake();
        }
        if (interrupted && !interruptible) {
            Thread.currentThread().interrupt();
        }
        return interrupted && interruptible;
    }

    // ---- while there is no connection

    private void waitWithoutConnection(Call call, boolean cancelled) {
        if (cancelled) {
            s.abandon(call, () -> call.fail(new CancellationException("interrupted while there was no connection")));
            return;
        }
        // while the first attempt to connect is under way the answer may still be had, if late
        byte[] timedOut = s.reconnector.hasFailed() ? call.timeoutReply() : null;
        long left = s.outageLeft();
        long ownLeft = timedOut == null ? Long.MAX_VALUE : call.deadline - System.nanoTime();
        if (left > 0 && ownLeft > 0) {
            call.waiter = Thread.currentThread();
            if (!call.isDone() && !s.connected) {
                LockSupport.parkNanos(this, Math.min(left, ownLeft));
            }
        } else if (timedOut != null && ownLeft <= 0) {
            s.abandon(call, () -> call.complete(timedOut, 0, null));
        } else {
            s.abandon(call, () -> call.fail(s.reconnector.tooLong(s.peer, Outcome.UNKNOWN)));
        }
    }

    /** A reply of which nothing is needed any more. */
    public void giveBack(byte[] reply) {
        s.wire.giveBack(reply);
    }

    /** Whether the wire is whole at the moment. */
    public boolean isConnected() {
        return s.connected;
    }

    /** The I/O thread: an attempt to connect has failed. */
    void attemptFailed() {
        loop.attemptFailed();
    }

    /** The I/O thread: calls that have waited for a connection for too long end. */
    void endOverdueCalls() {
        loop.endOverdueCalls();
    }

    /** Whether there is nothing left to connect for. */
    public boolean isEnded() {
        return s.end != null;
    }

    /** When bytes came from the server last. */
    long lastHeard() {
        return s.lastHeard;
    }

    void lost(Wire broken, String reason, @Nullable Throwable cause) {
        synchronized (s.lock) {
            if (s.end != null || !s.connected || broken != s.wire) {
                return;
            }
            s.connected = false;
            s.cutAt = System.nanoTime();
            s.pings = 0;
            s.waiting = s.pending.size();
            s.successors.clear();
            // who sleeps until somebody else has read its reply must now keep its own time
            s.pending.forEach(Call::wake);
        }
        broken.close();
        if (s.closing) {
            end(closed());
            return;
        }
        LOG.warn("{}{}; connecting again", reason, cause == null ? "" : ": " + cause.getMessage());
        s.events.disconnected(reason);
        io.wake();
    }

    /**
     * Sends a release, and waits for its reply unless a thread of this process is known to be next: that one owns the lock from now on, and goes on. The
     * release then travels with the next request of either.
     *
     * @return whether there is a reply
     */
    public boolean release(Call call) {
        if (handOver(call)) {
            return false;
        }
        boolean unused = exchange(call, false);
        return true;
    }

    private boolean handOver(Call release) {
        Call next;
        synchronized (s.lock) {
            if (s.end != null || !s.connected || (next = s.successors.next(release)) == null) {
                return false;
            }
            release.id = ++s.lastId;
            Messages.patchRequest(release.frame, 0, release.id);
            release.frameNumber = s.outgoing.add(release.frame, null);
            s.pending.put(new LockHandoff.Foretold(release));
            s.added(release);
            s.releaseUnsent = !s.flushing;
            s.pending.remove(next.id);
            s.pending.put(new LockHandoff.Foretold(next));
            s.waiting = s.pending.size() + s.pings;
            next.complete(LockHandoff.grant(), 0, null);
        }
        if (next.waiter == null) {
            // it sleeps as the one who reads for all
            s.wire.wakeUp();
        }
        return true;
    }

    // ---- what is no request

    /** Tells the server that nobody waits for a request any more. Its reply still comes. */
    void cancel(long request) {
        writing.post(out -> Messages.cancel(out, request));
    }

    private void cancel(Call call) {
        synchronized (s.lock) {
            s.successors.forget(call);
            call.givesUp = true;
        }
        cancel(call.id);
    }

    /** Gives an item back that was delivered to a caller who no longer wants it. */
    void giveBack(long request) {
        writing.post(out -> Messages.giveBack(out, request));
    }

    /** Takes back what the reply to a call has brought: gives a delivered item back, undoes a grant. */
    public void takeBack(Call call) {
        Op op = call.op;
        if (op == null) {
            return;
        }
        Op undo = op.undo();
        if (op.has(Flag.DELIVERS)) {
            giveBack(call.id);
        } else if (undo != null && call.args[0] instanceof Long argument) {
            undo(undo, call.object, argument);
        }
    }

    private void undo(Op op, long object, Long argument) {
        ByteWriter frame = new ByteWriter(32);
        Messages.beginRequest(frame, 0, op.code(), object);
        frame.u8(1).integer(argument);
        frame.patchI32(0, frame.size() - 4);
        try {
            send(new UnawaitedCall(op, object, argument, frame));
        } catch (ManagerException e) {
            LOG.debug("{} of an abandoned call is not needed: {}", op.wireName(), e.getMessage());
        }
    }

    /** The items in the reply to a request have arrived. */
    void acknowledge(long request) {
        writing.acknowledge(request);
    }

    /** Runs something on the I/O thread soon. */
    public void onIoThread(Runnable chore) {
        if (s.end == null) {
            loop.tasks().addChore(chore);
            s.wire.wakeUp();
        }
    }

    private void refuseIfEnded() {
        ManagerException e = s.end;
        if (e != null) {
            throw e.refused();
        }
        if (!s.connected && s.outageLeft() <= 0) {
            throw s.reconnector.tooLong(s.peer, Outcome.NOT_APPLIED);
        }
    }

    // ---- the end

    /** Ends the session: sends what is waiting and a goodbye if it can, and fails whatever is unanswered. */
    public void close() {
        s.closing = true;
        writing.post(out -> Messages.goodbye(out, ErrorCode.CANCELLED, "closed by the client"));
        end(closed());
    }

    private static ManagerClosedException closed() {
        return new ManagerClosedException("this manager is closed; connect again to go on");
    }

    void end(ManagerException cause) {
        // the server answers a goodbye by closing: that is no loss
        ManagerException why = s.closing ? closed() : cause;
        List<Call> orphans;
        synchronized (s.lock) {
            if (s.end != null) {
                return;
            }
            s.end = why;
            orphans = s.pending.drain();
            s.pings = 0;
            s.waiting = 0;
            s.lock.notifyAll();
        }
        s.wire.close();
        for (Call call : orphans) {
            ManagerException e = why.again();
            if (call.isAsync() && !io.isCurrent()) {
                loop.tasks().addCompletion(() -> call.fail(e));
            } else {
                call.fail(e);
            }
        }
        if (s.endExpected) {
            LOG.debug("the session with {} has ended, as asked: {}", s.peer, why.getMessage());
        } else if (!s.closing) {
            LOG.warn("the session with {} has ended: {}", s.peer, why.getMessage());
        }
        s.events.ended(why);
        io.startNoMore();
        io.wakeIfStarted();
        if (!io.isCurrent() && !s.connected) {
            io.interruptIfStarted(); // it may stand in an attempt to connect
        }
    }

    /** Whether the program has asked the server to end, so that the end of the session is no reason to warn. */
    public void expectEnd(boolean expected) {
        s.endExpected = expected;
    }

    /** Why the session ended, or null while it lives. */
    public @Nullable ManagerException ended() {
        return s.end;
    }
}
