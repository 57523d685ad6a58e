package io.multiproc.client.internal.connection;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The I/O thread of a connection. It starts when there is first something to do for it, or a moment after the connection was made: to
 * start a thread takes as long as all flights of a handshake, and a short session that makes blocking calls needs none. Thread-safe.
 */
final class IoThread {
    /** Far less than any heartbeat. */
    private static final long HEAD_START_MILLIS = 100;

    private final Thread thread;
    private final CompletableFuture<Boolean> soon = new CompletableFuture<>();
    private volatile boolean started;

    IoThread(Runnable body, String name) {
        thread = new Thread(body, name);
        thread.setDaemon(true);
    }

    String name() {
        return thread.getName();
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** There is something to do for it. */
    void wake() {
        if (started || !start()) {
            LockSupport.unpark(thread);
        }
    }

    /** There will be, soon; which it sees by itself if it starts later. */
    void wakeIfStarted() {
        if (started) {
            LockSupport.unpark(thread);
        }
    }

    void interruptIfStarted() {
        if (started) {
            thread.interrupt();
        }
    }

    /** Starts it within a moment, unless {@link #startNoMore}. */
    void startSoon() {
        var unused = soon.completeOnTimeout(true, HEAD_START_MILLIS, TimeUnit.MILLISECONDS)
                .thenAccept(due -> {
                    if (due && !started) {
                        wake();
                    }
                });
    }

    /** It need not start by itself any more. No timer keeps it, or what it would have worked on, from being garbage. */
    void startNoMore() {
        soon.complete(false);
    }

    private synchronized boolean start() {
        if (started) {
            return false;
        }
        thread.start();
        started = true;
        return true;
    }
}
