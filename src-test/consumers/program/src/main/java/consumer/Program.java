package consumer;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;

/** A user's program: every way to a manager, and every kind of child JVM. */
public final class Program {
    private Program() {}

    static int square(int n) {
        return n * n;
    }

    static void squareInto(QueueProxy<Object> results, int n) throws InterruptedException {
        results.put(n * n);
    }

    public static void main(String[] args) throws Exception {
        try (Manager manager = Manager.start()) {
            ManagerOptions options = ManagerOptions.defaults()
                    .withAddress(manager.address())
                    .withAuthkey(manager.options().authkey());
            try (Manager second = Manager.connect(options)) {
                QueueProxy<Object> results = second.queue();
                ManagedProcess process = new ManagedProcess(Program::squareInto, results, 12);
                process.start();
                process.join();
                System.out.println("process " + results.take() + ", exit code "
                        + process.exitCode().getAsInt());
            }
        }
        try (Manager manager = Manager.inProcess()) {
            DictProxy<String, Long> scores = manager.dict("scores", String.class, Long.class);
            scores.add("ada", 1L);
            System.out.println("in process " + scores.snapshot());
        }
        try (Pool pool = new Pool(2)) {
            System.out.println("pool " + pool.map(Program::square, List.of(1, 2, 3, 4)));
        }
    }
}
