package io.multiproc.server.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.multiproc.protocol.op.ArrayOp;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.server.machine.SnapshotWriter;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A whole state, written while it changes. RandomRunTest has the random ones. */
@Timeout(60)
class StateImageTest {
    private static final int MANY = 3_000;

    private final Bench bench = new Bench();
    private final long session = bench.open();

    private StateImage image() {
        return bench.state.image(System::nanoTime);
    }

    private static byte[] bytes(StateImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SnapshotWriter out = new SnapshotWriter(bytes);
        List<SnapshotWriter.Part> parts = image.head();
        while (!parts.isEmpty()) {
            parts.forEach(part -> part.writeTo(out));
            parts = image.slice(() -> false);
        }
        out.flush();
        return bytes.toByteArray();
    }

    @Test
    void anImageIsTheSnapshotOfItsIndexWhateverChangesLargeTablesMeanwhile() {
        long dict = bench.openNamed(session, ObjectType.DICT, "d");
        long list = bench.openNamed(session, ObjectType.LIST, "l");
        long set = bench.openNamed(session, ObjectType.SET, "s");
        long queue = bench.openNamed(session, ObjectType.JOINABLE_QUEUE, "q");
        long array = bench.openNamed(session, ObjectType.ARRAY, "a", "i", MANY);
        for (int i = 0; i < MANY; i++) {
            bench.call(session, dict, DictOp.SET, i, "v" + i);
            bench.call(session, list, ListOp.ADD, i);
            bench.call(session, set, SetOp.ADD, i);
            bench.call(session, queue, QueueOp.PUT, i, -1);
            bench.create(session, ObjectType.COUNTER);
        }
        bench.call(session, dict, DictOp.SET, "large", "x".repeat(100_000));
        byte[] before = bench.snapshot();
        StateImage image = image();
        assertEquals(bench.state.lastIndex(), image.index());
        bench.call(session, dict, DictOp.CLEAR);
        bench.call(session, list, ListOp.SET, 5, "other");
        bench.call(session, set, SetOp.REMOVE, 5);
        bench.call(session, queue, QueueOp.TAKE, 0);
        bench.call(session, array, ArrayOp.SET, 7, 7);
        bench.call(session, 0, ManagerOp.DELETE, "l");
        bench.create(session, ObjectType.DICT);
        assertArrayEquals(before, bytes(image));
        SharedState restored = new SharedState();
        restored.restore(before);
        assertArrayEquals(before, new Bench(restored).snapshot());
    }

    @Test
    void oneImageAtATime() {
        StateImage image = image();
        assertThrows(IllegalStateException.class, this::image);
        byte[] first = bytes(image);
        assertArrayEquals(first, bytes(image()));
    }

    @Test
    void anImageThatIsGivenUpHoldsNobodyUp() {
        StateImage image = image();
        image.giveUp(new OutOfMemoryError("test"));
        long dict = bench.openNamed(session, ObjectType.DICT, "d");
        bench.call(session, dict, DictOp.SET, 1, 2);
        assertThrows(IllegalStateException.class, () -> bytes(image));
        assertEquals(List.of("d"), bench.call(session, 0, ManagerOp.NAMES));
    }

    @Test
    void aStateThatIsReplacedGivesTheImageUp() {
        byte[] before = bench.snapshot();
        StateImage image = image();
        bench.state.restore(before);
        assertThrows(IllegalStateException.class, () -> bytes(image));
    }
}
