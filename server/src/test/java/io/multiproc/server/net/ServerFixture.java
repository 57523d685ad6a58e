package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.FakeState;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import io.multiproc.server.TestServers;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Starts a server on a fake state and checks at the end that it still serves. */
@org.junit.jupiter.api.Tag("jdk")
@ExtendWith(LeakGuard.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ServerFixture {
    static final long DICT = 1;
    static final long QUEUE = 2;

    private @Nullable ManagerServer server;

    /** A byte array of zeros, as a value. */
    static byte[] bytes(int n) {
        return new ByteWriter(n + 6).tag(Tag.BYTES).varint(n).raw(new byte[n]).toByteArray();
    }

    String start(UnaryOperator<ServerOptions> change) throws IOException {
        ManagerServer started = TestServers.start(
                change.apply(ServerOptions.of(RawClient.KEY).withListen("tcp://127.0.0.1:0")), new FakeState());
        server = started;
        return started.uris().get(0);
    }

    String start() throws IOException {
        return start(o -> o);
    }

    ManagerServer server() {
        ManagerServer s = server;
        assertNotNull(s);
        return s;
    }

    @AfterEach
    void stop() throws Exception {
        ManagerServer s = server;
        if (s != null) {
            if (!s.isTerminated()) {
                assertServes(s.uris().get(0));
            }
            s.close();
            assertTrue(s.isTerminated());
        }
    }

    /** Another client gets an answer. */
    static void assertServes(String uri) throws IOException, HandshakeException {
        try (RawClient c = RawClient.open(uri, "check")) {
            c.call(1, DictOp.SET, DICT, Values.ofText("check"), Values.ofInteger(42));
            assertEquals(42, Values.integer(c.call(2, DictOp.GET, DICT, Values.ofText("check")), 0));
        }
    }

    /** Asks until the answer is there. */
    static void awaitSessions(RawClient asker, List<String> names) throws IOException {
        List<String> found;
        do {
            found = Values.elements(asker.call(900, ManagerOp.NAMES, 0), 0).stream()
                    .map(Values::text)
                    .toList();
        } while (!found.equals(names));
    }

    static void awaitWaiters(RawClient asker, int n) throws IOException {
        long found;
        do {
            found = Values.integer(asker.call(901, QueueOp.SIZE, QUEUE), 0);
        } while (found != n);
    }
}
