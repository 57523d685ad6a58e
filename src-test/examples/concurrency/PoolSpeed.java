package concurrency;

import io.multiproc.client.pool.Pool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The same work one after the other and by a pool, timed. */
public class PoolSpeed {
    static long work(int n) {
        long total = 0;
        for (long i = 0; i < n; i++) {
            total += i * i;
        }
        return total;
    }

    private static void print(String what, long start) {
        System.out.println(String.format(Locale.ROOT, "%s: %.2fs", what, (System.nanoTime() - start) / 1e9));
    }

    public static void main(String[] args) throws Exception {
        List<Integer> numbers = Collections.nCopies(4, 1_000_000);
        long start = System.nanoTime();
        List<Long> results = new ArrayList<>();
        for (int n : numbers) {
            results.add(work(n));
        }
        print("Sequential", start);
        start = System.nanoTime();
        try (Pool pool = new Pool(4)) {
            List<Long> parallel = pool.map(PoolSpeed::work, numbers);
            print("Parallel", start);
            System.out.println("Same results: " + parallel.equals(results));
        }
    }
}
