package indepth;

import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.process.ChildOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A pool that is profiled: one recording of all its workers; cProfile sees the parent only. */
public class Profiling {
    static long square(int n) {
        long sum = 0;
        for (int i = 0; i < 2_000_000; i++) {
            sum += (long) n * i % 7;
        }
        return sum;
    }

    public static void main(String[] args) throws Exception {
        Path file = Files.createTempDirectory("profile").resolve("pool.jfr");
        PoolOptions options = PoolOptions.defaults()
                .withProcesses(2)
                .withChildOptions(ChildOptions.defaults().withProfile(file));
        try (Pool pool = new Pool(options)) {
            System.out.println("results: "
                    + pool.map(Profiling::square, List.of(1, 2, 3, 4)).size());
            pool.shutdown();
            pool.join();
        }
        System.out.println("profiled: " + (Files.size(file) > 0));
        Files.delete(file);
        Files.delete(file.getParent());
    }
}
