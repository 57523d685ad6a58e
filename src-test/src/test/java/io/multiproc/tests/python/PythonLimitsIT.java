package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.tests.fixtures.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is larger than a frame, from Python: refused by an error over the connection that goes on, and no bound of what stays on the server. */
@Timeout(120)
class PythonLimitsIT {
    private static final String EXPECTED =
            """
            keys 10
            copy of a dict 10
            update 10 True
            copy of a list 10
            extend 20 True
            append ValueError True
            then 20 10 True
            set ValueError True
            then 20 10 True
            values RemoteError True
            then 20 10 True
            """;

    @Test
    void theyHoldTheRequestOnly() throws Exception {
        try (TestServer server = TestServer.start(o -> o.withMaxFrame(256 << 10))) {
            Python.together(python -> {
                try (Python.Running script = python.start("large.py", Python.at(server))) {
                    assertEquals(EXPECTED.strip(), script.output().strip(), python.toString());
                }
            });
        }
    }
}
