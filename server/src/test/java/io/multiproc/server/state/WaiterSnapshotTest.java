package io.multiproc.server.state;

import static io.multiproc.server.state.Coded.Special.PARKED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.multiproc.protocol.op.BarrierOp;
import io.multiproc.protocol.op.EventOp;
import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.op.LatchOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.RwLockOp;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.op.ServiceOp;
import io.multiproc.server.machine.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of every kind of wait and timer in a snapshot: those of version 10, whatever classes they have here. */
class WaiterSnapshotTest {
    private final Bench bench = new Bench();
    private final long a = bench.open();
    private final long b = bench.open();

    private void parks(long session, long object, Op op, Object... args) {
        assertEquals(PARKED, bench.call(session, object, op, args), op.wireName());
    }

    /** Each kind of wait, with and without a time limit, and the timers of an orphaned lock and of an item in progress. */
    private void everybodyWaits() {
        long lock = bench.openNamed(a, ObjectType.RLOCK, "lock");
        bench.call(a, lock, LockOp.ACQUIRE, 1, -1);
        parks(a, lock, LockOp.AWAIT, 1, "signalled", -1);
        bench.call(a, lock, LockOp.ACQUIRE, 2, -1);
        parks(a, lock, LockOp.AWAIT, 2, "waiting", 5_000);
        bench.call(b, lock, LockOp.ACQUIRE, 3, -1);
        bench.call(b, lock, LockOp.SIGNAL, 3, "signalled", 1);
        parks(b, lock, LockOp.ACQUIRE, 4, 7_000);
        bench.apply(b, 0, new Command.Orphaned(lock, 3, 0, 30_000));

        long semaphore = bench.openNamed(a, ObjectType.SEMAPHORE, "semaphore", 3);
        bench.call(a, semaphore, SemaphoreOp.ACQUIRE, 2, -1);
        parks(b, semaphore, SemaphoreOp.ACQUIRE, 2, 8_000);

        long rw = bench.openNamed(a, ObjectType.READ_WRITE_LOCK, "rw");
        bench.call(a, rw, RwLockOp.ACQUIRE_READ, 1, -1);
        parks(b, rw, RwLockOp.ACQUIRE_WRITE, 6, -1);
        parks(b, rw, RwLockOp.ACQUIRE_READ, 7, 9_000);

        long full = bench.openNamed(a, ObjectType.QUEUE, "full", 1);
        bench.call(a, full, QueueOp.PUT, "first", -1);
        parks(b, full, QueueOp.PUT, "second", 10_000);
        parks(b, bench.openNamed(a, ObjectType.SIMPLE_QUEUE, "empty"), QueueOp.TAKE, -1);

        long joinable = bench.openNamed(a, ObjectType.JOINABLE_QUEUE, "joinable");
        bench.call(a, joinable, QueueOp.CONFIGURE, 11_000, 0, null);
        bench.call(a, joinable, QueueOp.PUT, "item", -1);
        bench.call(b, joinable, QueueOp.TAKE, -1);
        parks(a, joinable, QueueOp.JOIN, -1);
        parks(a, joinable, QueueOp.TAKE_DELIVERY, 12_000);

        parks(a, bench.openNamed(a, ObjectType.EVENT, "event"), EventOp.AWAIT, 13_000);
        parks(a, bench.openNamed(a, ObjectType.COUNT_DOWN_LATCH, "latch", 1), LatchOp.AWAIT, -1);

        long service = bench.openNamed(b, ObjectType.SERVICE, "Service");
        bench.call(b, service, ServiceOp.HOST, List.of("next"));
        long instance = bench.create(a, ObjectType.INSTANCE, new Coded.Ref(ObjectType.SERVICE, service));
        parks(a, instance, InstanceOp.CALL, "next", List.of(1), 14_000);
        bench.call(b, service, ServiceOp.NEXT, 0);
        long barrier = bench.openNamed(
                a, ObjectType.BARRIER, "barrier", 2, new Coded.Ref(ObjectType.INSTANCE, instance), "next");
        parks(a, barrier, BarrierOp.AWAIT, -1);
        parks(b, barrier, BarrierOp.AWAIT, 15_000);
        parks(a, bench.openNamed(a, ObjectType.BARRIER, "plain", 2), BarrierOp.AWAIT, 16_000);
        long idle = bench.openNamed(b, ObjectType.SERVICE, "Idle");
        bench.call(b, idle, ServiceOp.HOST, List.of());
        parks(b, idle, ServiceOp.NEXT, 17_000);
    }

    private static byte[] golden(int version) throws IOException {
        try (InputStream in = WaiterSnapshotTest.class.getResourceAsStream("/snapshots/v" + version + "-waiters.hex")) {
            assertNotNull(in, "snapshots/v" + version + "-waiters.hex is missing");
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(text.replaceAll("(?m)^#.*$", "").replaceAll("\\s", ""));
        }
    }

    @Test
    void theyAreWrittenAsEver() throws IOException {
        everybodyWaits();
        assertEquals(HexFormat.of().formatHex(golden(10)), HexFormat.of().formatHex(bench.snapshot()));
    }

    /** A latch did not say at first what count it was made with. */
    @Test
    void anOlderLatchIsReadAndTakenAsItIs() throws IOException {
        byte[] older = withOlderLatch(golden(8));
        bench.state.restore(older);
        assertArrayEquals(withOlderLatch(golden(10)), bench.snapshot());
        long session = bench.open();
        long id = bench.openNamed(session, ObjectType.COUNT_DOWN_LATCH, "latch", 1);
        assertEquals(id, bench.openNamed(session, ObjectType.COUNT_DOWN_LATCH, "latch", 9));
    }

    private static byte[] withOlderLatch(byte[] snapshot) {
        String hex = HexFormat.of().formatHex(snapshot);
        String latch = HexFormat.of().formatHex("latch".getBytes(StandardCharsets.US_ASCII));
        String older = hex.replace(latch + "00000002", latch + "00000000");
        assertNotEquals(hex, older);
        return HexFormat.of().parseHex(older);
    }

    /** The one before had no settings: they are those of the state that reads it. */
    @Test
    void theVersionBeforeIsRead() throws IOException {
        bench.state.restore(golden(8));
        assertArrayEquals(golden(10), bench.snapshot());
        bench.state.restore(golden(9));
        assertArrayEquals(golden(10), bench.snapshot());
        bench.state.restore(golden(10));
        assertArrayEquals(golden(10), bench.snapshot());
    }

    @Test
    void theyAreReadAndEndInTheSameOrder() throws IOException {
        everybodyWaits();
        Bench after = new Bench();
        after.state.restore(golden(7));
        assertArrayEquals(withOlderLatch(golden(10)), after.snapshot());
        after.time = bench.time;
        bench.done.clear();
        for (int i = 0; i < 60; i++) {
            bench.tick(1_000);
            after.tick(1_000);
            assertEquals(bench.done, after.done, "after " + (i + 1) + " s");
        }
        assertEquals(12, bench.done.size());
        assertArrayEquals(withOlderLatch(bench.snapshot()), after.snapshot());
    }
}
