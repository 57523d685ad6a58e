package io.multiproc.client.pool;

import io.multiproc.client.ManagerException;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.value.ThrownText;
import io.multiproc.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The results that a worker has to report, by chunk, sent together. Thread-safe; messages leave in order. Results are added by one thread
 * without a lock, and any thread may send those that are there.
 */
final class ResultBatcher {
    /** Adding a result sends what there is when it has become so many. */
    private static final int MANY = 4_096;

    /** The exception of a task, among the results. */
    private record Thrown(Tuple description) {}

    /** Results of one chunk, in order. */
    final class Part {
        private final long chunk;
        private final TaskCodec parcels;
        private final @Nullable Object[] values;

        /** How many values there are: written after them. */
        private final AtomicInteger done = new AtomicInteger();

        private volatile boolean ended;

        /** How many have been sent, and when the time of the next begins. Guarded by the batcher. */
        private int sent;

        private long since = System.nanoTime();
        private long until;

        private Part(long chunk, TaskCodec parcels, int size) {
            this.chunk = chunk;
            this.parcels = parcels;
            values = new @Nullable Object[size];
        }

        void add(@Nullable Object result) {
            int n = done.getPlain();
            values[n] = result;
            done.setRelease(n + 1);
            if ((n & MANY - 1) == MANY - 1) {
                flush();
            }
        }

        void addThrown(Throwable thrown) {
            add(new Thrown(ExceptionCodec.describe(thrown)));
        }

        /** Nothing more comes. */
        void end() {
            until = System.nanoTime();
            ended = true;
        }

        /** The time since this was asked last. */
        private long nanos() {
            long now = ended ? until : System.nanoTime();
            long nanos = Math.max(0, now - since);
            since = now;
            return nanos;
        }
    }

    /** Results of a part that leave together, and the time that they took. */
    private record Slice(Part part, int from, int to, long nanos) {
        /** Some of them; the time counts once, with the first. */
        ChunkResult outcome(int first, int end) {
            return ResultBatcher.outcome(part, first, end, first == from ? nanos : 0);
        }
    }

    private final String key;
    private final Function<Tuple, CompletableFuture<Boolean>> events;
    private final List<Part> parts = new ArrayList<>();
    private CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);

    ResultBatcher(String key, Function<Tuple, CompletableFuture<Boolean>> events) {
        this.key = key;
        this.events = events;
    }

    /** Begins a chunk of some tasks; ends with {@link Part#end}. */
    synchronized Part begin(long chunk, TaskCodec parcels, int size) {
        Part part = new Part(chunk, parcels, size);
        parts.add(part);
        return part;
    }

    /** A chunk that cannot be run at all: each of its tasks fails. */
    synchronized void refused(long chunk, Throwable why) {
        flush();
        var unused = send(Tuple.of("refused", key, chunk, ExceptionCodec.describe(why)));
    }

    /** Gives chunks back that have not begun. */
    synchronized void back(List<Object> chunks) {
        flush();
        var unused = send(Tuple.of("back", key, chunks));
    }

    synchronized void flush() {
        List<Slice> slices = new ArrayList<>();
        List<Object> outcomes = new ArrayList<>();
        for (Iterator<Part> all = parts.iterator(); all.hasNext(); ) {
            Part p = all.next();
            if (p.ended) {
                all.remove();
            }
            int to = p.done.getAcquire();
            if (to > p.sent) {
                Slice slice = new Slice(p, p.sent, to, p.nanos());
                slices.add(slice);
                outcomes.add(slice.outcome(slice.from, to).travelling());
                p.sent = to;
            }
        }
        if (!outcomes.isEmpty() && isTooLarge(send(Tuple.of("done", key, outcomes)))) {
            slices.forEach(this::oneByOne);
        }
        // a chunk may go on for long: what has been sent need not stay
        slices.forEach(s -> Arrays.fill(s.part.values, s.from, s.to, null));
    }

    private static ChunkResult outcome(Part p, int from, int to, long nanos) {
        List<@Nullable Object> values = Arrays.asList(p.values).subList(from, to);
        Map<Object, Object> thrown = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof Thrown t) {
                thrown.put((long) i, t.description());
            }
        }
        if (!thrown.isEmpty()) {
            values = new ArrayList<>(values);
            values.replaceAll(v -> v instanceof Thrown ? null : v);
        }
        Tuple packed = null;
        if (thrown.size() < values.size()) {
            try {
                packed = p.parcels.packAll(values);
            } catch (Throwable e) { // writing a value runs the user's code
                packed = without(p, values, thrown);
            }
        }
        return new ChunkResult(p.chunk, to - from, nanos, packed, thrown);
    }

    /** The values that can travel; the others become failures. */
    private static @Nullable Tuple without(Part p, List<@Nullable Object> values, Map<Object, Object> thrown) {
        List<@Nullable Object> kept = new ArrayList<>(values);
        for (int i = 0; i < kept.size(); i++) {
            Object v = kept.get(i);
            Throwable why = v == null ? null : p.parcels.refusal(v);
            if (v != null && why != null) {
                kept.set(i, null);
                thrown.put((long) i, cannotTravel(v, why));
            }
        }
        try {
            return p.parcels.packAll(kept);
        } catch (Throwable e) { // a value that can be written once and not twice
            for (int i = 0; i < kept.size(); i++) {
                Object v = kept.get(i);
                if (!thrown.containsKey((long) i)) {
                    thrown.put((long) i, cannotTravel(v, e));
                }
            }
            return null;
        }
    }

    private static Tuple cannotTravel(@Nullable Object value, Throwable why) {
        String text = ThrownText.message(why);
        return ExceptionCodec.describe(SerializationException.writing(
                "the result (" + (value == null ? "null" : value.getClass().getName()) + ") cannot travel: "
                        + (text == null || !(why instanceof RuntimeException)
                                ? why.getClass().getName() + ": " + text
                                : text),
                why));
    }

    private void oneByOne(Slice s) {
        Part p = s.part;
        for (int i = s.from; i < s.to; i++) {
            CompletableFuture<Boolean> sent =
                    send(Tuple.of("done", key, List.of(s.outcome(i, i + 1).travelling())));
            if (isTooLarge(sent)) {
                try {
                    var unused = sent.join();
                } catch (CompletionException e) {
                    Throwable why = e.getCause() == null ? e : e.getCause();
                    Map<Object, Object> thrown = Map.of(0L, ExceptionCodec.describe(why));
                    var ignored = send(
                            Tuple.of("done", key, List.of(new ChunkResult(p.chunk, 1, 0, null, thrown).travelling())));
                }
            }
        }
    }

    /** Whether the client refused to send it, which shows at once. */
    private static boolean isTooLarge(CompletableFuture<Boolean> sent) {
        if (!sent.isCompletedExceptionally()) {
            return false;
        }
        try {
            return !sent.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ManagerException m && m.code() == ErrorCode.TOO_LARGE) {
                return true;
            }
            throw e;
        }
    }

    private CompletableFuture<Boolean> send(Tuple event) {
        CompletableFuture<Boolean> f = events.apply(event);
        last = f;
        return f;
    }

    /** Returns when all has arrived. */
    void await() {
        CompletableFuture<Boolean> f;
        synchronized (this) {
            f = last;
        }
        var unused = f.join();
    }
}
