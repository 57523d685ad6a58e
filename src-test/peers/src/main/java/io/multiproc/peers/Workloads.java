package io.multiproc.peers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/**
 * The loops, the same for every product. A workload is named by a word and a number: {@code put 16} is puts of 16 threads on one
 * client, {@code puts-outstanding 256} keeps 256 asynchronous puts in flight, {@code big 1} moves values of 1 MiB there and back.
 */
final class Workloads {
    static final int KEYS = 10_000;
    static final String VALUE = "v".repeat(100);
    private static final String LAST = "the last item";
    private static final int LIST = 10_000;
    private static final int BULK = 1_000;

    /** What was measured: units per second, and latencies of single operations in microseconds, 0 where there are none. */
    record Result(double rate, double p50, double p99) {
        String line() {
            return String.format(Locale.ROOT, "%.1f %.1f %.1f", rate, p50, p99);
        }
    }

    /** Connects, does one operation, and gives what has to be closed. */
    interface First {
        AutoCloseable run() throws Exception;
    }

    /** Makes one more client. */
    interface Open {
        Client run() throws Exception;
    }

    interface Step {
        void run(int i) throws Exception;
    }

    /** The step of each thread. */
    interface Steps {
        Step of(int thread);
    }

    private final Open open;
    private final Client client;
    private final Sizes sizes;
    private final First first;
    private final String[] keys = new String[KEYS];
    private final List<AutoCloseable> idle = new ArrayList<>();
    private final Map<Integer, byte[]> blobs = new ConcurrentHashMap<>();

    Workloads(Open open, First first) throws Exception {
        this.open = open;
        this.first = first;
        client = open.run();
        sizes = new Sizes(client);
        for (int i = 0; i < KEYS; i++) {
            keys[i] = String.format(Locale.ROOT, "key%05d", i);
        }
    }

    Result run(String workload, int n, long millis) throws Exception {
        long nanos = millis * 1_000_000;
        return switch (workload) {
            case "put" -> threads(n, nanos, i -> client.put(keys[i % KEYS], VALUE));
            case "get" -> threads(n, nanos, i -> client.get(keys[i % KEYS]));
            case "puts-outstanding" -> outstanding(n, nanos, true);
            case "gets-outstanding" -> outstanding(n, nanos, false);
            case "lock" -> threads(n, nanos, i -> client.lockAndUnlock());
            case "counter" -> threads(n, nanos, i -> client.increment());
            case "big" -> big(n, nanos);
            case "connect" -> threads(1, nanos, i -> first.run().close());
            case "first" -> {
                long start = System.nanoTime();
                first.run().close();
                yield new Result(1e9 / (System.nanoTime() - start), 0, 0);
            }
            case "list" -> list(nanos);
            case "bulk" -> bulk(nanos);
            case "produce" -> produce(nanos);
            case "consume" -> consume();
            case "fill" -> fill(n);
            case "idle" -> idle(n);
            case "drop" -> drop();
            case "connections" -> connections(n, nanos);
            default -> sizes.run(workload, n, nanos);
        };
    }

    private static Result threads(int n, long nanos, Step step) throws Exception {
        step.run(0);
        return eachThread(n, nanos, t -> step);
    }

    /** Each thread does at least one step, however short the time and busy the machine. */
    private static Result eachThread(int n, long nanos, Steps steps) throws Exception {
        AtomicLong total = new AtomicLong();
        AtomicReference<Exception> failure = new AtomicReference<>();
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(n);
        List<Histogram> histograms = new ArrayList<>();
        for (int t = 0; t < n; t++) {
            int offset = t * 601;
            Step step = steps.of(t);
            Histogram histogram = new Histogram(3);
            histograms.add(histogram);
            new Thread(() -> {
                        long count = 0;
                        try {
                            go.await();
                            long start = System.nanoTime();
                            long before = start;
                            do {
                                step.run(offset + (int) count++ & 0x7fffffff);
                                long now = System.nanoTime();
                                histogram.recordValue(now - before);
                                before = now;
                            } while (before - start < nanos);
                        } catch (Exception e) {
                            failure.set(e);
                        }
                        total.addAndGet(count);
                        end.countDown();
                    })
                    .start();
        }
        long start = System.nanoTime();
        go.countDown();
        end.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (failure.get() != null) {
            throw failure.get();
        }
        Histogram all = new Histogram(3);
        histograms.forEach(all::add);
        return new Result(
                total.get() / seconds, all.getValueAtPercentile(50) / 1e3, all.getValueAtPercentile(99) / 1e3);
    }

    private Result outstanding(int window, long nanos, boolean put) throws Exception {
        return outstanding(window, nanos, i -> {
            String key = keys[i % KEYS];
            return put ? client.putLater(key, VALUE) : client.getLater(key);
        });
    }

    /** Starts an operation without waiting for its end. */
    interface Start {
        CompletionStage<?> run(int i) throws Exception;
    }

