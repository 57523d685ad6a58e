package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import io.multiproc.tests.fixtures.TestServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tutorials' programs, as they stand there, do the same on this server as on one that they start. */
@Tag("jdk")
@Timeout(240)
class PythonTutorialsIT {
    private static final List<String> PROGRAMS =
            List.of("final_list", "workers", "do_work", "records", "squares_list", "squares_dict");

    /** The tutorials' class, in Java. */
    public static final class MathClass {
        public long add(long x, long y) {
            return x + y;
        }
    }

    /** Processes append in any order. */
    private static String inAnyOrder(String output) {
        return output.lines()
                .map(line ->
                        List.of(line.split("[\\[\\]{}, ]+")).stream().sorted().collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void programsThatShareByAManager() throws Exception {
        for (Python python : Python.extremes()) {
            try (TestServer server = TestServer.start()) {
                String[] at = Python.at(server);
                for (String program : PROGRAMS) {
                    String file = "tutorials/" + program + ".py";
                    try (Python.Running own = python.start("tutorial.py", "own", file);
                            Python.Running ours = python.start("tutorial.py", at[0], at[1], at[2], file)) {
                        assertEquals(inAnyOrder(own.output()), inAnyOrder(ours.output()), python + " " + program);
                    }
                }
            }
        }
    }

    @Test
    void theClientOfMathClass() throws Exception {
        byte[] key = "secret-key".getBytes(StandardCharsets.UTF_8);
        try (ManagerServer server =
                ManagerServer.start(ServerOptions.of(Authkey.of(key)).withListen("tcp://127.0.0.1:0"))) {
            String uri = server.uris().get(0);
            try (Manager manager =
                    Manager.connect(ManagerOptions.defaults().withAddress(uri).withAuthkey(key))) {
                manager.register("Math", MathClass.class);
                String port = Integer.toString(URI.create(uri).getPort());
                for (Python python : Python.all()) {
                    try (Python.Running client =
                            python.start("tutorial.py", "localhost", port, "00", "tutorials/math_client.py")) {
                        assertEquals("8", client.output(), python.toString());
                    }
                }
            }
        }
    }
}
