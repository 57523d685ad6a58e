package io.multiproc.client.pool;

import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.LambdaCodec;
import io.multiproc.client.process.Code;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Makes jobs of the tasks that a {@link Pool} is given, and gives them to its scheduler. */
abstract class PoolWork {
    /** As many chunks for each worker as Python makes: a slow one then delays the end by a fourth of a share. */
    private static final int CHUNKS_PER_WORKER = 4;

    private static final int LEAST_WINDOW = 256;

    private static final int MAX_KNOWN = 1_000;

    private final Map<Class<?>, Work> known = new ConcurrentHashMap<>();

    PoolWork() {}

    abstract Scheduler scheduler();

    abstract Executor callbacks();

    static int size(int chunkSize) {
        if (chunkSize < 1) {
            throw new IllegalArgumentException("a chunk has at least 1 item, not " + chunkSize);
        }
        return chunkSize;
    }

    private int automatic(int items) {
        int shares = scheduler().expectedWorkers() * CHUNKS_PER_WORKER;
        return Math.max(1, (items + shares - 1) / shares);
    }

    /** For items whose number is not known, 1. */
    int automatic(Iterable<?> items) {
        return items instanceof Collection<?> c ? automatic(c.size()) : 1;
    }

    static List<@Nullable Object> list(Iterable<?> items) {
        if (items instanceof Collection<? extends @Nullable Object> c) {
            return new ArrayList<>(c);
        }
        List<@Nullable Object> out = new ArrayList<>();
        items.forEach(out::add);
        return out;
    }

    static List<@Nullable Object> lists(Iterable<? extends List<?>> arguments, int arity) {
        List<@Nullable Object> out = new ArrayList<>();
        for (List<?> a : arguments) {
            if (a.size() != arity) {
                throw new IllegalArgumentException(
                        "item " + out.size() + " has " + a.size() + " arguments, the task takes " + arity);
            }
            out.add(a);
        }
        return out;
    }

    <R extends @Nullable Object> AsyncResult<R> single(Code task, List<? extends @Nullable Object> arguments) {
        AsyncResult<R> result = new AsyncResult<>(1, true, callbacks());
        Scheduler s = scheduler();
        s.check();
        Job job = job(task, result.sink(), true);
        s.submit(List.of(job.chunk(s.newChunk(), 0, List.of(Tuple.copyOf(arguments)))));
        return result;
    }

    <R extends @Nullable Object> AsyncResult<List<R>> all(
            Code task, List<@Nullable Object> items, int chunkSize, boolean spread) {
        AsyncResult<List<R>> result = new AsyncResult<>(items.size(), false, callbacks());
        Scheduler s = scheduler();
        s.check();
        Job job = job(task, result.sink(), spread);
        int step = chunkSize > 0 ? chunkSize : automatic(items.size());
        List<Job.Chunk> chunks = new ArrayList<>();
        for (int from = 0; from < items.size(); from += step) {
            chunks.add(job.chunk(s.newChunk(), from, items.subList(from, Math.min(items.size(), from + step))));
        }
        s.submit(chunks);
        return result;
    }

    /** The results as they come, with as many items on the way as workers need. */
    <R extends @Nullable Object> TaskIterator<R> iterate(Code task, Iterable<?> items, int chunkSize, boolean ordered) {
        int window = Math.max(LEAST_WINDOW, 2 * CHUNKS_PER_WORKER * scheduler().expectedWorkers() * chunkSize);
        return iterate(task, items, chunkSize, window, window / 2, ordered);
    }

    /** As {@code imap}, with at most so many chunks on the way. */
    <R extends @Nullable Object> TaskIterator<R> buffered(Code task, Iterable<?> items, int chunkSize, int bufferSize) {
        if (bufferSize < 1) {
            throw new IllegalArgumentException("a buffer has room for at least 1 chunk, not " + bufferSize);
        }
        int window = Math.multiplyExact(size(chunkSize), bufferSize);
        return iterate(task, items, chunkSize, window, window - chunkSize, true);
    }

    private <R extends @Nullable Object> TaskIterator<R> iterate(
            Code task, Iterable<?> items, int chunkSize, int window, int low, boolean ordered) {
        Scheduler s = scheduler();
        s.check();
        return new TaskIterator<>(items, chunkSize, window, low, ordered, sink -> {
            Job job = job(task, sink, false);
            return slices -> {
                List<Job.Chunk> chunks = new ArrayList<>(slices.size());
                for (TaskIterator.Slice slice : slices) {
                    chunks.add(job.chunk(s.newChunk(), slice.from(), slice.items()));
                }
                s.submit(chunks);
            };
        });
    }

    /** Code as it travels, and what is known of it. */
    private record Work(Tuple code, String label, TaskCodec parcels, Job.Pace pace) {}

    private Job job(Code task, Job.Sink sink, boolean spread) {
        @Nullable Work w = known.get(task.getClass());
        if (w == null) {
            Tuple names = LambdaCodec.of(task);
            Scheduler s = scheduler();
            TaskCodec parcels = s.parcels(LambdaCodec.home(names));
            String label = LambdaCodec.label(names);
            w = new Work(Job.travelling(names, parcels), label, parcels, s.pace(label));
            if (names.get(names.size() - 1) instanceof List<?> captured && captured.isEmpty()) {
                if (known.size() >= MAX_KNOWN) {
                    known.clear();
                }
                // without captured values all of the class are the same
                known.put(task.getClass(), w);
            }
        }
        return new Job(w.code(), w.label(), w.parcels(), sink, w.pace(), spread);
    }
}
