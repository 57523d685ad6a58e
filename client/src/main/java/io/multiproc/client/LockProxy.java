package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ObjectType;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A shared lock, reentrant if it was made by {@code rlock}: a {@link Lock} that lives on the manager. Waiters are
 * served in order of arrival, whatever process they are in.
 *
 * <p>The owner is a thread of a session, that is of a process connected to the manager. When the process ends or dies the
 * manager releases the lock and grants it to the next in line; a waiter that died is never granted. Every grant carries a
 * {@link #fencingToken fencing token} that only grows: pass it to the resource that the lock protects, and let the resource
 * refuse smaller ones, where a holder that lost its session must not do harm. A dict on the same manager does so by
 * {@link DictProxy#putFenced}.
 *
 * <p>{@link #hold} is for try-with-resources. {@link #close} gives back the reference and does not unlock, so the compiler refuses a lock
 * itself there.
 *
 * <p>Every method is one round trip, except that {@code unlock} needs none if the next in line is known to be another thread of this process: that one
 * goes on at once. Memory effects are those of messages: what a holder wrote to shared objects before
 * {@code unlock} is seen by the next holder. Every method throws {@link NoSuchObjectException} if the lock was deleted, also
 * while waiting. The lock stays held while the connection is broken and the session lives. After a {@link SessionExpiredException} this process
 * owns nothing. {@link Proxy} says what happens when the connection breaks.
 */
public final class LockProxy extends RemoteObject implements Lock {

    LockProxy(ObjectHandle handle) {
        super(handle);
    }

    /** {@return whether the owner may acquire the lock again} */
    public boolean isReentrant() {
        return handle.type() == ObjectType.RLOCK;
    }

    private Long holder() {
        return handle.session().holder();
    }

    /**
     * Acquires the lock, waiting as long as it takes. An interrupt is kept for later.
     *
     * @throws IllegalStateException if the lock is not reentrant and this thread holds it: it would wait for itself for ever
     */
    @Override
    public void lock() {
        handle.call(LockOp.ACQUIRE, holder(), ReplyValues.FOREVER);
    }

    /** As {@link #lock}, but an interrupt ends the wait. */
    @Override
    public void lockInterruptibly() throws InterruptedException {
        acquire(ReplyValues.FOREVER);
    }

    /** Acquires the lock if it is free now. */
    @Override
    public boolean tryLock() {
        return handle.call(LockOp.ACQUIRE, holder(), ReplyValues.NOW) != null;
    }

    /** Acquires the lock if it becomes free within the time, which is rounded up to milliseconds. */
    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        return acquire(ReplyValues.millis(time, unit));
    }

    /**
     * As {@link #tryLock(long, TimeUnit)}.
     *
     * @param time how long, at most
     * @return as {@link #tryLock(long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean tryLock(Duration time) throws InterruptedException {
        return acquire(ReplyValues.millis(time));
    }

    /**
     * Acquires the lock as {@link #lock} does, for a try-with-resources statement that releases it. One round trip.
     *
     * @return what releases it, also when another thread closes it
     * @throws IllegalStateException as {@link #lock}
     */
    public Held hold() {
        lock();
        return held();
    }

    /**
     * As {@link #hold}, up to the given time, rounded up to milliseconds; an interrupt ends the wait. A try-with-resources statement takes null, too.
     *
     * @param time how long to wait, at most
     * @return what releases it, or null if it was not granted in time
     * @throws InterruptedException if this thread is interrupted
     */
    public @Nullable Held tryHold(Duration time) throws InterruptedException {
        return tryLock(time) ? held() : null;
    }

    private Held held() {
        Long holder = holder();
        return Held.of(() -> handle.release(LockOp.RELEASE, holder));
    }

    private boolean acquire(Long millis) throws InterruptedException {
        boolean granted = handle.callInterruptibly(LockOp.ACQUIRE, holder(), millis) != null;
        if (granted && Thread.interrupted()) {
            // granted in the moment of the interrupt: the contract is to hold nothing and say so
            unlock();
            throw new InterruptedException();
        }
        return granted;
    }

    /**
     * Releases the lock, or one level of a reentrant one. Afterwards it is free or the next in line owns it. If that is known to be another thread of this
     * process, and there is a connection, nothing is awaited: it owns the lock from then on, and the manager, for which the lock has been this process's all the time, is told. Should
     * somebody have taken the lock away by then ({@link Manager#forceRelease}, the lock was deleted), that is logged instead of thrown.
     *
     * @throws IllegalMonitorStateException if this thread does not own it; the text says who does
     */
    @Override
    public void unlock() {
        handle.release(LockOp.RELEASE, holder());
    }

    /**
     * Makes a condition of this lock with a name nobody else has. Pass {@link #condition the name} of your own choice instead
     * if several processes are to share it.
     */
    @Override
    public Condition newCondition() {
        return condition(UUID.randomUUID().toString());
    }

    /**
     * {@return the condition of this lock that goes by a name: the same one for every process that asks for it} No round trip.
     *
     * @param name the name of the condition
     */
    public Condition condition(String name) {
        return new SharedCondition(handle, name);
    }

    /** {@return whether anybody owns the lock at this moment} */
    public boolean isLocked() {
        return ReplyValues.bool(handle.call(LockOp.IS_LOCKED));
    }

    /** {@return whether this thread owns the lock} */
    public boolean isHeldByCurrentThread() {
        return getHoldCount() > 0;
    }

    /** {@return how many levels of the lock this thread owns; 0 if the session has ended, since the manager has released all} */
    public int getHoldCount() {
        try {
            return ReplyValues.size(handle.call(LockOp.HOLD_COUNT, holder()));
        } catch (SessionExpiredException e) {
            return 0;
        }
    }

    /** {@return how many wait for the lock at this moment} */
    public int getQueueLength() {
        return ReplyValues.size(handle.call(LockOp.QUEUE_LENGTH));
    }

    /**
     * {@return the number of this thread's grant, greater than that of every earlier grant of the lock}
     *
     * @throws IllegalMonitorStateException if this thread does not own the lock
     */
    public long fencingToken() {
        @Nullable Object token = handle.call(LockOp.TOKEN, holder());
        if (token == null) {
            throw new IllegalMonitorStateException("this thread does not hold the lock");
        }
        return ReplyValues.integer(token);
    }

    /**
     * {@return whether a fencing token is that of the lock's present owner, whoever asks} A look at this moment only: to change something
     * under the lock's protection use an operation that takes the token, as {@link DictProxy#putFenced}. One round trip.
     *
     * @param token the token
     */
    public boolean isCurrent(long token) {
        return ReplyValues.bool(handle.call(LockOp.CHECK, token));
    }

    /** {@return a view without blocking} Each view is an owner of its own, since its calls have no thread. */
    public AsyncLock async() {
        return new AsyncLock(handle, handle.session().newHolder());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LockProxy l && l.handle.equals(handle);
    }

    @Override
    public int hashCode() {
        return handle.hashCode();
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
