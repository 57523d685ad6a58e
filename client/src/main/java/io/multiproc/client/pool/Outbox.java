package io.multiproc.client.pool;

import io.multiproc.client.ManagerException;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What a worker has to report: results by chunk, sent together. Thread-safe; messages leave in order. */
final class Outbox {
    private static final int MANY = 4_096;

    /** Results of one chunk, in order, that have not been sent. */
    private static final class Part {
        final long chunk;
        final Parcels parcels;
        final List<@Nullable Object> values = new ArrayList<>();
        final Map<Object, Object> thrown = new LinkedHashMap<>();
        long nanos;

        Part(long chunk, Parcels parcels) {
            this.chunk = chunk;
            this.parcels = parcels;
        }
    }

    private final String key;
    private final QueueProxy<Object> events;
    private final List<Part> parts = new ArrayList<>();
    private int count;
    private CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);

    Outbox(String key, QueueProxy<Object> events) {
        this.key = key;
        this.events = events;
    }

    synchronized void add(
            long chunk, Parcels parcels, @Nullable Object result, @Nullable Throwable thrown, long nanos) {
        Part part = parts.isEmpty() ? null : parts.get(parts.size() - 1);
        if (part == null || part.chunk != chunk) {
            part = new Part(chunk, parcels);
            parts.add(part);
        }
        if (thrown != null) {
            part.thrown.put((long) part.values.size(), Failures.describe(thrown));
        }
        part.values.add(thrown == null ? result : null);
        part.nanos += nanos;
        if (++count >= MANY) {
            flush();
        }
    }

    /** A chunk that cannot be run at all: each of its tasks fails. */
    synchronized void refused(long chunk, Throwable why) {
        flush();
        var unused = send(Tuple.of("refused", key, chunk, Failures.describe(why)));
    }

    /** Gives chunks back that have not begun. */
    synchronized void back(List<Object> chunks) {
        flush();
        var unused = send(Tuple.of("back", key, chunks));
    }

    synchronized void flush() {
        if (parts.isEmpty()) {
            return;
        }
        List<Object> outcomes = new ArrayList<>();
        for (Part p : parts) {
            outcomes.add(outcome(p, 0, p.values.size()).travelling());
        }
        List<Part> sent = List.copyOf(parts);
        parts.clear();
        count = 0;
        if (isTooLarge(send(Tuple.of("done", key, outcomes)))) {
            for (Part p : sent) {
                oneByOne(p);
            }
        }
    }

    private Outcomes outcome(Part p, int from, int to) {
        List<@Nullable Object> values = p.values.subList(from, to);
        Map<Object, Object> thrown = new LinkedHashMap<>();
        for (int i = from; i < to; i++) {
            Object t = p.thrown.get((long) i);
            if (t != null) {
                thrown.put((long) (i - from), t);
            }
        }
        Tuple packed = null;
        if (thrown.size() < values.size()) {
            try {
                packed = p.parcels.pack(values);
            } catch (IllegalArgumentException | SerializationException e) {
                packed = without(p, values, thrown);
            }
        }
        // the time counts once
        return new Outcomes(p.chunk, to - from, from == 0 ? p.nanos : 0, packed, thrown);
    }

    /** The values that can travel; the others become failures. */
    private static Tuple without(Part p, List<@Nullable Object> values, Map<Object, Object> thrown) {
        List<@Nullable Object> kept = new ArrayList<>(values);
        for (int i = 0; i < kept.size(); i++) {
            Object v = kept.get(i);
            RuntimeException why = p.parcels.refusal(v);
            if (v != null && why != null) {
                kept.set(i, null);
                thrown.put(
                        (long) i,
                        Failures.describe(SerializationException.writing(
                                "the result (" + v.getClass().getName() + ") cannot travel: " + why.getMessage(),
                                why)));
            }
        }
        return p.parcels.pack(kept);
    }

    private void oneByOne(Part p) {
        for (int i = 0; i < p.values.size(); i++) {
            CompletableFuture<Boolean> sent =
                    send(Tuple.of("done", key, List.of(outcome(p, i, i + 1).travelling())));
            if (isTooLarge(sent)) {
                try {
                    var unused = sent.join();
                } catch (CompletionException e) {
                    Throwable why = e.getCause() == null ? e : e.getCause();
                    Map<Object, Object> thrown = Map.of(0L, Failures.describe(why));
                    var ignored = send(
                            Tuple.of("done", key, List.of(new Outcomes(p.chunk, 1, 0, null, thrown).travelling())));
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
        CompletableFuture<Boolean> f = events.async().put(event);
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
