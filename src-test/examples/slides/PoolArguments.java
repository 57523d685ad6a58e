package slides;

import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** initializer, initargs and maxtasksperchild: the pool replaces a worker after so many tasks. */
public class PoolArguments {
    private static int factor;

    static void setUp(int given) {
        factor = given;
    }

    static List<Object> times(int n) {
        return List.of(n * factor, ProcessHandle.current().pid());
    }

    public static void main(String[] args) throws Exception {
        PoolOptions options = PoolOptions.defaults()
                .withProcesses(1)
                .withInitializer(PoolArguments::setUp, 10)
                .withMaxTasksPerChild(2);
        try (Pool pool = new Pool(options)) {
            List<Object> products = new ArrayList<>();
            Set<Object> workers = new HashSet<>();
            for (int n = 0; n < 4; n++) {
                List<Object> result = pool.apply(PoolArguments::times, n);
                products.add(result.get(0));
                workers.add(result.get(1));
            }
            System.out.println(products + " by " + workers.size() + " workers");
        }
    }
}
