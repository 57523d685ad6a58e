package io.multiproc.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SerializationException;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.StartMethod;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link ManagedProcess}, with real processes. */
@Tag("jdk")
@Timeout(240)
class ProcessIT {
    private TestServer server;
    private Manager manager;
    private QueueProxy<Object> queue;
    private final List<ManagedProcess> processes = new ArrayList<>();

    @BeforeEach
    void start() {
        server = TestServer.start(o -> o.withGrace(Await.BRIEF));
        manager = server.connect();
        queue = manager.queue();
    }

    @AfterEach
    void stop() throws InterruptedException {
        ManagedProcess.forkserver(0);
        for (ManagedProcess p : processes) {
            if (p.isAlive()) {
                p.kill();
                p.join();
            }
        }
        server.close();
    }

    private ManagedProcess started(ManagedProcess p) {
        processes.add(p);
        p.start();
        return p;
    }

    private Object next() throws InterruptedException {
        Object v = queue.poll(Await.LONG);
        assertTrue(v != null, "no child said anything");
        return v;
    }

    private static void ends(ManagedProcess p, int code) throws InterruptedException {
        assertTrue(p.join(Await.LONG), () -> p + " does not end");
        assertEquals(OptionalInt.of(code), p.exitCode(), () -> p.failure().orElse("no failure"));
        assertFalse(p.isAlive());
        assertFalse(ManagedProcess.activeChildren().contains(p));
    }

