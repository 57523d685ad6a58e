package indepth;

import io.multiproc.client.pool.Pool;
import java.util.List;

/** A pool as large as the machine maps a function over a list. */
public class PoolMap {
    static int square(int x) {
        return x * x;
    }

    public static void main(String[] args) throws Exception {
        try (Pool pool = new Pool()) {
            System.out.println("Squares: " + pool.map(PoolMap::square, List.of(1, 2, 3, 4, 5)));
        }
    }
}
