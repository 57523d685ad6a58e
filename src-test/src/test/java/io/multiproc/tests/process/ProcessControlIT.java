package io.multiproc.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.ProcessMemory;
import io.multiproc.client.process.ProcessState;
import io.multiproc.client.process.ProcessState.Kind;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a parent asks of a child that runs, and does to it. */
@Tag("jdk")
@Timeout(240)
class ProcessControlIT {
    private TestServer server;
    private Manager manager;
    private QueueProxy<Object> said;

    @BeforeEach
    void start() {
        server = TestServer.start(o -> o.withGrace(Await.BRIEF)
                .withLease(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(10)));
        manager = server.connect();
        said = manager.queue();
    }

    @AfterEach
    void stop() {
        for (ManagedProcess p : ManagedProcess.activeChildren()) {
            p.kill();
        }
        server.close();
    }

    private static ManagedProcess started(ManagedProcess p) {
        p.start();
        return p;
    }

    private Object next() throws InterruptedException {
        Object v = said.poll(Await.LONG);
        assertTrue(v != null, "no child said anything");
        return v;
    }

    private static void ends(ManagedProcess p, int code) throws InterruptedException {
        assertTrue(p.join(Await.LONG), () -> p + " does not end");
        assertEquals(OptionalInt.of(code), p.exitCode(), () -> p.failure().orElse("no failure"));
        assertEquals(Kind.TERMINATED, p.state().kind());
    }

    // ---- ways to end

    static void takes(QueueProxy<Object> said, QueueProxy<Object> never) throws InterruptedException {
        said.put("takes");
        try {
            said.put(never.take());
        } finally {
            said.put("finally");
        }
    }

