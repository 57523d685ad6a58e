package io.multiproc.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.pool.BrokenExecutorException;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.process.ChildOptions;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.StartMethod;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@link ChildOptions} of processes, pools and the reserve, with real JVMs. */
@Tag("jdk")
@Timeout(240)
class ChildOptionsIT {
    private static final String HANDSHAKE = "JDWP-Handshake";

    private TestServer server;
    private Manager manager;

    @TempDir
    private Path work;

    @BeforeEach
    void start() {
        server = TestServer.start(o -> o.withGrace(Await.BRIEF));
        manager = server.connect();
    }

    @AfterEach
    void stop() {
        ManagedProcess.forkserver(0);
        for (ManagedProcess p : ManagedProcess.activeChildren()) {
            p.kill();
        }
        server.close();
    }

    private static void ends(ManagedProcess p, int code) throws InterruptedException {
        assertTrue(p.join(Await.LONG), () -> p + " does not end");
        assertEquals(OptionalInt.of(code), p.exitCode(), () -> p.failure().orElse("no failure"));
    }

    static void facts(DictProxy<Object, Object> facts) throws IOException {
        facts.put("heap", Runtime.getRuntime().maxMemory());
        facts.put(
                "collectors",
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(b -> b.getName())
                        .toList());
        facts.put("own", System.getProperty("multiproc.test.own", ""));
        facts.put("jvm", System.getProperty("java.awt.headless", ""));
        facts.put("added", String.valueOf(System.getenv("MULTIPROC_TEST_ADDED")));
        facts.put("path", String.valueOf(System.getenv("PATH")));
        facts.put("directory", Path.of("").toAbsolutePath().toString());
        facts.put("input", new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
        facts.put("processors", Runtime.getRuntime().availableProcessors());
        facts.put("flags", List.copyOf(ManagementFactory.getRuntimeMXBean().getInputArguments()));
        System.out.println("to output");
        System.err.println("to error");
    }

    @Test
    void whatAChildIsGiven() throws Exception {
        Path input = Files.writeString(work.resolve("input"), "a line\n");
        Path output = work.resolve("output");
        Path error = Files.writeString(work.resolve("error"), "before\n");
        DictProxy<Object, Object> facts = manager.dict();
        System.setProperty("multiproc.test.own", "the parent's");
        ChildOptions options = ChildOptions.defaults()
                .withMaxHeap("64m")
                .withJvmOptions("-XX:+UseSerialGC")
                .withSystemProperty("multiproc.test.own", "the child's")
                .withSystemProperty("java.awt.headless", "true")
                .withEnvironment("MULTIPROC_TEST_ADDED", "here")
                .withoutEnvironment("PATH")
                .withDirectory(work)
                .withInput(input)
                .withOutput(Redirect.to(output.toFile()))
                .withError(Redirect.appendTo(error.toFile()))
                .withAffinity(0)
                .withNiceness(1);
        ManagedProcess p = new ManagedProcess(ChildOptionsIT::facts, facts).options(options);
        p.start();
        ends(p, 0);
        long heap = (Long) facts.get("heap");
        assertTrue(heap > 32 << 20 && heap <= 64 << 20, () -> "heap " + heap);
        assertEquals(List.of("Copy", "MarkSweepCompact"), facts.get("collectors"));
        assertEquals("the child's", facts.get("own"));
        assertEquals("true", facts.get("jvm"));
        assertEquals("here", facts.get("added"));
        assertEquals("null", facts.get("path"));
        assertEquals(work.toRealPath().toString(), facts.get("directory"));
        assertEquals("a line\n", facts.get("input"));
        assertEquals(1, facts.get("processors"));
        // other users see a command line
        assertFalse(String.valueOf(facts.get("flags")).contains("the child's"), () -> "" + facts.get("flags"));
        assertEquals("to output\n", Files.readString(output));
        assertEquals("before\nto error\n", Files.readString(error));
    }

    // ---- what is refused

    @Test
    void theJvmsOwnMessageReachesTheParent() throws Exception {
        DictProxy<Object, Object> facts = manager.dict();
        ManagedProcess heap = new ManagedProcess(ChildOptionsIT::facts, facts)
                .options(ChildOptions.defaults().withMaxHeap("1k"));
        ManagedProcess flag = new ManagedProcess(ChildOptionsIT::facts, facts)
                .options(ChildOptions.defaults().withJvmOptions("-XX:+NoSuchFlag"));
        ManagedProcess exit = new ManagedProcess(Programs::exits, 1)
                .options(ChildOptions.defaults().withMaxHeap("64m"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ManagedProcess port = new ManagedProcess(ChildOptionsIT::facts, facts)
                    .options(ChildOptions.defaults().withDebug(taken.getLocalPort()));
            List.of(heap, flag, port, exit).forEach(ManagedProcess::start);
            ends(heap, 1);
            assertTrue(heap.failure().orElseThrow().contains("Too small maximum heap"), heap.failure()::toString);
            ends(flag, 1);
            assertTrue(flag.failure().orElseThrow().contains("option 'NoSuchFlag'"), flag.failure()::toString);
            assertEquals(flag.failure(), flag.refusal());
            ends(port, 2);
            assertTrue(port.failure().orElseThrow().contains("Address already in use"), port.failure()::toString);
        }
        // the same code of a program that ran
        ends(exit, 1);
        assertTrue(exit.failure().isEmpty(), exit.failure()::toString);
        assertEquals(0, facts.size());
    }

    @Test
    void theSystemsMessageReachesTheParentToo() throws Exception {
        ManagedProcess nowhere = new ManagedProcess(Programs::exits, 0)
                .options(ChildOptions.defaults().withAffinity(9_999).withError(Redirect.DISCARD));
        nowhere.start();
        ends(nowhere, 1);
        String text = nowhere.failure().orElseThrow();
        assertTrue(text.contains("taskset") && text.contains("9999"), text);
        assertEquals(nowhere.failure(), nowhere.refusal());
    }

    @Test
    void aPoolBreaksWithItAtOnce() {
        try (Pool pool = new Pool(PoolOptions.defaults()
                .withManager(manager)
                .withProcesses(1)
                .withChildOptions(ChildOptions.defaults().withJvmOptions("-XX:+NoSuchFlag")))) {
            var e = assertThrows(BrokenExecutorException.class, () -> pool.apply(Math::abs, -1));
            assertTrue(e.getMessage().contains("option 'NoSuchFlag'"), e.getMessage());
            // one was enough
            assertFalse(e.getMessage().contains("in a row"), e.getMessage());
        }
    }

    private static void fails(String text, ChildOptions options) {
        ManagedProcess p = new ManagedProcess(Programs::exits, 0).options(options);
        var e = assertThrows(UncheckedIOException.class, p::start);
        assertTrue(e.getMessage().contains(text), e.getMessage());
        assertFalse(p.isAlive());
    }

    @Test
    void filesThatAreNotThere() throws IOException {
        Path none = work.resolve("none");
        fails(none.toString(), ChildOptions.defaults().withDirectory(none));
        fails("the child's input cannot be read", ChildOptions.defaults().withInput(none));
        fails("the folder of the profile is not there", ChildOptions.defaults().withProfile(none.resolve("a.jfr")));
        fails(
                none.toString(),
                ChildOptions.defaults().withOutput(Redirect.to(none.resolve("x").toFile())));
        try (Stream<Path> left = Files.list(work)) {
            assertEquals(List.of(), left.toList());
        }
    }

    // ---- descriptors

    static void print(Path done) throws IOException {
        System.out.println("nobody reads this");
        System.err.println("nor this");
        Files.writeString(done, "done " + System.in.read());
    }

    /** A program whose standard descriptors are closed. */
    public static void main(String[] args) throws Exception {
        ManagedProcess p = new ManagedProcess((String f) -> print(Path.of(f)), args[0]);
        p.start();
        p.join();
        System.exit(p.exitCode().orElse(-1) + 40);
    }

    @Test
    void closedDescriptors() throws Exception {
        Path done = work.resolve("done");
        Process program = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "exec \"$@\" <&- >&- 2>&-",
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildOptionsIT.class.getName(),
                        done.toString())
                .start();
        assertTrue(program.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        assertEquals(40, program.exitValue());
        assertEquals("done -1", Files.readString(done));
        // an end of a pipe that was closed is no argument
        try (Pipe pipe = Pipe.open(true)) {
            pipe.second().close();
            ManagedProcess p = new ManagedProcess((Connection c) -> c.close(), pipe.second());
            var e = assertThrows(RuntimeException.class, p::start);
            assertTrue(e.getMessage().contains("closed"), e.getMessage());
        }
    }

    // ---- debugger

    private static void attach(InetSocketAddress address, boolean resume) throws IOException {
        try (Socket s = new Socket(address.getAddress(), address.getPort())) {
            DataOutputStream out = new DataOutputStream(s.getOutputStream());
            out.write(HANDSHAKE.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertEquals(
                    HANDSHAKE,
                    new String(s.getInputStream().readNBytes(HANDSHAKE.length()), StandardCharsets.US_ASCII));
            if (resume) {
                // length, id, flags, the command "resume" of the set "virtual machine"
                out.write(ByteBuffer.allocate(11)
                        .putInt(11)
                        .putInt(1)
                        .put((byte) 0)
                        .put((byte) 1)
                        .put((byte) 9)
                        .array());
                out.flush();
                // its event and the reply
                assertTrue(s.getInputStream().read() >= 0);
            }
        }
    }

    private static int twoFreePorts() {
        // below those that the system gives out
        Random random = new Random();
        while (true) {
            int port = 20_000 + random.nextInt(10_000);
            try (ServerSocket a = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                    ServerSocket b = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
                return Math.min(a.getLocalPort(), b.getLocalPort());
            } catch (IOException e) {
                // others
            }
        }
    }

    @Test
    void aDebugger() throws Exception {
        QueueProxy<Object> queue = manager.queue();
        Path output = work.resolve("output");
        ManagedProcess p = new ManagedProcess(Programs::square, queue, 3)
                .options(ChildOptions.defaults().withDebug(0, true).withOutput(Redirect.to(output.toFile())));
        p.start();
        InetSocketAddress address = p.debugAddress().orElseThrow();
        assertTrue(address.getAddress().isLoopbackAddress());
        Await.until("it listens", () -> listens(address));
        // it waits for a debugger that lets it go on
        assertTrue(queue.isEmpty());
        attach(address, true);
        assertEquals(9, queue.poll(Await.LONG));
        ends(p, 0);
        assertEquals("", Files.readString(output));
    }

    /** By the system's table: a connection would be the debugger's. */
    private static boolean listens(InetSocketAddress address) throws IOException {
        String end = String.format(":%04X 00000000:0000 0A", address.getPort());
        String other = String.format(":%04X 00000000000000000000000000000000:0000 0A", address.getPort());
        return Files.readString(Path.of("/proc/net/tcp")).contains(end)
                || Files.readString(Path.of("/proc/net/tcp6")).contains(other);
    }

    static long pid(Object ignored) {
        return ProcessHandle.current().pid();
    }

    @Test
    void aPoolIsDebuggedAndProfiled() throws Exception {
        Path profile = Files.writeString(work.resolve("a, b.jfr"), "of an earlier program");
        int port = twoFreePorts();
        Set<Long> pids = new HashSet<>();
        try (Pool pool = new Pool(PoolOptions.defaults()
                .withManager(manager)
                .withProcesses(2)
                .withChildOptions(ChildOptions.defaults().withDebug(port).withProfile(profile)))) {
            while (pids.size() < 2) {
                pids.addAll(pool.map(ChildOptionsIT::pid, List.of(1, 2, 3, 4), 1));
            }
            List<InetSocketAddress> addresses = pool.debugAddresses();
            assertEquals(
                    List.of(port, port + 1),
                    addresses.stream().map(InetSocketAddress::getPort).sorted().toList());
            attach(addresses.get(0), false);
        }
        Await.until("no part is left", () -> {
            try (Stream<Path> left = Files.list(work)) {
                return left.toList().equals(List.of(profile));
            }
        });
        assertEquals(pids, recorded(profile));
    }

    /** A program that profiles a pool and a reserve, and closes neither. */
    static final class Forgetful {
        public static void main(String[] args) throws Exception {
            ChildOptions options = ChildOptions.defaults().withProfile(Path.of(args[0]));
            ManagedProcess.forkserver(1, options);
            Pool pool = new Pool(PoolOptions.defaults().withProcesses(1).withChildOptions(options));
            System.out.println(pool.apply(ChildOptionsIT::pid, "x"));
            Await.until("one waits", () -> ManagedProcess.forkserverReserve() == 1);
            System.exit(0);
        }
    }

    @Test
    void theProfileOfAPoolThatIsNotClosed() throws Exception {
        Path profile = work.resolve("profile.jfr");
        Path output = Files.createTempFile("multiproc", ".out");
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Forgetful.class.getName(),
                        profile.toString())
                .redirectOutput(output.toFile())
                .redirectError(Redirect.DISCARD)
                .start();
        assertTrue(program.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, program.exitValue());
        assertEquals(Set.of(Long.parseLong(Files.readString(output).strip())), recorded(profile));
        Files.delete(output);
        try (Stream<Path> left = Files.list(work)) {
            assertEquals(List.of(profile), left.toList());
        }
    }

    /** Whose events are in a recording. */
    private static Set<Long> recorded(Path profile) throws IOException {
        Set<Long> found = new HashSet<>();
        try (RecordingFile f = new RecordingFile(profile)) {
            while (f.hasMoreEvents()) {
                RecordedEvent e = f.readEvent();
                if (e.getEventType().getName().equals("jdk.JVMInformation")) {
                    found.add(e.getLong("pid"));
                }
            }
        }
        return found;
    }

    @Test
    void theProfileOfAKilledProcess() throws Exception {
        Path profile = work.resolve("profile.jfr");
        QueueProxy<Object> queue = manager.queue();
        ManagedProcess p = new ManagedProcess(Programs::wait, queue)
                .options(ChildOptions.defaults().withProfile(profile));
        p.start();
        long pid = (Long) queue.poll(Await.LONG);
        Await.until("something is written", () -> {
            try (Stream<Path> files = Files.walk(work)) {
                for (Path f : files.filter(f -> f.toString().endsWith(".jfr") && !f.endsWith("recording.jfr"))
                        .toList()) {
                    byte[] bytes = Files.readAllBytes(f);
                    if (bytes.length > 68 && ByteBuffer.wrap(bytes).getLong(24) != 0) {
                        return true;
                    }
                }
            }
            return false;
        });
        p.kill();
        ends(p, -9);
        assertEquals(Set.of(pid), recorded(profile));
    }

    // ---- the reserve

    static void heap(QueueProxy<Object> queue) throws InterruptedException {
        queue.put(Runtime.getRuntime().maxMemory() >> 20);
    }

    @Test
    void aReserveWithOptions() throws Exception {
        ChildOptions small = ChildOptions.defaults().withMaxHeap("40m").withJvmOptions("-XX:+UseSerialGC");
        ManagedProcess.forkserver(1, small);
        Await.until("one waits", () -> ManagedProcess.forkserverReserve() == 1);
        List<Long> waiting = children();
        QueueProxy<Object> queue = manager.queue();
        ManagedProcess other = new ManagedProcess(ChildOptionsIT::heap, queue).startMethod(StartMethod.FORKSERVER);
        other.start();
        assertFalse(waiting.contains(other.pid()));
        ends(other, 0);
        assertTrue((Long) queue.take() > 40);
        ManagedProcess same = new ManagedProcess(ChildOptionsIT::heap, queue)
                .startMethod(StartMethod.FORKSERVER)
                .options(ChildOptions.defaults().withMaxHeap("40m").withJvmOptions("-XX:+UseSerialGC"));
        same.start();
        assertTrue(waiting.contains(same.pid()));
        ends(same, 0);
        assertTrue((Long) queue.take() <= 40);
    }

    private static List<Long> children() {
        return new ArrayList<>(
                ProcessHandle.current().children().map(ProcessHandle::pid).toList());
    }
}
