package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.FakeState;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions and their messages over real sockets. */
class NativeDialectIT extends ServerFixture {
    private static final byte[] K = Values.ofText("k");

    @Test
    void helloAckTellsTheServersTerms() throws Exception {
        String uri = start(o -> o.withMaxFrame(1 << 20)
                .withLease(Duration.ofSeconds(9), Duration.ofSeconds(3), Duration.ofSeconds(60)));
        try (RawClient a = RawClient.connect(uri);
                RawClient b = RawClient.connect(uri)) {
            HelloAck ack = a.greet(Hello.named("a"));
            assertEquals(Hello.VERSION, ack.version());
            assertEquals(9000, ack.leaseMillis());
            assertEquals(3000, ack.heartbeatMillis());
            assertEquals(1 << 20, ack.maxFrame());
            assertFalse(ack.registryKnown());
            HelloAck other = b.greet(new Hello(1, 3, 100, new byte[32], "b"));
            assertEquals(3000, other.leaseMillis(), "not less than the least");
            assertEquals(ack.epoch(), other.epoch());
            assertNotEquals(ack.session(), other.session());
        }
    }

    @Test
    void framesByteByByte() throws Exception {
        try (RawClient c = RawClient.connect(start())) {
            ClientHandshake handshake = new ClientHandshake(RawClient.KEY);
            while (!handshake.isDone()) {
                for (byte[] payload : handshake.receive(c.receive())) {
                    for (byte x : RawClient.frame(payload)) {
                        c.raw(x);
                    }
                }
            }
            for (byte x : RawClient.frame(handshake.hello(Hello.named("slow")))) {
                c.raw(x);
            }
            handshake.receiveAck(c.receive());
            for (int i = 0; i < 3; i++) {
                for (byte x : RawClient.request(i, DictOp.SET, DICT, K, Values.ofInteger(i))) {
                    c.raw(x);
                }
                c.value(i);
            }
            assertEquals(2, Values.integer(c.call(9, DictOp.GET, DICT, K), 0));
        }
    }

    @Test
    void manyRequestsInOneWrite() throws Exception {
        try (RawClient c = RawClient.open(start(), "pipelining")) {
            ByteWriter all = new ByteWriter();
            for (int i = 0; i < 1000; i++) {
                all.raw(RawClient.request(i, DictOp.SET, DICT, Values.ofInteger(i), Values.ofInteger(-i)));
            }
            for (int i = 0; i < 1000; i++) {
                all.raw(RawClient.request(1000 + i, DictOp.GET, DICT, Values.ofInteger(i)));
            }
            c.raw(all.toByteArray());
            for (int i = 0; i < 1000; i++) {
                assertArrayEquals(Values.NULL, c.value(i));
            }
            for (int i = 0; i < 1000; i++) {
                assertEquals(-i, Values.integer(c.value(1000 + i), 0));
            }
        }
    }

