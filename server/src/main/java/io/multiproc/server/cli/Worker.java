package io.multiproc.server.cli;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.pool.PoolWorker;
import io.multiproc.server.cli.Input.Kind;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Starts JVMs with the tasks' class path that work for a named pool. */
final class Worker extends Subcommand {
    Worker() {
        super(
                "worker",
                "Works for a named pool of another process, on this host or another, until the pool is over.",
                "SIGTERM: finishes the tasks at hand and leaves.");
    }

    private static final int FAREWELL_SECONDS = 65;

    /** One that dies sooner would die again. */
    private static final long LEAST_LIFE_NANOS = 1_000_000_000;

    private final ConnectOptions connect = new ConnectOptions(inputs);

    private final Input<String> pool = inputs.required("pool", "NAME", "The pool's name.");

    private final Input<String> classPath = inputs.required(
            "classpath",
            "PATH",
            Kind.PATH_TEXT,
            "",
            "Where the tasks' classes are: jars and folders. Nothing else is ever run.");

    private final Input<List<String>> allow = inputs.repeatable(
            "allow",
            "PACKAGE",
            "Takes tasks of this package and those below only. Repeatable. Default: any of the class path.");

    private final Input<@Nullable Integer> processes =
            inputs.option("processes", "N", Kind.INT, "How many workers. Default: one for each processor.");

    private final Input<Integer> patience =
            inputs.option("wait", "SECONDS", Kind.INT, 0, "How long to wait for the pool to be made.");

    private final Input<List<String>> jvmOptions =
            inputs.repeatable("jvm-option", "OPTION", "An option for the workers' JVMs. Repeatable.");

    /** So many early ends in a row by a signal are enough. */
    private static final int MOST_KILLED = 30;

    /** Its monitor guards these two. */
    private final List<Process> workers = new ArrayList<>();

    private boolean leaving;
    private final AtomicInteger failed = new AtomicInteger();

    @Override
    int run(PrintStream out) throws IOException, InterruptedException {
        Integer given = processes.get();
        int count = given == null ? Runtime.getRuntime().availableProcessors() : given;
        if (count < 1) {
            throw new IllegalArgumentException("--processes is 1 or more, not " + count);
        }
        ManagerOptions options = connect.options();
        byte[] key;
        TlsInputs.Files tls;
        // says at once what is wrong with address or key, and knows the key from wherever it comes
        try (Manager manager = Manager.connect(options)) {
            key = java.util.Objects.requireNonNull(manager.options().authkey());
            tls = TlsInputs.Files.of(manager.options());
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::leave, "multiproc-leave"));
        List<Thread> keepers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread keeper = new Thread(() -> keep(options.address(), key, tls), "multiproc-keeper-" + i);
            keeper.start();
            keepers.add(keeper);
        }
        for (Thread keeper : keepers) {
            keeper.join();
        }
        int bad = failed.get();
        if (bad > 0) {
            throw Multiproc.failed(bad + " of " + count + " workers failed, see above");
        }
        return 0;
    }

    /** Keeps one worker running until the pool is over. */
    private void keep(String address, byte[] key, TlsInputs.Files tls) {
        try {
            int killed = 0;
            while (true) {
                long since = System.nanoTime();
                Process p;
                synchronized (workers) {
                    if (leaving) {
                        return;
                    }
                    p = start(address, key, tls);
                    workers.add(p);
                }
                int code = p.waitFor();
                synchronized (workers) {
                    workers.remove(p);
                    if (code == 0 || leaving) {
                        return;
                    }
                }
                boolean early = System.nanoTime() - since < LEAST_LIFE_NANOS;
                // an end by a signal is somebody else's doing, and may go on for a while
                boolean bySignal = code > 128;
                killed = early && bySignal ? killed + 1 : 0;
                if (code == PoolWorker.CANNOT_WORK || (early && !bySignal) || killed >= MOST_KILLED) {
                    failed.incrementAndGet();
                    return;
                }
                // a task ended it, or somebody killed it: the pool goes on
                System.err.println("multiproc worker: a worker died with exit code " + code + " and is replaced");
            }
        } catch (IOException e) {
            System.err.println("multiproc worker: cannot start a JVM: " + e.getMessage());
            failed.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process start(String address, byte[] key, TlsInputs.Files tls) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions.get());
        command.add("-cp");
        command.add(classPath.get() + File.pathSeparator + System.getProperty("java.class.path"));
        command.addAll(List.of(
                PoolWorker.class.getName(), pool.get(), address, Integer.toString(Math.max(0, patience.get()))));
        command.addAll(allow.get());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(tls.variables());
        Process p = builder.start();
        // by standard input, so that no listing of processes.get() shows it; left open: its end ends the worker
        p.getOutputStream().write((HexFormat.of().formatHex(key) + "\n").getBytes(StandardCharsets.US_ASCII));
        p.getOutputStream().flush();
        return p;
    }

    private void leave() {
        List<Process> all;
        synchronized (workers) {
            leaving = true;
            all = List.copyOf(workers);
        }
        for (Process p : all) {
            // not by Process, which would close its standard input
            boolean ignored = p.toHandle().destroy();
        }
        try {
            for (Process p : all) {
                boolean ignored = p.waitFor(FAREWELL_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
