package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The main class of a JVM with a small heap, in which memory runs out in the middle of operations: prints a line for each that changed something and
 * did not succeed, and at the end how many failed and how many succeeded.
 */
final class MemoryEdge {
    /** What the engine makes sure of before each change while the heap is full. */
    private static final int HEADROOM = 64 << 10;

    private static final int[] FREE = {0, 40 << 10, 90 << 10, 200 << 10, 600 << 10};
    private static final int HEADER = 1 + 8 + 8;
    private static final int MANY = 6000;

    private static volatile byte @Nullable [] probe;

    private record Case(Op op, long object, @Nullable Object... args) {}

    private final Bench bench = new Bench();
    private final long session = bench.open();
    private int failed;
    private int succeeded;

    private MemoryEdge() {}

    public static void main(String[] args) {
        MemoryEdge edge = new MemoryEdge();
        edge.run();
        System.out.println("= " + edge.failed + " failed, " + edge.succeeded + " succeeded");
    }

    /** Objects that are full, so that one more makes a table grow, and what is done to them. */
    private List<Case> cases() {
        List<Object> numbers = new ArrayList<>();
        Map<Object, Object> pairs = new LinkedHashMap<>();
        Map<Object, Object> names = new LinkedHashMap<>();
        for (int i = 0; i < MANY; i++) {
            numbers.add(i);
            pairs.put(i % 2 == 0 ? (Object) (i + MANY / 2) : "k" + i, i);
            names.put("k" + i, i);
        }
        long dict = bench.create(session, ObjectType.DICT, names);
        long target = bench.create(session, ObjectType.DICT);
        Object reference = new Coded.Ref(ObjectType.DICT, target);
        long list = bench.create(session, ObjectType.LIST, numbers);
        long set = bench.create(session, ObjectType.SET, numbers);
        long namespace = bench.create(session, ObjectType.NAMESPACE, names);
        long queue = bench.create(session, ObjectType.QUEUE);
        long bounded = bench.create(session, ObjectType.QUEUE, 1);
        long joinable = bench.create(session, ObjectType.JOINABLE_QUEUE);
        long lock = bench.create(session, ObjectType.LOCK);
        bench.call(session, lock, LockOp.ACQUIRE, 7, -1);
        bench.call(session, bounded, QueueOp.PUT, 1, 0);
        bench.call(session, queue, QueueOp.ADD_ALL, numbers);
        bench.call(session, joinable, QueueOp.ADD_ALL, numbers);
        List<Object> references = new ArrayList<>(numbers);
        references.replaceAll(n -> (Integer) n % 3 == 0 ? reference : n);
        byte[] large = new byte[300 << 10];
        return List.of(
                new Case(DictOp.PUT_ALL, dict, pairs),
                new Case(DictOp.PUT_ALL, target, pairs),
                new Case(DictOp.SET, dict, "k1", large),
                new Case(DictOp.PUT, dict, "fresh", references),
                new Case(ListOp.SORT, list, true),
                new Case(ListOp.REPEAT, list, 4),
                new Case(ListOp.ADD_ALL, list, references),
                new Case(ListOp.ADD_ALL_AT, list, 100, references),
                new Case(ListOp.SET_SLICE, list, 10, 20, 1, references),
                new Case(ListOp.SET_SLICE, list, 0, MANY, 1, references),
                new Case(ListOp.INSERT, list, 5, large),
                new Case(ListOp.DELETE_SLICE, list, 0, MANY - 10, 1),
                new Case(SetOp.ADD_ALL, set, new ArrayList<>(pairs.keySet())),
                new Case(NamespaceOp.SET, namespace, "fresh", large),
                new Case(QueueOp.ADD_ALL, queue, references),
                new Case(QueueOp.PUT, queue, large, -1),
                new Case(QueueOp.PUT, bounded, references, -1),
                new Case(QueueOp.TAKE, queue, 0),
                new Case(QueueOp.TAKE, bounded, 0),
                new Case(QueueOp.DRAIN, queue, MANY),
                new Case(QueueOp.TAKE_DELIVERY, joinable, 0),
                new Case(QueueOp.CLEAR, queue),
                new Case(LockOp.ACQUIRE, lock, 8, -1),
                new Case(ManagerOp.CREATE, 0, "list", List.of(references)),
                new Case(ManagerOp.CREATE, 0, "dict", List.of(pairs)),
                new Case(ManagerOp.CREATE, 0, "set", List.of(numbers)),
                new Case(ManagerOp.CREATE, 0, "array", List.of("d", 60_000)),
                new Case(ManagerOp.OPEN, 0, "dict", "name", List.of(pairs)));
    }

    private void run() {
        for (Case c : cases()) {
            Args args = Bench.args(c.op, c.args);
            for (int free : FREE) {
                attempt(c, args, free);
            }
        }
    }

    private void attempt(Case c, Args args, int free) {
        for (long id = 1; id < 20; id++) {
            ObjectState object = bench.state.object(id);
            if (object != null) {
                object.operations = 0;
            }
        }
        byte[] before = bench.snapshot();
        long references = bench.state.storedReferences();
        Entry entry = new Entry(bench.time, session, ++bench.request, new Command.Invoke(c.op, c.object, args));
        boolean refused = false;
        Reply reply = null;
        byte[] room = new byte[free];
        List<byte[]> ballast = fill();
        room = null;
        try {
            probe = new byte[HEADROOM];
            probe = null;
            reply = bench.state.apply(entry, (s, r, answer) -> {});
            refused = reply != null && reply.error() == ErrorCode.BUSY;
        } catch (OutOfMemoryError e) {
            refused = true;
        }
        ballast.clear();
        ballast = null;
        if (reply != null && reply.isError() && !refused) {
            System.out.println("! " + c.op.wireName() + ": " + reply.message());
        }
        if (!refused) {
            succeeded++;
            return;
        }
        failed++;
        for (long id = 1; id < 20; id++) {
            ObjectState object = bench.state.object(id);
            if (object != null) {
                object.operations = 0;
            }
        }
        byte[] after = bench.snapshot();
        boolean same = Arrays.equals(before, HEADER, before.length, after, HEADER, after.length)
                && references == bench.state.storedReferences();
        if (!same && c.op.has(Flag.WRITE)) {
            System.out.println("! " + c.op.wireName() + " failed with " + free + " bytes free and changed something");
        }
    }

    private static List<byte[]> fill() {
        List<byte[]> out = new ArrayList<>(100_000);
        for (int size = 4 << 20; size >= 64; size /= 4) {
            try {
                while (true) {
                    out.add(new byte[size]);
                }
            } catch (OutOfMemoryError e) {
                // smaller ones may fit
            }
        }
        return out;
    }
}
