package io.multiproc.client.pool;

import io.multiproc.client.pool.Job.Chunk;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Failures that are decided under the scheduler's monitor and handed over outside of it, in order. Thread-safe. */
final class PendingFailures {
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    /** Decides that the tasks of a chunk that have no result fail. Calls nobody. */
    synchronized void fail(Chunk c, Supplier<Throwable> why) {
        int from = c.from + c.done;
        int to = c.from + c.size;
        waiting.add(() -> {
            for (int i = from; i < to; i++) {
                c.job.sink.failure(i, why.get());
            }
            c.job.sink.settled();
        });
    }

    private synchronized @Nullable Runnable next() {
        return waiting.poll();
    }

    /** Hands over what was decided. The caller holds no monitor. */
    void run() {
        Runnable r;
        while ((r = next()) != null) {
            r.run();
        }
    }
}
