package io.multiproc.tests.keys;

import static io.multiproc.tests.fixtures.KeyedServer.key;
import static io.multiproc.tests.fixtures.KeyedServer.line;
import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.DictProxy;
import io.multiproc.client.KeyInfo;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.NotPermittedException;
import io.multiproc.client.ObjectInfo;
import io.multiproc.client.Outcome;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SessionInfo;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.KeyedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Java clients whose keys have roles and prefixes; keys that come and go while they work. */
@Timeout(120)
class RolesIT {
    private static final String OPS = line("ops", "admin");
    private static final String WEB = line("web", "use", "web.");
    private static final String BOARD = line("board", "read");

    @TempDir
    private Path folder;

    private KeyedServer server;
    private Path audit;

    @BeforeEach
    void start() throws IOException {
        audit = folder.resolve("audit");
        server = new KeyedServer(folder, o -> o.withAudit(audit).withGrace(Duration.ofSeconds(30)), OPS, WEB, BOARD);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String refused(Executable call) {
        NotPermittedException e = assertThrows(NotPermittedException.class, call);
        assertEquals(ErrorCode.NOT_PERMITTED, e.code());
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
        return String.valueOf(e.getMessage());
    }

    @Test
    void reading() throws InterruptedException {
        Manager ops = server.connect("ops");
        ops.dict("scores", String.class, Long.class).put("ada", 1L);
        ops.queue("jobs", String.class, 10).put("build");
        ops.lock("guard");
        ops.event("done");
        Manager board = server.connect("board");
        DictProxy<String, Long> scores = board.dict("scores", String.class, Long.class);
        assertEquals(1, scores.get("ada"));
        assertEquals(Map.of("ada", 1L), scores.snapshot());
        assertEquals(
                "the key 'board' has the role read, which does not permit dict.put: ask for a key with the role use",
                refused(() -> scores.put("ada", 2L)));
        QueueProxy<String> jobs = board.queue("jobs", String.class, 10);
        assertEquals("build", jobs.peek());
        refused(() -> jobs.put("test"));
        refused(jobs::take);
        refused(jobs::poll);
        LockProxy guard = board.lock("guard");
        assertFalse(guard.isLocked());
        refused(guard::lock);
        refused(() -> board.delete("scores"));
        refused(() -> board.dict("other", String.class, Long.class));
        refused(() -> board.dict(String.class, Long.class));
        refused(board::shutdownServer);
        refused(board::keys);
        assertEquals(4, board.objects().size());
        // waiting for what it only looks at
        CompletableFuture<Boolean> seen = CompletableFuture.supplyAsync(() -> {
            try {
                return board.event("done").await(Await.LONG);
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        ops.event("done").set();
        assertTrue(seen.join());
        assertEquals(1, scores.get("ada"), "and nothing has changed");
    }

    @Test
    void usingWithinPrefixes() {
        Manager ops = server.connect("ops");
        ops.dict("secret", String.class, String.class).put("k", "nobody's business");
        Manager web = server.connect("web");
        DictProxy<String, Object> mine = web.dict("web.scores", String.class, Object.class);
        mine.put("ada", 1L);
        for (Executable call : List.<Executable>of(
                () -> web.find("secret"),
                () -> web.dict("secret", String.class, String.class),
                () -> web.delete("secret"),
                () -> web.describe("secret"))) {
            String said = refused(call);
            assertTrue(said.contains("is limited to names that begin with 'web.'"), said);
            assertTrue(said.contains("'secret'"), said);
        }
        assertEquals(List.of("web.scores"), web.names());
        assertEquals(
                List.of("web.scores"),
                web.objects().stream().map(ObjectInfo::name).toList());
        ListProxy<String> anonymous = web.list(String.class);
        mine.put("list", anonymous);
        anonymous.add("x");
        assertEquals(2, web.objects().size());
        assertEquals(
                List.of("web"), web.sessions().stream().map(SessionInfo::name).toList());
        assertEquals(
                List.of("ops", "web"),
                ops.sessions().stream().map(s -> s.details().get("key")).toList());
        refused(() -> web.forceRelease(web.lock("web.lock")));
        refused(() -> web.endSessions("ops"));
    }

    @Test
    void aReferenceDoesNotLeadOut() {
        Manager ops = server.connect("ops");
        DictProxy<String, String> secret = ops.dict("secret", String.class, String.class);
        DictProxy<String, String> hidden = ops.dict(String.class, String.class);
        hidden.put("k", "v");
        Manager web = server.connect("web");
        DictProxy<String, Object> mine = web.dict("web.refs", String.class, Object.class);
        DictProxy<String, Object> same = ops.dict("web.refs", String.class, Object.class);
        same.put("secret", secret);
        same.put("given", hidden);
        // what an administrator hands over may be used, unless it has a name of its own
        DictProxy<?, ?> given = (DictProxy<?, ?>) mine.get("given");
        assertEquals(1, given.size());
        DictProxy<?, ?> named = (DictProxy<?, ?>) mine.get("secret");
        refused(named::size);
    }

    @Test
    void keysAreAddedChangedAndListed() throws Exception {
        assertThrows(AuthenticationException.class, () -> server.connect("late"));
        Manager ops = server.connect("ops");
        Manager board = server.connect("board");
        ops.dict("scores", String.class, Long.class);
        refused(() -> board.dict("scores", String.class, Long.class).put("a", 1L));
        assertEquals(
                Map.of("keys", 4L, "added", 1L, "changed", 1L, "removed", 0L, "ended", 0L),
                server.change(OPS, WEB, line("board", "use"), line("late", "read")));
        board.dict("scores", String.class, Long.class).put("a", 1L);
        Manager late = server.connect("late");
        assertEquals(1, late.dict("scores", String.class, Long.class).get("a"));
        assertEquals(
                List.of("ops admin [] 1", "web use [web.] 0", "board use [] 1", "late read [] 1"),
                ops.keys().stream()
                        .map(k -> k.name() + " " + k.role() + " " + k.prefixes() + " " + k.sessions())
                        .toList());
        assertEquals(
                4,
                ops.keys().stream()
                        .map(KeyInfo::details)
                        .filter(d -> d.size() == 4)
                        .count());
    }

    @Test
    void aBadFileLeavesTheKeysAsTheyWere() throws Exception {
        Manager ops = server.connect("ops");
        Manager web = server.connect("web");
        server.write(OPS, "web use");
        IllegalStateException e = assertThrows(IllegalStateException.class, ops::reloadKeys);
        assertEquals(
                "the keys stay as they were: keys file " + server.file()
                        + ": line 2: write NAME ROLE KEY, and perhaps prefix=TEXT, between spaces",
                e.getMessage());
        ExecutionException failed = assertThrows(
                ExecutionException.class, () -> server.reload().get(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        assertInstanceOf(IOException.class, failed.getCause());
        web.dict("web.d", String.class, String.class).put("k", "v");
        server.connect("board");
        server.write(OPS);
        assertEquals(2L, ops.reloadKeys().get("ended"));
    }

    /** A revoked key: what was held is released, what waited fails, nobody comes in with it any more. */
    @Test
    void aRevokedKeysSessionsEnd() throws Exception {
        Manager ops = server.connect("ops");
        Manager web = server.connect("web");
        LockProxy guard = web.lock("web.guard");
        guard.lock();
        QueueProxy<String> jobs = web.queue("web.jobs", String.class, 10);
        CompletableFuture<String> blocked = jobs.async().take();
        Await.until("the call waits", () -> ops.sessions().stream().anyMatch(s -> s.waits() == 1));
        server.change(OPS, BOARD);
        NotPermittedException why = assertInstanceOf(
                NotPermittedException.class,
                assertThrows(ExecutionException.class, () -> blocked.get(60, TimeUnit.SECONDS))
                        .getCause());
        assertTrue(String.valueOf(why.getMessage()).contains("the key 'web' was revoked"), why::toString);
        assertEquals(Outcome.UNKNOWN, why.outcome());
        assertEquals(
                Outcome.NOT_APPLIED,
                assertThrows(NotPermittedException.class, guard::isLocked).outcome());
        assertTrue(ops.lock("web.guard").tryLock(Await.LONG), "the lock is free");
        assertThrows(AuthenticationException.class, () -> server.connect("web"));
        assertEquals(
                List.of("ops"), ops.sessions().stream().map(SessionInfo::name).toList());
    }

    @Test
    void anAdministratorEndsAKeysSessions() throws Exception {
        Manager ops = server.connect("ops");
        Manager other = server.connect("ops");
        Manager web = server.connect("web");
        assertEquals(1, ops.endSessions("web"));
        Await.until("it has ended", () -> !web.isOpen());
        ManagerException e = assertThrows(ManagerException.class, web::names);
        assertTrue(
                String.valueOf(e.getMessage()).contains("an administrator ended the sessions of the key 'web'"),
                e::toString);
        server.connect("web");
        assertEquals(1, ops.endSessions("ops"), "but not its own");
        Await.until("it has ended, too", () -> !other.isOpen());
        assertTrue(ops.isOpen());
        assertThrows(IllegalArgumentException.class, () -> ops.endSessions("nobody"));
    }

    @Test
    void theAuditTellsWhoWasRefusedAndWhatWasAdministered() throws Exception {
        Manager ops = server.connect("ops");
        ops.dict("scores", String.class, String.class);
        Manager board = server.connect("board");
        refused(() -> board.dict("scores", String.class, String.class).put("k", "a value that is nobody's business"));
        assertThrows(AuthenticationException.class, () -> server.connect("stranger"));
        assertEquals(1, ops.endSessions("board"));
        server.write("nonsense");
        assertThrows(IllegalStateException.class, ops::reloadKeys);
        server.close();
        List<String> lines = Files.readAllLines(audit);
        List<String> events = lines.stream()
                .map(l -> l.replaceFirst("^.*\"event\":\"([a-z_]+)\".*$", "$1"))
                .toList();
        assertEquals(
                List.of(
                        "started",
                        "connected",
                        "connected",
                        "refused",
                        "rejected",
                        "session_ended",
                        "admin",
                        "admin",
                        "keys_rejected"),
                events,
                () -> String.join("\n", lines));
        assertTrue(
                lines.get(3)
                        .matches(".*\"key\":\"board\",\"role\":\"read\",\"session\":\\d+,\"address\":\"[^\"]+\","
                                + "\"operation\":\"dict.put\",\"object\":\\d+,\"name\":\"scores\"}"),
                lines.get(3));
        String all = String.join("\n", lines);
        assertFalse(all.contains("nobody's business"), all);
        for (String name : List.of("ops", "board", "web", "stranger")) {
            assertFalse(all.contains(new String(key(name), java.nio.charset.StandardCharsets.US_ASCII)), all);
        }
    }
}