    /** Keeps so many operations in flight. Latencies are those from the start of one to its end, waiting included. */
    static Result outstanding(int window, long nanos, Start step) throws Exception {
        Semaphore free = new Semaphore(window);
        AtomicLong total = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        // several threads may complete
        AtomicHistogram histogram = new AtomicHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        long start = System.nanoTime();
        long before = start;
        for (int i = 0; before - start < nanos; i++) {
            free.acquire();
            long begin = System.nanoTime();
            before = begin;
            step.run(i & 0x7fffffff).whenComplete((result, error) -> {
                if (error != null) {
                    failure.set(error);
                }
                histogram.recordValue(Math.min(System.nanoTime() - begin, histogram.getHighestTrackableValue()));
                total.incrementAndGet();
                free.release();
            });
        }
        free.acquire(window);
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        return new Result(
                total.get() * 1e9 / (System.nanoTime() - start),
                histogram.getValueAtPercentile(50) / 1e3,
                histogram.getValueAtPercentile(99) / 1e3);
    }

    /** Puts of so many clients with one thread each. */
    private Result connections(int n, long nanos) throws Exception {
        List<Client> clients = new ArrayList<>();
        try {
            for (int t = 0; t < n; t++) {
                Client one = open.run();
                clients.add(one);
                one.put(keys[0], VALUE);
            }
            return eachThread(n, nanos, t -> i -> clients.get(t).put(keys[i % KEYS], VALUE));
        } finally {
            for (Client c : clients) {
                c.close();
            }
        }
    }

    /** Megabytes (10^6 bytes) per second, both directions counted. */
    private Result big(int mebibytes, long nanos) throws Exception {
        byte[] value = blobs.computeIfAbsent(mebibytes, m -> {
            byte[] bytes = new byte[m << 20];
            new java.util.Random(m).nextBytes(bytes);
            return bytes;
        });
        Result pairs = threads(1, nanos, i -> {
            client.putBytes("big", value);
            byte[] back = client.getBytes("big");
            if (back.length > 1 && back.length != value.length) {
                throw new IllegalStateException(back.length + " bytes came back of " + value.length);
            }
        });
        return new Result(pairs.rate() * 2 * value.length / 1e6, pairs.p50(), pairs.p99());
    }

    /** Elements per second. */
    private Result list(long nanos) throws Exception {
        client.fillList(LIST);
        Result walks = threads(1, nanos, i -> {
            int seen = client.walkList();
            if (seen != LIST) {
                throw new IllegalStateException("walked " + seen + " of " + LIST + " elements");
            }
        });
        return new Result(walks.rate() * LIST, walks.p50(), walks.p99());
    }

    /** Entries per second. */
    private Result bulk(long nanos) throws Exception {
        Map<String, String> entries = new HashMap<>();
        for (int i = 0; i < BULK; i++) {
            entries.put(keys[i], VALUE);
        }
        Result calls = threads(1, nanos, i -> client.putAll(entries));
        return new Result(calls.rate() * BULK, calls.p50(), calls.p99());
    }

    private Result produce(long nanos) throws Exception {
        long start = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - start < nanos) {
            client.produce(VALUE);
            count++;
        }
        client.produce(LAST);
        return new Result(count * 1e9 / (System.nanoTime() - start), 0, 0);
    }

    /** Takes until the producer's last item has come. Latencies are those of takes, waiting for an item included. */
    private Result consume() throws Exception {
        long count = 0;
        Histogram histogram = new Histogram(3);
        String item = client.consume();
        long start = System.nanoTime();
        long before = start;
        while (!item.equals(LAST)) {
            item = client.consume();
            count++;
            long now = System.nanoTime();
            histogram.recordValue(now - before);
            before = now;
        }
        return new Result(
                count * 1e9 / (before - start),
                histogram.getValueAtPercentile(50) / 1e3,
                histogram.getValueAtPercentile(99) / 1e3);
    }

    /** Fills the dict with so many entries of 8-character keys, and gives the entries per second. */
    private Result fill(int n) throws Exception {
        long start = System.nanoTime();
        Map<String, String> entries = new HashMap<>();
        for (int i = 0; i < n; i++) {
            entries.put(String.format(Locale.ROOT, "k%07d", i), VALUE);
            if (entries.size() == BULK || i == n - 1) {
                client.putAll(entries);
                entries.clear();
            }
        }
        return new Result(n * 1e9 / (System.nanoTime() - start), 0, 0);
    }

    /** Opens so many more clients, which have done one operation each and stay. */
    private Result idle(int n) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < n; i++) {
            idle.add(first.run());
        }
        return new Result(n * 1e9 / (System.nanoTime() - start), 0, 0);
    }

    private Result drop() throws Exception {
        int n = idle.size();
        long start = System.nanoTime();
        for (AutoCloseable c : idle) {
            c.close();
        }
        idle.clear();
        return new Result(n * 1e9 / (System.nanoTime() - start), 0, 0);
    }
}
