package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ClusterInfo;
import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.NoLeaderException;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.server.Await;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import io.multiproc.server.engine.Facts;
import io.multiproc.server.log.Fsync;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs and commands beside a node that does not lead. */
@Tag("jdk")
@Timeout(120)
class ClusterCommandsIT {
    private static final byte[] KEY = "a key of this test, long enough".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder = Path.of("");

    private FakeFollower follower = new FakeFollower(Authkey.of(KEY));
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;

    @BeforeEach
    void capture() throws IOException {
        Files.write(folder.resolve("key"), KEY);
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setOut(realOut);
        System.setErr(realErr);
        follower.close();
    }

    private int run(String... words) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(Arrays.asList(words));
        all.addAll(List.of(
                "--address",
                follower.uri(),
                "--authkey-file",
                folder.resolve("key").toString()));
        return Multiproc.run(all.toArray(new String[0]));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String complained() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static ServerOptions options() {
        return ServerOptions.of(Authkey.of(KEY)).withListen("tcp://127.0.0.1:0");
    }

    private ManagerOptions asProgram(Duration timeout) {
        return ManagerOptions.defaults()
                .withAddress(follower.uri())
                .withAuthkey(KEY)
                .withConnectTimeout(timeout);
    }

    private static byte[] status() {
        Map<String, @Nullable Object> member = new LinkedHashMap<>();
        member.put("node", "a");
        member.put("role", "follower");
        member.put("address", "h:7000");
        member.put("uris", List.of("tls://h:50000"));
        member.put("lag", 12);
        member.put("heard_ms", 0);
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("node", "a");
        facts.put("role", "follower");
        facts.put("term", 7);
        facts.put("leader", null);
        facts.put("why", "b and c do not answer");
        facts.put("members", List.of(member, Map.of("node", "b", "role", "learner", "heard_ms", -1)));
        return Facts.encode(facts);
    }

    @Test
    void theClusterIsShownWithoutALeader() {
        follower.says("node a: nobody leads", new HelloRefused.Nodes(List.of(), List.of(follower.uri()), status()));
        assertEquals(0, run("cluster", "--timeout", "0.3", "--json"), this::complained);
        assertTrue(said().contains("{\"node\":\"a\",\"role\":\"follower\",\"address\":\"h:7000\""), this::said);
        assertTrue(complained().contains("no node of " + follower.uri() + " leads: "), this::complained);
        assertTrue(complained().contains("node a: nobody leads"), this::complained);
        assertEquals(0, run("cluster", "--timeout", "0.3"), this::complained);
        assertTrue(said().startsWith("no node leads (b and c do not answer), term 7, as a sees it"), this::said);
        assertTrue(said().lines().anyMatch(l -> l.matches("a +follower +12 +\\S+ +h:7000 +tls://h:50000")), this::said);
        assertEquals(1, run("ping", "--timeout", "0.3"));
        assertTrue(complained().contains("'multiproc cluster' shows the nodes"), this::complained);
    }

    @Test
    void aProgramIsToldWhatANodeKnows() {
        follower.says("nobody leads", new HelloRefused.Nodes(List.of(), List.of(), status()));
        NoLeaderException e =
                assertThrows(NoLeaderException.class, () -> Manager.connect(asProgram(Duration.ofMillis(300))));
        ClusterInfo cluster = e.cluster();
        assertTrue(cluster != null && cluster.leader() == null);
        assertEquals("b and c do not answer", cluster.why());
        assertEquals(12L, cluster.members().get(0).lag());
        assertEquals(Duration.ZERO, cluster.members().get(0).heard());
        assertEquals(null, cluster.members().get(1).heard());
        follower.says("nobody leads", new HelloRefused.Nodes(List.of(), List.of(), new byte[] {0x7f, 1, 2}));
        e = assertThrows(NoLeaderException.class, () -> Manager.connect(asProgram(Duration.ofMillis(300))));
        assertEquals(null, e.cluster(), "of a later version");
    }

    @Test
    void commandsGoToTheLeader() throws Exception {
        try (ManagerServer leader = ManagerServer.start(options())) {
            follower.leads(leader.uris().get(0));
            assertEquals(0, run("put", "d", "k", "v"), this::complained);
            assertEquals(0, run("get", "d", "--json"), this::complained);
            assertEquals("{\"k\":\"v\"}", said().strip());
            assertEquals(0, run("cluster"), this::complained);
            assertTrue(said().startsWith("a single server"), this::said);
            assertEquals(0, run("cluster", "--json"), this::complained);
            assertTrue(said().contains("\"members\":[]"), this::said);
            for (String[] words : List.of(
                    new String[] {"cluster", "add", "d=h:7000"},
                    new String[] {"cluster", "remove", "d"},
                    new String[] {"cluster", "transfer"})) {
                assertEquals(1, run(words), this::complained);
                assertTrue(complained().contains("this server is no node of a cluster"), this::complained);
            }
            for (String[] words : List.of(
                    new String[] {"cluster", "add", "d"},
                    new String[] {"cluster", "add", "d=h"},
                    new String[] {"cluster", "add", "D=h:1"},
                    new String[] {"cluster", "transfer", "a", "b"},
                    new String[] {"cluster", "remove"},
                    new String[] {"cluster", "move"})) {
                assertEquals(2, run(words), () -> String.join(" ", words) + ": " + complained());
            }
        }
    }

    @Test
    void helpShowsTheCommandAndItsGroup() {
        assertEquals(0, Multiproc.run("help", "cluster"));
        assertTrue(said().contains("Usage: multiproc cluster [OPTION]...") && said().contains("cluster transfer"));
        out.reset();
        assertEquals(0, Multiproc.run("cluster", "--help"));
        assertTrue(said().contains("--json"), this::said);
    }

    @Test
    void callsWaitWhileNoneLeadsAndGoOnAtTheNextLeader() throws Exception {
        ServerOptions durable =
                options().withData(folder.resolve("data"), Fsync.NEVER).withGrace(Duration.ofSeconds(60));
        ManagerServer first = ManagerServer.start(durable);
        follower.leads(first.uris().get(0));
        try (Manager manager = Manager.connect(asProgram(Duration.ofSeconds(20)))) {
            DictProxy<String, Object> dict = manager.dict("d", String.class, Object.class);
            LockProxy lock = manager.lock("l");
            lock.lock();
            follower.says("an election is on", HelloRefused.Nodes.NONE);
            first.close();
            int before = follower.refused();
            CompletionStage<?> put = dict.async().put("k", "v");
            Await.until("the nodes are asked again and again", () -> follower.refused() > before + 5);
            assertFalse(put.toCompletableFuture().isDone());
            try (ManagerServer second = ManagerServer.start(durable)) {
                follower.leads(second.uris().get(0));
                put.toCompletableFuture().get(60, TimeUnit.SECONDS);
                assertTrue(lock.isHeldByCurrentThread());
                lock.unlock();
                manager.close();
            }
        } finally {
            first.close();
        }
    }
}
