package io.multiproc.tests.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve --snapshot} in processes that are ended and killed. */
@Tag("jdk")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SnapshotIT {
    private static final String KEY = "a key of more than sixteen bytes";

    @TempDir
    Path folder;

    private Path file;
    private String heap = "";
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void name() {
        file = folder.resolve("objects.snap");
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    private static Path multiproc() {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("README.md"))) {
            top = top.getParent();
        }
        return top.resolve("server/bin/multiproc");
    }

    private Process serve(String... options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(multiproc().toString(), "serve", "--listen", "tcp://127.0.0.1:0"));
        command.addAll(List.of("--snapshot", file.toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("MULTIPROC_AUTHKEY", KEY);
        if (!heap.isEmpty()) {
            builder.environment().put("JAVA_TOOL_OPTIONS", heap);
        }
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()));
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private Path errors() {
        return folder.resolve("errors.log");
    }

    private Manager connect(Process server) throws IOException {
        String ready =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertNotNull(ready, () -> "no ready line: " + log());
        return Manager.connect(ManagerOptions.defaults()
                .withAddress(ready.substring(ready.lastIndexOf(' ') + 1))
                .withAuthkey(KEY.getBytes(StandardCharsets.UTF_8)));
    }

    private String log() {
        try {
            return Files.readString(errors());
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** SIGTERM: exit code 0 within 5 seconds, and some for a busy machine. */
    private void terminate(Process server) throws InterruptedException {
        server.destroy();
        assertTrue(server.waitFor(20, TimeUnit.SECONDS), this::log);
        assertEquals(0, server.exitValue(), this::log);
    }

    /** A server that must not start: one line that says why, exit code 1, the file as it was. */
    private void refused(String... words) throws Exception {
        byte[] before = Files.readAllBytes(file);
        Files.deleteIfExists(errors());
        Process server = serve();
        assertTrue(server.waitFor(60, TimeUnit.SECONDS), "it runs");
        assertEquals(1, server.exitValue(), this::log);
        assertEquals(-1, server.getInputStream().read(), "a ready line");
        List<String> lines = Files.readAllLines(errors()).stream()
                .filter(l -> l.startsWith("multiproc: "))
                .toList();
        assertEquals(1, lines.size(), this::log);
        assertFalse(log().contains("\tat "), this::log);
        assertTrue(lines.get(0).contains(file.toString()), this::log);
        for (String word : words) {
            assertTrue(lines.get(0).contains(word), this::log);
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    private static void awaitSaved(Manager manager) {
        long start = System.nanoTime();
        long elapsed = 0; // read before the age, which it must exceed
        while (number(info(manager).get("snapshot_age_ms")) >= elapsed) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            elapsed = (System.nanoTime() - start) / 1_000_000;
        }
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    private static Map<String, Object> info(Manager manager) {
        return manager.info().details();
    }

    @Test
    void namedObjectsSurviveAnOrderlyEnd() throws Exception {
        Process first = serve("--snapshot-interval", "0");
        long token;
        try (Manager manager = connect(first)) {
            assertEquals(file.toString(), info(manager).get("snapshot_file"));
            assertNull(info(manager).get("snapshot_error"));
            DictProxy<Object, Object> inner = manager.dict();
            inner.put("deep", List.of(1L, "two", 3.5));
            manager.dict("scores").put("shared", inner);
            manager.list("names").add(inner);
            manager.namespace("config").set("x", 7L);
            JoinableQueueProxy<String> jobs = manager.joinableQueue("jobs", String.class, 10);
            jobs.addAll(List.of("a", "b", "c"));
            assertEquals("a", jobs.take());
            jobs.taskDone();
            LockProxy lock = manager.lock("guard");
            lock.lock();
            token = lock.fencingToken();
            manager.dict().put("anonymous", true);
            // "a" counts as received once the client has said so
            awaitNothingUndelivered(manager);
            terminate(first);
        }
        Process second = serve("--snapshot-interval", "0");
        try (Manager manager = connect(second)) {
            assertEquals(List.of("scores", "names", "config", "jobs", "guard"), manager.names());
            assertEquals(6, manager.numberOfObjects());
            @SuppressWarnings("unchecked")
            DictProxy<Object, Object> inner =
                    (DictProxy<Object, Object>) manager.dict("scores").get("shared");
            inner.put("seen", true);
            Object same = manager.list("names").get(0);
            assertEquals(true, ((DictProxy<?, ?>) same).get("seen"));
            assertEquals(List.of(1L, "two", 3.5), ((DictProxy<?, ?>) same).get("deep"));
            assertEquals(7L, manager.namespace("config").get("x"));
            JoinableQueueProxy<String> jobs = manager.joinableQueue("jobs", String.class, 10);
            assertEquals("b", jobs.take());
            assertEquals("c", jobs.take());
            assertEquals(2, jobs.unfinished());
            LockProxy lock = manager.lock("guard");
            assertTrue(lock.tryLock());
            assertTrue(lock.fencingToken() > token);
            terminate(second);
        }
    }

    private static void awaitNothingUndelivered(Manager manager) {
        while (manager.sessions().stream().anyMatch(s -> s.undelivered() > 0)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    void aClientsShutdownSavesToo() throws Exception {
        Process first = serve();
        try (Manager manager = connect(first)) {
            manager.dict("d").put("k", "v");
            manager.shutdownServer();
        }
        assertTrue(first.waitFor(20, TimeUnit.SECONDS), this::log);
        assertEquals(0, first.exitValue(), this::log);
        try (Manager manager = connect(serve())) {
            assertEquals("v", manager.dict("d").get("k"));
        }
    }

    @Test
    void aKilledServerComesBackWithItsLastSnapshot() throws Exception {
        Process first = serve("--snapshot-interval", "1");
        try (Manager manager = connect(first)) {
            manager.dict("d").put("saved", 1L);
            awaitSaved(manager);
            manager.dict("d").put("perhaps", 2L);
            first.destroyForcibly().waitFor();
        }
        long crashed;
        try (Manager manager = connect(serve("--snapshot-interval", "0"))) {
            assertEquals(1L, manager.dict("d").get("saved"));
            LockProxy lock = manager.lock("lost");
            lock.lock();
            crashed = lock.fencingToken();
            processes.get(1).destroyForcibly().waitFor();
        }
        try (Manager manager = connect(serve())) {
            assertEquals(1L, manager.dict("d").get("saved"));
            assertEquals(List.of("d"), manager.names());
            LockProxy lock = manager.lock("lost");
            lock.lock();
            assertTrue(lock.fencingToken() > crashed, "fencing tokens grow over crashes");
        }
    }

    @Test
    void damagedForeignAndUsedFilesAreRefused() throws Exception {
        Process first = serve();
        try (Manager manager = connect(first)) {
            manager.dict("d").put("k", "v");
            refused("in use by another server", Long.toString(first.pid()));
            terminate(first);
        }
        byte[] good = Files.readAllBytes(file);
        byte[] bad = good.clone();
        bad[bad.length / 2] ^= 1;
        Files.write(file, bad);
        refused("damaged", "checksum");
        Files.write(file, java.util.Arrays.copyOf(good, good.length - 1));
        refused("damaged");
        Files.writeString(file, "not one of ours");
        refused("not a snapshot of multiproc");
        Files.write(file, good);
        try (Manager manager = connect(serve())) {
            assertEquals("v", manager.dict("d").get("k"));
        }
    }

    @Test
    void aFileThatOthersMayChangeIsRefused() throws Exception {
        Process first = serve();
        try (Manager manager = connect(first)) {
            manager.dict("d").put("k", "v");
            terminate(first);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        refused("can be written by other users", "chmod go-w");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        refused("can be written by other users", folder.toString());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        try (Manager manager = connect(serve())) {
            assertEquals("v", manager.dict("d").get("k"));
        }
    }

    @Test
    void aSnapshotLargerThanTheHeapIsRefusedInOneLine() throws Exception {
        Process first = serve();
        try (Manager manager = connect(first)) {
            ListProxy<Object> list = manager.list("many");
            List<Object> some = new ArrayList<>();
            for (long i = 0; i < 20_000; i++) {
                some.add("a text of some length " + i);
            }
            for (int i = 0; i < 50; i++) {
                list.addAll(some);
            }
            terminate(first);
        }
        heap = "-Xmx32m";
        refused("does not fit into this server's heap of 3", "-Xmx");
        heap = "";
        try (Manager manager = connect(serve())) {
            assertEquals(1_000_000, manager.list("many").size());
        }
    }
}
