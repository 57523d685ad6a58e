package io.multiproc.client.internal.connection;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The I/O thread of a connection. It starts when there is something to do for it, and ends when there has been nothing for a while: a client that
 * only makes blocking calls, or none, has no such thread. Thread-safe.
 */
final class IoThread {
    /** Long enough that a client which makes asynchronous calls now and then keeps its thread. */
    private static final long STAY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Runnable body;
    private final String name;
    /** The one that runs; null while there is none. Changes with this object's lock. */
    private volatile @Nullable Thread thread;

    IoThread(Runnable body, String name) {
        this.body = body;
        this.name = name;
    }

    String name() {
        return name;
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** There is something to do for it. */
    void wake() {
        Thread t = thread;
        if (t == null) {
            start();
        } else {
            LockSupport.unpark(t);
        }
    }

    /** There will be; without a thread there is nothing that it would have to notice. */
    void wakeIfStarted() {
        LockSupport.unpark(thread);
    }

    void interruptIfStarted() {
        Thread t = thread;
        if (t != null) {
            t.interrupt();
        }
    }

    /**
     * The thread itself: sleeps until it is woken, or for a while.
     *
     * @param unneeded whether there is nothing to do
     * @return whether it is to end, as it has slept for long enough and there is still nothing to do
     */
    boolean sleep(BooleanSupplier unneeded) {
        if (!unneeded.getAsBoolean()) {
            return false;
        }
        long began = System.nanoTime();
        LockSupport.parkNanos(this, STAY_NANOS);
        return System.nanoTime() - began >= STAY_NANOS && unneeded.getAsBoolean() && end(unneeded);
    }

    /** Ends it at once, if nobody has woken it meanwhile. */
    boolean end(BooleanSupplier unneeded) {
        Thread current = Thread.currentThread();
        synchronized (this) {
            thread = null;
        }
        // who has given it something to do before that has woken this one; who does so later starts another
        if (unneeded.getAsBoolean()) {
            return true;
        }
        synchronized (this) {
            if (thread != null) {
                return true;
            }
            thread = current;
            return false;
        }
    }

    private synchronized void start() {
        if (thread == null) {
            Thread t = new Thread(body, name);
            t.setDaemon(true);
            thread = t;
            try {
                t.start();
            } catch (OutOfMemoryError e) {
                // the system has no thread to give at the moment: whoever comes next tries again
                thread = null;
                throw e;
            }
        }
    }
}
