package indepth;

import io.multiproc.client.pool.Pool;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What a pool costs where the tasks are small: a table of times. */
public class Overhead {
    static int square(int x) {
        return x * x;
    }

    private static void row(String how, long start) {
        System.out.println(String.format(Locale.ROOT, "%-22s %9.6f s", how, (System.nanoTime() - start) / 1e9));
    }

    public static void main(String[] args) throws Exception {
        List<Integer> data = IntStream.range(0, 1_000).boxed().toList();
        long start = System.nanoTime();
        List<Integer> here = data.stream().map(Overhead::square).toList();
        row("Single-threaded time:", start);
        start = System.nanoTime();
        try (Pool pool = new Pool(4)) {
            List<Integer> there = pool.map(Overhead::square, data);
            row("Multi-process time:", start);
            System.out.println("Same results: " + here.equals(there));
        }
    }
}
