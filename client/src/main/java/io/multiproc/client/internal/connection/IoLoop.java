package io.multiproc.client.internal.connection;

import io.multiproc.client.ManagerException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loop of a connection's I/O thread: reads while anybody waits, completes futures, and connects again. */
final class IoLoop {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final Object lock;
    private final Lifecycle lifecycle;
    private final PendingCalls pending;
    private final IoThread io;
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
            IoThread io,
            RequestWriter writer,
            ReplyReader reader,
            IoTasks tasks,
            Reconnector reconnector,
            OutageCalls outageCalls,
            Connection.Events events) {
        this.lock = lock;
        this.lifecycle = lifecycle;
        this.pending = pending;
        this.io = io;
        this.writer = writer;
        this.reader = reader;
        this.tasks = tasks;
        this.reconnector = reconnector;
        this.outageCalls = outageCalls;
        this.events = events;
    }

    /** Until the session has ended, or there has been nothing to do for a while. */
    void run() {
        while (true) {
            // a callback's interrupt would make every wait return at once
            Thread.interrupted();
            writer.finishFlush();
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
                    while (pending.areRepliesDue()
                            && !lifecycle.isEnded()
                            && lifecycle.isConnected()
                            && !writer.isFlushLeft()) {
                        readOnce();
                    }
                } finally {
                    reader.leaveRole();
                }
            } else if (io.sleep(this::isUnneeded)) {
                return;
            }
        }
    }

    private boolean isUnneeded() {
        return tasks.isEmpty()
                && lifecycle.isConnected()
                && !lifecycle.isEnded()
                && !reader.isNeeded()
                && !writer.isFlushLeft();
    }

    private void readOnce() {
        Thread.interrupted();
        Wire from = lifecycle.wire();
        try {
            from.awaitReadable(0);
            writer.burstBegins();
        } catch (IOException e) {
            lifecycle.lost(from, "the connection to " + lifecycle.peer() + " broke", e);
            return;
        }
        reader.readNow(from);
        runQueued();
        writer.burstEnds();
    }

    private void runQueued() {
        if (!tasks.isEmpty()) {
            writer.burstBegins();
            writer.beforeCallbacks();
            tasks.run(LOG);
        }
    }

    // ---- while there is no connection

    /** Takes both roles until the session goes on or has ended. */
    private void reconnect() {
        reader.takeRole();
        try {
            writer.awaitNoWriter();
            long confirmed = writer.framesArrived();
            Connector.Link link = reconnector.connect(
                    outageCalls, writer.repliesArrived(), confirmed, lowestAfter(confirmed), writer.lastAnswered());
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

    /** The lowest request in frames with higher numbers than this. New ones may come meanwhile, with higher numbers. */
    private long lowestAfter(long frame) {
        synchronized (lock) {
            return pending.lowestAfter(frame);
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
