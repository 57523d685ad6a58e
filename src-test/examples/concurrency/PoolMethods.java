package concurrency;

import io.multiproc.client.pool.AsyncResult;
import io.multiproc.client.pool.Pool;
import java.util.List;

/** map, starmap, apply_async and map_async of a pool. */
public class PoolMethods {
    static int square(int x) {
        return x * x;
    }

    static int add(int a, int b) {
        return a + b;
    }

    public static void main(String[] args) throws Exception {
        try (Pool pool = new Pool(2)) {
            System.out.println("map: " + pool.map(PoolMethods::square, List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)));
            List<List<Integer>> pairs = List.of(List.of(1, 2), List.of(3, 4), List.of(5, 6));
            System.out.println("starmap: " + pool.starmap(PoolMethods::add, pairs));
            AsyncResult<Integer> one = pool.applyAsync(PoolMethods::square, 10);
            System.out.println("apply_async: " + one.get());
            AsyncResult<List<Integer>> all = pool.mapAsync(PoolMethods::square, List.of(0, 1, 2, 3, 4));
            System.out.println("map_async: " + all.get());
        }
    }
}
