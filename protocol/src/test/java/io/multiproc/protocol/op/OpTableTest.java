package io.multiproc.protocol.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules that every row keeps. */
class OpTableTest {
    private static final Map<Class<?>, Integer> FIRST = Map.ofEntries(
            Map.entry(ManagerOp.class, 0x0000),
            Map.entry(DictOp.class, 0x0100),
            Map.entry(ListOp.class, 0x0200),
            Map.entry(NamespaceOp.class, 0x0300),
            Map.entry(QueueOp.class, 0x0400),
            Map.entry(LockOp.class, 0x0500),
            Map.entry(ValueOp.class, 0x0600),
            Map.entry(ArrayOp.class, 0x0700),
            Map.entry(SetOp.class, 0x0800),
            Map.entry(CounterOp.class, 0x0900),
            Map.entry(IteratorOp.class, 0x0B00),
            Map.entry(EventOp.class, 0x1000),
            Map.entry(ConditionOp.class, 0x1100),
            Map.entry(SemaphoreOp.class, 0x1200),
            Map.entry(BarrierOp.class, 0x1300),
            Map.entry(LatchOp.class, 0x1400),
            Map.entry(RwLockOp.class, 0x1500),
            Map.entry(ServiceOp.class, 0x2000),
            Map.entry(InstanceOp.class, 0x2100));

    private static Class<?> table(Op op) {
        return ((Enum<?>) op).getDeclaringClass();
    }

    @Test
    void theTablesOfAllTypesAreInTheTable() {
        Set<Class<?>> tables = new HashSet<>(Set.of(ManagerOp.class));
        for (ObjectType type : ObjectType.values()) {
            tables.add(table(type.operations().get(0)));
        }
        assertEquals(tables, FIRST.keySet());
        int rows = 0;
        for (Class<?> type : FIRST.keySet()) {
            Object[] constants = type.getEnumConstants();
            rows += constants.length;
            assertTrue(OpTable.all().containsAll(List.of(constants)), type.getName());
        }
        assertEquals(rows, OpTable.all().size());
    }

    @Test
    void codesAreUniqueAscendingAndInTheRangeOfTheirTable() {
        int last = -1;
        for (Op op : OpTable.all()) {
            int first = FIRST.get(table(op));
            assertTrue(op.code() >= first && op.code() < first + 0x100, op.wireName());
            assertTrue(op.code() > last, op.wireName());
            last = op.code();
            assertSame(op, OpTable.coded(op.code()));
            assertSame(op, OpTable.named(op.wireName()));
        }
        assertNull(OpTable.named("dict.fly"));
        assertNull(OpTable.coded(-1));
        assertNull(OpTable.coded(0));
        assertNull(OpTable.coded(0xffff));
        assertNull(OpTable.coded(0x01ff));
    }

    @Test
    void wireNamesStartWithTheTypeAndAreUnique() {
        Set<String> names = new HashSet<>();
        for (Op op : OpTable.all()) {
            String type = table(op).getSimpleName().replace("Op", "").toLowerCase(java.util.Locale.ROOT);
            assertTrue(op.wireName().matches(type + "\\.[a-z]+(_[a-z]+)*"), op.wireName());
            assertEquals(type + "." + op.name().toLowerCase(java.util.Locale.ROOT), op.wireName());
            assertTrue(names.add(op.wireName()), op.wireName());
        }
    }

    @Test
    void readsXorWrites() {
        for (Op op : OpTable.all()) {
            assertTrue(op.has(Flag.READ) ^ op.has(Flag.WRITE), op.wireName());
            assertTrue(!op.has(Flag.READ) || op.has(Flag.IDEMPOTENT), op.wireName());
        }
    }

    @Test
    void whatMayParkHasATimeoutLast() {
        for (Op op : OpTable.all()) {
            List<Arg> args = op.spec().args();
            boolean timeout = !args.isEmpty() && args.get(args.size() - 1).equals(Arg.of("timeout", Shape.INT));
            assertEquals(op.has(Flag.MAY_PARK), timeout, op.wireName());
        }
    }

