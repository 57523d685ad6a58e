package io.multiproc.client.internal.local;

import java.util.concurrent.locks.AbstractQueuedLongSynchronizer;
import org.jspecify.annotations.Nullable;

/**
 * A reentrant lock between the threads of this process, as {@link java.util.concurrent.locks.ReentrantLock}, except that another thread may release it for its owner. The
 * lower half of the state is the number of levels that the owner has, or {@link #ENDING} while the last one is given up. The upper half counts the owners: whoever looks at
 * the state and then at the owner changes the state only while that owner has it.
 */
@SuppressWarnings("serial") // it is never serialised
public final class ThreadLock extends AbstractQueuedLongSynchronizer {
    private static final int ENDING = -1;

    private volatile @Nullable Thread owner;

    ThreadLock() {}

    private static int levels(long state) {
        return (int) state;
    }

    private static long with(long state, int levels) {
        return state & ~0xFFFF_FFFFL | levels & 0xFFFF_FFFFL;
    }

    /** One level more for the owner; false for others. A level may end meanwhile, by another thread. */
    private boolean again() {
        while (true) {
            long state = getState();
            if (owner != Thread.currentThread() || levels(state) <= 0) {
                return false;
            }
            if (levels(state) == Integer.MAX_VALUE) {
                throw new Error("a lock has at most " + Integer.MAX_VALUE + " levels");
            }
            if (compareAndSetState(state, state + 1)) {
                return true;
            }
        }
    }

    @Override
    protected boolean tryAcquire(long ignored) {
        if (again()) {
            return true;
        }
        long state = getState();
        if (levels(state) == 0 && compareAndSetState(state, with(state, 1))) {
            owner = Thread.currentThread();
            return true;
        }
        return false;
    }

    @Override
    protected boolean tryRelease(long ignored) {
        owner = null;
        setState((getState() >>> 32) + 1 << 32);
        return true;
    }

    public void lock() {
        acquire(1);
    }

    public boolean tryLock() {
        return tryAcquire(1);
    }

    public boolean tryLock(long nanos) throws InterruptedException {
        return tryAcquireNanos(1, nanos);
    }

    /** Takes a level from its owner. True if it was the last: then {@link #end} must follow, and nobody has the lock before. */
    public boolean takeLevel(Thread of) {
        while (true) {
            long state = getState();
            int levels = levels(state);
            if (owner != of || levels <= 0) {
                throw new IllegalMonitorStateException();
            }
            if (compareAndSetState(state, with(state, levels == 1 ? ENDING : levels - 1))) {
                return levels == 1;
            }
        }
    }

    /** Lets the next in line have it. */
    public void end() {
        boolean ignored = release(1);
    }

    public boolean isHeldByCurrentThread() {
        return getHoldCount() > 0;
    }

    /** How many levels the calling thread has. */
    public int getHoldCount() {
        long state = getState();
        return owner == Thread.currentThread() ? Math.max(0, levels(state)) : 0;
    }
}
