package io.multiproc.client.pool;

import io.multiproc.client.pool.Job.Chunk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The chunks that wait, the workers, and the rule by which they are assigned. Guarded by the scheduler. */
final class TaskAssignment {
    /** How much work, by the time it takes, a message to a worker holds. */
    private static final long BATCH_NANOS = 5_000_000;

    private static final int BATCH_BYTES = 1 << 20;

    final Deque<Chunk> pending = new ArrayDeque<>();
    final Map<String, WorkerHandle> workers = new LinkedHashMap<>();

    /** Those that are dead, as long as it is not known how their processes ended. */
    final Map<String, WorkerHandle> dying = new LinkedHashMap<>();

    private final PoolOptions options;

    TaskAssignment(PoolOptions options) {
        this.options = options;
    }

    boolean hasWork() {
        return !pending.isEmpty() || !given().isEmpty();
    }

    /** How many chunks wait or are with workers. */
    int unfinished() {
        int count = pending.size();
        for (WorkerHandle m : workers.values()) {
            count += m.outstanding.size();
        }
        for (WorkerHandle m : dying.values()) {
            count += m.outstanding.size();
        }
        return count;
    }

    /** What workers have. */
    List<Chunk> given() {
        List<Chunk> all = new ArrayList<>();
        workers.values().forEach(m -> all.addAll(m.outstanding.values()));
        dying.values().forEach(m -> all.addAll(m.outstanding.values()));
        return all;
    }

    /** Whether one of the pool's own processes has done all that it may. */
    boolean isWornOut(WorkerHandle m) {
        return m.outstanding.isEmpty() && room(m) <= 0 && !m.leaving;
    }

    private int limit(Chunk c) {
        return c.attempt > 1 || options.maxAttempts() == 1 ? 1 : c.job.pace.within(BATCH_NANOS);
    }

    private int room(WorkerHandle m) {
        if (m.leaving) {
            return 0;
        }
        return options.maxTasksPerChild() <= 0 || !WorkerProcesses.has(m.key)
                ? Integer.MAX_VALUE
                : options.maxTasksPerChild() - m.given;
    }

    /** The worker with the least to do that may get a chunk now, or null. */
    @Nullable
    WorkerHandle free(Chunk next) {
        int limit = limit(next);
        WorkerHandle best = null;
        for (WorkerHandle m : workers.values()) {
            if (m.takes(limit) && room(m) > 0 && (best == null || m.outstanding.size() < best.outstanding.size())) {
                best = m;
            }
        }
        return best;
    }

    /** How many more chunks a worker gets if all have as many. */
    private int share(WorkerHandle m) {
        int all = pending.size() + 1;
        for (WorkerHandle other : workers.values()) {
            all += other.outstanding.size();
        }
        return (all + workers.size() - 1) / workers.size() - m.outstanding.size();
    }

    List<Chunk> batch(WorkerHandle m) {
        List<Chunk> out = new ArrayList<>();
        Chunk first = pending.remove();
        out.add(first);
        int most = Math.min(Math.min(limit(first), share(m)), room(m));
        int bytes = first.bytes();
        while (out.size() < most && !pending.isEmpty()) {
            Chunk c = pending.element();
            bytes += c.bytes();
            if (c.attempt > 1 || c.job.pace != first.job.pace || bytes > BATCH_BYTES || c.job.sink.dropped()) {
                break;
            }
            out.add(pending.remove());
        }
        return out;
    }
}
