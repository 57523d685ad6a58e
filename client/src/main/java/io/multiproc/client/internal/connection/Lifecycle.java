package io.multiproc.client.internal.connection;

import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;
import io.multiproc.protocol.wire.Text;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lifecycle of a connection: the wire that is in use, whether it is whole, and why the session has ended.
 *
 * <p>Thread-safe. Fields change with the connection's lock only, apart from the program's wishes ({@link #closing}, {@link #expectEnd}); all
 * are volatile, and read without it.
 */
final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final Object lock;
    private final String peer;
    private final Reconnector reconnector;
    private final PendingCalls pending;
    private final Heartbeat heartbeat;
    private final LockHandoff handoff;
    private final IoThread io;
    private final IoTasks tasks;
    private final Connection.Events events;

    private @Nullable ConnectionWatch watch;
    private volatile Wire wire;
    /** Whether the wire is whole, as far as is known. */
    private volatile boolean connected = true;

    private volatile long cutAt;
    /** Why the session has ended; null while it lives. */
    private volatile @Nullable ManagerException end;
    /** The program has closed the connection. */
    private volatile boolean closing;
    /** The program has asked the server to end: that it does is no news. */
    private volatile boolean endExpected;

    Lifecycle(
            Object lock,
            Wire wire,
            String peer,
            Reconnector reconnector,
            PendingCalls pending,
            Heartbeat heartbeat,
            LockHandoff handoff,
            IoThread io,
            IoTasks tasks,
            Connection.Events events) {
        this.lock = lock;
        this.wire = wire;
        this.peer = peer;
        this.reconnector = reconnector;
        this.pending = pending;
        this.heartbeat = heartbeat;
        this.handoff = handoff;
        this.io = io;
        this.tasks = tasks;
        this.events = events;
    }

    /** Before the connection is used. */
    void watchedBy(ConnectionWatch monitorsView) {
        watch = monitorsView;
    }

    private ConnectionWatch watch() {
        return Objects.requireNonNull(watch);
    }

    /** The server's address in the program's spelling, for messages. */
    String peer() {
        return peer;
    }

    Wire wire() {
        return wire;
    }

    boolean isConnected() {
        return connected;
    }

    /** Why the session has ended; null while it lives. */
    @Nullable
    ManagerException end() {
        return end;
    }

    boolean isEnded() {
        return end != null;
    }

    boolean isClosing() {
        return closing;
    }

    /** How long there has been no connection, if there is none. */
    long outageNanos() {
        return System.nanoTime() - cutAt;
    }

    /** How long calls go on waiting for a connection; for ever if there is one. */
    long outageLeft() {
        return connected ? Long.MAX_VALUE : reconnector.waitLeft(cutAt);
    }

    /** For a call that has waited for a connection for too long, or would. */
    ManagerException outageTooLong(Outcome outcome) {
        return reconnector.tooLong(peer, outcome);
    }

    /** Throws if no call can be made any more, or if there has been no connection for too long. */
    void refuseIfEnded() {
        ManagerException e = end;
        if (e != null) {
            throw e.refused();
        }
        if (!connected && outageLeft() <= 0) {
            throw outageTooLong(Outcome.NOT_APPLIED);
        }
    }

    /** Any thread that reads or writes: a wire is broken. Without effect if it is not the one in use. */
    void lost(Wire broken, String reason, @Nullable Throwable cause) {
        synchronized (lock) {
            if (end != null || !connected || broken != wire) {
                return;
            }
            connected = false;
            cutAt = System.nanoTime();
            heartbeat.forgetPings();
            handoff.clear();
            // who sleeps until somebody else has read its reply must now keep its own time
            pending.forEach(Call::wake);
        }
        broken.close();
        watch().wireClosed();
        if (closing) {
            end(closed());
            return;
        }
        LOG.warn(
                "{}{}; connecting again",
                Text.escaped(reason),
                cause == null ? "" : ": " + Text.escaped(String.valueOf(cause.getMessage())));
        events.disconnected(reason);
        io.wake();
    }

    /** With the lock: the session goes on over another wire. */
    void resumed(Wire fresh) {
        heartbeat.restart();
        wire = fresh;
        connected = true;
    }

    /** The program closes the connection: from now on nothing that happens to the wire is news. */
    void closing() {
        closing = true;
    }

    /** Whether the program has asked the server to end, so that the end of the session is no reason to warn. */
    void expectEnd(boolean expected) {
        endExpected = expected;
    }

    static ManagerClosedException closed() {
        return new ManagerClosedException("this manager is closed; connect again to go on");
    }

    /** Ends the session and fails whatever is unanswered. Only the first end counts. */
    void end(ManagerException cause) {
        // the server answers a goodbye by closing: that is no loss
        ManagerException why = closing ? closed() : cause;
        List<Call> orphans;
        synchronized (lock) {
            if (end != null) {
                return;
            }
            end = why;
            orphans = pending.drain();
            heartbeat.forgetPings();
            lock.notifyAll();
        }
        wire.close();
        watch().wireClosed();
        for (Call call : orphans) {
            ManagerException e = why.again();
            if (call.isAsync() && !io.isCurrent()) {
                tasks.addCompletion(() -> call.fail(e));
            } else {
                call.fail(e);
            }
        }
        if (endExpected) {
            LOG.debug(
                    "the session with {} has ended, as asked: {}",
                    peer,
                    Text.escaped(String.valueOf(why.getMessage())));
        } else if (!closing) {
            LOG.warn("the session with {} has ended: {}", peer, Text.escaped(String.valueOf(why.getMessage())));
        }
        events.ended(why);
        io.wakeIfStarted();
        if (!io.isCurrent() && !connected) {
            io.interruptIfStarted(); // it may stand in an attempt to connect
        }
    }
}
