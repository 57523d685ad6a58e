package io.multiproc.client;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A hold of a lock, or of permits of a semaphore, that its {@link #close} releases: for try-with-resources. It stands for what one call of
 * {@code hold} or {@code tryHold} acquired, for the thread that made that call, and may be closed by any thread: a platform thread, a virtual one, or
 * whichever a coroutine goes on. Coroutines that share a thread share what it owns; each is an owner of its own with {@link AsyncLock#hold}. Thread-safe.
 *
 * <pre>{@code
 * try (Held held = lock.hold()) {
 *     …
 * }
 * }</pre>
 *
 * <p>A proxy of a lock is no resource itself: its {@code close} gives back the reference and leaves the lock as it is, so the compiler refuses it
 * in a try-with-resources statement.
 */
public final class Held implements AutoCloseable {
    private final Runnable release;
    private final AtomicBoolean held = new AtomicBoolean(true);

    private Held(Runnable release) {
        this.release = release;
    }

    /**
     * For the library: a hold that has just been acquired.
     *
     * @param release releases it, or throws
     * @return the hold
     */
    public static Held of(Runnable release) {
        return new Held(release);
    }

    /**
     * Releases what was acquired. Costs what the lock's {@code unlock} costs; does not wait for others. A second call does nothing, whichever thread makes it. If
     * {@code unlock} was called for it before, this releases another level that the thread owns, or throws.
     *
     * @throws IllegalMonitorStateException if it is not owned any more: it was released otherwise, or taken away ({@link
     *     Manager#forceRelease})
     * @throws SessionExpiredException if the session ended meanwhile, and the manager has released it: what was done under it was not protected to
     *     the end
     * @throws ManagerException as {@code unlock}. After {@link Outcome#NOT_APPLIED} it is still held, and this may be called again
     */
    @Override
    public void close() {
        if (!held.compareAndSet(true, false)) {
            return;
        }
        try {
            release.run();
        } catch (IllegalMonitorStateException e) {
            held.set(true);
            throw e;
        } catch (ManagerException e) {
            held.set(e.outcome() == Outcome.NOT_APPLIED);
            throw e;
        }
    }
}
