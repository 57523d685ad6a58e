package io.multiproc.client.memory;

import io.multiproc.client.Held;
import io.multiproc.client.internal.local.LocalBlock;
import io.multiproc.client.internal.local.LocalHome;
import io.multiproc.client.internal.local.ThreadLock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A reentrant lock between threads and processes of one machine, in shared memory: free, it costs no system call. If the process that
 * holds it dies, the next one gets it within about a tenth of a second; what the dead one was about to change is then as it left it. Waiting
 * processes are served in no particular order. Thread-safe.
 */
public final class SharedLock implements Lock {
    static final int MAGIC = 0x4d504c31;
    static final int BYTES = 64;

    private static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_SLEEP = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int SPINS = 200;
    private static final int YIELDS = 20;

    private final LocalBlock block;
    private final ByteBuffer memory;
    private final ThreadLock threads;
    private final LocalHome home = LocalHome.get();
    private final boolean creator;

    SharedLock(LocalBlock block, boolean creator) {
        this.block = block;
        this.creator = creator;
        memory = block.memory();
        threads = block.threads();
    }

    /** {@return a new lock, free} */
    public static SharedLock create() {
        LocalBlock block = SharedMemory.newBlock(null, BYTES);
        block.memory().duplicate().order(ByteOrder.nativeOrder()).putInt(8, MAGIC);
        return new SharedLock(block, true);
    }

    /**
     * {@return the lock with this name}
     *
     * @param name the name of the block
     */
    public static SharedLock attach(String name) {
        LocalBlock block = SharedMemory.existing(name);
        if (block.memory().capacity() < BYTES
                || block.memory().duplicate().order(ByteOrder.nativeOrder()).getInt(8) != MAGIC) {
            throw new IllegalStateException("the shared memory '" + name + "' is no lock");
        }
        return new SharedLock(block, false);
    }

    /** {@return its name, for {@link #attach}} */
    public String name() {
        return block.name();
    }

    /** Waits for it. An interrupt is kept for later. */
    @Override
    public void lock() {
        boolean interrupted = false;
        try {
            threads.lock();
            while (true) {
                try {
                    if (threads.getHoldCount() == 1) {
                        boolean ignored = acquire(Long.MAX_VALUE);
                    }
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        boolean ignored = tryLock(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    /**
     * Waits for it as {@link #lock} does, for a try-with-resources statement that releases it. The lock itself is no resource for one: its {@link #close}
     * lets go of the memory and does not unlock.
     *
     * @return what releases it, also when another thread closes it
     */
    public Held hold() {
        lock();
        return held();
    }

    /**
     * As {@link #hold}, up to the given time; an interrupt ends the wait. A try-with-resources statement takes null, too.
     *
     * @param timeout how long, at most
     * @return what releases it, or null if it was not free in time
     * @throws InterruptedException if this thread is interrupted
     */
    public @Nullable Held tryHold(Duration timeout) throws InterruptedException {
        return tryLock(timeout) ? held() : null;
    }

    private Held held() {
        Thread owner = Thread.currentThread();
        return Held.of(() -> unlock(owner));
    }

    @Override
    public boolean tryLock() {
        if (!threads.tryLock()) {
            return false;
        }
        if (threads.getHoldCount() > 1 || WORD.compareAndSet(memory, 0, 0L, home.id()) || takeOver()) {
            return true;
        }
        giveBack();
        return false;
    }

    /** What was acquired among the threads, when the lock of the processes was not. */
    private void giveBack() {
        boolean ignored = threads.takeLevel(Thread.currentThread());
        threads.end();
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        long nanos = unit.toNanos(time);
        long start = System.nanoTime();
        if (!threads.tryLock(nanos)) {
            return false;
        }
        if (threads.getHoldCount() > 1) {
            return true;
        }
        boolean got = false;
        try {
            got = acquire(nanos == Long.MAX_VALUE ? nanos : nanos - (System.nanoTime() - start));
            return got;
        } finally {
            if (!got) {
                giveBack();
            }
        }
    }

    /**
     * As {@link #tryLock(long, TimeUnit)}.
     *
     * @param timeout how long, at most
     * @return as {@link #tryLock(long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean tryLock(Duration timeout) throws InterruptedException {
        long nanos;
        try {
            nanos = timeout.toNanos();
        } catch (ArithmeticException e) {
            nanos = Long.MAX_VALUE;
        }
        return tryLock(nanos, TimeUnit.NANOSECONDS);
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // a yield is a hint only: it spares a sleep where the owner waits for this processor
    private boolean acquire(long nanos) throws InterruptedException {
        for (int i = 0; i < SPINS; i++) {
            if (WORD.compareAndSet(memory, 0, 0L, home.id())) {
                return true;
            }
            Thread.onSpinWait();
        }
        long start = System.nanoTime();
        long looked = start;
        long sleep = 10_000;
        for (int i = 0; ; i++) {
            if (WORD.compareAndSet(memory, 0, 0L, home.id())) {
                return true;
            }
            long now = System.nanoTime();
            long left = nanos == Long.MAX_VALUE ? nanos : nanos - (now - start);
            if (now - looked > LOOK_NANOS || left <= 0) {
                if (takeOver()) {
                    return true;
                }
                looked = now;
            }
            if (left <= 0) {
                return false;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (i < YIELDS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(this, Math.min(sleep, left));
                sleep = Math.min(sleep * 2, LONGEST_SLEEP);
            }
        }
    }

    /** Takes the lock of an owner that is dead. */
    private boolean takeOver() {
        long owner = (long) WORD.getVolatile(memory, 0);
        return owner != 0
                && owner != home.id()
                && !home.isAlive(owner)
                && WORD.compareAndSet(memory, 0, owner, home.id());
    }

    /**
     * Releases it.
     *
     * @throws IllegalMonitorStateException if the calling thread does not hold it
     */
    @Override
    public void unlock() {
        unlock(Thread.currentThread());
    }

    private void unlock(Thread owner) {
        boolean last;
        try {
            last = threads.takeLevel(owner);
        } catch (IllegalMonitorStateException e) {
            throw new IllegalMonitorStateException(
                    (owner == Thread.currentThread() ? "this thread" : "thread " + owner.getName())
                            + " does not hold the lock " + name());
        }
        if (last) {
            WORD.setVolatile(memory, 0, 0L);
            threads.end();
        }
    }

    /** {@return whether the calling thread holds it} */
    public boolean isHeldByCurrentThread() {
        return threads.isHeldByCurrentThread();
    }

    /** {@return whether any process holds it, at this moment} */
    public boolean isLocked() {
        return (long) WORD.getVolatile(memory, 0) != 0;
    }

    /**
     * Not there: use a manager's condition.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("a lock in shared memory has no conditions; a manager's lock has");
    }

    LocalBlock block() {
        return block;
    }

    /** Ends its use here; whoever created it unlinks it, too. Does not unlock. */
    public void close() {
        if (creator) {
            SharedMemory.unlink(block);
        } else {
            SharedMemory.release(block);
        }
    }

    @Override
    public String toString() {
        return "SharedLock(" + name() + ")";
    }
}
