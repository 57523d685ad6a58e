package io.multiproc.client.internal.connection;

import io.multiproc.client.ManagerException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the parts of a {@link Connection} share. */
final class ConnectionState {
    final String peer;
    final long heartbeatNanos;
    /** After how much silence the server counts as lost: soon enough to connect again before the lease is over. */
    final long lostNanos;

    final Reconnector reconnector;
    final LateReply.Handler lateReplies;
    final Connection.Events events;

    /** Held by whoever reads replies, for everybody. */
    final ReentrantLock readRole = new ReentrantLock();

    /** Guards what follows; fields that are volatile too may be read without it. */
    final Object lock = new Object();

    final PendingCalls pending = new PendingCalls();
    final Outgoing outgoing = new Outgoing();
    final Receipts receipts = new Receipts();
    final LockHandoff successors = new LockHandoff();
    volatile Wire wire;
    /** Whether the wire is whole, as far as is known. */
    volatile boolean connected = true;

    volatile long cutAt;
    /** Somebody has the role of the writer. */
    boolean flushing;
    /** The I/O thread works through a burst, and will flush at its end. */
    boolean ioBusy;

    /** How many calls wait to be written: all, those that are {@link Call#isSwift}, and those whose callers wait. */
    int unsent;

    int unsentSwift;
    int unsentBlocking;
    /** Among what waits to be written is a release that nobody waits for. */
    volatile boolean releaseUnsent;
    /** The I/O thread runs what hangs on futures, which may take its time. */
    boolean runsCallbacks;

    long lastId;
    /** Pings without an answer, and since when. */
    volatile int pings;

    volatile long pingedSince;
    /** What waits to be written is nothing but acknowledgements, which are in no hurry. */
    boolean acknowledgementWaits;
    /** Why the session has ended; null while it lives. */
    volatile @Nullable ManagerException end;

    /** How many replies are due. */
    volatile int waiting;

    volatile long lastHeard = System.nanoTime();
    volatile long lastSent = System.nanoTime();
    /** When acknowledgements leave by themselves. */
    volatile long acknowledgeAt = Long.MAX_VALUE;
    /** The program has closed the connection. */
    volatile boolean closing;
    /** The program has asked the server to end: that it does is no news. */
    volatile boolean endExpected;

    ConnectionState(
            Connector.Link link,
            String peer,
            Reconnector reconnector,
            LateReply.Handler lateReplies,
            Connection.Events events) {
        this.wire = link.wire();
        this.peer = peer;
        this.reconnector = reconnector;
        this.lateReplies = lateReplies;
        this.events = events;
        long heartbeat = link.ack().heartbeatMillis();
        heartbeatNanos = TimeUnit.MILLISECONDS.toNanos(heartbeat);
        lostNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(heartbeat / 2, Math.min(1000, heartbeat)));
    }

    /** With the lock: a call was added to what is to be written. */
    void added(Call call) {
        unsent++;
        unsentSwift += call.isSwift() ? 1 : 0;
        unsentBlocking += call.isAsync() ? 0 : 1;
    }

    /** With the lock: what was to be written has been taken. */
    void taken() {
        unsent = 0;
        unsentSwift = 0;
        unsentBlocking = 0;
        if (releaseUnsent) {
            releaseUnsent = false;
        }
    }

    /** How long calls go on waiting for a connection; for ever if there is one. */
    long outageLeft() {
        return connected ? Long.MAX_VALUE : reconnector.waitLeft(cutAt);
    }

    /** Ends a call without its reply, unless that has come meanwhile. What the reply will bring is taken back. */
    void abandon(Call call, Runnable ending) {
        synchronized (lock) {
            if (call.isDone() || pending.remove(call.id) == null) {
                return;
            }
            successors.forget(call);
            pending.put(abandoned(call));
        }
        ending.run();
    }

    /** With the lock: what takes the place of a call that ends without its reply, whose request is sent all the same. */
    Call abandoned(Call call) {
        if (call.borrowed != null) {
            outgoing.own(call.frameNumber);
        }
        return new AbandonedCall(call, lateReplies);
    }
}
