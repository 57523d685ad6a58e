package indepth;

import io.multiproc.client.pool.Pool;
import java.util.List;

/** A pool of four that is closed at the end of its block. */
public class PoolResources {
    static int square(int x) {
        return x * x;
    }

    public static void main(String[] args) throws Exception {
        try (Pool pool = new Pool(4)) {
            System.out.println(pool.map(PoolResources::square, List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)));
        }
    }
}
