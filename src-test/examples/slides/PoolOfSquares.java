package slides;

import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;

/** A pool of twice the processors, and what each worker runs first. */
public class PoolOfSquares {
    static int square(int n) {
        return n * n;
    }

    static void starting() {
        System.out.println("Starting " + ManagedProcess.currentProcess().name());
    }

    public static void main(String[] args) throws Exception {
        int size = Math.min(ManagedProcess.cpuCount(), 2) * 2;
        PoolOptions options = PoolOptions.defaults().withProcesses(size).withInitializer(PoolOfSquares::starting);
        Pool pool = new Pool(options);
        System.out.println("Outputs : " + pool.map(PoolOfSquares::square, List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)));
        pool.shutdown();
        pool.join();
    }
}
