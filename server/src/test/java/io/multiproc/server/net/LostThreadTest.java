package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import io.multiproc.server.TestServers;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.machine.StateMachine;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever runs a server is told when the thread that serves has ended unexpectedly, and only then. */
@Timeout(30)
class LostThreadTest {
    /** Ends the event loop at the first operation, as an error does that Netty cannot handle. */
    private static final class Deadly implements StateMachine {
        @Override
        public Reply apply(Entry entry, Completions out) {
            if (entry.command() instanceof Command.Invoke) {
                Object unused = Objects.requireNonNull(ThreadExecutorMap.currentExecutor())
                        .shutdownGracefully(0, 0, TimeUnit.SECONDS);
            }
            return Reply.integer(1);
        }

        @Override
        public long nextDeadline() {
            return Long.MAX_VALUE;
        }

        @Override
        public void snapshot(ByteWriter out) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void restore(byte[] snapshot) {
            throw new UnsupportedOperationException();
        }
    }

    private static ManagerServer start() throws Exception {
        return TestServers.start(ServerOptions.of(RawClient.KEY).withListen("tcp://127.0.0.1:0"), new Deadly());
    }

    @Test
    void anUnexpectedEndIsTold() throws Exception {
        CountDownLatch lost = new CountDownLatch(1);
        ManagerServer server = start();
        server.whenLost(lost::countDown);
        try (RawClient client = RawClient.open(server.uris().get(0), "deadly")) {
            client.raw(RawClient.request(1, DictOp.GET, 1, Values.ofInteger(1)));
            assertTrue(lost.await(20, TimeUnit.SECONDS));
        }
        server.awaitTermination();
        AtomicInteger late = new AtomicInteger();
        server.whenLost(late::incrementAndGet);
        assertEquals(1, late.get(), "who asks later is told, too");
        server.close();
    }

    @Test
    void anOrderlyEndIsNot() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        ManagerServer server = start();
        server.whenLost(lost::incrementAndGet);
        server.close();
        assertTrue(server.isTerminated());
        assertEquals(0, lost.get());
    }
}
