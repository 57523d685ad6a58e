package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.LockOp;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * A condition of a shared lock. Waiting releases all levels of the lock and takes them again before returning, also when
 * interrupted, as {@link Condition} demands. Never wakes spuriously.
 */
final class SharedCondition implements Condition {
    private final ObjectHandle lock;
    private final String name;

    SharedCondition(ObjectHandle lock, String name) {
        this.lock = lock;
        this.name = name;
    }

    private boolean park(Long millis) throws InterruptedException {
        return ReplyValues.bool(
                lock.callInterruptibly(LockOp.AWAIT, lock.session().holder(), name, millis));
    }

    @Override
    public void await() throws InterruptedException {
        park(ReplyValues.FOREVER);
    }

    @Override
    public void awaitUninterruptibly() {
        lock.call(LockOp.AWAIT, lock.session().holder(), name, ReplyValues.FOREVER);
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
        // a time already past is as good as none, and its deadline must not overflow
        long deadline = System.nanoTime() + Math.max(0, nanos);
        boolean signalled = park(ReplyValues.millis(nanos, TimeUnit.NANOSECONDS));
        long left = deadline - System.nanoTime();
        return signalled ? Math.max(1, left) : Math.min(0, left);
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return park(ReplyValues.millis(time, unit));
    }

    @SuppressWarnings("JavaUtilDate") // the interface's own type
    @Override
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        long until = deadline.getTime();
        long now = System.currentTimeMillis();
        // the difference of a time long ago would overflow to one that never comes
        return park(until <= now ? ReplyValues.NOW : ReplyValues.millis(until - now, TimeUnit.MILLISECONDS));
    }

    @Override
    public void signal() {
        lock.call(LockOp.SIGNAL, lock.session().holder(), name, 1L);
    }

    /** Wakes up to so many waiters and returns how many. */
    public int signal(int count) {
        return ReplyValues.size(lock.call(LockOp.SIGNAL, lock.session().holder(), name, (long) count));
    }

    @Override
    public void signalAll() {
        lock.call(LockOp.SIGNAL, lock.session().holder(), name, -1L);
    }
}
