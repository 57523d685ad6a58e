package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.ServerOptions;
import io.multiproc.tests.fixtures.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Named objects for Python: the server's option, and the module of client/python. */
@Timeout(300)
class PythonNamesIT {
    private static Map<String, String> share() {
        Map<String, String> share = new LinkedHashMap<>();
        share.put("scores", "dict");
        share.put("items", "list");
        share.put("jobs", "joinable_queue");
        share.put("guard", "lock");
        share.put("cfg", "namespace");
        return share;
    }

    private static Path module() {
        Path p = Path.of("").toAbsolutePath();
        while (!Files.exists(p.resolve("client/python/pyproject.toml"))) {
            p = p.getParent();
        }
        return p.resolve("client/python");
    }

    @Test
    void theModuleFindsWhatIsShared() throws Exception {
        Python.together(python -> {
            try (TestServer server = TestServer.start(o -> o.withShare(share()))) {
                List<String> args = new ArrayList<>(List.of(Python.at(server)));
                args.add(module().toString());
                try (Python.Running script = python.start("names.py", args.toArray(new String[0]))) {
                    assertEquals(
                            """
                            {'ada': 1} 1 ['ada']
                            3123750 3123750 [('ada', 1)]
                            x 0
                            held
                            5
                            'pool' is none of dict, list, namespace, queue, joinable_queue, lock, rlock, semaphore, bounded_semaphore, event, condition, barrier, value, array
                            authentication failed: digest sent was rejected; the key is from the argument authkey
                            no manager at 127.0.0.1
                            0.5 s: who listens there does not answer
                            0.5 s: who listens there does not answer
                            list('list'): this is the name of a type
                            dict('Queue'): this is the name of a type
                            {'ada': 1}""",
                            script.output(),
                            python.toString());
                }
                Manager manager = server.connect();
                assertEquals(
                        Integer.valueOf(1),
                        manager.dict("scores", String.class, Integer.class).get("ada"));
                assertEquals(2500, manager.list("items", Integer.class).size());
                assertTrue(manager.names().containsAll(share().keySet()));
            }
        });
    }

    /** Objects that nobody shared before; the key as a server's first start leaves it, and with the newline of an editor. */
    @Test
    void theModuleMakesObjectsAndFindsTheKey(@TempDir Path folder) throws Exception {
        Python.together(python -> {
            try (TestServer server = TestServer.start(o -> o)) {
                List<String> args = new ArrayList<>(List.of(Python.at(server)));
                args.add(module().toString());
                args.add(Files.createDirectory(folder.resolve(python.version())).toString());
                try (Python.Running script = python.start("making.py", args.toArray(new String[0]))) {
                    assertEquals(
                            """
                            raw key: {'ada': 1}
                            plain manager: 5 True
                            x 0
                            0
                            [0, 0, 0]
                            True
                            TypeError: 'scores' is a dict, not a list
                            ValueError: 'jobs', which exists, is a queue that has capacity 2, not capacity 3
                            ValueError: 'permits', which exists, is a semaphore that was made with 2 permits, not 1
                            TypeError: dict(name): the name is a str, not 5
                            TypeError: chunks() walks over proxies of dicts and lists, not AcquirerProxy
                            KeyError: True
                            found: {'ada': 1}
                            found: {'ada': 1}
                            wrong: file which MULTIPROC_AUTHKEY_FILE names""",
                            script.output(),
                            python.toString());
                }
                Manager manager = server.connect();
                assertEquals(2, manager.queue("jobs", Object.class, 2).remainingCapacity());
                assertTrue(manager.names().containsAll(List.of("scores", "jobs", "permits", "count", "numbers")));
            }
        });
    }

    @Test
    void pipInstallsTheModuleWithoutANetwork(@TempDir Path folder) throws Exception {
        Python.together(python -> {
            Path target = folder.resolve(python.version());
            Path log = folder.resolve("pip" + python.version() + ".log");
            Process pip = new ProcessBuilder(
                            python.program().toString(),
                            "-m",
                            "pip",
                            "install",
                            "--no-index",
                            "--no-cache-dir",
                            "--disable-pip-version-check",
                            "--target",
                            target.toString(),
                            module().toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            assertTrue(pip.waitFor(120, TimeUnit.SECONDS), "pip does not end");
            assertEquals(0, pip.exitValue(), Files.readString(log));
            try (TestServer server = TestServer.start(o -> o.withShare(share()))) {
                List<String> args = new ArrayList<>(List.of(Python.at(server)));
                args.add(target.toString());
                try (Python.Running script = python.start("names.py", args.toArray(new String[0]))) {
                    assertTrue(script.output().endsWith("{'ada': 1}"), python.toString());
                }
            }
        });
    }

    @Test
    void aTypeThatIsNoneIsRefused() {
        ServerOptions options = ServerOptions.of(Authkey.of(new byte[32]));
        String text = assertThrows(IllegalArgumentException.class, () -> options.withShare(Map.of("x", "dictionary")))
                .getMessage();
        assertTrue(text.contains("'dictionary'") && text.contains("joinable_queue"), text);
    }
}
