package io.multiproc.tests.bench;

import io.multiproc.client.Manager;
import io.multiproc.client.pool.AsyncResult;
import io.multiproc.client.pool.Pool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Tasks per second of a pool of two workers, and of a local pool of two threads; work for the processor on two processes and on
 * one. Lines of measure, unit, value, tab-separated; {@code src-test/bin/bench-pool} puts CPython's beside them.
 */
public final class PoolBench {
    private static final int ROUNDS = 15;
    private static final long WARM_NANOS = 3_000_000_000L;

    private PoolBench() {}

    static int nothing(int n) {
        return n;
    }

    static long compute(int n) {
        long total = 0;
        for (long i = 0; i < n; i++) {
            total += i * i ^ total >>> 3;
        }
        return total;
    }

    public static void main(String[] args) throws Exception {
        int tasks = Integer.parseInt(args[0]);
        List<Integer> items = IntStream.range(0, tasks).boxed().toList();
        try (Manager manager = Manager.start()) {
            try (Pool pool = new Pool(manager, 2)) {
                // the first pass is for warmth: a row's code is compiled in all JVMs before any row is measured
                for (boolean measured : new boolean[] {false, true}) {
                    rows(pool, tasks, items, measured);
                }
            }
            ExecutorService threads = Executors.newFixedThreadPool(2);
            row(true, "ThreadPoolExecutor", tasks, () -> {
                List<Future<Integer>> all = new ArrayList<>(tasks);
                for (int n : items) {
                    all.add(threads.submit(() -> nothing(n)));
                }
                for (Future<Integer> f : all) {
                    f.get();
                }
                return all;
            });
            threads.shutdown();
            List<Integer> work = Collections.nCopies(16, 100_000_000);
            double one = seconds(manager, 1, work);
            double two = seconds(manager, 2, work);
            print("work on 1 process", "s", one);
            print("work on 2 processes", "s", two);
            print("2 processes against 1", "times", one / two);
        }
    }

    private static void rows(Pool pool, int tasks, List<Integer> items, boolean measured) throws Exception {
        row(measured, "map, automatic chunks", tasks, () -> pool.map(PoolBench::nothing, items));
        row(measured, "map, chunks of 10", tasks, () -> pool.map(PoolBench::nothing, items, 10));
        row(measured, "map, chunks of 1", tasks, () -> pool.map(PoolBench::nothing, items, 1));
        row(measured, "applyAsync", tasks, () -> {
            List<AsyncResult<Integer>> all = new ArrayList<>(tasks);
            for (int n : items) {
                all.add(pool.applyAsync(PoolBench::nothing, n));
            }
            for (AsyncResult<Integer> r : all) {
                r.get();
            }
            return all;
        });
        row(measured, "imap, chunks of 1", tasks, () -> {
            List<Integer> all = new ArrayList<>(tasks);
            pool.imap(PoolBench::nothing, items, 1).forEachRemaining(all::add);
            return all;
        });
    }

    private static double seconds(Manager manager, int processes, List<Integer> work) throws Exception {
        try (Pool pool = new Pool(manager, processes)) {
            pool.map(PoolBench::compute, work.subList(0, 2), 1);
            return median(() -> pool.map(PoolBench::compute, work, 1));
        }
    }

    private static void row(boolean measured, String name, int tasks, Callable<?> call) throws Exception {
        long warm = System.nanoTime();
        while (System.nanoTime() - warm < WARM_NANOS) {
            call.call();
        }
        if (measured) {
            print(name, "tasks/s", Math.rint(tasks / median(call)));
        }
    }

    private static double median(Callable<?> call) throws Exception {
        double[] times = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            call.call();
            times[i] = (System.nanoTime() - start) / 1e9;
        }
        Arrays.sort(times);
        return times[ROUNDS / 2];
    }

    private static void print(String name, String unit, double value) {
        System.out.println(String.format(Locale.ROOT, "%s\t%s\t%.2f", name, unit, value));
        System.out.flush();
    }
}
