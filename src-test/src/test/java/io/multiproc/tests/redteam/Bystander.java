package io.multiproc.tests.redteam;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A well-behaved client that measures its round trips while somebody else attacks. */
final class Bystander implements AutoCloseable {
    private final Thread thread;
    private volatile boolean ending;
    private volatile @Nullable Throwable failure;
    private long[] nanos = new long[1 << 12];
    private int n;

    Bystander(Manager manager) {
        DictProxy<Object, Object> dict = manager.dict();
        dict.put("k", 1);
        thread = new Thread(
                () -> {
                    try {
                        while (!ending) {
                            long start = System.nanoTime();
                            dict.get("k");
                            note(System.nanoTime() - start);
                            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                        }
                    } catch (RuntimeException e) {
                        failure = e;
                    }
                },
                "bystander");
        thread.start();
    }

    /**
     * How many milliseconds of a processor the server's thread has used, of servers in this JVM: it serves one client at a time, and unlike a round trip this
     * does not depend on what else the machine does.
     */
    static long loopMillis() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && info.getThreadName().startsWith("multiproc-loop")) {
                nanos += Math.max(0, threads.getThreadCpuTime(info.getThreadId()));
            }
        }
        return nanos / 1_000_000;
    }

    private synchronized void note(long time) {
        if (n == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * n);
        }
        nanos[n++] = time;
    }

    /** Says how it went since the last call, and returns the longest round trip in milliseconds. */
    synchronized long report(String what) {
        Throwable e = failure;
        if (e != null) {
            throw new AssertionError("the bystander failed during " + what, e);
        }
        if (n == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(nanos, n);
        Arrays.sort(sorted);
        System.out.printf(
                "%s: %d round trips of another client, median %.2f ms, p99 %.2f ms, longest %.0f ms%n",
                what, n, sorted[n / 2] / 1e6, sorted[(int) (n * 0.99)] / 1e6, sorted[n - 1] / 1e6);
        long longest = sorted[n - 1] / 1_000_000;
        n = 0;
        return longest;
    }

    @Override
    public void close() throws InterruptedException {
        ending = true;
        thread.join();
    }
}
