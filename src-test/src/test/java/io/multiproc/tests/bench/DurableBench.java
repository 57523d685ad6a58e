package io.multiproc.tests.bench;

import io.multiproc.client.AsyncDict;
import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/**
 * What durable puts cost: {@code src-test/bin/bench-durable}. Prints the disk's own {@code fdatasync} of 128 preallocated bytes (F), a lone caller's put and get, puts with 256
 * outstanding, and how long a server takes that starts on the log of all that.
 */
public final class DurableBench {
    private static final String KEY = "a key of more than sixteen bytes";
    private static final int SYNCS = 1_000;
    private static final int CALLS = 4_000;
    private static final int OUTSTANDING = 256;
    private static final long SECONDS = Long.getLong("seconds", 5);
    private static final byte[] VALUE = new byte[100];

    private DurableBench() {}

    private static void row(String what, double value, String unit) {
        System.out.println(String.format(Locale.ROOT, "%-44s %12.1f %s", what, value, unit));
    }

    private static double middle(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2] / 1e3;
    }

    private static void disk(Path folder) throws IOException {
        Path file = folder.resolve("probe");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
            int unused = channel.write(zeros, 0);
            channel.force(true);
            ByteBuffer bytes = ByteBuffer.allocateDirect(128);
            long[] took = new long[SYNCS];
            for (int i = 0; i < SYNCS; i++) {
                bytes.clear();
                long begun = System.nanoTime();
                int n = channel.write(bytes, 128L * i);
                channel.force(false);
                took[i] = System.nanoTime() - begun;
            }
            row("F, fdatasync of 128 bytes, p50", middle(took), "us");
        }
        Files.delete(file);
    }

    private record Server(Process process, String uri, double millis) implements AutoCloseable {
        static Server start(String multiproc, String... options) throws IOException {
            List<String> command = new ArrayList<>(List.of(multiproc, "serve", "--listen", "tcp://127.0.0.1:0"));
            command.addAll(List.of(options));
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("MULTIPROC_AUTHKEY", KEY);
            long begun = System.nanoTime();
            Process process = builder.start();
            String ready = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            double millis = (System.nanoTime() - begun) / 1e6;
            return new Server(process, ready.substring(ready.lastIndexOf(' ') + 1), millis);
        }

        Manager connect() {
            return Manager.connect(
                    ManagerOptions.defaults().withAddress(uri).withAuthkey(KEY.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private static void calls(Server server, String name) throws InterruptedException {
        try (Manager manager = server.connect()) {
            DictProxy<Object, Object> dict = manager.dict("d");
            long[] puts = new long[CALLS];
            long[] gets = new long[CALLS];
            for (int i = -CALLS / 2; i < CALLS; i++) {
                long begun = System.nanoTime();
                dict.put(i & 1023, VALUE);
                long between = System.nanoTime();
                Object unused = dict.get(i & 1023);
                if (i >= 0) {
                    puts[i] = between - begun;
                    gets[i] = System.nanoTime() - between;
                }
            }
            row(name + ", put, 1 caller, p50", middle(puts), "us");
            row(name + ", get, 1 caller, p50", middle(gets), "us");
            AsyncDict<Object, Object> async = dict.async();
            double best = 0;
            for (int turn = 0; turn < 3; turn++) {
                best = Math.max(best, outstanding(async));
            }
            row(name + ", put, " + OUTSTANDING + " outstanding, best of 3", best, "/s");
        }
    }

    private static double outstanding(AsyncDict<Object, Object> dict) throws InterruptedException {
        Semaphore free = new Semaphore(OUTSTANDING);
        long begun = System.nanoTime();
        long end = begun + SECONDS * 1_000_000_000L / 3;
        long done = 0;
        while (System.nanoTime() < end) {
            free.acquire();
            var unused = dict.put(done & 1023, VALUE).whenComplete((old, e) -> free.release());
            done++;
        }
        free.acquire(OUTSTANDING);
        return done * 1e9 / (System.nanoTime() - begun);
    }

    /** @param args the launcher, and a folder on the disk that is measured */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        disk(folder);
        try (Server memory = Server.start(args[0])) {
            calls(memory, "memory");
        }
        String data = folder.resolve("data").toString();
        try (Server server = Server.start(args[0], "--data", data)) {
            calls(server, "always");
            try (Manager manager = server.connect()) {
                row("log", ((Number) manager.info().details().get("log_bytes")).doubleValue() / (1 << 20), "MiB");
                row(
                        "commands of a record",
                        ((Number) manager.info().details().get("commands_per_record")).doubleValue(),
                        "");
                row("fsync, mean", ((Number) manager.info().details().get("fsync_mean_us")).doubleValue(), "us");
            }
        }
        try (Server again = Server.start(args[0], "--data", data)) {
            row("start on that log", again.millis(), "ms");
        }
        disk(folder);
        try (Server server =
                Server.start(args[0], "--data", folder.resolve("never").toString(), "--fsync", "never")) {
            calls(server, "never");
        }
    }
}
