package io.multiproc.client.internal.connection;

import io.multiproc.client.ManagerException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connection of one session to its server, shared by all threads of a manager, over one wire after the other. Thread-safe.
 *
 * <p>There are two roles, and threads take them as they come by. <em>Writing</em> ({@link RequestWriter}): a caller appends its encoded
 * frame to the chunk being filled; whoever finds nobody writing takes the chunk and writes, taking along what others
 * append meanwhile. While enough calls are on their way that are answered at once, callers leave the writing to the reader, who writes
 * after each burst of replies: many threads share a system call. <em>Reading</em> ({@link ReplyReader}): whoever holds the role reads replies for
 * everybody. A blocking caller that
 * finds the role free reads its own reply: no other thread is woken, so a lone thread pays two system calls and no switch.
 * When it leaves and others still wait, it wakes the I/O thread ({@link IoLoop}), which then reads in bursts for as long as anybody waits.
 * Completions that may run the user's code (futures) run on the I/O thread only, which exists only while there is something to do for it. The
 * {@link ConnectionMonitor}, one thread for all connections of the process, sends heartbeats and overdue acknowledgements, and reads for a connection
 * that is idle. Asynchronous calls made while the I/O thread works through a burst are flushed once, at its end.
 *
 * <p>When the wire breaks, calls go on waiting ({@link OutageCalls}) and new ones queue up, while the I/O thread, which takes both roles, connects
 * again and sends what the server does not have ({@link Outgoing}). The session ends when the {@link Reconnector} says that it is over.
 */
