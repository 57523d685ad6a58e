package io.multiproc.tests.docker;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.pool.AsyncResult;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/** The owner of a pool whose workers are on two hosts and are killed meanwhile. */
public final class PoolMain {
    private static final int LOCAL = 2;
    private static final int ALL = 4;
    private static final long WORK_NANOS = 500_000;

    private PoolMain() {}

    /** Takes about as long as to be killed in the middle of it now and then. */
    static int work(int n) {
        long until = System.nanoTime() + WORK_NANOS;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        return n * 2;
    }

    /** Arguments: the manager's address, the number of tasks. */
    public static void main(String[] args) throws Exception {
        int tasks = Integer.parseInt(args[1]);
        try (Manager manager = Manager.connect(ManagerOptions.defaults().withAddress(args[0]))) {
            int before = manager.numberOfObjects();
            AtomicIntegerArray results = new AtomicIntegerArray(tasks);
            AtomicInteger done = new AtomicInteger();
            try (Pool pool = new Pool(PoolOptions.defaults()
                    .withManager(manager)
                    .withName("jobs")
                    .withProcesses(LOCAL)
                    .withMaxAttempts(1_000))) {
                say("named");
                await(() -> pool.workers() == ALL);
                say("joined");
                List<AsyncResult<Integer>> all = new ArrayList<>();
                for (int i = 0; i < tasks; i++) {
                    int n = i;
                    all.add(pool.applyAsync(PoolMain::work, i).callback(v -> {
                        results.incrementAndGet(n);
                        if (done.incrementAndGet() % 500 == 0) {
                            say("done " + done.get());
                        }
                    }));
                }
                for (int i = 0; i < tasks; i++) {
                    if (all.get(i).get() != i * 2) {
                        say("wrong result of " + i);
                    }
                }
            }
            await(() -> done.get() == tasks);
            long once = 0;
            for (int i = 0; i < tasks; i++) {
                once += results.get(i) == 1 ? 1 : 0;
            }
            await(() -> manager.sessions().size() == 1);
            await(() -> manager.numberOfObjects() == before);
            say("once " + once + ", names " + manager.names().size());
        }
    }

    private static void say(String text) {
        System.out.println(text);
        System.out.flush();
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
