package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.protocol.pickle.Py;
import io.multiproc.tests.fixtures.PythonClient;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * CPython's clients of a server that answers a write at the end of its burst, as one with a log does. {@code -Dtest.order=gathering} has all other tests run over
 * such servers.
 */
@Timeout(300)
class PythonGatheringIT {
    /** The same scripts of {@link PythonScriptsIT}, with one interpreter. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "referents.py 0/4",
                "list.py",
                "dict.py",
                "queue_.py",
                "lock.py",
                "sync.py",
                "nested.py",
                "counts.py",
                "control.py",
                "children.py"
            })
    void printsTheSame(String script) throws Exception {
        try (TestServer server = TestServer.gathering()) {
            assertEquals(PythonScriptsIT.printed(Python.newest(), script, "own"), printed(server, script));
        }
    }

    private static String printed(TestServer server, String script) throws InterruptedException {
        return PythonScriptsIT.printed(Python.newest(), script, Python.at(server));
    }

    /** No client of CPython's does this: thousands of requests without reading a reply, among them some that wait. */
    @Test
    void requestsInAdvanceAreAnsweredInTheirOrder() throws Exception {
        int n = 5_000;
        try (TestServer server = TestServer.gathering();
                PythonClient client = PythonClient.open(server.uri(), server.key())) {
            String list = PythonClient.ident(server.uri(), server.key(), "list");
            String queue = PythonClient.ident(server.uri(), server.key(), "Queue");
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < n; i++) {
                        client.request(list, "append", (long) i);
                        client.request(list, "__len__");
                        client.request(queue, "put", (long) i);
                        client.request(queue, "get");
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            sender.start();
            for (int i = 0; i < n; i++) {
                assertEquals(Py.NONE, client.result());
                assertEquals((long) (i + 1), client.result());
                assertEquals(Py.NONE, client.result());
                assertEquals((long) i, client.result());
            }
            sender.join();
        }
    }
}
