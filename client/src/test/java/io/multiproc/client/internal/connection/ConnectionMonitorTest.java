package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.wire.Messages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread that watches all connections of the process: there with the first, gone after the last, there again with the next. */
@Timeout(60)
class ConnectionMonitorTest {
    private static boolean runs() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().equals("multiproc-monitor"));
    }

    @Test
    void existsWhileThereAreConnections() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (ScriptedServer server = ScriptedServer.start().heartbeat(300);
                    TestClient first = TestClient.open(server)) {
                assertEquals(1, first.peer.idOf(Messages.PING));
                assertTrue(runs());
                first.peer.pong(1);
            }
            ScriptedServer.await("it ends", () -> !runs());
        }
    }
}
