package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyTuple;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of Python's for which a small heap has no room: each is answered by MemoryError, over the connection that goes on. */
@Timeout(120)
class PythonSmallHeapIT {
    private static final String KEY = "a key of these tests only";

    private static String ready(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        String prefix = "multiproc ready on ";
        assertTrue(line != null && line.startsWith(prefix), () -> "the server says " + line);
        return String.valueOf(line).substring(prefix.length());
    }

    @Test
    void itSaysMemoryError() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.multiproc.server.Main",
                        "serve",
                        "--listen",
                        "tcp://127.0.0.1:0")
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("MULTIPROC_AUTHKEY", KEY);
        Process server = builder.start();
        try {
            String uri = ready(server);
            byte[] key = KEY.getBytes(StandardCharsets.US_ASCII);
            PyTuple made = Intruder.create(uri, key, "list");
            Object ident = made.items.get(0);
            try (Intruder intruder = Intruder.toPython(uri, key)) {
                for (long n = 500_000; n <= 8_000_000; n *= 2) {
                    PyTuple answer =
                            (PyTuple) intruder.call(ident, "extend", Py.tuple(Py.call("builtins", "range", 0L, n, 1L)));
                    boolean refused = !answer.items.get(0).equals("#RETURN");
                    assertTrue(refused || n < 4_000_000, "a range of " + n + " fits into 64 MiB");
                    if (refused) {
                        assertTrue(text(answer).contains("MemoryError"), text(answer));
                    }
                    PyTuple length = (PyTuple) intruder.call(ident, "__len__", Py.tuple());
                    assertEquals("#RETURN", length.items.get(0));
                    assertEquals("#RETURN", ((PyTuple) intruder.call(ident, "__imul__", Py.tuple(0L))).items.get(0));
                }
            }
        } finally {
            server.destroyForcibly();
        }
    }

    private static String text(PyTuple answer) {
        return answer.items.get(1) instanceof Py.PyObject o
                ? o.className() + " " + o.arguments()
                : String.valueOf(answer.items.get(1));
    }
}
