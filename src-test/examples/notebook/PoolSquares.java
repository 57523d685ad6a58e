package notebook;

import io.multiproc.client.pool.Pool;
import java.util.List;

/** Squares by a pool, and which process had which number. */
public class PoolSquares {
    static int square(int n) {
        System.out.println(n + " -> pid:" + ProcessHandle.current().pid());
        return n * n;
    }

    public static void main(String[] args) throws Exception {
        try (Pool pool = new Pool()) {
            List<Integer> result = pool.map(PoolSquares::square, List.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
            System.out.println("Final result");
            System.out.println(result);
        }
    }
}
