package concurrency;

import io.multiproc.client.pool.AsyncResult;
import io.multiproc.client.pool.ProcessPoolExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** ProcessPoolExecutor: results as they come, and in order. */
public class ExecutorResults {
    static long compute(int n) {
        long sum = 0;
        for (long i = 0; i < n; i++) {
            sum += i * i;
        }
        return sum;
    }

    public static void main(String[] args) throws Exception {
        List<Integer> numbers = Collections.nCopies(4, 100_000);
        try (ProcessPoolExecutor executor = new ProcessPoolExecutor(2)) {
            List<AsyncResult<Long>> futures = new ArrayList<>();
            for (int n : numbers) {
                futures.add(executor.submit(ExecutorResults::compute, n));
            }
            for (AsyncResult<Long> future : ProcessPoolExecutor.asCompleted(futures)) {
                System.out.println("Result: " + future.get());
            }
            List<Long> all = new ArrayList<>();
            executor.map(ExecutorResults::compute, numbers).forEachRemaining(all::add);
            System.out.println("All results: " + all);
        }
    }
}