    @Test
    void whatDeliversIsBoundToTheSession() {
        for (Op op : OpTable.all()) {
            assertTrue(!op.has(Flag.DELIVERS) || op.has(Flag.SESSION_BOUND), op.wireName());
            assertTrue(!op.has(Flag.DELIVERS) || op.has(Flag.WRITE), op.wireName());
            assertTrue(!op.has(Flag.IDEMPOTENT) || !op.has(Flag.DELIVERS), op.wireName());
        }
    }

    /** A write that takes content keeps it, or is known to drop it: a row without the flag is never refused for want of memory. */
    @Test
    void whatTakesContentStoresIt() {
        Set<Shape> content = Set.of(Shape.VALUE, Shape.VALUES, Shape.PAIRS, Shape.NUMBER, Shape.KEY, Shape.KEYS);
        Set<Op> dropping = Set.of(
                ManagerOp.RELEASE,
                DictOp.REMOVE,
                DictOp.REMOVE_IF,
                ListOp.REMOVE_VALUE,
                ListOp.REMOVE_ALL,
                ListOp.RETAIN_ALL,
                ListOp.REMOVE_NEAR,
                QueueOp.REMOVE_NEAR,
                QueueOp.REMOVE_VALUE,
                QueueOp.REMOVE_ALL,
                QueueOp.RETAIN_ALL,
                QueueOp.CONFIGURE,
                SetOp.REMOVE,
                SetOp.REMOVE_ALL,
                SetOp.RETAIN_ALL);
        for (Op op : OpTable.all()) {
            boolean takes = op.spec().args().stream().anyMatch(a -> content.contains(a.shape()));
            boolean stores = op == ListOp.REPEAT || (op.has(Flag.WRITE) && takes && !dropping.contains(op));
            assertEquals(stores, op.has(Flag.STORES), op.wireName());
        }
    }

    /** A grant that was waited for can be taken back, but for waits that acquire nothing that others miss. */
    @Test
    void whatWaitsForAGrantHasAnUndo() {
        Set<Op> keeping = Set.of(LockOp.AWAIT, BarrierOp.AWAIT, ServiceOp.NEXT, InstanceOp.CALL);
        for (Op op : OpTable.all()) {
            Op undo = op.undo();
            boolean grants = op.has(Flag.MAY_PARK) && op.has(Flag.SESSION_BOUND) && !op.has(Flag.DELIVERS);
            assertEquals(grants && !keeping.contains(op), undo != null, op.wireName());
            if (undo != null) {
                assertSame(table(op), table(undo), op.wireName());
                assertEquals(List.of(op.spec().args().get(0)), undo.spec().args(), op.wireName());
                assertTrue(undo.has(Flag.SESSION_BOUND) && !undo.has(Flag.MAY_PARK), op.wireName());
            } else {
                assertNull(op.spec().undo(), op.wireName() + " names an operation that is not there");
            }
        }
    }

    @Test
    void argumentsHaveNamesOfTheirOwnAndShapes() {
        for (Op op : OpTable.all()) {
            Set<String> names = new HashSet<>();
            for (Arg arg : op.spec().args()) {
                assertTrue(arg.name().matches("[a-z]+"), op.wireName());
                assertTrue(names.add(arg.name()), op.wireName());
                assertTrue(arg.shape() != Shape.NOTHING, op.wireName());
            }
            assertTrue(op.spec().args().size() <= 255, op.wireName());
        }
    }

    @Test
    void documentation() {
        for (Op op : OpTable.all()) {
            String doc = op.spec().doc();
            assertTrue(doc.matches("[A-Z(].*\\."), op.wireName() + ": " + doc);
            assertTrue(!doc.contains("\n") && !doc.contains("|") && !doc.contains("\t"), op.wireName());
        }
    }

    @Test
    void objectTypes() {
        Set<Integer> codes = new HashSet<>();
        for (ObjectType type : ObjectType.values()) {
            assertTrue(codes.add(type.code()));
            assertSame(type, ObjectType.coded(type.code()));
            assertSame(type, ObjectType.named(type.wireName()));
            assertTrue(FIRST.containsKey(table(type.operations().get(0))));
        }
        assertNull(ObjectType.coded(0));
        assertNull(ObjectType.coded(-1));
        assertNull(ObjectType.coded(256));
        assertNull(ObjectType.named("Dict"));
    }
}