    static void sleeps(QueueProxy<Object> said) {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            said.add("interrupted");
        }
    }

    @Test
    void anInterruptRunsTheFinallyBlocks() throws Exception {
        ManagedProcess p = started(new ManagedProcess(ProcessControlIT::takes, said, manager.queue()));
        assertEquals("takes", next());
        // it comes before the target has begun
        ManagedProcess early = started(new ManagedProcess(ProcessControlIT::sleeps, said));
        early.interrupt();
        Await.until("it waits", () -> p.state().kind() == Kind.WAITING);
        p.interrupt();
        Set<Object> both = new HashSet<>(List.of(next(), next()));
        assertEquals(Set.of("finally", "interrupted"), both);
        // as Python after a KeyboardInterrupt that nobody caught
        ends(p, 1);
        assertTrue(p.failure().orElseThrow().startsWith("java.lang.InterruptedException"), p.failure()::toString);
        // who catches it has an ordinary end
        ends(early, 0);
        // nobody is there
        p.interrupt();
    }

    static void ignores(QueueProxy<Object> said, boolean hangs) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            said.add("hook");
            while (hangs) {
                Thread.onSpinWait();
            }
        }));
        said.add("ignores");
        while (true) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aGracefulEndGoesAsFarAsItMust() throws Exception {
        ManagedProcess calm = started(new ManagedProcess(Programs::wait, said));
        ManagedProcess busy = started(new ManagedProcess(ProcessControlIT::ignores, said, false));
        Object first = next();
        assertTrue(first.equals("ignores") != next().equals("ignores"));
        assertTrue(calm.end(Await.LONG));
        ends(calm, 1);
        assertEquals(Kind.RUNNING, busy.state().kind());
        // SIGTERM after a time for the interrupt; its hook has as much
        boolean byItself = busy.end(Duration.ofSeconds(1));
        assertEquals("hook", next());
        ends(busy, byItself ? -15 : -9);
        ManagedProcess stubborn = started(new ManagedProcess(ProcessControlIT::ignores, said, true));
        assertEquals("ignores", next());
        stubborn.pause();
        assertFalse(stubborn.end(Await.BRIEF));
        ends(stubborn, -9);
    }

    // ---- state

    static void locks(QueueProxy<Object> said, LockProxy lock) throws InterruptedException {
        lock.lock();
        said.put("locked");
        Thread.sleep(Long.MAX_VALUE);
    }

    static void receives(Connection c) throws IOException, InterruptedException {
        c.recv();
    }

    private static void waitsFor(String text, ManagedProcess p) {
        Await.until("it waits for " + text, () -> p.state().equals(new ProcessState(Kind.WAITING, text)));
    }

    @Test
    void states() throws Exception {
        LockProxy lock = manager.lock("accounts");
        ManagedProcess owner = new ManagedProcess(ProcessControlIT::locks, said, lock).named("owner");
        assertEquals(new ProcessState(Kind.CREATED, ""), owner.state());
        owner.start();
        assertEquals("locked", next());
        waitsFor("Thread.sleep", owner);
        ManagedProcess waiter = started(new ManagedProcess(ProcessControlIT::locks, said, lock));
        waitsFor("LockProxy.lock of lock 'accounts', owned by owner " + owner.pid(), waiter);
        Pipe pipe = Pipe.open(true);
        ManagedProcess receiver = started(new ManagedProcess(ProcessControlIT::receives, pipe.second()));
        Await.until("it waits", () -> receiver.state().waitingFor().contains(".recv"));
        owner.pause();
        assertTrue(owner.isPaused());
        assertEquals(new ProcessState(Kind.PAUSED, ""), owner.state());
        owner.kill();
        ends(owner, -9);
        assertFalse(owner.isPaused());
        assertThrows(IllegalStateException.class, owner::pause);
        assertThrows(IllegalStateException.class, owner::memory);
        pipe.close();
    }

    // ---- pause

    static void holds(QueueProxy<Object> said, LockProxy lock) throws InterruptedException {
        lock.lock();
        said.put("holds");
        try {
            while (true) {
                Thread.sleep(20);
                boolean ignored = lock.isLocked();
            }
        } catch (RuntimeException e) {
            System.exit(e.getClass().getSimpleName().equals("SessionExpiredException") ? 9 : 8);
        }
    }

    @Test
    void aPausedProcessIsSilentToItsManager() throws Exception {
        LockProxy lock = manager.lock("accounts");
        ManagedProcess p = started(new ManagedProcess(ProcessControlIT::holds, said, lock));
        assertEquals("holds", next());
        p.pause();
        p.pause();
        assertFalse(p.join(Await.BRIEF));
        assertTrue(p.isAlive());
        // its lease ends, and with it what it owned
        assertTrue(lock.tryLock(Await.LONG.toSeconds(), java.util.concurrent.TimeUnit.SECONDS));
        p.resume();
        ends(p, 9);
    }

    // ---- processors, niceness, memory

    static void counts(QueueProxy<Object> said, int wanted) throws InterruptedException {
        said.put("counts");
        while (Runtime.getRuntime().availableProcessors() != wanted) {
            Thread.sleep(5);
        }
        said.put("sees it");
        Thread.sleep(Long.MAX_VALUE);
    }

    @Test
    void aRunningProcessIsChanged() throws Exception {
        ManagedProcess p = started(new ManagedProcess(ProcessControlIT::counts, said, 1));
        assertEquals("counts", next());
        ProcessMemory memory = p.memory();
        assertTrue(memory.resident() > 10 << 20 && memory.peak() >= memory.resident(), memory::toString);
        int before = p.niceness();
        assertTrue(p.affinity().size() >= 1);
        p.affinity(0).niceness(3);
        assertEquals("sees it", next());
        assertEquals(List.of(0), p.affinity());
        assertEquals(before + 3, p.niceness());
        assertEquals(Set.of("0 " + (before + 3)), threads(p.pid()));
        assertThrows(IllegalArgumentException.class, () -> p.affinity(-1));
        var e = assertThrows(IllegalStateException.class, () -> p.affinity(8000));
        assertTrue(e.getMessage().contains("refused"), e.getMessage());
    }

    /** Processors and niceness of all threads of a process. */
    private static Set<String> threads(long pid) throws IOException {
        Set<String> found = new HashSet<>();
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path t : all.toList()) {
                String stat = Files.readString(t.resolve("stat"));
                String processors = Files.readAllLines(t.resolve("status")).stream()
                        .filter(l -> l.startsWith("Cpus_allowed_list:"))
                        .findFirst()
                        .orElseThrow();
                found.add(processors.substring(processors.indexOf('\t') + 1) + " "
                        + stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
            }
        }
        return found;
    }

    /** A program that changes a child that runs: the last word says how it went. */
    static final class Changer {
        public static void main(String[] args) throws Exception {
            ManagedProcess p = new ManagedProcess(Programs::sleeps).daemon(true);
            p.start();
            int own = p.niceness();
            p.affinity(0).niceness(2);
            System.out.println(p.affinity() + " " + (p.niceness() - own) + " "
                    + threads(p.pid()).size());
            p.pause();
            Await.until("it is stopped", p::isPaused);
            p.resume();
            Await.until("it goes on", () -> !p.isPaused());
            p.kill();
            p.join();
            System.out.println("done");
        }
    }

    @Test
    void byTheSystemsOwnCallsWhereTheJvmHasThem() throws Exception {
        boolean calls = Runtime.version().feature() >= 22;
        ProcessBuilder b = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        calls ? "--enable-native-access=ALL-UNNAMED" : "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Changer.class.getName())
                .redirectErrorStream(true);
        if (calls) {
            // no taskset, no renice
            b.environment().put("PATH", "/none");
        }
        Process program = b.start();
        program.getOutputStream().close();
        String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("[0] 2 1\ndone\n", out);
        assertEquals(0, program.waitFor());
    }

    // ---- arguments

    static void six(QueueProxy<Object> said, int a, long b, String c, double d, boolean e) {
        said.add(List.of(a, b, c, d, e));
    }

    static void any(Object... all) {
        @SuppressWarnings("unchecked")
        QueueProxy<Object> said = (QueueProxy<Object>) all[0];
        said.add(all.length);
    }

    static void named(Map<String, Object> arguments) {
        @SuppressWarnings("unchecked")
        QueueProxy<Object> said = (QueueProxy<Object>) arguments.get("to");
        said.add(arguments.get("text") + " " + arguments.get("times"));
    }

    @Test
    void anyNumberOfArguments() throws Exception {
        ManagedProcess many = ManagedProcess.of(ProcessControlIT::six)
                .args(said, 1, 2L, "c", 4.5, true)
                .named("many")
                .daemon(true);
        ManagedProcess any = ManagedProcess.ofAny(ProcessControlIT::any).args(said, 2, 3, 4, 5, 6, 7, 8, 9, 10, null);
        ManagedProcess named = ManagedProcess.<Map<String, Object>>of(ProcessControlIT::named)
                .args(new TreeMap<>(Map.of("to", said, "text", "x", "times", 3)));
        ManagedProcess lambda =
                ManagedProcess.of((QueueProxy<Object> q) -> q.add("lambda")).args(said);
        List.of(many, any, named, lambda).forEach(ManagedProcess::start);
        assertEquals(
                Set.of(List.of(1, 2L, "c", 4.5, true), 11, "x 3", "lambda"),
                new HashSet<>(List.of(next(), next(), next(), next())));
        ends(many, 0);
        assertEquals("many", many.name());
        assertEquals(Kind.CREATED, ManagedProcess.of(() -> {}).state().kind());
    }
}
