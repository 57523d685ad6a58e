package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code multiproc backup} of a server that is written to, and what begins with it. */
@Tag("jdk")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackupIT {
    private static final String KEY = "a key of more than sixteen bytes";
    private static final int CLIENTS = 4;
    private static final long SUM = 1_000;

    @TempDir
    Path folder;

    private final List<Process> processes = new ArrayList<>();
    private String address = "";

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    private Process start(String... words) throws IOException {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("README.md"))) {
            top = top.getParent();
        }
        List<String> command =
                new ArrayList<>(List.of(top.resolve("server/bin/multiproc").toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("MULTIPROC_AUTHKEY", KEY);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()));
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private Path errors() {
        return folder.resolve("errors.log");
    }

    private String log() {
        try {
            return Files.readString(errors());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Process serve(Path data, String... options) throws IOException {
        List<String> words =
                new ArrayList<>(List.of("serve", "--listen", "tcp://127.0.0.1:0", "--data", data.toString()));
        words.addAll(List.of(options));
        Process server = start(words.toArray(new String[0]));
        String ready =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertNotNull(ready, this::log);
        address = ready.substring(ready.lastIndexOf(' ') + 1);
        return server;
    }

    private Manager connect() {
        return Manager.connect(
                ManagerOptions.defaults().withAddress(address).withAuthkey(KEY.getBytes(StandardCharsets.UTF_8)));
    }

    private int run(String... words) throws Exception {
        Process process = start(words);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), this::log);
        return process.exitValue();
    }

    private int backup(Path to) throws Exception {
        return run("backup", "--address", address, "--to", to.toString());
    }

    /** Moves an amount between two accounts by one operation, and counts it in two dicts, one after the other. */
    private void write(int client, AtomicBoolean enough, AtomicLong done) {
        try (Manager manager = connect()) {
            DictProxy<Object, Object> accounts = manager.dict("accounts");
            DictProxy<Object, Object> first = manager.dict("first");
            DictProxy<Object, Object> second = manager.dict("second");
            for (long n = 1; !enough.get(); n++) {
                accounts.putAll(Map.of("a" + client, n, "b" + client, SUM - n));
                first.put("c" + client, n);
                second.put("c" + client, n);
                done.incrementAndGet();
            }
        }
    }

    private static long number(DictProxy<Object, Object> dict, String key) {
        Object n = dict.get(key);
        return n instanceof Number number ? number.longValue() : 0;
    }

    @Test
    void aBackupOfAServerThatIsWrittenToIsOneMomentOfIt() throws Exception {
        Path data = folder.resolve("data");
        Path file = folder.resolve("backup");
        Process server = serve(data);
        try (Manager manager = connect()) {
            DictProxy<Object, Object> large = manager.dict("large");
            for (int i = 0; i < 100; i++) {
                large.put(i, "x".repeat(50_000));
            }
            manager.lock("held").lock();
            AtomicBoolean enough = new AtomicBoolean();
            AtomicLong done = new AtomicLong();
            List<Thread> writers = new ArrayList<>();
            for (int c = 0; c < CLIENTS; c++) {
                int client = c;
                Thread writer = new Thread(() -> write(client, enough, done), "writer " + c);
                writer.start();
                writers.add(writer);
            }
            try {
                for (int i = 0; i < 3; i++) {
                    long before = done.get();
                    while (done.get() < before + 20) {
                        Thread.onSpinWait();
                    }
                    assertEquals(0, backup(file), this::log);
                }
            } finally {
                enough.set(true);
                for (Thread writer : writers) {
                    writer.join();
                }
            }
            Map<String, Object> facts = manager.info().details();
            assertTrue(((Number) facts.get("image_bytes")).longValue() > 5_000_000, facts.toString());
            assertTrue(((Number) facts.get("image_pause_us")).longValue() > 0, facts.toString());
        }
        assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertFalse(files.anyMatch(f -> f.toString().endsWith(".part")));
        }
        server.destroyForcibly().waitFor();

        // the log and the images bring everything back
        Process again = serve(data);
        long[] last = new long[CLIENTS];
        try (Manager manager = connect()) {
            for (int c = 0; c < CLIENTS; c++) {
                last[c] = number(manager.dict("second"), "c" + c);
                assertEquals(last[c], number(manager.dict("accounts"), "a" + c));
            }
        }
        again.destroy();
        assertTrue(again.waitFor(20, TimeUnit.SECONDS), this::log);

        Path restored = folder.resolve("restored");
        Process third = serve(restored, "--restore", file.toString());
        try (Manager manager = connect()) {
            DictProxy<Object, Object> accounts = manager.dict("accounts");
            for (int c = 0; c < CLIENTS; c++) {
                long n = number(accounts, "a" + c);
                assertTrue(n > 0 && n <= last[c], n + " of " + last[c]);
                assertEquals(SUM, n + number(accounts, "b" + c));
                long first = number(manager.dict("first"), "c" + c);
                long second = number(manager.dict("second"), "c" + c);
                assertTrue(
                        n >= first && n <= first + 1 && first >= second && first <= second + 1,
                        n + " " + first + " " + second);
            }
            assertEquals(100, manager.dict("large").size());
            assertTrue(manager.lock("held").tryLock(), "its owner was a session of the other server");
            accounts.put("new", 1);
        }
        third.destroyForcibly().waitFor();
        assertEquals(
                1,
                run(
                        "serve",
                        "--listen",
                        "tcp://127.0.0.1:0",
                        "--data",
                        restored.toString(),
                        "--restore",
                        file.toString()));
        assertTrue(log().contains("holds a state already"), this::log);
        serve(restored);
        try (Manager manager = connect()) {
            assertEquals(1L, number(manager.dict("accounts"), "new"));
        }
    }

    @Test
    void whatIsNoGoodBackupIsRefusedAndLeavesNothing() throws Exception {
        Path data = folder.resolve("data");
        Path file = folder.resolve("backup");
        serve(data);
        try (Manager manager = connect()) {
            manager.dict("d").put("k", "v");
        }
        assertEquals(0, backup(file), this::log);
        byte[] good = Files.readAllBytes(file);
        refused(Arrays.copyOf(good, good.length - 1), "damaged");
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 1;
        refused(flipped, "checksum");
        byte[] other = good.clone();
        other[11] = 9;
        refused(other, "format");
        refused("some text".getBytes(StandardCharsets.US_ASCII), "not a backup");
        assertEquals(1, run("serve", "--data", folder.resolve("empty").toString(), "--restore", folder.toString()));
        assertTrue(log().contains("is not a file"), this::log);

        assertEquals(1, backup(folder), this::log);
        assertTrue(log().contains("is a folder"), this::log);
        assertEquals(1, backup(data.resolve("backup")), this::log);
        assertTrue(log().contains("is the data folder of a manager"), this::log);
        assertEquals(1, backup(folder.resolve("none/backup")), this::log);
        assertTrue(log().contains("there is no folder"), this::log);
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertEquals(1, backup(link), this::log);
        assertTrue(log().contains("no plain file") && Files.isSymbolicLink(link), this::log);
        // nobody can make a file there
        assertEquals(1, backup(Path.of("/proc/backup")), this::log);
        assertTrue(log().contains("no backup was written to /proc/backup"), this::log);
        assertEquals(good.length, Files.size(file));
    }

    private void refused(byte[] content, String word) throws Exception {
        Path bad = Files.write(folder.resolve("bad"), content);
        Files.deleteIfExists(errors());
        assertEquals(
                1,
                run(
                        "serve",
                        "--listen",
                        "tcp://127.0.0.1:0",
                        "--data",
                        folder.resolve("empty").toString(),
                        "--restore",
                        bad.toString()),
                this::log);
        List<String> lines =
                log().lines().filter(l -> l.startsWith("multiproc: ")).toList();
        assertEquals(1, lines.size(), this::log);
        assertTrue(lines.get(0).contains(word) && lines.get(0).contains(bad.toString()), this::log);
    }

    @Test
    void aSnapshotIsTakenOverOnce() throws Exception {
        Path snapshot = folder.resolve("snapshot");
        Process old = start(
                "serve", "--listen", "tcp://127.0.0.1:0", "--snapshot", snapshot.toString(), "--share", "scores=dict");
        String ready =
                new BufferedReader(new InputStreamReader(old.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertNotNull(ready, this::log);
        address = ready.substring(ready.lastIndexOf(' ') + 1);
        try (Manager manager = connect()) {
            manager.dict("scores").put("ada", 7L);
        }
        old.destroy();
        assertTrue(old.waitFor(20, TimeUnit.SECONDS), this::log);
        Path data = folder.resolve("data");
        serve(data, "--import", snapshot.toString()).destroyForcibly().waitFor();
        Process second = serve(data);
        try (Manager manager = connect()) {
            assertEquals(7L, manager.dict("scores").get("ada"));
        }
        second.destroyForcibly().waitFor();
        assertEquals(
                1,
                run(
                        "serve",
                        "--listen",
                        "tcp://127.0.0.1:0",
                        "--data",
                        data.toString(),
                        "--import",
                        snapshot.toString()));
        assertTrue(log().contains("holds a state already"), this::log);
    }
}
