package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve --data} in processes that are ended and killed. */
@Tag("jdk")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DurableServerIT {
    private static final String KEY = "a key of more than sixteen bytes";
    private static final int EXIT_LOG = 74;

    @TempDir
    Path folder;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    private static String multiproc() {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("README.md"))) {
            top = top.getParent();
        }
        return top.resolve("server/bin/multiproc").toString();
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Process serve(String... options) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(multiproc(), "serve", "--listen", "tcp://127.0.0.1:0", "--data", data().toString()));
        command.addAll(List.of(options));
        return start(command);
    }

    private Process start(List<String> command) throws IOException {
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

    private static BufferedReader output(Process server) {
        return new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    }

    private Manager connect(Process server) throws IOException {
        return connect(output(server));
    }

    private Manager connect(BufferedReader output) throws IOException {
        String ready = output.readLine();
        assertNotNull(ready, () -> "no ready line: " + log());
        assertTrue(ready.startsWith("multiproc ready on "), () -> ready + log());
        return Manager.connect(ManagerOptions.defaults()
                .withAddress(ready.substring(ready.lastIndexOf(' ') + 1))
                // the servers of these tests do not come back at the same port
                .withReconnectTimeout(Duration.ofMillis(100))
                .withAuthkey(KEY.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatWasAnsweredIsThereAfterAKill() throws Exception {
        long token;
        Process first = serve("--fsync", "always");
        try (Manager manager = connect(first)) {
            DictProxy<Object, Object> inner = manager.dict();
            inner.put("deep", List.of(1L, "two"));
            manager.dict("scores").put("shared", inner);
            manager.list("names").addAll(List.of("a", "b"));
            QueueProxy<String> jobs = manager.queue("jobs", String.class);
            jobs.addAll(List.of("one", "two", "three"));
            assertEquals("one", jobs.take());
            LockProxy lock = manager.lock("guard");
            lock.lock();
            token = lock.fencingToken();
            assertEquals(data().toString(), manager.info().details().get("data_folder"));
            assertEquals("always", manager.info().details().get("fsync"));
            assertTrue(((Number) manager.info().details().get("log_bytes")).longValue() > 0);
            first.destroyForcibly().waitFor();
        }
        Process second = serve("--metrics", "tcp://127.0.0.1:0", "--grace", "1");
        BufferedReader lines = output(second);
        try (Manager manager = connect(lines)) {
            String metrics = lines.readLine();
            try (var in = URI.create(metrics.substring(metrics.lastIndexOf(' ') + 1))
                    .toURL()
                    .openStream()) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(text.contains("multiproc_log_fsync_seconds_count"), text);
                assertTrue(text.contains("multiproc_log_burst_size_total{le=\"+Inf\"}"), text);
            }
            assertEquals(List.of("scores", "names", "jobs", "guard"), manager.names());
            DictProxy<?, ?> inner = (DictProxy<?, ?>) manager.dict("scores").get("shared");
            assertEquals(List.of(1L, "two"), inner.get("deep"));
            assertEquals(List.of("a", "b"), manager.list("names").snapshot());
            QueueProxy<String> jobs = manager.queue("jobs", String.class);
            // "one" was taken, but perhaps its acknowledgement was not sent
            String next = jobs.take();
            assertEquals("two", next.equals("one") ? jobs.take() : next);
            assertEquals("three", jobs.take());
            LockProxy lock = manager.lock("guard");
            // the session of its owner, which does not come back, ends after the grace
            lock.lock();
            assertTrue(lock.fencingToken() > token, "fencing tokens grow");
            lock.unlock();
            Await.until("the session before is over", () -> manager.sessions().size() == 1);
        }
        second.destroy();
        assertTrue(second.waitFor(20, TimeUnit.SECONDS), this::log);
        assertEquals(0, second.exitValue(), this::log);
    }

    /** A server is killed at any time of its work; what it answered is there each time. */
    @Test
    void nothingThatWasAnsweredIsLostByKills() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long answered = 0;
        long lastToken = 0;
        for (int round = 0; round < 6; round++) {
            Process server = serve("--grace", "1");
            Process victim = server;
            try (Manager manager = connect(server)) {
                CounterProxy counter = manager.counter("count");
                DictProxy<Object, Object> dict = manager.dict("done");
                long there = counter.get();
                String text = "seed " + seed + ", round " + round + ": " + there + " of " + answered + "\n" + log();
                assertTrue(there == answered || there == answered + 1, text);
                assertTrue(dict.size() == there || dict.size() == there + 1, text);
                answered = there;
                LockProxy lock = manager.lock("guard");
                lock.lock();
                assertTrue(lock.fencingToken() > lastToken, text);
                lastToken = lock.fencingToken();
                long stop = answered + 50 + random.nextInt(1500);
                Thread killer = new Thread(victim::destroyForcibly);
                try {
                    while (true) {
                        if (answered == stop) {
                            killer.start();
                        }
                        dict.put(answered, "x".repeat((int) (answered % 900)));
                        assertEquals(answered + 1, counter.incrementAndGet());
                        answered++;
                    }
                } catch (ManagerException e) {
                    killer.join();
                }
            }
            assertTrue(server.waitFor(20, TimeUnit.SECONDS));
        }
        assertFalse(log().contains("ERROR"), this::log);
    }

    /** A disk of 40 MiB: two files of the log fit. The server stops when they are full, and is started again with more room. */
    @Test
    void aFullDiskStopsTheServerAndLosesNothing() throws Exception {
        Files.createDirectory(data());
        String serve = multiproc() + " serve --listen tcp://127.0.0.1:0 --data " + data() + "/log";
        Process probe = start(List.of("unshare", "-rm", "true"));
        assumeTrue(probe.waitFor() == 0, "no namespaces here");
        Process shell = start(List.of(
                "unshare",
                "-rm",
                "sh",
                "-c",
                "mount -t tmpfs -o size=40m,mode=700 none " + data() + " && " + serve
                        + "; echo exit $?; mount -o remount,size=90m " + data() + " && exec " + serve));
        BufferedReader output = output(shell);
        int answered = 0;
        try (Manager manager = connect(output)) {
            DictProxy<Object, Object> dict = manager.dict("d");
            byte[] value = new byte[300_000];
            while (true) {
                value[0] = (byte) answered;
                dict.put(answered, value);
                answered++;
            }
        } catch (ManagerException e) {
            assertTrue(answered > 60, answered + log());
        }
        assertEquals("exit " + EXIT_LOG, output.readLine(), this::log);
        assertTrue(log().contains("No space left on device"), this::log);
        assertTrue(log().contains("Make room on that disk"), this::log);
        try (Manager manager = connect(output)) {
            DictProxy<Object, Object> dict = manager.dict("d");
            int found = dict.size();
            assertTrue(found == answered || found == answered + 1, found + " of " + answered);
            for (int i = 0; i < answered; i++) {
                assertEquals((byte) i, ((byte[]) dict.get(i))[0]);
            }
            dict.put("more", new byte[1_000_000]);
        }
    }

    @Test
    void whatCannotBeStartedSaysWhy() throws Exception {
        Process first = serve();
        try (Manager manager = connect(first)) {
            manager.dict("d").put("k", "v");
            refused(
                    1,
                    List.of("--data", data().toString()),
                    "is in use by another server (process " + first.pid() + ")");
            first.destroyForcibly().waitFor();
        }
        Path file;
        try (var files = Files.list(data())) {
            file = files.filter(f -> f.toString().endsWith(".log")).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[80] ^= 1;
        Files.write(file, bytes);
        refused(1, List.of("--data", data().toString()), file + " is damaged at byte 64");
        refused(1, List.of("--data", file.toString()), "is a file");
        refused(1, List.of("--data", folder.resolve("no/where").toString()), "there is no folder");
        refused(2, List.of("--data", ""), "a path");
        refused(
                2,
                List.of("--data", data().toString(), "--fsync", "sometimes"),
                "always, never or 1 to 60000 milliseconds");
        refused(2, List.of("--fsync", "always"), "--fsync needs --data");
        refused(2, List.of("--data", data().toString(), "--snapshot", "x"), "exclude each other");
    }

    /** Two processes never use a folder at once, whatever becomes of the file of its lock. */
    @Test
    void aLockWhoseFileIsDeletedHolds() throws Exception {
        Path lock = data().resolve("lock");
        Process first = serve();
        try (Manager manager = connect(first)) {
            DictProxy<Object, Object> dict = manager.dict("d");
            for (int i = 0; i < 3; i++) {
                dict.put("k", i);
                Files.delete(lock);
                refused(1, List.of("--data", data().toString()), "is in use by another server, which has locked");
                // a new file of the log: the lock is made again
                for (int n = 0; n < 20; n++) {
                    dict.put("big", new byte[1 << 20]);
                }
                assertTrue(log().contains(lock + " was deleted or replaced under this server"), this::log);
                refused(
                        1,
                        List.of("--data", data().toString()),
                        "is in use by another server (process " + first.pid() + ")");
            }
            assertEquals(2, dict.get("k"));
            // all of its files: another server begins anew, and this one notices
            try (var files = Files.list(data())) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Process second = serve();
            try (Manager other = connect(second)) {
                assertEquals(0, other.dict("d").size());
                ManagerException e = assertThrows(ManagerException.class, () -> {
                    for (int n = 0; n < 40; n++) {
                        dict.put("big", new byte[1 << 20]);
                    }
                });
                assertNotNull(e.getMessage());
                assertTrue(first.waitFor(20, TimeUnit.SECONDS), this::log);
                assertEquals(EXIT_LOG, first.exitValue(), this::log);
                assertTrue(log().contains("is not this server's any more"), this::log);
                other.dict("d").put("k", "v");
            }
        }
    }

    private void refused(int code, List<String> options, String why) throws Exception {
        // not deleted: others write to it, too
        Files.writeString(errors(), "");
        List<String> command = new ArrayList<>(List.of(multiproc(), "serve", "--listen", "tcp://127.0.0.1:0"));
        command.addAll(options);
        Process server = start(command);
        assertTrue(server.waitFor(60, TimeUnit.SECONDS), "it runs");
        assertEquals(code, server.exitValue(), this::log);
        assertTrue(log().contains(why), this::log);
        assertFalse(log().contains("\tat "), this::log);
    }
}
