package slides;

import io.multiproc.client.pool.AsyncResult;
import io.multiproc.client.pool.Pool;

/** One call in a worker, whose result comes later. */
public class ApplyAsync {
    static int multiply(int x, int y) {
        return x * y;
    }

    public static void main(String[] args) throws Exception {
        try (Pool pool = new Pool(2)) {
            AsyncResult<Integer> result = pool.applyAsync(ApplyAsync::multiply, 7, 7);
            System.out.println(result.get());
        }
    }
}