    @Test
    void aMethodAndItsArguments() throws Exception {
        List<ManagedProcess> all = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            all.add(started(new ManagedProcess(Programs::square, queue, i)));
        }
        int sum = 0;
        for (ManagedProcess p : all) {
            ends(p, 0);
            sum += (Integer) next();
        }
        assertEquals(1 + 4 + 9, sum);
        // the parcels that carried the proxies are gone
        assertEquals(List.of(), manager.names());
    }

    @Test
    void aLambdaAndWhatItCaptured() throws Exception {
        int seven = 7;
        ends(started(new ManagedProcess((QueueProxy<Object> q) -> q.put(List.of(seven, "x")), queue)), 0);
        assertEquals(List.of(7, "x"), next());
    }

    @Test
    void aProxyAndAnObjectOfTheCodesPackage() throws Exception {
        // the manager's own connection allows no package; the child's, and the parcel, that of the code
        assertFalse(manager.options().packages().contains("io.multiproc.tests.process"));
        ends(started(new ManagedProcess(Programs::names, queue, new Programs.Person("Ada"))), 0);
        assertEquals("Ada", next());
    }

    @Test
    void aSubclassAndItsFields() throws Exception {
        ends(started(new Programs.Summer(queue, 10, 1, 2, 3).named("summer")), 0);
        assertEquals("summer 60", next());
    }

    @Test
    void aChildKnowsItself() throws Exception {
        System.setProperty("multiproc.test.property", "travels");
        DictProxy<Object, Object> facts = manager.dict();
        ManagedProcess p = started(
                new ManagedProcess(Programs::report, facts).named("reporter").daemon(true));
        ends(p, 0);
        assertEquals("reporter", facts.get("name"));
        assertEquals(p.pid(), facts.get("pid"));
        assertEquals(true, facts.get("daemon"));
        assertEquals("MainProcess", facts.get("parent"));
        assertEquals(ProcessHandle.current().pid(), facts.get("parent pid"));
        assertEquals("travels", facts.get("property"));
        assertEquals(-1, facts.get("stdin"));
    }

    @Test
    void affinityAndNiceness() throws Exception {
        DictProxy<Object, Object> facts = manager.dict();
        ends(started(new ManagedProcess(Programs::report, facts).affinity(0).niceness(7)), 0);
        assertEquals(1, facts.get("processors"));
        DictProxy<Object, Object> plain = manager.dict();
        ends(started(new ManagedProcess(Programs::report, plain)), 0);
        assertEquals(7, (Integer) facts.get("nice") - (Integer) plain.get("nice"));
        assertThrows(
                IllegalArgumentException.class, () -> new ManagedProcess(Programs::fails, "").affinity(new int[0]));
        assertThrows(IllegalArgumentException.class, () -> new ManagedProcess(Programs::fails, "").niceness(20));
    }

    @Test
    void waysToEnd() throws Exception {
        ManagedProcess terminated = started(new ManagedProcess(Programs::wait, queue));
        assertEquals(terminated.pid(), next());
        assertTrue(ManagedProcess.activeChildren().contains(terminated));
        assertEquals(OptionalInt.empty(), terminated.exitCode());
        terminated.terminate();
        ends(terminated, -15);
        ManagedProcess killed = started(new ManagedProcess(Programs::wait, queue));
        next();
        killed.kill();
        ends(killed, -9);
        ends(started(new ManagedProcess(Programs::exits, 3)), 3);
    }

    @Test
    void anExceptionReachesTheParent() throws Exception {
        ManagedProcess p = started(new ManagedProcess(Programs::fails, "the reason").named("failing"));
        ends(p, 1);
        String text = p.failure().orElseThrow();
        assertTrue(text.startsWith("java.lang.IllegalStateException: the reason"), text);
        assertTrue(text.contains("Programs.fails"), text);
    }

    @Test
    void whatAChildCannotDoReachesTheParent() throws Exception {
        ManagedProcess full = started(new ManagedProcess(Programs::takesAllMemory));
        String classes = System.getProperty("java.class.path");
        ManagedProcess poor;
        try {
            // a child without the classes of this test
            System.setProperty("java.class.path", without("test-classes", classes));
            poor = started(new ManagedProcess(Programs::square, queue, 1));
        } finally {
            System.setProperty("java.class.path", classes);
        }
        ends(full, 1);
        assertTrue(full.failure().orElseThrow().startsWith("java.lang.OutOfMemoryError"), full.failure()::toString);
        ends(poor, 1);
        String text = poor.failure().orElseThrow();
        assertTrue(text.contains("class " + ProcessIT.class.getName() + " is not on this JVM's class path"), text);
    }

    private static String without(String part, String classes) {
        return Arrays.stream(classes.split(File.pathSeparator))
                .filter(e -> !e.contains(part))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void aDaemonEndsWithItsParent() throws Exception {
        ManagedProcess parent = started(new ManagedProcess(Programs::startsADaemon, queue));
        long daemon = (Long) next();
        assertTrue(ProcessHandle.of(daemon).isPresent());
        parent.kill();
        ends(parent, -9);
        Await.until("the daemon has ended", () -> ProcessHandle.of(daemon).isEmpty());
    }

    @Test
    void aProcessWaitsForItsChildrenAndEndsItsDaemons() throws Exception {
        QueueProxy<Object> go = manager.queue();
        ManagedProcess parent = started(new ManagedProcess(Programs::startsAndReturns, queue, go));
        assertEquals("waits", next());
        assertTrue(parent.isAlive());
        go.put("go");
        assertTrue(parent.join(Await.LONG));
        List<Object> said = new ArrayList<>();
        queue.drainTo(said);
        assertTrue(said.contains("done"), said::toString);
        Await.until("nobody is left", () -> manager.sessions().size() == 1);
    }

    @Test
    void forkserverGivesAWaitingJvm() throws Exception {
        ManagedProcess.forkserver(1);
        Await.until("one waits", () -> ManagedProcess.forkserverReserve() == 1);
        ManagedProcess p = started(new ManagedProcess(Programs::square, queue, 12).startMethod(StartMethod.FORKSERVER));
        ends(p, 0);
        assertEquals(144, next());
        Await.until("the next one waits", () -> ManagedProcess.forkserverReserve() == 1);
        ManagedProcess.forkserver(0);
        assertEquals(0, ManagedProcess.forkserverReserve());
        var fork = assertThrows(
                UnsupportedOperationException.class, () -> ManagedProcess.setStartMethod(StartMethod.FORK));
        assertTrue(fork.getMessage().contains("cannot fork"), fork.getMessage());
    }

    @Test
    void theKeyIsNowhereToBeSeen() throws Exception {
        ManagedProcess p = started(new ManagedProcess(Programs::wait, queue));
        next();
        String key = HexFormat.of().formatHex(server.key());
        for (String file : List.of("cmdline", "environ")) {
            String seen = HexFormat.of().formatHex(Files.readAllBytes(Path.of("/proc/" + p.pid() + "/" + file)));
            assertFalse(seen.isEmpty());
            assertFalse(seen.contains(key), file);
            // as text, too
            assertFalse(seen.contains(HexFormat.of().formatHex(key.getBytes(StandardCharsets.US_ASCII))), file);
        }
        p.kill();
    }

    private static void refused(String text, ManagedProcess p) {
        int children = ManagedProcess.activeChildren().size();
        var e = assertThrows(SerializationException.class, p::start);
        assertTrue(e.getMessage().contains(text), e.getMessage());
        assertFalse(p.isAlive());
        assertEquals(children, ManagedProcess.activeChildren().size());
        assertThrows(IllegalStateException.class, p::join);
    }

    @Test
    void whatCannotTravelIsNamed() {
        Thread me = Thread.currentThread();
        refused("argument 2 of " + ProcessIT.class.getName() + "::", new ManagedProcess((a, b) -> {}, 1, me));
        refused("captured value 1 (java.lang.Thread)", new ManagedProcess(() -> System.out.println(me)));
        refused("field " + Programs.Untransportable.class.getName() + ".thread", new Programs.Untransportable());
        refused("anonymous", new ManagedProcess() {});
        assertEquals(List.of(), manager.names());
    }

    @Test
    void misuse() throws Exception {
        ManagedProcess p = new ManagedProcess(Programs::exits, 0).named("once");
        assertTrue(
                assertThrows(IllegalStateException.class, p::join).getMessage().contains("once was not started"));
        assertThrows(IllegalStateException.class, p::terminate);
        assertFalse(p.isAlive());
        started(p);
        assertTrue(
                assertThrows(IllegalStateException.class, p::start).getMessage().contains("started before"));
        assertThrows(IllegalStateException.class, () -> p.named("other"));
        ends(p, 0);
        assertThrows(IllegalStateException.class, p::start);
        Manager other = server.connect();
        ManagedProcess two = new ManagedProcess((a, b) -> {}, queue, other.queue());
        assertTrue(assertThrows(IllegalArgumentException.class, two::start)
                .getMessage()
                .contains("two managers"));
    }

    @Test
    void aProgramOfItsOwn() throws Exception {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Programs.class.getName())
                .redirectErrorStream(true)
                .start();
        program.getOutputStream().close();
        String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(program.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS), out);
        assertEquals(0, program.exitValue(), out);
        for (String line : List.of(
                "hello world from greeter",
                "[INFO/greeter] greeted",
                "Process loser:",
                "java.lang.IllegalStateException: on purpose",
                "exit codes 0 1",
                "hello end from last")) {
            assertTrue(out.contains(line + "\n"), out);
        }
    }
}
