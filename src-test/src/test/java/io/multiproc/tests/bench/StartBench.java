package io.multiproc.tests.bench;

import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The programs of {@code src-test/bin/bench-start}: {@code pool}, a pool of 4 that maps 1000 numbers, as a whole program; {@code reserve}, the same in a program whose JVMs wait in
 * reserve, several times, each printing its milliseconds; {@code word}, the first words of spawned processes; {@code again}, the same in a program that starts one every now and then; {@code bare}, nothing. bench_start.py runs them by turns with CPython's.
 */
public final class StartBench {
    private static final int WORKERS = 4;
    private static final int TURNS = 5;
    private static final int LOOK_MILLIS = 10;
    private static final int PAUSE_MILLIS = 1_500;
    /** A JVM of the reserve makes its training run once it is there. */
    private static final int SETTLE_SECONDS = 4;

    private StartBench() {}

    static int square(int n) {
        return n * n;
    }

    private static double millis() throws InterruptedException {
        List<Integer> items = IntStream.range(0, 1_000).boxed().toList();
        long begun = System.nanoTime();
        try (Pool pool = new Pool(WORKERS)) {
            List<Integer> squares = pool.map(StartBench::square, items);
            if (squares.get(999) != 998_001) {
                throw new IllegalStateException("wrong: " + squares);
            }
        }
        return (System.nanoTime() - begun) / 1e6;
    }

    static void hello(Connection c) throws Exception {
        c.send(1);
        Object ignored = c.recv();
    }

    /** From the start of a process to what it says first. */
    private static double word() throws Exception {
        Pipe pipe = Pipe.open(true);
        long begun = System.nanoTime();
        ManagedProcess p = new ManagedProcess(StartBench::hello, pipe.second());
        p.start();
        Object ignored = pipe.first().recv();
        double millis = (System.nanoTime() - begun) / 1e6;
        pipe.first().send(1);
        p.join();
        return millis;
    }

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "bare" -> {}
            case "word" -> {
                for (int i = 0; i < TURNS; i++) {
                    System.out.println(String.format(Locale.ROOT, "%.3f", word()));
                }
            }
            case "again" -> {
                for (int i = 0; i < 2 + TURNS; i++) {
                    double millis = word();
                    if (i >= 2) {
                        System.out.println(String.format(Locale.ROOT, "%.3f", millis));
                    }
                    // as long as its JVMs take to be there
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }
            }
            case "pool" -> System.out.println(millis() > 0);
            case "reserve" -> {
                for (int i = 0; i < TURNS; i++) {
                    ManagedProcess.forkserver(WORKERS);
                    while (ManagedProcess.forkserverReserve() < WORKERS) {
                        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                    }
                    TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
                    System.out.println(String.format(Locale.ROOT, "%.3f", millis()));
                }
                ManagedProcess.forkserver(0);
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }
}
