package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.FakeState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that take more than one read. */
class LargeRequestsIT extends ServerFixture {
    private static final byte[] K = Values.ofText("k");

    @ParameterizedTest
    @ValueSource(ints = {1, 255, 4096, 65_536, 3_000_000})
    void valuesOfAllSizes(int n) throws Exception {
        try (RawClient c = RawClient.open(start(), "large")) {
            c.call(1, DictOp.SET, DICT, K, bytes(n));
            assertArrayEquals(bytes(n), c.call(2, DictOp.GET, DICT, K));
            assertArrayEquals(bytes(n), c.call(3, DictOp.GET, DICT, K));
        }
    }

    @Test
    void announcedMemoryIsNotAllocated() throws Exception {
        String uri = start();
        RawClient[] clients = new RawClient[100];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = RawClient.open(uri, "announcer");
            // 100 times 64 MiB would not fit the test's heap
            ByteWriter start = new ByteWriter();
            if (i % 2 == 0) {
                start.i32(0).u8(1);
            } else {
                // the start of a value that would be kept in the array in which it arrives
                Messages.beginRequest(start, 1, DictOp.SET.code(), DICT);
                start.u8(2).raw(K).tag(Tag.BYTES).varint(60 << 20);
            }
            start.patchI32(0, 64 << 20);
            clients[i].raw(start.raw(new byte[5000]).toByteArray());
        }
        assertServes(uri);
        for (RawClient c : clients) {
            c.close();
        }
    }

    /** Large requests and large replies in turns, in pieces of all sizes: whether or not the server stops in the middle of one, each is applied as it was sent. */
    @Test
    void largeRequestsOfASlowReader() throws Exception {
        long seed = System.nanoTime();
        System.out.println("NativeDialectIT seed " + seed);
        Random random = new Random(seed);
        String uri = start();
        int n = 24;
        List<byte[]> values = new ArrayList<>();
        ByteWriter all = new ByteWriter();
        for (int i = 0; i < n; i++) {
            int size = random.nextInt(4) == 0 ? 1_500_000 : 60_000 + random.nextInt(10_000);
            byte[] value = new byte[size];
            random.nextBytes(value);
            value = new ByteWriter().tag(Tag.BYTES).varint(size).raw(value).toByteArray();
            values.add(value);
            all.raw(RawClient.request(2L * i, DictOp.GET, FakeState.LARGE, Values.ofInteger(1 << 20)));
            all.raw(RawClient.request(2L * i + 1, DictOp.SET, DICT, Values.ofInteger(i), value));
        }
        try (RawClient slow = RawClient.open(uri, "slow")) {
            FutureTask<Void> sender = new FutureTask<>(() -> {
                byte[] bytes = all.toByteArray();
                for (int at = 0; at < bytes.length; ) {
                    int piece = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 50 : 200_000));
                    slow.raw(Arrays.copyOfRange(bytes, at, at + piece));
                    at += piece;
                }
                return null;
            });
            Thread thread = new Thread(sender, "sender");
            thread.setDaemon(true);
            thread.start();
            assertServes(uri);
            for (int i = 0; i < n; i++) {
                assertEquals((1 << 20) + 4, slow.value(2L * i).length);
                assertArrayEquals(Values.NULL, slow.value(2L * i + 1));
            }
            sender.get();
            for (int i = 0; i < n; i++) {
                assertArrayEquals(values.get(i), slow.call(2L * n + i, DictOp.GET, DICT, Values.ofInteger(i)));
            }
        }
    }

    /** As small ones are. */
    @Test
    void largeRequestsThatCannotBeServedAreAnswered() throws Exception {
        try (RawClient c = RawClient.open(start(), "wrong")) {
            byte[] large = bytes(100_000);
            c.raw(RawClient.request(1, DictOp.SET, DICT, K, Arrays.copyOf(large, 70_000)));
            assertFalse(c.error(1, ErrorCode.BAD_VALUE).isEmpty());
            c.raw(RawClient.request(2, DictOp.SET, DICT, large));
            assertTrue(c.error(2, ErrorCode.BAD_ARGUMENT).contains("takes"));
            c.raw(RawClient.request(3, 0x7777, DICT, K, large));
            assertTrue(c.error(3, ErrorCode.UNKNOWN_OPERATION).contains("0x7777"));
            c.raw(RawClient.request(4, DictOp.SET, DICT, large, K, large));
            assertTrue(c.error(4, ErrorCode.BAD_ARGUMENT).contains("takes"));
            c.call(5, DictOp.SET, DICT, K, large);
            assertArrayEquals(large, c.call(6, DictOp.GET, DICT, K));
        }
    }
}
