package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Operations that would keep the server from everybody else: refused before anything has changed, with what to do. */
@Timeout(60)
class WorkTest {
    private static final String PARTS =
            "this command would keep the server from everybody else for more than 1000 ms of work:"
                    + " do it in parts, on slices or chunks, or on a copy of your own";

    private final Bench bench = new Bench();
    private final long session = bench.open();

    private @Nullable Object call(long object, Op op, @Nullable Object... args) {
        return bench.call(session, object, op, args);
    }

    private void refused(@Nullable Object reply) {
        assertFails(ErrorCode.TOO_LARGE, PARTS, reply);
    }

    @Test
    void whatWasRepeatedIsNotSearchedWithoutEnd() {
        long list = bench.create(session, ObjectType.LIST, List.of("x".repeat(1_000_000) + "y"));
        call(list, ListOp.REPEAT, 100_000);
        assertEquals(100_000L, call(list, ListOp.SIZE));
        String almost = "x".repeat(1_000_000) + "z";
        refused(call(list, ListOp.COUNT, almost));
        refused(call(list, ListOp.INDEX_OF, almost));
        refused(call(list, ListOp.LAST_INDEX_OF, almost));
        refused(call(list, ListOp.REMOVE_VALUE, almost));
        refused(call(list, ListOp.REMOVE_ALL, List.of(almost)));
        refused(call(list, ListOp.RETAIN_ALL, List.of(almost)));
        refused(call(list, ListOp.CONTAINS_ALL, List.of(almost)));
        refused(call(list, ListOp.REMOVE_NEAR, 0, almost));
        refused(call(list, ListOp.SORT, false));
        assertEquals(100_000L, call(list, ListOp.SIZE));
        // the next command has a second of its own
        assertEquals(0L, call(list, ListOp.COUNT, "short"));
    }

    @Test
    void containersAreNotRepeatedWithoutEnd() {
        long list = bench.create(session, ObjectType.LIST, List.of(Collections.nCopies(100_000, 1)));
        refused(call(list, ListOp.REPEAT, 100_000));
        assertEquals(1L, call(list, ListOp.SIZE));
    }

    @Test
    void largeContainersAreNotComparedWithoutEnd() {
        List<Object> numbers = new ArrayList<>();
        Map<Object, Object> pairs = new LinkedHashMap<>();
        for (int i = 0; i < 400_000; i++) {
            numbers.add(i);
            pairs.put(i, i);
        }
        long dict = bench.create(session, ObjectType.DICT);
        // made once and of its size: a writer that grows would take several times as much memory
        byte[] large = Values.container(Tag.LIST, Collections.nCopies(10, Coded.of(pairs)));
        assertFalse(apply(DictOp.SET, dict, Values.ofText("k"), large).isError());
        assertEquals(
                ErrorCode.TOO_LARGE,
                apply(DictOp.REMOVE_IF, dict, Values.ofText("k"), large).error());
        assertEquals(1L, call(dict, DictOp.SIZE));
        call(dict, DictOp.SET, "k", pairs);
        assertEquals(true, call(dict, DictOp.REMOVE_IF, "k", pairs));
        long set = bench.create(session, ObjectType.SET);
        assertEquals(true, call(set, SetOp.ADD_ALL, numbers));
        assertEquals(false, call(set, SetOp.RETAIN_ALL, numbers));
    }

    @Test
    void decimalsInAPriorityQueue() {
        long queue = bench.create(session, ObjectType.PRIORITY_QUEUE);
        List<byte[]> decimals = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            byte[] digits = new byte[Limits.MAX_DECIMAL];
            Arrays.fill(digits, (byte) 0x55);
            decimals.add(new ByteWriter()
                    .tag(Tag.DECIMAL)
                    .varint(digits.length + 4)
                    .i32(i)
                    .raw(digits)
                    .toByteArray());
        }
        Reply reply = addAll(queue, decimals);
        assertEquals(ErrorCode.TOO_LARGE, reply.error());
        assertEquals(0L, call(queue, QueueOp.SIZE));
        assertFalse(addAll(queue, decimals.subList(0, 20)).isError());
        assertEquals(20L, call(queue, QueueOp.SIZE));
    }

    private Reply addAll(long queue, List<byte[]> items) {
        return apply(QueueOp.ADD_ALL, queue, Values.container(Tag.LIST, items));
    }

    private Reply apply(Op op, long object, byte[]... values) {
        return Objects.requireNonNull(
                bench.apply(session, ++bench.request, new Command.Invoke(op, object, Args.of(op, values))));
    }
}
