package io.multiproc.client.internal.local;

import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import org.jspecify.annotations.Nullable;

/**
 * A reentrant lock between the threads of this process, as {@link java.util.concurrent.locks.ReentrantLock}, except that another thread may release it for its owner. The
 * state is the number of levels that the owner has, or {@link #ENDING} while the last one is given up.
 */
@SuppressWarnings("serial") // it is never serialised
public final class ThreadLock extends AbstractQueuedSynchronizer {
    private static final int ENDING = -1;

    private volatile @Nullable Thread owner;

    ThreadLock() {}

    /** One level more for the owner; false for others. A level may end meanwhile, by another thread. */
    private boolean again() {
        if (owner != Thread.currentThread()) {
            return false;
        }
        int levels;
        do {
            levels = getState();
            if (levels == Integer.MAX_VALUE) {
                throw new Error("a lock has at most " + Integer.MAX_VALUE + " levels");
            }
        } while (levels > 0 && !compareAndSetState(levels, levels + 1));
        return levels > 0;
    }

    @Override
    protected boolean tryAcquire(int ignored) {
        if (again()) {
            return true;
        }
        if (compareAndSetState(0, 1)) {
            owner = Thread.currentThread();
            return true;
        }
        return false;
    }

    @Override
    protected boolean tryRelease(int ignored) {
        owner = null;
        setState(0);
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
            int levels = getState();
            if (owner != of || levels <= 0) {
                throw new IllegalMonitorStateException();
            }
            if (compareAndSetState(levels, levels == 1 ? ENDING : levels - 1)) {
                return levels == 1;
            }
        }
    }

    /** Lets the next in line have it. */
    public void end() {
        boolean ignored = release(1);
    }

    public boolean isHeldByCurrentThread() {
        return owner == Thread.currentThread() && getState() > 0;
    }

    /** How many levels the calling thread has. */
    public int getHoldCount() {
        return owner == Thread.currentThread() ? Math.max(0, getState()) : 0;
    }
}
