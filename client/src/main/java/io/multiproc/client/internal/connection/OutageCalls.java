package io.multiproc.client.internal.connection;

import io.multiproc.client.Outcome;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rules for the calls of a connection while it is cut: how long they wait, and how one ends without its reply. The request of such a call is
 * sent all the same; what its reply brings is taken back.
 */
final class OutageCalls implements Reconnector.Progress {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final Object lock;
    private final Lifecycle lifecycle;
    private final PendingCalls pending;
    private final Heartbeat heartbeat;
    private final LockHandoff handoff;
    private final RequestWriter writer;
    private final IoTasks tasks;
    private final Reconnector reconnector;
    private final LateReply.Handler lateReplies;

    OutageCalls(
            Object lock,
            Lifecycle lifecycle,
            PendingCalls pending,
            Heartbeat heartbeat,
            LockHandoff handoff,
            RequestWriter writer,
            IoTasks tasks,
            Reconnector reconnector,
            LateReply.Handler lateReplies) {
        this.lock = lock;
        this.lifecycle = lifecycle;
        this.pending = pending;
        this.heartbeat = heartbeat;
        this.handoff = handoff;
        this.writer = writer;
        this.tasks = tasks;
        this.reconnector = reconnector;
        this.lateReplies = lateReplies;
    }

    /**
     * The thread of a blocking call: waits for the connection or for the end of the call, or ends it. Returns early now and then.
     *
     * @param cancelled whether the caller was interrupted and lets that cancel the call
     */
    void await(Call call, boolean cancelled) {
        if (cancelled) {
            abandon(call, () -> call.fail(new CancellationException("interrupted while there was no connection")));
            return;
        }
        // while the first attempt to connect is under way the answer may still be had, if late
        byte[] timedOut = reconnector.hasFailed() ? call.timeoutReply() : null;
        long left = lifecycle.outageLeft();
        long ownLeft = timedOut == null ? Long.MAX_VALUE : call.deadline - System.nanoTime();
        if (left > 0 && ownLeft > 0) {
            call.waiter = Thread.currentThread();
            if (!call.isDone() && !lifecycle.isConnected()) {
                LockSupport.parkNanos(this, Math.min(left, ownLeft));
            }
        } else if (timedOut != null && ownLeft <= 0) {
            abandon(call, () -> call.complete(timedOut, 0, null));
        } else {
            abandon(call, () -> call.fail(lifecycle.outageTooLong(Outcome.UNKNOWN)));
        }
    }

    /** Ends a call without its reply, unless that has come meanwhile. */
    private void abandon(Call call, Runnable ending) {
        synchronized (lock) {
            if (call.isDone() || !pending.replace(abandoned(call))) {
                return;
            }
            handoff.forget(call);
        }
        ending.run();
    }

    /** With the lock: what takes the place of a call that ends without its reply. */
    private Call abandoned(Call call) {
        writer.copyBorrowed(call);
        return new AbandonedCall(call, lateReplies);
    }

    // ---- the I/O thread, which connects again

    @Override
    public boolean isOver() {
        return lifecycle.isEnded();
    }

    @Override
    public long lastHeard() {
        return heartbeat.lastHeard();
    }

    /** Calls that have a time-out of their own keep it from now on. */
    @Override
    public void attemptFailed() {
        synchronized (lock) {
            pending.forEach(Call::wake);
        }
    }

    /** Calls that have waited for a connection for too long end. */
    @Override
    public void waiting() {
        if (lifecycle.outageLeft() > 0) {
            return;
        }
        List<Call> overdue;
        synchronized (lock) {
            overdue = pending.list();
            for (Call call : overdue) {
                if (call.isAwaited()) {
                    pending.replace(abandoned(call));
                }
            }
            lock.notifyAll();
        }
        for (Call call : overdue) {
            if (call.isAwaited()) {
                call.fail(lifecycle.outageTooLong(Outcome.UNKNOWN));
            }
        }
        tasks.run(LOG);
    }
}
