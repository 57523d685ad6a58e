package slides;

import io.multiproc.client.pool.AsyncResult;
import io.multiproc.client.pool.Pool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;

/** map_async with a callback, and get with a time limit. */
public class MapAsync {
    static int square(int n) {
        return n * n;
    }

    static int slow(int n) throws InterruptedException {
        Thread.sleep(n);
        return n;
    }

    public static void main(String[] args) throws Exception {
        try (Pool pool = new Pool(2)) {
            CountDownLatch told = new CountDownLatch(1);
            AsyncResult<List<Integer>> result = pool.mapAsync(MapAsync::square, List.of(1, 2, 3))
                    .callback(all -> {
                        System.out.println("callback: " + all);
                        told.countDown();
                    });
            System.out.println("get: " + result.get(Duration.ofSeconds(30)));
            told.await();
            try {
                pool.applyAsync(MapAsync::slow, 60_000).get(Duration.ofMillis(50));
            } catch (TimeoutException e) {
                System.out.println("not within the time");
            }
            pool.terminate();
        }
    }
}
