package io.multiproc.tests.keys;

import static io.multiproc.tests.fixtures.KeyedServer.line;
import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.SessionInfo;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.KeyedServer;
import io.multiproc.tests.fixtures.PythonClient;
import io.multiproc.tests.fixtures.Relay;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key is replaced without a lost session, as the recipe in OPERATIONS does: add the new one, move the clients, remove the old one. */
@Timeout(120)
class RotationIT {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "tls", "unix"})
    void theRecipe(String scheme) throws Exception {
        String listen = scheme.equals("unix") ? "unix://" + folder.resolve("socket") : scheme + "://127.0.0.1:0";
        try (KeyedServer server =
                new KeyedServer(folder, o -> o.withListen(listen), line("old", "admin"), line("watch", "admin"))) {
            Manager watch = server.connect("watch");
            Manager stays = server.connect("old");
            LockProxy guard = stays.lock("guard");
            guard.lock();
            DictProxy<String, Long> scores = stays.dict("scores", String.class, Long.class);
            scores.put("ada", 1L);
            assertThrows(AuthenticationException.class, () -> server.connect("new"));

            assertEquals(
                    0L,
                    server.change(line("old", "admin"), line("new", "admin"), line("watch", "admin"))
                            .get("ended"));
            Manager moved = server.connect("new");
            assertEquals(1, moved.dict("scores", String.class, Long.class).get("ada"));
            assertEquals(1, scores.get("ada"), "who has the old key works on");
            assertFalse(moved.lock("guard").tryLock(), "and holds what it held");
            guard.unlock();
            stays.close();
            Await.until("nobody has the old key", () -> watch.keys().stream()
                    .noneMatch(k -> k.name().equals("old") && k.sessions() > 0));

            assertEquals(
                    0L,
                    server.change(line("new", "admin"), line("watch", "admin")).get("ended"));
            moved.dict("scores", String.class, Long.class).put("ada", 2L);
            assertTrue(moved.lock("guard").tryLock());
            assertThrows(AuthenticationException.class, () -> server.connect("old"));
        }
    }

    @Test
    void severalKeysOfOptions() throws IOException, GeneralSecurityException {
        byte[] first = KeyedServer.key("first");
        byte[] second = KeyedServer.key("second");
        ServerOptions options = ServerOptions.of(List.of(Authkey.of(first), Authkey.of(second)))
                .withListen("tcp://127.0.0.1:0", "tls://127.0.0.1:0");
        try (ManagerServer server = ManagerServer.start(options)) {
            for (byte[] key : List.of(first, second)) {
                for (String uri : server.uris()) {
                    try (Manager m = Manager.connect(
                            ManagerOptions.defaults().withAddress(uri).withAuthkey(key))) {
                        m.counter("connected").incrementAndGet();
                        assertEquals(
                                1,
                                m.sessions().stream()
                                        .map(SessionInfo::id)
                                        .distinct()
                                        .count());
                    }
                }
                PythonClient.open(server.uris().get(0), key).close();
            }
            assertThrows(
                    IOException.class, () -> PythonClient.open(server.uris().get(0), KeyedServer.key("third"))
                            .close());
        }
        assertThrows(
                IllegalArgumentException.class, () -> ServerOptions.of(List.of(Authkey.of(first), Authkey.of(first))));
        assertThrows(IllegalArgumentException.class, () -> ServerOptions.of(List.of()));
    }

    /** A client that is cut off comes back with its key; what one held whose key was revoked meanwhile is released at once. */
    @Test
    void aSessionThatIsCutOff() throws Exception {
        try (KeyedServer server = new KeyedServer(
                        folder, o -> o.withGrace(Duration.ofHours(1)), line("ops", "admin"), line("web", "use"));
                Relay relay = new Relay(server.uri())) {
            Manager ops = server.connect("ops");
            Manager web = server.connect(server.options("web").withAddress(relay.uri()));
            web.dict("d", String.class, String.class).put("k", "v");
            web.lock("guard").lock();
            relay.cut();
            assertEquals("v", web.dict("d", String.class, String.class).get("k"), "the same session");
            assertFalse(ops.lock("guard").tryLock());
            relay.close();
            Await.until("it is cut off", () -> ops.sessions().stream()
                    .anyMatch(s -> s.name().equals("web") && !s.connected()));
            assertEquals(1L, server.change(line("ops", "admin")).get("ended"));
            assertEquals(1, ops.sessions().size());
            assertTrue(ops.lock("guard").tryLock());
        }
    }
}
