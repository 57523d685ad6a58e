package io.multiproc.client.pool;

import io.multiproc.client.Tuple;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results of some tasks of a chunk, and the exceptions of others, by position. Immutable. */
record ChunkResult(long chunk, int count, long nanos, @Nullable Tuple values, Map<?, ?> thrown) {
    static ChunkResult of(Tuple t) {
        return new ChunkResult(
                ((Number) value(t, 0)).longValue(),
                ((Number) value(t, 1)).intValue(),
                ((Number) value(t, 2)).longValue(),
                (Tuple) t.get(3),
                (Map<?, ?>) value(t, 4));
    }

    private static Object value(Tuple t, int i) {
        Object v = t.get(i);
        if (v == null) {
            throw new IllegalStateException("a message of a worker is incomplete");
        }
        return v;
    }

    Tuple travelling() {
        return Tuple.of(chunk, count, nanos, values, thrown);
    }

    /** Hands them to the job, the first one as the result of an index. */
    void deliver(Job job, int from, String worker, ClassLoader loader) {
        List<?> results = List.of();
        Throwable unreadable = null;
        if (values != null) {
            try {
                results = job.parcels.unpack(values) instanceof List<?> l ? l : List.of();
            } catch (Throwable e) { // reading the results runs the user's code
                unreadable = e;
            }
        }
        if (thrown.isEmpty() && results.size() == count) {
            job.sink.values(from, results);
            job.sink.settled();
            return;
        }
        for (int i = 0; i < count; i++) {
            Object failure = thrown.get((long) i);
            if (failure instanceof Tuple f) {
                job.sink.failure(from + i, ExceptionCodec.exception(f, worker, job.parcels.packages(), loader));
            } else if (unreadable != null) {
                job.sink.failure(from + i, unreadable);
            } else {
                job.sink.value(from + i, i < results.size() ? results.get(i) : null);
            }
        }
        job.sink.settled();
    }
}
