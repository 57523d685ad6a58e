package io.multiproc.tests.bench;

import io.multiproc.client.ConnectionListener;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Program that holds idle managers, for {@code src-test/bin/idle-clients}: address, number, seconds. Prints what they cost. */
public final class IdleClients {
    private IdleClients() {}

    /** One line when all are connected, one at the end. */
    public static void main(String... args) throws Exception {
        int number = Integer.parseInt(args[1]);
        long seconds = Long.parseLong(args[2]);
        AtomicInteger lost = new AtomicInteger();
        ConnectionListener listener = new ConnectionListener() {
            @Override
            public void disconnected(Manager manager, String reason) {
                lost.incrementAndGet();
            }

            @Override
            public void ended(Manager manager, ManagerException reason) {
                lost.incrementAndGet();
            }
        };
        ManagerOptions options = ManagerOptions.defaults()
                .withAddress(args[0])
                .withConnectTimeout(Duration.ofSeconds(60))
                .withConnectionListener(listener);
        List<Manager> managers = new ArrayList<>();
        // the classes of connections are loaded
        Manager.connect(options).close();
        long before = heap();
        long began = System.nanoTime();
        for (int i = 0; i < number; i++) {
            Manager m = Manager.connect(options);
            m.counter("idle").incrementAndGet();
            managers.add(m);
        }
        System.out.printf("connected %d in %d ms%n", number, (System.nanoTime() - began) / 1_000_000);
        System.out.printf("heap: %d bytes per idle client%n", (heap() - before) / number);
        // the first heartbeat is over when the measuring begins
        long cpu = cpuIn(10);
        double used = (cpuIn(seconds) - cpu) / 1e9;
        System.out.printf(
                "idle %d: %.2f s of processor time in %d s (%.3f %% of one processor, %.1f us per client and second), %d threads, %d lost%n",
                number,
                used,
                seconds,
                100 * used / seconds,
                1e6 * used / seconds / number,
                Thread.activeCount(),
                lost.get());
        for (Manager m : managers) {
            m.counter("idle").incrementAndGet();
            m.close();
        }
    }

    /** What is alive. */
    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long cpuIn(long seconds) throws Exception {
        return CompletableFuture.supplyAsync(
                        IdleClients::cpu, CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS))
                .get();
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
