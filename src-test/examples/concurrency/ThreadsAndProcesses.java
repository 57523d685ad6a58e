package concurrency;

import io.multiproc.client.pool.Pool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Sequential, threads and processes, timed; Java's threads need no processes to use all processors. */
public class ThreadsAndProcesses {
    static long work(int n) {
        long sum = 0;
        for (long i = 0; i < n; i++) {
            sum += i * i;
        }
        return sum;
    }

    private static void print(String what, long start) {
        System.out.println(String.format(Locale.ROOT, "%s: %.2fs", what, (System.nanoTime() - start) / 1e9));
    }

    public static void main(String[] args) throws Exception {
        int n = 1_000_000;
        int count = 4;
        long start = System.nanoTime();
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += work(n);
        }
        print("Sequential", start);
        start = System.nanoTime();
        AtomicLong sums = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread t = new Thread(() -> sums.addAndGet(work(n)));
            threads.add(t);
            t.start();
        }
        for (Thread t : threads) {
            t.join();
        }
        print("Threads", start);
        start = System.nanoTime();
        try (Pool pool = new Pool(count)) {
            long all = pool.map(ThreadsAndProcesses::work, Collections.nCopies(count, n)).stream()
                    .mapToLong(Long::longValue)
                    .sum();
            print("Processes", start);
            System.out.println("Same sums: " + (sum == all && sum == sums.get()));
        }
    }
}