public final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /** An array of a request that is this large is not copied, but borrowed until the reply has come. */
    public static final int LARGE = Outgoing.LARGE;

    /** A larger array for encoding is not kept for the next request. */
    public static final int MOST_KEPT = Outgoing.MOST_KEPT;

    /** Changes of the connection. Called on the I/O thread, or on one that closes; must not wait. */
    public interface Events {
        void disconnected(String reason);

        void reconnected(long outageNanos);

        void ended(ManagerException reason);
    }

    private final HelloAck server;
    /** Guards the state of all parts. Nobody waits for a socket, or runs the program's code, while holding it. */
    private final Object lock = new Object();

    private final PendingCalls pending = new PendingCalls();
    private final LockHandoff handoff = new LockHandoff();
    private final Lifecycle lifecycle;
    private final RequestWriter writer;
    private final ReplyReader reader;
    private final OutageCalls outageCalls;
    private final IoThread io;
    private final IoTasks tasks;
    private final IoLoop loop;
    private final ConnectionWatch watch;

    /**
     * Connects and opens a session at the server.
     *
     * @param lateReplies takes back what replies bring that nobody waits for any more
     */
    public static Connection open(ConnectionOptions options, LateReply.Handler lateReplies, Events events) {
        Hello hello =
                new Hello(Hello.VERSION, Hello.VERSION, options.leaseMillis(), options.fingerprint(), options.name());
        return new Connection(
                Connector.connect(options, options.connectTimeout(), hello), options, lateReplies, events);
    }

    private Connection(Connector.Link link, ConnectionOptions options, LateReply.Handler lateReplies, Events events) {
        server = link.ack();
        io = new IoThread(this::runIo, "multiproc-io " + options.uri());
        tasks = new IoTasks(io);
        Reconnector reconnector = new Reconnector(options, server);
        Heartbeat heartbeat = new Heartbeat(server.heartbeatMillis());
        lifecycle = new Lifecycle(
                lock, link.wire(), options.uri(), reconnector, pending, heartbeat, handoff, io, tasks, events);
        writer = new RequestWriter(lock, lifecycle, pending, heartbeat, io, this::readUntilWritable);
        reader = new ReplyReader(lock, lifecycle, pending, heartbeat, handoff, writer, io, tasks, options.spinNanos());
        outageCalls =
                new OutageCalls(lock, lifecycle, pending, heartbeat, handoff, writer, tasks, reconnector, lateReplies);
        loop = new IoLoop(lock, lifecycle, pending, io, writer, reader, tasks, reconnector, outageCalls, events);
        watch = new ConnectionWatch(lock, ConnectionMonitor.SHARED, lifecycle, pending, heartbeat, writer, reader, io);
        lifecycle.watchedBy(watch);
        ConnectionMonitor.SHARED.add(watch);
    }

    private void runIo() {
        loop.run();
    }

    private boolean readUntilWritable(Wire wire) throws IOException {
        return reader.readUntilWritable(wire);
    }

    /** What the server said of itself when the session was opened. */
    public HelloAck server() {
        return server;
    }

    /** Sends a request without waiting; its reply completes the call. */
    public void send(Call call) {
        boolean async = call.isAsync();
        synchronized (lock) {
            writer.awaitRoom();
            lifecycle.refuseIfEnded();
            watch.used();
            pending.number(call);
            pending.add(call);
            writer.add(call);
            if (!writer.takeRole(async)) {
                return;
            }
        }
        writer.flush();
        if (async && !reader.isRoleTaken()) {
            io.wake();
        }
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
            if (!lifecycle.isConnected()) {
                outageCalls.await(call, cancelled);
            } else if (reader.tryTakeRole()) {
                try {
                    if (call.waiter != null) {
                        call.waiter = null; // who ends this wait must wake the selector
                    }
                    while (!call.isDone()
                            && lifecycle.isConnected()
                            && !Thread.currentThread().isInterrupted()) {
                        reader.readOnce(0);
                        writer.flushLeft();
                    }
                } finally {
                    reader.leaveRole();
                }
            } else {
                call.waiter = Thread.currentThread();
                // the role may have become free, or the reply have come, before the reader could see us wait
                if (!call.isDone() && reader.isRoleTaken()) {
                    LockSupport.park(this);
                }
            }
        }
        writer.flushUnawaitedRelease();
        if (reader.isNeeded()) {
            io.wake();
        }
        if (interrupted && !interruptible) {
            Thread.currentThread().interrupt();
        }
        return interrupted && interruptible;
    }

    /** A reply of which nothing is needed any more. */
    public void giveBack(byte[] reply) {
        lifecycle.wire().giveBack(reply);
    }

    /** Whether the wire is whole at the moment. */
    public boolean isConnected() {
        return lifecycle.isConnected();
    }

    /** Whether there is nothing left to connect for. */
    public boolean isEnded() {
        return lifecycle.isEnded();
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
        synchronized (lock) {
            if (lifecycle.isEnded() || !lifecycle.isConnected() || (next = handoff.next(release)) == null) {
                return false;
            }
            pending.number(release);
            writer.addUnawaitedRelease(release);
            pending.replace(new LockHandoff.SettledCall(next));
            pending.add(new LockHandoff.SettledCall(release));
            next.complete(LockHandoff.grant(), 0, null);
        }
        if (next.waiter == null) {
            // it sleeps as the one who reads for all
            lifecycle.wire().wakeUp();
        }
        return true;
    }

    // ---- what is no request

    /** Tells the server that nobody waits for a request any more. Its reply still comes. */
    void cancel(long request) {
        writer.post(out -> Messages.cancel(out, request));
    }

    private void cancel(Call call) {
        synchronized (lock) {
            handoff.forget(call);
            call.givesUp = true;
        }
        cancel(call.id);
    }

    /** Gives an item back that was delivered to a caller who no longer wants it. */
    void giveBack(long request) {
        writer.post(out -> Messages.giveBack(out, request));
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
        writer.acknowledge(request);
    }

    /** The items that the reply to a call has brought are what the program gets. */
    public void acknowledge(Call call) {
        if (call.hasDelivered()) {
            writer.acknowledge(call.id);
        }
    }

    /** The program cannot get the items that the reply to a call has brought: they return to their queue. */
    public void giveBack(Call call) {
        if (call.hasDelivered()) {
            giveBack(call.id);
        }
    }

    /** Runs something on the I/O thread soon. */
    public void onIoThread(Runnable chore) {
        if (!lifecycle.isEnded()) {
            tasks.addChore(chore);
            lifecycle.wire().wakeUp();
        }
    }

    // ---- the end

    /** Ends the session: sends what is waiting and a goodbye if it can, and fails whatever is unanswered. */
    public void close() {
        lifecycle.closing();
        writer.post(out -> Messages.goodbye(out, ErrorCode.CANCELLED, "closed by the client"));
        writer.awaitWritten();
        lifecycle.end(Lifecycle.closed());
    }

    /** Whether the program has asked the server to end, so that the end of the session is no reason to warn. */
    public void expectEnd(boolean expected) {
        lifecycle.expectEnd(expected);
    }

    /** Why the session ended, or null while it lives. */
    public @Nullable ManagerException ended() {
        return lifecycle.end();
    }
}
