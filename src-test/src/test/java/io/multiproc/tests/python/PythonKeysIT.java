package io.multiproc.tests.python;

import static io.multiproc.tests.fixtures.KeyedServer.line;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.KeyedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CPython's own clients whose keys have roles and prefixes. */
@Timeout(240)
class PythonKeysIT {
    private static final String OPS = line("ops", "admin");
    private static final String WEB = line("web", "use", "web_");
    private static final String BOARD = line("board", "read");

    @TempDir
    private Path folder;

    private KeyedServer server;
    private Manager ops;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        server = new KeyedServer(folder, o -> o, OPS, WEB, BOARD);
        ops = server.connect("ops");
        // the first object of all, which a client can guess the number of
        ops.dict("secret", String.class, String.class).put("k", "nobody's business");
        ops.dict("web_scores", String.class, Integer.class).put("ada", 1);
        ops.queue("web_jobs", String.class, 10).put("build");
        ops.lock("web_guard");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Python.Running run(Python python, String keyName, String word) {
        String[] at = server.at(keyName);
        return python.start("keys.py", at[0], at[1], at[2], word);
    }

    @Test
    void reading() throws InterruptedException {
        for (Python python : Python.extremes()) {
            try (Python.Running script = run(python, "board", "read")) {
                String denied = "PermissionError: the key 'board' has the role read, which does not permit ";
                assertEquals(
                        """
                        get 1
                        update DENIEDdict.put_all: ask for a key with the role use
                        qsize 1
                        put DENIEDqueue.put: ask for a key with the role use
                        take DENIEDqueue.take: ask for a key with the role use
                        acquire DENIEDlock.acquire: ask for a key with the role use
                        release DENIEDlock.release: ask for a key with the role use
                        secret True
                        fresh RemoteError: DENIEDmanager.open of what is not there: ask for a key with the role use
                        shutdown RemoteError: DENIEDmanager.shutdown: ask for a key with the role admin
                        forged {'k': "nobody's business"}"""
                                .replace("DENIED", denied),
                        script.output(),
                        python.toString());
            }
        }
    }

    @Test
    void usingWithinPrefixes() throws InterruptedException {
        for (Python python : Python.extremes()) {
            try (Python.Running script = run(python, "web", "use")) {
                List<String> said = List.of(script.output().split("\n"));
                String outside = "the key 'web', role use, is limited to names that begin with 'web_', so ";
                assertEquals(
                        List.of(
                                "get "
                                        + ops.dict("web_scores", String.class, Integer.class)
                                                .get("ada"),
                                "update None",
                                "qsize 1",
                                "put None",
                                "take build",
                                "acquire True",
                                "release None",
                                "secret RemoteError: PermissionError: " + outside
                                        + "manager.find of 'secret' is not permitted: use such a name, or ask for a key with another prefix",
                                "fresh RemoteError: PermissionError: " + outside
                                        + "manager.find of 'fresh' is not permitted: use such a name, or ask for a key with another prefix",
                                "shutdown RemoteError: PermissionError: the key 'web' has the role use, which does not permit manager.shutdown: ask for a key with the role admin",
                                "forged PermissionError: " + outside
                                        + "dict.snapshot of object 1, to which it has had no reference, is not permitted: ask for a key with another prefix"),
                        said.stream()
                                .map(l -> l.startsWith("get ") ? l.replace("get 1", "get 2") : l)
                                .toList(),
                        python.toString());
            }
            ops.queue("web_jobs", String.class, 10).clear();
            ops.queue("web_jobs", String.class, 10).offer("build");
        }
    }

    /** Idents are easy to make up, and what others hold is in a list of the server. */
    @Test
    void guessing() throws Exception {
        ops.lock("ops_guard");
        for (Python python : Python.extremes()) {
            try (Python.Running holder = run(python, "ops", "hold")) {
                holder.heard("held");
                try (Python.Running script = run(python, "web", "guess")) {
                    String outside = "PermissionError: the key 'web', role use, is limited to names that begin with"
                            + " 'web_', so ACTION of object 5, to which it has had no reference, is not permitted: ask"
                            + " for a key with another prefix";
                    String unheld = "RemoteError: PermissionError: the key 'web' has no access to object N: it has had"
                            + " no reference to it";
                    List<String> said = script.output().lines().toList();
                    assertEquals(
                            List.of(
                                    "acquire " + outside.replace("ACTION", "lock.acquire"),
                                    "release " + outside.replace("ACTION", "lock.release"),
                                    "str " + outside.replace("ACTION", "lock.is_locked"),
                                    "held " + unheld.replace("N", "5"),
                                    "incref " + unheld.replace("N", "1"),
                                    "methods " + unheld.replace("N", "1")),
                            said.subList(0, 6),
                            python.toString());
                    for (String line : said.subList(6, 10)) {
                        assertTrue(line.startsWith("iterator RemoteError: KeyError"), line);
                    }
                    assertEquals(List.of("shown (1, False)"), said.subList(10, said.size()));
                }
                try (Python.Running script = run(python, "web", "drop")) {
                    for (String line : script.output().lines().toList()) {
                        assertTrue(line.startsWith("drop RemoteError: KeyError"), line);
                    }
                }
                assertFalse(ops.lock("ops_guard").isLocked());
                try (Python.Running script = run(python, "ops", "guess")) {
                    List<String> said = script.output().lines().toList();
                    assertEquals(List.of("acquire True", "release None"), said.subList(0, 2), said::toString);
                    assertTrue(said.contains("iterator None"), said::toString);
                    assertEquals("shown (3, True)", said.get(said.size() - 1), said::toString);
                }
                holder.say("go on");
                assertEquals("held\nnext k", holder.output());
            }
        }
    }

    @Test
    void aRevokedKeysConnectionsEnd() throws Exception {
        for (Python python : Python.extremes()) {
            ops.queue("web_jobs", String.class, 10).clear();
            try (Python.Running blocked = run(python, "web", "blocked");
                    Python.Running idle = run(python, "web", "idle")) {
                blocked.heard("waiting");
                idle.heard("idle");
                Await.until("the call waits", () -> ops.sessions().stream().anyMatch(s -> s.waits() == 1));
                assertTrue(server.change(OPS, BOARD).get("ended") >= 3);
                assertEquals("waiting\nget PermissionError: the key 'web' was revoked", blocked.output());
                idle.say("go on");
                assertEquals("idle\nget PermissionError: the key 'web' was revoked", idle.output());
            }
            assertEquals(
                    0,
                    ops.sessions().stream()
                            .filter(s -> "web".equals(s.details().get("key")))
                            .count());
            assertTrue(ops.forceRelease(ops.lock("web_guard")), "a plain lock has no owner in Python");
            server.change(OPS, WEB, BOARD);
        }
    }
}
