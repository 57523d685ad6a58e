package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What connections of Python clients come over, cost, and are refused for. */
@Tag("jdk")
@Timeout(240)
class PythonConnectionsIT {
    private static final int MANY = 400;

    @TempDir
    private Path folder;

    private static String run(Python python, String script, String... args) throws InterruptedException {
        try (Python.Running running = python.start(script, args)) {
            return running.output();
        }
    }

    @Test
    void aUnixSocketCarriesTheSame() throws Exception {
        Python.together(python -> {
            Path socket = folder.resolve("socket" + python.version());
            try (TestServer server = TestServer.start(o -> o.withListen("unix://" + socket))) {
                String own = run(python, "transport.py", "own");
                assertTrue(own.startsWith("0 fork [1, 2]\n0 spawn [1, 2]\n['child', 'inner'] "), own);
                assertEquals(
                        own,
                        run(
                                python,
                                "transport.py",
                                socket.toString(),
                                "-",
                                HexFormat.of().formatHex(server.key())),
                        python.toString());
            }
        });
    }

    @Test
    void theWeakestDigestIsAPolicy() throws Exception {
        List<String> admitted = new ArrayList<>();
        try (TestServer server = TestServer.start(o -> o.withMinDigest(Digest.SHA256))) {
            for (Python python : Python.all()) {
                String said = run(python, "digest.py", Python.at(server));
                assertTrue(
                        List.of("connected", "AuthenticationError digest sent was rejected")
                                .contains(said),
                        said);
                if (said.equals("connected")) {
                    admitted.add(python.version());
                }
            }
            assertEquals(0, server.connect().numberOfObjects());
        }
        assertFalse(admitted.contains("3.8") || admitted.contains("3.11"), admitted::toString);
        assertTrue(admitted.contains(Python.newest().version()), admitted::toString);
    }

    @Test
    void aListenerCanBeForJavaClientsOnly() throws Exception {
        try (TestServer server = TestServer.start(o -> o.withListen("tcp://127.0.0.1:0?dialect=native"))) {
            Python.together(python -> assertEquals(
                    "AuthenticationError digest sent was rejected",
                    run(python, "digest.py", Python.at(server)),
                    python.toString()));
            assertEquals(0, server.connect().numberOfObjects());
        }
    }

    @Test
    void connectionsThatWaitCostNoThreads() throws Exception {
        try (TestServer server = TestServer.start()) {
            Manager manager = server.connect();
            String[] at = Python.at(server);
            try (Python.Running many = Python.newest().start("many.py", at[0], at[1], at[2], Integer.toString(MANY))) {
                int before = Thread.activeCount();
                many.heard("waiting");
                Await.until("all wait", () -> waits(manager) == MANY);
                assertTrue(manager.sessions().size() > MANY);
                assertTrue(Thread.activeCount() - before < 10, "threads " + before + ", then " + Thread.activeCount());
                many.say("go");
                assertEquals("waiting\nTrue 0", many.output());
            }
            Await.until("all are gone", () -> manager.sessions().size() < 10);
        }
    }

    private static long waits(Manager manager) {
        return manager.objects().stream().mapToLong(o -> o.waiters()).sum();
    }

    @Test
    void badInputIsAnsweredOrEndsTheConnection() throws Exception {
        for (Python python : List.of(Python.newest())) {
            Path marker = folder.resolve("owned" + python.version());
            try (TestServer server = TestServer.start()) {
                Manager manager = server.connect();
                long before = used();
                String[] at = Python.at(server);
                try (Python.Running hostile = python.start("hostile.py", at[0], at[1], at[2], marker.toString())) {
                    assertEquals(
                            """
                            os.system kept as data #RETURN
                            os.system as a method #TRACEBACK
                            os.system as a request #TRACEBACK
                            cut off at every byte {'#TRACEBACK'}
                            still usable #RETURN
                            memo bomb #RETURN
                            memo bombs everywhere ['#ERROR', '#RETURN', '#TRACEBACK']
                            nested 100 #RETURN
                            nested 990 #RETURN
                            nested 100000 #TRACEBACK
                            wrong shapes ['#RETURN', '#TRACEBACK']
                            control requests answered
                            length ffffffff8000000000000000 closed
                            length ffffffff0000010000000000 closed
                            length fffffffe closed
                            length 00000000 closed
                            announced serving""",
                            hostile.output(),
                            python.toString());
                }
                assertFalse(Files.exists(marker), "it was run");
                long more = used() - before;
                assertTrue(more < 64 << 20, "announced frames took " + more + " bytes");
                Await.until("all are gone", () -> manager.sessions().size() < 5);
                manager.dict("still").put("k", 1);
                assertEquals(1, manager.dict("still").get("k"));
            }
        }
    }

    private static long used() {
        System.gc();
        Runtime r = Runtime.getRuntime();
        return r.totalMemory() - r.freeMemory();
    }
}
