package io.multiproc.tests.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.pool.AsyncResult;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that join a pool by {@code multiproc worker}, and workers that are killed. */
@Tag("jdk")
@Timeout(240)
class RemoteWorkersIT {
    /** The process that writes one outlives the program, and is no worker. */
    private static final String NO_ARCHIVE = "-Dmultiproc.process.archive=off";

    @TempDir
    Path temp;

    private TestServer server;
    private Manager manager;
    private final List<Process> commands = new ArrayList<>();
    private int logs;

    @BeforeEach
    void start() {
        server = TestServer.start(o -> o.withGrace(Await.BRIEF));
        manager = server.connect();
    }

    @AfterEach
    void stop() throws Exception {
        Set<ProcessHandle> workers = new HashSet<>();
        for (Process p : commands) {
            p.descendants().forEach(workers::add);
            p.destroyForcibly();
            assertTrue(p.waitFor(60, TimeUnit.SECONDS));
        }
        Await.until("no worker lives", () -> workers.stream().noneMatch(ProcessHandle::isAlive));
        server.close();
    }

    private Process worker(String... words) throws Exception {
        Path key = temp.resolve("key");
        Files.write(key, server.key());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                NO_ARCHIVE,
                "-cp",
                System.getProperty("java.class.path"),
                "io.multiproc.server.Main",
                "worker",
                "--classpath",
                System.getProperty("java.class.path"),
                "--jvm-option",
                "-XX:TieredStopAtLevel=1",
                "--address",
                server.uri(),
                "--authkey-file",
                key.toString()));
        command.addAll(Arrays.asList(words));
        Process p = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(logs++).toFile())
                .start();
        commands.add(p);
        return p;
    }

    private Path log(int n) {
        return temp.resolve("worker" + n + ".log");
    }

    private void ends(Process p, int code, String text) throws Exception {
        assertTrue(p.waitFor(60, TimeUnit.SECONDS), "the command does not end");
        String out = Files.readString(log(commands.indexOf(p)));
        assertEquals(code, p.exitValue(), out);
        assertTrue(out.contains(text), out);
    }

    private Pool named(int processes) {
        return new Pool(
                PoolOptions.defaults().withManager(manager).withName("jobs").withProcesses(processes));
    }

    @Test
    void workersJoinAndLeave() throws Exception {
        int before = manager.numberOfObjects();
        Process guest;
        try (Pool pool = named(0)) {
            AsyncResult<Integer> waits = pool.applyAsync(Jobs::square, 5);
            guest = worker("--pool", "jobs", "--processes", "2");
            assertEquals(25, waits.get(Await.LONG));
            Await.until("both have joined", () -> pool.workers() == 2);
            assertTrue(assertThrows(IllegalStateException.class, () -> named(0))
                    .getMessage()
                    .contains("'jobs'"));
            // SIGTERM: what has begun is finished, what has not goes to others
            EventProxy event = manager.event();
            QueueProxy<Object> started = manager.queue();
            AsyncResult<String> first = pool.applyAsync(Jobs::waitsFor, event, started);
            started.take();
            guest.toHandle().destroy();
            Await.until("the idle one has left", () -> pool.workers() == 1);
            AsyncResult<Integer> next = pool.applyAsync(Jobs::square, 6);
            assertFalse(first.isDone());
            event.set();
            assertEquals("done", first.get(Await.LONG));
            assertTrue(guest.waitFor(60, TimeUnit.SECONDS));
            assertEquals(143, guest.exitValue());
            Await.until("both have left", () -> pool.workers() == 0);
            Process other = worker("--pool", "jobs", "--processes", "1");
            assertEquals(36, next.get(Await.LONG));
            pool.shutdown();
            ends(other, 0, "joins pool 'jobs'");
        }
        assertEquals(List.of(), manager.names());
        Await.until("the objects are freed", () -> manager.numberOfObjects() <= before + 2);
    }

    @Test
    void whatWorkersRefuse() throws Exception {
        ends(worker("--pool", "none", "--processes", "1"), 1, "there is no pool 'none'");
        try (Pool pool = named(0)) {
            Process choosy = worker("--pool", "jobs", "--processes", "1", "--allow", "com.acme", "--wait", "5");
            String text = assertThrows(
                            java.util.concurrent.ExecutionException.class,
                            () -> pool.applyAsync(Jobs::square, 5).get(Await.LONG))
                    .toString();
            assertTrue(text.contains("is refused: this worker takes code of [com.acme] only"), text);
            choosy.toHandle().destroy();
            assertTrue(choosy.waitFor(60, TimeUnit.SECONDS));
        }
    }

    /** The owner of a pool, in a process of its own. */
    static void owns(Map<?, ?> ignored, QueueProxy<Object> said) throws Exception {
        Manager m = ManagedProcess.currentManager().orElseThrow();
        Pool pool =
                new Pool(PoolOptions.defaults().withManager(m).withName("jobs").withProcesses(1));
        said.put(pool.apply(Jobs::pid, 0));
        Thread.sleep(Long.MAX_VALUE);
    }

    /** A program that has a pool with a worker of its own: address, key. */
    public static void main(String[] args) throws Exception {
        Manager m = Manager.connect(ManagerOptions.defaults()
                .withAddress(args[0])
                .withAuthkey(HexFormat.of().parseHex(args[1])));
        Pool pool =
                new Pool(PoolOptions.defaults().withManager(m).withName("open").withProcesses(1));
        System.out.println("squares " + pool.map(Jobs::square, List.of(2, 3)));
        Await.until("the guest and the own one have joined", () -> pool.workers() == 2);
        System.out.println("both work");
        System.out.flush();
        int ignored = System.in.read();
    }

    @Test
    void whenTheManagerEndsWorkersSaySoInALine() throws Exception {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        NO_ARCHIVE,
                        "-cp",
                        System.getProperty("java.class.path"),
                        RemoteWorkersIT.class.getName(),
                        server.uri(),
                        HexFormat.of().formatHex(server.key()))
                .redirectErrorStream(true)
                .redirectOutput(log(logs++).toFile())
                .start();
        commands.add(owner);
        Process guest = worker("--pool", "open", "--processes", "1");
        Await.until("the pool works", () -> Files.readString(log(0)).contains("both work"));
        List<ProcessHandle> workers =
                Stream.concat(owner.descendants(), guest.descendants()).toList();
        server.stop();
        assertTrue(guest.waitFor(60, TimeUnit.SECONDS));
        owner.getOutputStream().close();
        assertTrue(owner.waitFor(60, TimeUnit.SECONDS));
        Await.until("no worker lives", () -> workers.stream().noneMatch(ProcessHandle::isAlive));
        for (int i = 0; i < 2; i++) {
            String out = Files.readString(log(i));
            assertFalse(out.contains("\tat "), out);
        }
        String out = Files.readString(log(1));
        assertTrue(out.contains("without its manager") || out.contains("is over"), out);
    }

    @Test
    void theOwnerIsKilled() throws Exception {
        QueueProxy<Object> said = manager.queue();
        ManagedProcess owner = new ManagedProcess(RemoteWorkersIT::owns, Map.of(), said);
        owner.start();
        long local = (Long) said.take();
        Process guest = worker("--pool", "jobs", "--processes", "1");
        Await.until("it has joined", () -> Files.readString(log(0)).contains("joins pool"));
        owner.kill();
        owner.join();
        ends(guest, 0, "the pool 'jobs' is over");
        Await.until("the local worker has ended", () -> ProcessHandle.of(local).isEmpty());
        Await.until("the name is free", () -> manager.names().isEmpty());
        Await.until("only the queue is left", () -> manager.numberOfObjects() == 1);
        try (Pool next = named(1)) {
            assertEquals(9, next.apply(Jobs::square, 3));
        }
    }

    @Test
    void everyResultOnceWhileWorkersAreKilled() throws Exception {
        long seed = System.nanoTime();
        System.out.println("kills: seed " + seed);
        Random random = new Random(seed);
        int tasks = 10_000;
        DictProxy<Object, Object> runs = manager.dict();
        int before = manager.numberOfObjects();
        Set<Long> seen = new HashSet<>();
        AtomicIntegerArray results = new AtomicIntegerArray(tasks);
        Process guest;
        int kills = 0;
        try (Pool pool = new Pool(PoolOptions.defaults()
                .withManager(manager)
                .withName("jobs")
                .withProcesses(2)
                .withMaxAttempts(1_000))) {
            guest = worker("--pool", "jobs", "--processes", "2");
            Await.until("all have joined", () -> pool.workers() == 4);
            List<AsyncResult<Integer>> all = new ArrayList<>();
            for (int i = 0; i < tasks; i++) {
                int n = i;
                all.add(pool.applyAsync(Jobs::counted, runs, i).callback(v -> results.incrementAndGet(n)));
            }
            while (kills < 6 || all.stream().filter(AsyncResult::ready).count() < tasks / 2) {
                List<ProcessHandle> victims = new ArrayList<>(guest.children().toList());
                pool.pids().forEach(pid -> ProcessHandle.of(pid).ifPresent(victims::add));
                victims.forEach(v -> seen.add(v.pid()));
                if (!victims.isEmpty()
                        && victims.get(random.nextInt(victims.size())).destroyForcibly()) {
                    kills++;
                }
                // a kill every so many results, so that there is work under way
                long now = all.stream().filter(AsyncResult::ready).count();
                long until = Math.min(tasks, now + 200 + random.nextInt(600));
                Await.until(
                        "more results",
                        () -> all.stream().filter(AsyncResult::ready).count() >= until);
            }
            for (int i = 0; i < tasks; i++) {
                assertEquals(i * 2, all.get(i).get(Await.LONG));
            }
            // one that finds no pool any more says so and fails
            Await.until("those that replace killed ones have joined", () -> pool.workers() == 4);
        }
        System.out.println("kills: " + kills + ", runs beyond the first: "
                + (runs.snapshot().values().stream().mapToLong(v -> (Long) v).sum() - tasks));
        assertEquals(tasks, runs.size());
        Await.until("each result was called back", () -> sum(results) == tasks);
        for (int i = 0; i < tasks; i++) {
            assertEquals(1, results.get(i), "task " + i);
        }
        ends(guest, 0, "is replaced");
        guest.descendants().forEach(p -> seen.add(p.pid()));
        Await.until("no worker lives", () -> seen.stream()
                .allMatch(pid -> ProcessHandle.of(pid).isEmpty()));
        Await.until(
                "nobody but this process is connected", () -> manager.sessions().size() == 1);
        Await.until("the objects are freed", () -> manager.numberOfObjects() == before);
        assertEquals(List.of(), manager.names());
    }

    private static int sum(AtomicIntegerArray a) {
        int sum = 0;
        for (int i = 0; i < a.length(); i++) {
            sum += a.get(i);
        }
        return sum;
    }
}
