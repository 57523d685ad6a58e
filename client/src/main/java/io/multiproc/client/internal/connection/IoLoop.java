package io.multiproc.client.internal.connection;

import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;
import io.multiproc.client.ProtocolException;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Messages;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The I/O thread of a connection: reads while anybody waits, completes futures, keeps the time, and connects again. */
final class IoLoop {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** How often it looks whether the server has said something that nobody waits for, such as its goodbye. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ConnectionState s;
    private final Connection connection;
    private final IoThread thread;
    private final IoTasks tasks;

    IoLoop(ConnectionState s, Connection connection) {
        this.s = s;
        this.connection = connection;
        thread = new IoThread(this::run, "multiproc-io " + s.peer);
        tasks = new IoTasks(thread);
    }

    void startSoon() {
        thread.startSoon();
    }

    IoThread thread() {
        return thread;
    }

    IoTasks tasks() {
        return tasks;
    }

    private void run() {
        while (true) {
            // a callback's interrupt would make every wait return at once
            Thread.interrupted();
            runQueued();
            flushBurst();
            if (s.end != null) {
                tasks.finish(LOG);
                return;
            }
            if (!s.connected) {
                reconnect();
            } else if (s.waiting > 0 && s.readRole.tryLock()) {
                try {
                    while (s.waiting > 0 && s.end == null && s.connected) {
                        long nanos = timers();
                        readOnceAsIo(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
                    }
                } finally {
                    s.readRole.unlock();
                }
            } else {
                long nanos = timers();
                if (tasks.isEmpty() && s.connected && !(s.waiting > 0 && !s.readRole.isLocked())) {
                    LockSupport.parkNanos(this, Math.min(nanos, LOOK_NANOS));
                    lookIfQuiet();
                }
            }
        }
    }

    /** A client that makes no calls learns of the end of its connection, too. It does not read for those that do. */
    private void lookIfQuiet() {
        if (s.waiting == 0
                && s.connected
                && s.end == null
                && System.nanoTime() - s.lastHeard >= LOOK_NANOS
                && s.readRole.tryLock()) {
            try {
                readNow(s.wire);
            } finally {
                s.readRole.unlock();
            }
        }
    }

    private void readOnceAsIo(long timeoutMillis) {
        Thread.interrupted();
        Wire from = s.wire;
        try {
            from.awaitReadable(timeoutMillis);
            synchronized (s.lock) {
                s.ioBusy = true;
            }
        } catch (IOException e) {
            connection.lost(from, "the connection to " + s.peer + " broke", e);
            return;
        }
        readNow(from);
        runQueued();
        flushBurst();
    }

    private void readNow(Wire from) {
        try {
            connection.reading().readAvailable(from);
        } catch (IOException | RuntimeException e) {
            // malformed messages of an authenticated server come out as either
            connection.lost(from, "the connection to " + s.peer + " broke", e);
        }
    }

    private void runQueued() {
        if (!tasks.isEmpty()) {
            synchronized (s.lock) {
                s.ioBusy = true;
            }
            connection.writing().beforeCallbacks();
            tasks.run(LOG);
        }
    }

    private void flushBurst() {
        synchronized (s.lock) {
            s.ioBusy = false;
            s.runsCallbacks = false;
            if (s.flushing
                    || !s.connected
                    || s.outgoing.waiting() == 0
                    || (s.acknowledgementWaits && s.pending.size() == 0)) {
                return;
            }
            s.flushing = true;
        }
        connection.writing().flush();
    }

    /** Does what is due and returns the nanoseconds until the next thing is. */
    private long timers() {
        long now = System.nanoTime();
        // counts from the first ping without an answer, so that a process that slept does not blame the server
        if (s.pings > 0 && now - Math.max(s.lastHeard, s.pingedSince) > s.lostNanos) {
            connection.lost(
                    s.wire,
                    "the server at " + s.peer + " has not answered for " + TimeUnit.NANOSECONDS.toMillis(s.lostNanos)
                            + " ms",
                    null);
            return 0;
        }
        if (s.acknowledgeAt - now <= 0) {
            s.acknowledgeAt = Long.MAX_VALUE;
            connection.writing().flushAcknowledgements();
        }
        if (now - s.lastSent >= s.heartbeatNanos) {
            synchronized (s.lock) {
                if (s.pings++ == 0) {
                    s.pingedSince = now;
                }
                s.waiting = s.pending.size() + s.pings;
            }
            connection.writing().post(out -> Messages.ping(out, s.outgoing.last() + 1));
        }
        long ack = s.acknowledgeAt == Long.MAX_VALUE ? Long.MAX_VALUE : s.acknowledgeAt - now;
        long pong = s.pings > 0 ? s.lostNanos : Long.MAX_VALUE;
        return Math.max(1_000_000, Math.min(Math.min(ack, pong), s.heartbeatNanos - (now - s.lastSent)));
    }

    // ---- while there is no connection

    /** The I/O thread: an attempt to connect has failed. */
    void attemptFailed() {
        synchronized (s.lock) {
            s.pending.forEach(Call::wake);
        }
    }

    /** The I/O thread: calls that have waited for a connection for too long end. */
    void endOverdueCalls() {
        if (s.outageLeft() > 0) {
            return;
        }
        List<Call> overdue;
        synchronized (s.lock) {
            overdue = s.pending.drain();
            for (Call call : overdue) {
                s.pending.put(call.isAwaited() ? s.abandoned(call) : call);
            }
            s.lock.notifyAll();
        }
        for (Call call : overdue) {
            if (call.isAwaited()) {
                call.fail(s.reconnector.tooLong(s.peer, Outcome.UNKNOWN));
            }
        }
        tasks.run(LOG);
    }

    /** On the I/O thread, which takes both roles until the session goes on or has ended. */
    private void reconnect() {
        s.readRole.lock();
        try {
            awaitWriter();
            Connector.Link link = s.reconnector.connect(connection, s.receipts.received());
            long outage = System.nanoTime() - s.cutAt;
            if (resume(link)) {
                LOG.info("connected to {} again after {} ms", s.peer, TimeUnit.NANOSECONDS.toMillis(outage));
                s.events.reconnected(outage);
            }
        } catch (ManagerException e) {
            connection.end(e);
        } finally {
            s.readRole.unlock();
        }
    }

    private void awaitWriter() {
        synchronized (s.lock) {
            while (s.flushing) {
                try {
                    s.lock.wait();
                } catch (InterruptedException e) {
                    // only of interest to an attempt to connect
                }
            }
        }
    }

    private boolean resume(Connector.Link link) {
        List<Outgoing.Chunk> again;
        Wire fresh = link.wire();
        synchronized (s.lock) {
            if (s.end != null) {
                fresh.close();
                return false;
            }
            long received = link.ack().received();
            if (!s.outgoing.admits(received)) {
                fresh.close();
                throw new ProtocolException(
                        ErrorCode.BAD_VALUE,
                        "the server at " + s.peer + " says that it has " + received + " frames of " + s.outgoing.last()
                                + "; the session cannot go on",
                        null);
            }
            s.outgoing.confirm(received);
            again = s.outgoing.again();
            s.receipts.tell();
            s.lastHeard = System.nanoTime();
            s.lastSent = s.lastHeard;
            s.wire = fresh;
            s.flushing = true;
            s.connected = true;
        }
        try {
            for (Outgoing.Chunk chunk : again) {
                connection.writing().writeFully(fresh, chunk);
            }
            // replies that came together with the HelloAck: no readiness will tell of them
            connection.reading().handleAll(fresh);
        } catch (IOException | RuntimeException e) {
            connection.lost(fresh, "the connection to " + s.peer + " broke while sending", e);
        } finally {
            synchronized (s.lock) {
                again.forEach(s.outgoing::written);
            }
        }
        connection.writing().flush();
        return true;
    }
}
