package io.multiproc.tests.pool;

import io.multiproc.client.ArrayProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.pool.TaskInfo;
import io.multiproc.client.process.ManagedProcess;
import java.io.IOException;

/** What the workers of the tests do. */
final class Jobs {
    private static volatile String prefix = "none";

    private Jobs() {}

    record Point(int x, int y) {}

    /** An exception of the program's own. */
    static final class NoLuckException extends Exception {
        private static final long serialVersionUID = 1L;

        NoLuckException(String message) {
            super(message);
        }
    }

    static Object same(Object o) {
        return o;
    }

    static int square(int n) {
        return n * n;
    }

    static int add(int a, int b) {
        return a + b;
    }

    static int sum(int a, int b, int c) {
        return a + b + c;
    }

    static long compute(int n) {
        long total = 0;
        for (long i = 0; i < n; i++) {
            total += i * i;
        }
        return total;
    }

    static void setPrefix(String text) {
        prefix = text;
    }

    static void failsToStart(String why) {
        throw new IllegalStateException(why);
    }

    static String prefixed(String text) {
        return prefix + text;
    }

    static String who() {
        return ManagedProcess.currentProcess().name() + " "
                + ProcessHandle.current().pid();
    }

    static long pid(int ignored) {
        return ProcessHandle.current().pid();
    }

    static Point mirrored(Point p) {
        return new Point(p.y(), p.x());
    }

    static int squareIn(int i, ArrayProxy<Integer> array) {
        array.set(i, array.get(i) * array.get(i));
        return i;
    }

    static int fails(int n) {
        if (n % 10 == 7) {
            throw new IllegalArgumentException("no " + n);
        }
        return n;
    }

    static int failsChecked(int n) throws Exception {
        if (n == 1) {
            throw new IOException("disk " + n);
        }
        throw new NoLuckException("luck " + n);
    }

    static Thread untransportable() {
        return Thread.currentThread();
    }

    static byte[] large(int mib) {
        return new byte[mib << 20];
    }

    static int exits(int code) {
        System.exit(code);
        return code;
    }

    static int memory() {
        return new long[Integer.MAX_VALUE].length + new long[Integer.MAX_VALUE].length;
    }

    /** Ends its process at its first attempts. */
    static int diesUntil(int attempt) {
        int now = TaskInfo.current().orElseThrow().attempt();
        if (now < attempt) {
            Runtime.getRuntime().halt(9);
        }
        return now;
    }

    static String waitsFor(EventProxy event, QueueProxy<Object> started) throws InterruptedException {
        started.put(ProcessHandle.current().pid());
        event.await();
        return "done";
    }

    static int waitsForever() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
        return 0;
    }

    static String sets(EventProxy event) {
        event.set();
        return "set";
    }

    /** Counts the runs of each number. */
    static int counted(DictProxy<Object, Object> runs, int n) {
        runs.add(n, 1L);
        return n * 2;
    }
}
