package io.multiproc.peers;

import io.multiproc.client.AsyncDict;
import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * multiproc against a bare Netty echo of frames of the same size, each in a server process of its own, interleaved in one
 * run. Prints medians, spread and ratios; machines are noisy, so read the ratios.
 *
 * <p>Options: {@code --rounds N} (5), {@code --millis N} (1000 for each measurement), {@code --csv FILE}, {@code --svg FILE}.
 */
public final class Bench {
    private static final int KEYS = 10_000;
    private static final String VALUE = "v".repeat(100);

    private final long nanos;
    private final int rounds;
    private final List<Row> rows = new ArrayList<>();
    private String[] keys = new String[KEYS];

    private record Row(String name, double[] rates, int reference) {}

    private interface Work {
        double run() throws Exception;
    }

    private record Job(String name, int reference, Work work) {}

    private Bench(long millis, int rounds) {
        this.nanos = millis * 1_000_000;
        this.rounds = rounds;
        for (int i = 0; i < KEYS; i++) {
            keys[i] = String.format(Locale.ROOT, "key%05d", i);
        }
    }

    public static void main(String[] args) throws Exception {
        List<String> a = Arrays.asList(args);
        int r = a.indexOf("--rounds");
        int m = a.indexOf("--millis");
        int c = a.indexOf("--csv");
        Bench bench =
                new Bench(m < 0 ? 1000 : Long.parseLong(a.get(m + 1)), r < 0 ? 5 : Integer.parseInt(a.get(r + 1)));
        Servers.inFolder(servers -> {
            try (Servers.Server echo = servers.start("echo")) {
                bench.run(echo.address(0));
            }
        });
        if (c >= 0) {
            Files.writeString(Path.of(a.get(c + 1)), bench.csv());
        }
        int s = a.indexOf("--svg");
        if (s >= 0) {
            Files.writeString(Path.of(a.get(s + 1)), bench.svg());
        }
        System.exit(0);
    }

    private void run(String echo) throws Exception {
        byte[] key = "a key for this benchmark".getBytes(StandardCharsets.US_ASCII);
        ManagerOptions options =
                ManagerOptions.defaults().withAddress("tcp://127.0.0.1:0").withAuthkey(key);
        try (Manager manager = Manager.start(options);
                Manager second = Manager.connect(options.withAddress(manager.address()));
                EchoNettyClient client = new EchoNettyClient(echo)) {
            DictProxy<String, String> dict = manager.dict("bench", String.class, String.class);
            for (String k : keys) {
                dict.set(k, VALUE);
            }
            List<Job> jobs = List.of(
                    new Job("echo, one thread, blocking socket", -1, () -> socket(echo)),
                    new Job("echo, one thread, Netty client", -1, () -> threads(1, i -> echoOnce(client))),
                    new Job("dict put, one thread", 0, () -> threads(1, i -> dict.set(keys[i % KEYS], VALUE))),
                    new Job("dict get, one thread", 0, () -> threads(1, i -> dict.get(keys[i % KEYS]))),
                    new Job("lock + unlock (2 round trips)", 0, () -> locks(manager)),
                    new Job("echo, 16 threads on one connection", -1, () -> threads(16, i -> echoOnce(client))),
                    new Job("dict put, 16 threads", 5, () -> threads(16, i -> dict.set(keys[i % KEYS], VALUE))),
                    new Job("dict get, 16 threads", 5, () -> threads(16, i -> dict.get(keys[i % KEYS]))),
                    new Job("echo, 256 outstanding", -1, () -> outstanding(done -> client.send(done))),
                    new Job("dict put, 256 outstanding", 8, () -> asyncPut(dict.async())),
                    new Job("dict get, 256 outstanding", 8, () -> asyncGet(dict.async())),
                    new Job("echo, two clients at once, blocking sockets", -1, () -> twoSockets(echo)),
                    new Job("queue, producer and consumer", 11, () -> queue(manager, second)));
            for (Job job : jobs) {
                rows.add(new Row(job.name(), new double[rounds], job.reference()));
            }
            for (int round = -1; round < rounds; round++) {
                for (int j = 0; j < jobs.size(); j++) {
                    System.err.printf(
                            "\r%s %d/%d  %-50s",
                            round < 0 ? "warm-up" : "round " + (round + 1) + "/" + rounds,
                            j + 1,
                            jobs.size(),
                            jobs.get(j).name());
                    double rate = jobs.get(j).work().run();
                    if (round >= 0) {
                        rows.get(j).rates()[round] = rate;
                    }
                }
            }
            System.err.println();
            print();
        }
    }

    // ---- workloads: each returns operations per second

    private interface Step {
        void run(int i) throws Exception;
    }

