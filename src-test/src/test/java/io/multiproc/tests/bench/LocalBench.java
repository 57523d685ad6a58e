package io.multiproc.tests.bench;

import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.StartMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Rows, in tabs, for {@code src-test/bin/bench-local}: starts of processes, pipes, shared values; bench_local.py has the same of CPython. */
public final class LocalBench {
    private static final int MESSAGES = 1_000_000;
    private static final int LARGE = 2_000;
    private static final int TRIPS = 50_000;
    private static final int INCREMENTS = 5_000_000;
    private static final int STARTS = 9;
    private static final int SLICES = 5;
    private static final int LOOK_MILLIS = 500;

    private static boolean warming;

    private LocalBench() {}

    static void hello(Connection c) throws Exception {
        c.send(1);
        c.recv();
    }

    static void talker(Connection c) throws Exception {
        // the first time for warmth
        talk(c);
        talk(c);
    }

    private static void talk(Connection c) throws Exception {
        c.recvBytes();
        byte[] small = new byte[64];
        byte[] large = new byte[1 << 20];
        for (int i = 0; i < MESSAGES; i++) {
            c.sendBytes(small);
        }
        for (int i = 0; i < MESSAGES; i++) {
            c.send(i);
        }
        for (int i = 0; i < LARGE; i++) {
            c.sendBytes(large);
        }
        for (int i = 0; i < TRIPS; i++) {
            c.send(c.recv());
        }
    }

    static void count(SharedValue<Integer> value, int times) {
        for (int i = 0; i < times; i++) {
            value.getLock().lock();
            try {
                value.setLong(value.getLong() + 1);
            } finally {
                value.getLock().unlock();
            }
        }
    }

    private static double start(StartMethod method) throws Exception {
        Pipe pipe = Pipe.open(true);
        long begun = System.nanoTime();
        ManagedProcess p = new ManagedProcess(LocalBench::hello, pipe.second()).startMethod(method);
        p.start();
        Object ignored = pipe.first().recv();
        double millis = (System.nanoTime() - begun) / 1e6;
        pipe.first().send(1);
        p.join();
        return millis;
    }

    /** Waits until what this process has started does nothing: it rehearses or writes an archive, which is not to be measured with a start. */
    private static void quiet() throws InterruptedException {
        long before;
        do {
            before = descendantsMillis();
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        } while (descendantsMillis() > before);
    }

    private static long descendantsMillis() {
        return ProcessHandle.current()
                .descendants()
                .mapToLong(
                        p -> p.info().totalCpuDuration().map(Duration::toMillis).orElse(0L))
                .sum();
    }

    /** What a JVM of the same class path costs that only prints. */
    private static double bare() throws Exception {
        long begun = System.nanoTime();
        Process p = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LocalBench.class.getName(),
                        "print")
                .start();
        int ignored = p.getInputStream().read();
        double millis = (System.nanoTime() - begun) / 1e6;
        p.waitFor();
        return millis;
    }

    private interface Run {
        double millis() throws Exception;
    }

    private static double median(Run run) throws Exception {
        double[] all = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            all[i] = run.millis();
        }
        Arrays.sort(all);
        return all[STARTS / 2];
    }

    private static void row(String name, double value, String unit) {
        if (warming) {
            return;
        }
        System.out.println(name + "\t" + String.format(Locale.ROOT, "%.3f", value) + "\t" + unit);
    }

    private interface Step {
        Object take() throws Exception;
    }

    /** The median of the rates of some slices: what else the machine does is in few of them. */
    private static void steps(String name, int n, Step step, String unit) throws Exception {
        double[] rates = new double[SLICES];
        int each = n / SLICES;
        for (int slice = 0; slice < SLICES; slice++) {
            long begun = System.nanoTime();
            for (int i = 0; i < each; i++) {
                Object ignored = step.take();
            }
            rates[slice] = each * 1e9 / (System.nanoTime() - begun);
        }
        Arrays.sort(rates);
        row(name, rates[SLICES / 2], unit);
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 1) {
            System.out.println("word");
            return;
        }
        // the first one has the archive written
        double ignoredStart = start(StartMethod.SPAWN);
        quiet();
        row("start to first word: spawn", median(() -> start(StartMethod.SPAWN)), "ms");
        ManagedProcess.forkserver(STARTS);
        row(
                "start to first word: forkserver",
                median(() -> {
                    while (ManagedProcess.forkserverReserve() < STARTS) {
                        quiet();
                    }
                    quiet();
                    return start(StartMethod.FORKSERVER);
                }),
                "ms");
        ManagedProcess.forkserver(0);
        row("start to first word: ProcessBuilder, same JVM", median(LocalBench::bare), "ms");
        pipes();
        values();
    }

    private static void pipes() throws Exception {
        Pipe pipe = Pipe.open(true);
        new ManagedProcess(LocalBench::talker, pipe.second()).daemon(true).start();
        warming = true;
        listen(pipe);
        warming = false;
        listen(pipe);
        pipe.close();
    }

    private static void listen(Pipe pipe) throws Exception {
        pipe.first().sendBytes(new byte[] {1});
        steps("pipe: 64 bytes", MESSAGES, pipe.first()::recvBytes, "messages/s");
        steps("pipe: integers", MESSAGES, pipe.first()::recv, "messages/s");
        steps("pipe: 1 MiB", LARGE, pipe.first()::recvBytes, "MiB/s");
        steps(
                "pipe: round trips",
                TRIPS,
                () -> {
                    pipe.first().send(1);
                    return pipe.first().recv();
                },
                "trips/s");
    }

    private static void values() throws Exception {
        SharedValue<Integer> value = SharedValue.create("i", 0);
        count(value, INCREMENTS / 10);
        long begun = System.nanoTime();
        count(value, INCREMENTS);
        row("shared value: increments under its lock", INCREMENTS * 1e9 / (System.nanoTime() - begun), "increments/s");
        List<ManagedProcess> others = new ArrayList<>();
        begun = System.nanoTime();
        for (int i = 0; i < 2; i++) {
            ManagedProcess p = new ManagedProcess(LocalBench::count, value, INCREMENTS);
            p.start();
            others.add(p);
        }
        for (ManagedProcess p : others) {
            p.join();
        }
        row(
                "the same, 2 processes, starts included",
                2.0 * INCREMENTS * 1e9 / (System.nanoTime() - begun),
                "increments/s");
        begun = System.nanoTime();
        for (int i = 0; i < INCREMENTS; i++) {
            long ignored = value.add(1);
        }
        row("shared value: atomic additions", INCREMENTS * 1e9 / (System.nanoTime() - begun), "increments/s");
        value.close();
    }
}
