package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.RwLockOp;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A shared {@link ReadWriteLock}: many may read at once, or one may write. Both locks are reentrant and fair: waiters are served
 * in order of arrival, so readers who come after a waiting writer wait behind it.
 *
 * <p>The owner is a thread of a session, that is of a process connected to the manager; the end or death of the process releases
 * what it owns. The writer may take the read lock as well and keep it when it releases the write lock. A reader that asks for
 * the write lock would wait for itself, and gets {@link IllegalStateException}. Each grant of the write lock has a {@link
 * #fencingToken fencing token} that only grows.
 *
 * <p>{@link #holdRead} and {@link #holdWrite} are for try-with-resources. {@link #close} gives back the reference and releases nothing, so the
 * compiler refuses a read-write lock itself there.
 *
 * <p>Every method is one round trip. Every method throws {@link NoSuchObjectException} if the lock was deleted, also while
 * waiting. Locks stay held while the connection is broken and the session lives. After a {@link SessionExpiredException} this process owns
 * nothing. {@link Proxy} says what happens when the connection breaks.
 */
public final class ReadWriteLockProxy extends RemoteObject implements ReadWriteLock {

    ReadWriteLockProxy(ObjectHandle handle) {
        super(handle);
    }

    @Override
    public Lock readLock() {
        return new View(handle, RwLockOp.ACQUIRE_READ, RwLockOp.RELEASE_READ);
    }

    @Override
    public Lock writeLock() {
        return new View(handle, RwLockOp.ACQUIRE_WRITE, RwLockOp.RELEASE_WRITE);
    }

    /**
     * Acquires the read lock, waiting as long as it takes, for a try-with-resources statement that releases it. An interrupt is kept for later.
     *
     * @return what releases it, also when another thread closes it
     */
    public Held holdRead() {
        readLock().lock();
        return held(RwLockOp.RELEASE_READ);
    }

    /**
     * As {@link #holdRead}, of the write lock.
     *
     * @return what releases it, also when another thread closes it
     * @throws IllegalStateException if this thread reads and does not write: it would wait for itself for ever
     */
    public Held holdWrite() {
        writeLock().lock();
        return held(RwLockOp.RELEASE_WRITE);
    }

    /**
     * As {@link #holdRead}, up to the given time, rounded up to milliseconds; an interrupt ends the wait. A try-with-resources statement takes null, too.
     *
     * @param time how long to wait, at most
     * @return what releases it, or null if it was not granted in time
     * @throws InterruptedException if this thread is interrupted
     */
    public @Nullable Held tryHoldRead(Duration time) throws InterruptedException {
        return tryReadLock(time) ? held(RwLockOp.RELEASE_READ) : null;
    }

    /**
     * As {@link #tryHoldRead}, of the write lock.
     *
     * @param time how long to wait, at most
     * @return what releases it, or null if it was not granted in time
     * @throws InterruptedException if this thread is interrupted
     */
    public @Nullable Held tryHoldWrite(Duration time) throws InterruptedException {
        return tryWriteLock(time) ? held(RwLockOp.RELEASE_WRITE) : null;
    }

    private Held held(RwLockOp release) {
        Long holder = holder();
        return Held.of(() -> handle.call(release, holder));
    }

    private Long holder() {
        return handle.session().holder();
    }

    /** {@return how many levels of the read lock this thread owns} */
    public int getReadHoldCount() {
        return ReplyValues.size(tuple(handle.call(RwLockOp.HOLDS, holder()), 0));
    }

    /** {@return how many levels of the write lock this thread owns} */
    public int getWriteHoldCount() {
        return ReplyValues.size(tuple(handle.call(RwLockOp.HOLDS, holder()), 1));
    }

    /** {@return how many levels of the read lock all threads of all processes own at this moment} */
    public int getReadLockCount() {
        return ReplyValues.size(tuple(handle.call(RwLockOp.STATE), 0));
    }

    /** {@return whether somebody writes at this moment} */
    public boolean isWriteLocked() {
        return ReplyValues.bool(tuple(handle.call(RwLockOp.STATE), 1));
    }

    /** {@return how many wait at this moment, for reading or for writing} */
    public int getQueueLength() {
        return ReplyValues.size(tuple(handle.call(RwLockOp.STATE), 2));
    }

    private static @Nullable Object tuple(@Nullable Object reply, int field) {
        return reply instanceof Tuple t ? t.get(field) : null;
    }

    /**
     * {@return the number of this thread's grant of the write lock, greater than that of every earlier one}
     *
     * @throws IllegalMonitorStateException if this thread does not write
     */
    public long fencingToken() {
        @Nullable Object token = handle.call(RwLockOp.TOKEN, holder());
        if (token == null) {
            throw new IllegalMonitorStateException("this thread does not hold the write lock");
        }
        return ReplyValues.integer(token);
    }

    /** {@return a view without blocking} Each view is an owner of its own, since its calls have no thread. */
    public AsyncReadWriteLock async() {
        return new AsyncReadWriteLock(handle, handle.session().newHolder());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ReadWriteLockProxy p && p.handle.equals(handle);
    }

    @Override
    public int hashCode() {
        return handle.hashCode();
    }

    @Override
    public String toString() {
        return handle.toString();
    }

    /** One of the two locks. */
    private static final class View implements Lock {
        private final ObjectHandle handle;
        private final RwLockOp acquire;
        private final RwLockOp release;

        View(ObjectHandle handle, RwLockOp acquire, RwLockOp release) {
            this.handle = handle;
            this.acquire = acquire;
            this.release = release;
        }

        private Long holder() {
            return handle.session().holder();
        }

        /** A reader is granted by true, a writer by a token. */
        private static boolean granted(@Nullable Object reply) {
            return reply != null && !Boolean.FALSE.equals(reply);
        }

        @Override
        public void lock() {
            handle.call(acquire, holder(), ReplyValues.FOREVER);
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            acquire(ReplyValues.FOREVER);
        }

        @Override
        public boolean tryLock() {
            return granted(handle.call(acquire, holder(), ReplyValues.NOW));
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            return acquire(ReplyValues.millis(time, unit));
        }

        private boolean acquire(Long millis) throws InterruptedException {
            boolean granted = granted(handle.callInterruptibly(acquire, holder(), millis));
            if (granted && Thread.interrupted()) {
                // granted in the moment of the interrupt: the contract is to hold nothing and say so
                unlock();
                throw new InterruptedException();
            }
            return granted;
        }

        @Override
        public void unlock() {
            handle.call(release, holder());
        }

        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException(
                    "a read-write lock has no conditions: use a condition() beside it, or an rlock with newCondition()");
        }
    }

    /**
     * As {@link Lock#tryLock(long, TimeUnit)} of {@link #readLock}.
     *
     * @param time how long, at most
     * @return as {@link Lock#tryLock(long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean tryReadLock(Duration time) throws InterruptedException {
        return readLock().tryLock(ReplyValues.millis(time), TimeUnit.MILLISECONDS);
    }

    /**
     * As {@link Lock#tryLock(long, TimeUnit)} of {@link #writeLock}.
     *
     * @param time how long, at most
     * @return as {@link Lock#tryLock(long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean tryWriteLock(Duration time) throws InterruptedException {
        return writeLock().tryLock(ReplyValues.millis(time), TimeUnit.MILLISECONDS);
    }
}