    private double threads(int n, Step step) throws Exception {
        AtomicLong total = new AtomicLong();
        CountDownLatch end = new CountDownLatch(n);
        long start = System.nanoTime();
        for (int t = 0; t < n; t++) {
            int offset = t * 601;
            new Thread(() -> {
                        long count = 0;
                        try {
                            while (System.nanoTime() - start < nanos) {
                                step.run(offset + (int) count++ & 0x7fffffff);
                            }
                        } catch (Exception e) {
                            e.printStackTrace();
                        }
                        total.addAndGet(count);
                        end.countDown();
                    })
                    .start();
        }
        end.await();
        return total.get() * 1e9 / (System.nanoTime() - start);
    }

    private static void echoOnce(EchoNettyClient client) {
        Thread me = Thread.currentThread();
        boolean[] done = new boolean[1];
        client.send(() -> {
            synchronized (done) {
                done[0] = true;
            }
            LockSupport.unpark(me);
        });
        while (true) {
            synchronized (done) {
                if (done[0]) {
                    return;
                }
            }
            LockSupport.park();
        }
    }

    private double socket(String echo) throws Exception {
        try (EchoSocketClient client = new EchoSocketClient(echo)) {
            long count = 0;
            long start = System.nanoTime();
            while (System.nanoTime() - start < nanos) {
                client.increment();
                count++;
            }
            return count * 1e9 / (System.nanoTime() - start);
        }
    }

    private double twoSockets(String echo) throws Exception {
        double[] rates = new double[2];
        Thread other = new Thread(() -> {
            try {
                rates[1] = socket(echo);
            } catch (Exception e) {
                e.printStackTrace();
            }
        });
        other.start();
        rates[0] = socket(echo);
        other.join();
        return Math.min(rates[0], rates[1]);
    }

    private interface Send {
        void send(Runnable done);
    }

    private double outstanding(Send send) throws Exception {
        Semaphore window = new Semaphore(256);
        AtomicLong total = new AtomicLong();
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            window.acquire();
            send.send(() -> {
                total.incrementAndGet();
                window.release();
            });
        }
        window.acquire(256);
        return total.get() * 1e9 / (System.nanoTime() - start);
    }

    private double asyncPut(AsyncDict<String, String> dict) throws Exception {
        int[] i = {0};
        return outstanding(done -> dict.set(keys[i[0]++ % KEYS], VALUE).thenRun(done));
    }

    private double asyncGet(AsyncDict<String, String> dict) throws Exception {
        int[] i = {0};
        return outstanding(done -> dict.get(keys[i[0]++ % KEYS]).thenRun(done));
    }

    private double locks(Manager manager) throws Exception {
        LockProxy lock = manager.lock();
        double rate = threads(1, i -> {
            lock.lock();
            lock.unlock();
        });
        lock.close();
        return rate * 2;
    }

    private double queue(Manager producer, Manager consumer) throws Exception {
        QueueProxy<String> in = producer.queue("bench queue", String.class, 10_000);
        QueueProxy<String> out = consumer.queue("bench queue", String.class, 10_000);
        Thread feeder = new Thread(() -> {
            try {
                while (true) {
                    in.put(VALUE);
                }
            } catch (InterruptedException e) {
                // told to end
            }
        });
        feeder.start();
        long count = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            out.take();
            count++;
        }
        double rate = count * 1e9 / (System.nanoTime() - start);
        feeder.interrupt();
        feeder.join();
        out.clear();
        return rate;
    }

    // ---- results

    private static double median(double[] rates) {
        double[] sorted = rates.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void print() {
        System.out.printf("%-46s %10s %10s %10s %8s%n", "operations per second", "median", "min", "max", "x echo");
        for (Row row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "%-46s %10.0f %10.0f %10.0f %8s%n",
                    row.name(),
                    median(row.rates()),
                    Arrays.stream(row.rates()).min().orElse(0),
                    Arrays.stream(row.rates()).max().orElse(0),
                    row.reference() < 0 ? "" : String.format(Locale.ROOT, "%.2f", ratio(row)));
        }
    }

    /** The median of the ratios of each round: what is least disturbed by a machine whose speed drifts. */
    private double ratio(Row row) {
        double[] reference = rows.get(row.reference()).rates();
        double[] ratios = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ratios[i] = row.rates()[i] / reference[i];
        }
        return median(ratios);
    }

    private String svg() {
        List<Chart.Bar> bars = new ArrayList<>();
        for (Row row : rows) {
            bars.add(new Chart.Bar(
                    row.name(), median(row.rates()), row.reference() < 0 ? 1 : ratio(row), row.reference()));
        }
        return Chart.svg("Operations per second beside a bare Netty echo (grey) of the same run", bars);
    }

    private String csv() {
        StringBuilder out = new StringBuilder("workload,median,min,max,ratio_to_echo\n");
        for (Row row : rows) {
            out.append(String.format(
                    Locale.ROOT,
                    "\"%s\",%.0f,%.0f,%.0f,%s%n",
                    row.name(),
                    median(row.rates()),
                    Arrays.stream(row.rates()).min().orElse(0),
                    Arrays.stream(row.rates()).max().orElse(0),
                    row.reference() < 0 ? "" : String.format(Locale.ROOT, "%.3f", ratio(row))));
        }
        return out.toString();
    }
}
