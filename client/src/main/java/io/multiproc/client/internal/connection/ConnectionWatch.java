package io.multiproc.client.internal.connection;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection as the {@link ConnectionMonitor} sees it: what is due by the clock, and whether it is idle.
 *
 * <p>While a connection is in use, whoever waits for a reply reads, and the monitor looks at the clock now and then. When it has been quiet for a
 * moment it is idle: then the monitor alone waits for what the server may say, and looks again at the next heartbeat only. The next call ends that.
 */
final class ConnectionWatch {
    /** How often it looks at a connection in use, and after how much quiet that is idle. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How much more seldom than that it looks when nothing happens but waiting for a reply. */
    private static final int MOST_SELDOM = 16;

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Object lock;
    private final ConnectionMonitor monitor;
    private final Lifecycle lifecycle;
    private final PendingCalls pending;
    private final Heartbeat heartbeat;
    private final RequestWriter writer;
    private final ReplyReader reader;
    private final IoThread io;
    private final long lookNanos;

    // ---- the monitor's own

    final long number = NUMBERS.incrementAndGet();
    long dueAt;
    private @Nullable Wire wire;
    private @Nullable SelectionKey key;
    private int seldom = 1;
    private long activity;

    /** Guarded by the connection's lock. */
    private boolean idle;

    ConnectionWatch(
            Object lock,
            ConnectionMonitor monitor,
            Lifecycle lifecycle,
            PendingCalls pending,
            Heartbeat heartbeat,
            RequestWriter writer,
            ReplyReader reader,
            IoThread io) {
        this.lock = lock;
        this.monitor = monitor;
        this.lifecycle = lifecycle;
        this.pending = pending;
        this.heartbeat = heartbeat;
        this.writer = writer;
        this.reader = reader;
        this.io = io;
        lookNanos = Math.min(LOOK_NANOS, heartbeat.lostNanos());
    }

    /** With the connection's lock: there is a call to make. */
    void used() {
        if (idle) {
            idle = false;
            monitor.changed(this);
        }
    }

    /** A wire was closed. The monitor's selector holds its descriptor until it has looked. */
    void wireClosed() {
        monitor.changed(this);
    }

    boolean isOver() {
        return lifecycle.isEnded();
    }

    @Override
    public String toString() {
        return lifecycle.peer();
    }

    // ---- on the monitor's thread

    /** The selector is about to be closed. */
    void forgetKey() {
        key = null;
        wire = null;
        leaveIdle();
    }

    private void leaveIdle() {
        synchronized (lock) {
            idle = false;
        }
    }

    /** Does what is due, without waiting. Returns after how many nanoseconds to look again; -1 if the connection has ended. */
    long look(@Nullable Selector selector) {
        if (lifecycle.isEnded()) {
            return -1;
        }
        if (!lifecycle.isConnected()) {
            // the I/O thread connects again
            leaveIdle();
            return lookNanos;
        }
        readIfNobodyDoes();
        long now = System.nanoTime();
        if (isLost(now)) {
            lifecycle.lost(
                    lifecycle.wire(),
                    "the server at " + lifecycle.peer() + " has not answered for "
                            + TimeUnit.NANOSECONDS.toMillis(heartbeat.lostNanos()) + " ms",
                    null);
            return lookNanos;
        }
        writer.flushOverdue();
        writer.flushDueAcknowledgements(now);
        if (heartbeat.isPingDue(now)) {
            synchronized (lock) {
                heartbeat.pinging(now);
            }
            writer.ping();
        }
        long clock = Math.min(writer.untilAcknowledgement(now), heartbeat.untilNext(now));
        long again = isIdle(selector, now) ? clock : Math.min(clock, untilLook());
        return Math.max(TimeUnit.MILLISECONDS.toNanos(1), again);
    }

    /** The nanoseconds until the next look at a connection in use: the more, the longer nothing has left or arrived. */
    private long untilLook() {
        long latest = heartbeat.lastActivity();
        boolean quiet = latest == activity;
        activity = latest;
        if (!quiet) {
            seldom = 1;
        } else if (reader.isNeeded()) {
            // replies are due, nobody reads, and that not only for a moment
            io.wake();
        } else if (seldom < MOST_SELDOM) {
            seldom *= 2;
        }
        return seldom * lookNanos;
    }

    /** What the server says when no reply is due, such as the answer to a ping, or its goodbye. */
    private void readIfNobodyDoes() {
        if (!pending.areRepliesDue() && reader.tryTakeRole()) {
            readAndLeaveRole();
        }
    }

    private void readAndLeaveRole() {
        try {
            reader.readNow(lifecycle.wire());
        } finally {
            reader.leaveRole();
        }
        // who came meanwhile found the role taken and may sleep
        if (reader.isNeeded()) {
            io.wake();
        }
    }

    private boolean isLost(long now) {
        if (!heartbeat.isLost(now)) {
            return false;
        }
        if (reader.tryTakeRole()) {
            readAndLeaveRole();
        } else if (writer.runsCallbacks()) {
            // the one who reads runs the program's code, and has not seen what the server says
            return false;
        }
        return heartbeat.isLost(now);
    }

    /** Whether there is nothing to do until the next heartbeat, unless the server says something, or a call is made. */
    private boolean isIdle(@Nullable Selector selector, long now) {
        synchronized (lock) {
            if (idle && pending.size() == 0) {
                return true;
            }
        }
        Wire current = lifecycle.wire();
        boolean quiet = pending.size() == 0 && now - heartbeat.lastActivity() >= lookNanos;
        boolean waits = awaitInput(current, selector, quiet);
        if (!quiet || !waits) {
            return false;
        }
        synchronized (lock) {
            // a call made meanwhile did not see that it ends the idleness
            idle = pending.size() == 0 && lifecycle.wire() == current && lifecycle.isConnected();
            if (idle) {
                seldom = 1;
                return true;
            }
        }
        boolean unused = awaitInput(current, selector, false);
        return false;
    }

    /** Lets the selector wait for input, or no longer; returns whether it does. */
    private boolean awaitInput(Wire current, @Nullable Selector selector, boolean wanted) {
        try {
            if (wire != current) {
                wire = current;
                key = null;
            }
            if (key == null && wanted && selector != null) {
                key = current.register(selector, this);
            }
            if (key == null) {
                return false;
            }
            key.interestOps(wanted ? SelectionKey.OP_READ : 0);
            return wanted;
        } catch (IOException | CancelledKeyException e) {
            // closed meanwhile, which is seen elsewhere
            key = null;
            return false;
        }
    }
}
