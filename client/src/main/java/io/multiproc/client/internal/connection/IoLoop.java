package io.multiproc.client.internal.connection;

import io.multiproc.client.ManagerException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loop of a connection's I/O thread: reads while anybody waits, completes futures, keeps the time, and connects again. */
final class IoLoop {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** How often it looks whether the server has said something that nobody waits for, such as its goodbye. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Object lock;
    private final Lifecycle lifecycle;
    private final PendingCalls pending;
    private final Heartbeat heartbeat;
    private final RequestWriter writer;
    private final ReplyReader reader;
    private final IoTasks tasks;
    private final Reconnector reconnector;
    private final OutageCalls outageCalls;
    private final Connection.Events events;

    IoLoop(
            Object lock,
            Lifecycle lifecycle,
            PendingCalls pending,
            Heartbeat heartbeat,
            RequestWriter writer,
            ReplyReader reader,
            IoTasks tasks,
            Reconnector reconnector,
            OutageCalls outageCalls,
            Connection.Events events) {
        this.lock = lock;
        this.lifecycle = lifecycle;
        this.pending = pending;
        this.heartbeat = heartbeat;
        this.writer = writer;
        this.reader = reader;
        this.tasks = tasks;
        this.reconnector = reconnector;
        this.outageCalls = outageCalls;
        this.events = events;
    }

    void run() {
        while (true) {
            // a callback's interrupt would make every wait return at once
            Thread.interrupted();
            runQueued();
            writer.burstEnds();
            if (lifecycle.isEnded()) {
                tasks.finish(LOG);
                return;
            }
            if (!lifecycle.isConnected()) {
                reconnect();
            } else if (pending.areRepliesDue() && reader.tryTakeRole()) {
                try {
                    while (pending.areRepliesDue() && !lifecycle.isEnded() && lifecycle.isConnected()) {
                        long nanos = timers();
                        readOnce(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
                    }
                } finally {
                    reader.leaveRole();
                }
            } else {
                long nanos = timers();
                if (tasks.isEmpty() && lifecycle.isConnected() && !reader.isNeeded()) {
                    LockSupport.parkNanos(this, Math.min(nanos, LOOK_NANOS));
                    lookIfQuiet();
                }
            }
        }
    }

    /** A client that makes no calls learns of the end of its connection, too. It does not read for those that do. */
    private void lookIfQuiet() {
        if (!pending.areRepliesDue()
                && lifecycle.isConnected()
                && !lifecycle.isEnded()
                && System.nanoTime() - heartbeat.lastHeard() >= LOOK_NANOS
                && reader.tryTakeRole()) {
            try {
                readNow(lifecycle.wire());
            } finally {
                reader.leaveRole();
            }
        }
    }

    private void readOnce(long timeoutMillis) {
        Thread.interrupted();
        Wire from = lifecycle.wire();
        try {
            from.awaitReadable(timeoutMillis);
            writer.burstBegins();
        } catch (IOException e) {
            lifecycle.lost(from, "the connection to " + lifecycle.peer() + " broke", e);
            return;
        }
        readNow(from);
        runQueued();
        writer.burstEnds();
    }

    private void readNow(Wire from) {
        try {
            reader.readAvailable(from);
        } catch (IOException | RuntimeException e) {
            // malformed messages of an authenticated server come out as either
            lifecycle.lost(from, "the connection to " + lifecycle.peer() + " broke", e);
        }
    }

    private void runQueued() {
        if (!tasks.isEmpty()) {
            writer.burstBegins();
            writer.beforeCallbacks();
            tasks.run(LOG);
        }
    }

    /** Does what is due and returns the nanoseconds until the next thing is. */
    private long timers() {
        long now = System.nanoTime();
        if (heartbeat.isLost(now)) {
            lifecycle.lost(
                    lifecycle.wire(),
                    "the server at " + lifecycle.peer() + " has not answered for "
                            + TimeUnit.NANOSECONDS.toMillis(heartbeat.lostNanos()) + " ms",
                    null);
            return 0;
        }
        writer.flushDueAcknowledgements(now);
        if (heartbeat.isPingDue(now)) {
            synchronized (lock) {
                heartbeat.pinging(now);
            }
            writer.ping();
        }
        return Math.max(1_000_000, Math.min(writer.untilAcknowledgement(now), heartbeat.untilNext(now)));
    }

    // ---- while there is no connection

    /** Takes both roles until the session goes on or has ended. */
    private void reconnect() {
        reader.takeRole();
        try {
            writer.awaitNoWriter();
            Connector.Link link = reconnector.connect(outageCalls, writer.repliesArrived());
            long outage = lifecycle.outageNanos();
            if (resume(link)) {
                LOG.info("connected to {} again after {} ms", lifecycle.peer(), TimeUnit.NANOSECONDS.toMillis(outage));
                events.reconnected(outage);
            }
        } catch (ManagerException e) {
            lifecycle.end(e);
        } finally {
            reader.leaveRole();
        }
    }

    private boolean resume(Connector.Link link) {
        List<Outgoing.Chunk> again;
        Wire fresh = link.wire();
        synchronized (lock) {
            if (lifecycle.isEnded()) {
                fresh.close();
                return false;
            }
            try {
                again = writer.resume(link.ack().received());
            } catch (ManagerException e) {
                fresh.close();
                throw e;
            }
            lifecycle.resumed(fresh);
        }
        try {
            writer.sendAgain(fresh, again);
            // replies that came together with the HelloAck: no readiness will tell of them
            reader.handleAll(fresh);
        } catch (IOException | RuntimeException e) {
            lifecycle.lost(fresh, "the connection to " + lifecycle.peer() + " broke while sending", e);
        } finally {
            writer.sentAgain(again);
        }
        writer.flush();
        return true;
    }
}
