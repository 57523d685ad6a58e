package slides;

import io.multiproc.client.pool.Pool;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** apply, and apply_async with a callback for results and one for errors. */
public class ApplyCallbacks {
    static int divide(int x, int y) {
        return x / y;
    }

    public static void main(String[] args) throws Exception {
        try (Pool pool = new Pool(1)) {
            System.out.println("apply: " + pool.apply(ApplyCallbacks::divide, 84, 2));
            CountDownLatch told = new CountDownLatch(2);
            for (int y : List.of(4, 0)) {
                pool.applyAsync(ApplyCallbacks::divide, 84, y)
                        .callback(result -> {
                            System.out.println("callback: " + result);
                            told.countDown();
                        })
                        .errorCallback(error -> {
                            System.out.println("error_callback: division by zero");
                            told.countDown();
                        });
            }
            told.await();
        }
    }
}