    @Test
    void frameLimits() throws Exception {
        String uri = start(o -> o.withMaxFrame(8192));
        try (RawClient c = RawClient.open(uri, "large")) {
            int head = Messages.REPLY_HEADER + 3;
            c.raw(RawClient.request(1, DictOp.GET, FakeState.LARGE, Values.ofInteger(8192 - head)));
            assertEquals(8192 - Messages.REPLY_HEADER, c.value(1).length);
            c.raw(RawClient.request(2, DictOp.GET, FakeState.LARGE, Values.ofInteger(8192 - head + 1)));
            assertTrue(c.error(2, ErrorCode.TOO_LARGE).contains("exceeds the frame limit of 8192"));
            c.raw(RawClient.request(3, DictOp.SET, DICT, K, bytes(8192)));
            assertTrue(c.goodbye(ErrorCode.TOO_LARGE).contains("exceeds the limit of 8192"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, (64 << 20) + 1})
    void impossibleLengths(int length) throws Exception {
        try (RawClient c = RawClient.open(start(), "bad")) {
            c.raw(new ByteWriter().i32(length).u8(1).toByteArray());
            String text = c.goodbye(ErrorCode.TOO_LARGE);
            assertTrue(text.contains(Integer.toString(length)), text);
        }
    }

    @Test
    void requestsThatCannotBeServedAreAnswered() throws Exception {
        try (RawClient c = RawClient.open(start(), "wrong")) {
            c.raw(RawClient.request(1, 0x7777, DICT));
            assertTrue(c.error(1, ErrorCode.UNKNOWN_OPERATION).contains("0x7777"));
            c.raw(RawClient.request(2, DictOp.GET, DICT));
            assertTrue(c.error(2, ErrorCode.BAD_ARGUMENT).contains("dict.get"));
            c.raw(RawClient.request(3, DictOp.GET, DICT, Values.container(Tag.LIST, List.of())));
            c.error(3, ErrorCode.UNHASHABLE);
            c.raw(RawClient.request(4, DictOp.GET, DICT, new byte[] {(byte) 0xEE}));
            c.error(4, ErrorCode.BAD_VALUE);
            c.raw(RawClient.request(5, QueueOp.TAKE, QUEUE, K));
            c.error(5, ErrorCode.WRONG_TYPE);
            c.raw(RawClient.request(6, DictOp.GET, FakeState.FAULT, K));
            c.error(6, ErrorCode.INTERNAL);
            assertArrayEquals(Values.ABSENT, c.call(7, DictOp.GET, DICT, K));
        }
    }

    @Test
    void messagesThatAreNone() throws Exception {
        String uri = start();
        byte[][] bad = {
            {},
            {0x42},
            {Messages.REPLY, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1},
            {Messages.PONG, 0, 0, 0, 0, 0, 0, 0, 1},
            {Messages.REQUEST, 0, 0},
            {Messages.CANCEL, 1},
            {Messages.PING, 0, 0, 0, 0, 0, 0, 0, 1, 9},
            {Messages.ACKNOWLEDGE}
        };
        for (byte[] payload : bad) {
            try (RawClient c = RawClient.open(uri, "bad")) {
                // what was pipelined before it is answered, what comes after it is not
                c.raw(new ByteWriter()
                        .raw(RawClient.request(1, QueueOp.SIZE, QUEUE))
                        .raw(RawClient.frame(payload))
                        .raw(RawClient.request(2, QueueOp.SIZE, QUEUE))
                        .toByteArray());
                c.value(1);
                String text = c.goodbye(ErrorCode.BAD_VALUE);
                assertTrue(text.startsWith("malformed message: "), text);
            }
        }
    }

    @Test
    void pingIsAnswered() throws Exception {
        try (RawClient c = RawClient.open(start(), "ping")) {
            ByteWriter ping = new ByteWriter();
            Messages.ping(ping, 77);
            c.raw(ping.toByteArray());
            byte[] pong = c.receive();
            assertEquals(Messages.PONG, pong[0]);
            assertEquals(77, Messages.id(pong, 0));
        }
    }

    @Test
    void completionsReachOtherConnectionsInTheSameBurst() throws Exception {
        String uri = start();
        try (RawClient taker = RawClient.open(uri, "taker");
                RawClient putter = RawClient.open(uri, "putter")) {
            taker.raw(RawClient.request(5, QueueOp.TAKE, QUEUE, Values.ofInteger(-1)));
            awaitWaiters(putter, 1);
            putter.call(1, QueueOp.PUT, QUEUE, Values.ofText("item"), Values.ofInteger(-1));
            assertEquals("item", Values.text(taker.value(5)));
        }
    }

    @Test
    void timeoutsFire() throws Exception {
        try (RawClient c = RawClient.open(start(), "waiting")) {
            assertArrayEquals(Values.ABSENT, c.call(1, QueueOp.TAKE, QUEUE, Values.ofInteger(50)));
        }
    }

    @Test
    void cancel() throws Exception {
        try (RawClient c = RawClient.open(start(), "waiting")) {
            c.raw(RawClient.request(1, QueueOp.TAKE, QUEUE, Values.ofInteger(-1)));
            ByteWriter cancel = new ByteWriter();
            Messages.cancel(cancel, 1);
            Messages.acknowledge(cancel, 1);
            c.raw(cancel.toByteArray());
            c.error(1, ErrorCode.CANCELLED);
        }
    }

    @Test
    void waitsAreBounded() throws Exception {
        String uri = start(o -> o.withMaxWaits(2));
        try (RawClient c = RawClient.open(uri, "greedy");
                RawClient putter = RawClient.open(uri, "putter")) {
            byte[] noLimit = Values.ofInteger(-1);
            for (int round = 0; round < 2; round++) {
                for (int i = 1; i <= 3; i++) {
                    c.raw(RawClient.request(i, QueueOp.TAKE, QUEUE, noLimit));
                }
                assertTrue(c.error(3, ErrorCode.BUSY).contains("2 requests of this client wait already"));
                assertEquals(2, Values.integer(c.call(4, QueueOp.SIZE, QUEUE), 0));
                for (int i = 1; i <= 2; i++) {
                    putter.call(i, QueueOp.PUT, QUEUE, Values.NULL, noLimit);
                    assertArrayEquals(Values.NULL, c.value(i));
                }
            }
        }
    }

    @Test
    void goodbyeEndsTheSession() throws Exception {
        String uri = start();
        try (RawClient watcher = RawClient.open(uri, "watcher");
                RawClient c = RawClient.open(uri, "leaving")) {
            awaitSessions(watcher, List.of("watcher", "leaving"));
            ByteWriter goodbye = new ByteWriter();
            goodbye.raw(RawClient.request(1, QueueOp.SIZE, QUEUE));
            Messages.goodbye(goodbye, ErrorCode.SHUTTING_DOWN, "");
            c.raw(goodbye.toByteArray());
            c.value(1);
            c.assertClosed();
            awaitSessions(watcher, List.of("watcher"));
        }
    }

    @Test
    void aLostConnectionEndsTheSession() throws Exception {
        String uri = start();
        try (RawClient watcher = RawClient.open(uri, "watcher")) {
            RawClient c = RawClient.open(uri, "dying");
            c.raw(RawClient.request(1, QueueOp.TAKE, QUEUE, Values.ofInteger(-1)));
            awaitWaiters(watcher, 1);
            c.close();
            awaitSessions(watcher, List.of("watcher"));
            awaitWaiters(watcher, 0);
        }
    }

    @Test
    void silenceEndsTheSession() throws Exception {
        String uri = start(o -> o.withLease(Duration.ofSeconds(20), Duration.ofMillis(200), Duration.ofSeconds(20)));
        try (RawClient watcher = RawClient.open(uri, "watcher");
                RawClient c = RawClient.connect(uri)) {
            c.greet(new Hello(Hello.VERSION, Hello.VERSION, 200, new byte[32], "silent"));
            long start = System.nanoTime();
            assertTrue(c.goodbye(ErrorCode.SESSION_EXPIRED).contains("lease of 200 ms"));
            assertTrue(System.nanoTime() - start > 150_000_000L);
            awaitSessions(watcher, List.of("watcher"));
        }
    }

    @Test
    void pingsKeepTheSession() throws Exception {
        String uri = start(o -> o.withLease(Duration.ofSeconds(20), Duration.ofMillis(200), Duration.ofSeconds(20)));
        try (RawClient c = RawClient.connect(uri)) {
            c.greet(new Hello(Hello.VERSION, Hello.VERSION, 200, new byte[32], "pinging"));
            long start = System.nanoTime();
            ByteWriter ping = new ByteWriter();
            Messages.ping(ping, 1);
            while (System.nanoTime() - start < 700_000_000L) {
                c.raw(ping.toByteArray());
                c.receive();
            }
            c.call(1, QueueOp.SIZE, QUEUE);
        }
    }

    @Test
    void aSlowReaderIsNotReadAnyMore() throws Exception {
        String uri = start();
        int n = 400;
        try (RawClient slow = RawClient.open(uri, "slow")) {
            ByteWriter all = new ByteWriter();
            for (int i = 0; i < n; i++) {
                all.raw(RawClient.request(i, DictOp.GET, FakeState.LARGE, Values.ofInteger(1 << 20)));
            }
            slow.raw(all.toByteArray());
            // 400 MiB of replies are asked for in one burst; the test's heap is smaller
            assertServes(uri);
            assertServes(uri);
            for (int i = 0; i < n; i++) {
                assertEquals((1 << 20) + 4, slow.value(i).length);
            }
            slow.call(n, QueueOp.SIZE, QUEUE);
        }
    }

    @Test
    void aClientThatNeverReadsIsClosed() throws Exception {
        String uri = start(o -> o.withMaxFrame(2 << 20).withMaxPendingOutput(4 << 20));
        try (RawClient deaf = RawClient.open(uri, "deaf");
                RawClient putter = RawClient.open(uri, "putter")) {
            ByteWriter takes = new ByteWriter();
            for (int i = 0; i < 40; i++) {
                takes.raw(RawClient.request(i, QueueOp.TAKE, QUEUE, Values.ofInteger(-1)));
            }
            deaf.raw(takes.toByteArray());
            awaitWaiters(putter, 40);
            for (int i = 0; i < 40; i++) {
                putter.call(i, QueueOp.PUT, QUEUE, bytes(1 << 20), Values.ofInteger(-1));
            }
            awaitSessions(putter, List.of("putter"));
        }
    }

    @Test
    void infoAndShutdown() throws Exception {
        String uri = start();
        try (RawClient c = RawClient.open(uri, "boss");
                RawClient other = RawClient.open(uri, "other");
                RawClient halfOpen = RawClient.connect(uri)) {
            halfOpen.receive();
            byte[] info = c.call(1, ManagerOp.INFO, 0);
            List<byte[]> facts = Values.elements(info, 0);
            int at = 0;
            while (!Arrays.equals(Values.ofText("listeners"), facts.get(at))) {
                at += 2;
            }
            byte[] listeners = facts.get(at + 1);
            assertEquals(uri, Values.text(Values.elements(listeners, 0).get(0)));
            c.raw(RawClient.request(2, ManagerOp.SHUTDOWN, 0));
            assertArrayEquals(Values.NULL, c.value(2));
            assertEquals("the server is ending", c.goodbye(ErrorCode.SHUTTING_DOWN));
            other.goodbye(ErrorCode.SHUTTING_DOWN);
            halfOpen.assertClosed();
        }
        server().awaitTermination();
        assertThrows(IOException.class, () -> RawClient.connect(uri).receive());
    }

    @Test
    void shutdownCanBeForbidden() throws Exception {
        try (RawClient c = RawClient.open(start(o -> o.withAllowShutdown(false)), "boss")) {
            c.raw(RawClient.request(2, ManagerOp.SHUTDOWN, 0));
            c.error(2, ErrorCode.FORBIDDEN);
        }
    }

    @Test
    void closeSendsWhatHasBeenAnswered() throws Exception {
        String uri = start();
        try (RawClient c = RawClient.open(uri, "reading")) {
            ByteWriter all = new ByteWriter();
            for (int i = 0; i < 20; i++) {
                all.raw(RawClient.request(i, DictOp.GET, FakeState.LARGE, Values.ofInteger(100_000)));
            }
            c.raw(all.toByteArray());
            c.value(0);
            Thread closer = new Thread(() -> server().close());
            closer.start();
            byte[] last = c.receive();
            int replies = 1;
            while (last[0] == Messages.REPLY) {
                assertEquals(replies, Messages.id(last, 0));
                replies++;
                last = c.receive();
            }
            assertEquals(Messages.GOODBYE, last[0]);
            c.assertClosed();
            closer.join();
            assertTrue(server().isTerminated());
        }
    }

    @Test
    void closeDoesNotWaitForeverForAClientThatDoesNotRead() throws Exception {
        String uri = start(o -> o.withCloseTimeout(Duration.ofMillis(500)));
        try (RawClient c = RawClient.open(uri, "deaf")) {
            c.raw(RawClient.request(1, DictOp.GET, FakeState.LARGE, Values.ofInteger(32 << 20)));
            assertServes(uri);
            server().close();
            assertTrue(server().isTerminated());
        }
    }

    @Test
    void registriesAreRemembered() throws Exception {
        byte[] fingerprint = new byte[32];
        Arrays.fill(fingerprint, (byte) 1);
        Hello hello = new Hello(Hello.VERSION, Hello.VERSION, 0, fingerprint, "classes");
        String uri = start();
        try (RawClient a = RawClient.connect(uri);
                RawClient b = RawClient.connect(uri)) {
            assertFalse(a.greet(hello).registryKnown());
            a.call(1, ManagerOp.REGISTER_CLASSES, 0, Values.container(Tag.LIST, List.of()));
            assertTrue(b.greet(hello).registryKnown());
        }
    }
}
