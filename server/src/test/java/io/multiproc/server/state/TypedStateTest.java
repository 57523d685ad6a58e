package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Bench.done;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.Special.PARKED;
import static io.multiproc.server.state.Coded.tup;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ArrayOp;
import io.multiproc.protocol.op.CounterOp;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.IteratorOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.op.ValueOp;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypedStateTest {
    private final Bench bench = new Bench();
    private final long a = bench.open();
    private final long b = bench.open();

    private @Nullable Object make(ObjectType type, Object... arguments) {
        return bench.call(a, 0, ManagerOp.CREATE, type.wireName(), List.of(arguments));
    }

    private @Nullable Object call(long object, Op op, @Nullable Object... args) {
        return bench.call(a, object, op, args);
    }

    @ParameterizedTest
    @CsvSource({
        "b,-128,127",
        "B,0,255",
        "h,-32768,32767",
        "H,0,65535",
        "i,-2147483648,2147483647",
        "I,0,4294967295",
        "l,-9223372036854775808,9223372036854775807",
        "q,-9223372036854775808,9223372036854775807",
        "L,0,9223372036854775807",
        "Q,0,9223372036854775807"
    })
    void rangesOfIntegers(String code, long least, long most) {
        long value = bench.create(a, ObjectType.VALUE, code, 0);
        assertNull(call(value, ValueOp.SET, least));
        assertEquals(least, call(value, ValueOp.GET));
        assertNull(call(value, ValueOp.SET, most));
        assertEquals(most, call(value, ValueOp.GET));
        assertEquals(code, call(value, ValueOp.CODE));
        if (!code.equals("L") && !code.equals("Q")) {
            assertFails(ErrorCode.BAD_ARGUMENT, call(value, ValueOp.ADD, 1));
        }
        if (least > Long.MIN_VALUE) {
            assertFails(ErrorCode.BAD_ARGUMENT, call(value, ValueOp.SET, least - 1));
        }
        assertEquals(most, call(value, ValueOp.GET), "as before");
        assertFails(ErrorCode.WRONG_TYPE, call(value, ValueOp.SET, 1.5));
        assertFails(ErrorCode.WRONG_TYPE, call(value, ValueOp.SET, "x"));
        long array = bench.create(a, ObjectType.ARRAY, code, List.of(least, 0, most));
        assertEquals(least, call(array, ArrayOp.GET, 0));
        assertEquals(most, call(array, ArrayOp.GET, -1));
        assertEquals(List.of(least, 0L, most), call(array, ArrayOp.SLICE, ABSENT, ABSENT, ABSENT));
    }

    @Test
    void otherCodes() {
        long d = bench.create(a, ObjectType.VALUE, "d", 1);
        assertEquals(1.0, call(d, ValueOp.GET));
        assertEquals(1.5, call(d, ValueOp.ADD, 0.5));
        long f = bench.create(a, ObjectType.VALUE, "f", 0.5);
        assertEquals(0.5f, call(f, ValueOp.GET));
        assertFails(ErrorCode.BAD_ARGUMENT, call(f, ValueOp.SET, 1e300));
        long u = bench.create(a, ObjectType.VALUE, "u", "\uD83D\uDE00");
        assertEquals("\uD83D\uDE00", call(u, ValueOp.GET));
        assertFails(ErrorCode.BAD_ARGUMENT, call(u, ValueOp.SET, "two"));
        assertFails(ErrorCode.BAD_ARGUMENT, call(u, ValueOp.SET, ""));
        assertFails(ErrorCode.WRONG_TYPE, call(u, ValueOp.ADD, 1));
        long flag = bench.create(a, ObjectType.VALUE, "?", true);
        assertEquals(true, call(flag, ValueOp.GET_AND_SET, false));
        assertEquals(false, call(flag, ValueOp.GET));
        assertFails(ErrorCode.WRONG_TYPE, call(flag, ValueOp.SET, 1));
        assertEquals(true, call(d, ValueOp.COMPARE_AND_SET, 1.5, 3));
        assertEquals(false, call(d, ValueOp.COMPARE_AND_SET, 1.5, 4));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.VALUE, "x", 1));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.VALUE, "i"));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.VALUE));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.VALUE, "B", 256));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.ARRAY, "i", -1));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.ARRAY, "i", Integer.MAX_VALUE));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.ARRAY, "i", "ten"));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.ARRAY, "B", List.of(1, 300)));
    }

    @Test
    void aValueIsSetToAnythingAndSaysSoWhereItsCodeCounts() {
        long value = bench.create(a, ObjectType.VALUE, "i", 7);
        assertNull(call(value, ValueOp.SET_ANY, true));
        assertEquals(true, call(value, ValueOp.GET_ANY));
        assertEquals(1L, call(value, ValueOp.GET), "as the code has it");
        assertEquals(3L, call(value, ValueOp.ADD, 2));
        assertEquals(3L, call(value, ValueOp.GET_ANY), "an operation of the code sets what the code takes");
        assertNull(call(value, ValueOp.SET_ANY, "x"));
        assertEquals("x", call(value, ValueOp.GET_ANY));
        assertFails(ErrorCode.WRONG_TYPE, call(value, ValueOp.GET));
        assertFails(ErrorCode.WRONG_TYPE, call(value, ValueOp.GET_AND_SET, 1));
        assertFails(ErrorCode.WRONG_TYPE, call(value, ValueOp.COMPARE_AND_SET, 7, 8));
        assertFails(ErrorCode.WRONG_TYPE, call(value, ValueOp.ADD, 1));
        assertEquals("x", call(value, ValueOp.GET_ANY), "as before");
        Bench twin = new Bench();
        twin.state.restore(bench.snapshot());
        assertEquals("x", twin.call(a, value, ValueOp.GET_ANY));
        assertFails(ErrorCode.WRONG_TYPE, twin.call(a, value, ValueOp.GET));
        assertNull(call(value, ValueOp.SET_ANY, 1L << 40));
        assertFails(ErrorCode.BAD_ARGUMENT, call(value, ValueOp.GET));
        assertNull(call(value, ValueOp.SET, 9));
        assertEquals(9L, call(value, ValueOp.GET_ANY));
    }

    @Test
    void whatAValueWasSetToKeepsObjectsAlive() {
        long before = (Long) bench.call(a, 0, ManagerOp.NUMBER_OF_OBJECTS);
        long value = bench.create(a, ObjectType.VALUE, "i", 0);
        long list = bench.create(a, ObjectType.LIST, List.of());
        assertNull(call(value, ValueOp.SET_ANY, new Coded.Ref(ObjectType.LIST, list)));
        bench.call(a, 0, ManagerOp.RELEASE, java.util.Map.of(list, 1));
        assertEquals(before + 2, bench.call(a, 0, ManagerOp.NUMBER_OF_OBJECTS));
        assertNull(call(value, ValueOp.SET, 1));
        assertEquals(before + 1, bench.call(a, 0, ManagerOp.NUMBER_OF_OBJECTS));
    }

    @Test
    void theLockOfAValueIsOneAndGoesWithIt() {
        long before = (Long) bench.call(a, 0, ManagerOp.NUMBER_OF_OBJECTS);
        long value = bench.openNamed(a, ObjectType.VALUE, "v", "i", 0);
        Object lock = call(value, ValueOp.LOCK);
        assertEquals(lock, bench.call(b, value, ValueOp.LOCK));
        assertEquals(before + 2, bench.call(a, 0, ManagerOp.NUMBER_OF_OBJECTS));
        bench.close(b);
        bench.call(a, 0, ManagerOp.DELETE, "v");
        long id = ((Coded.Ref) lock).id();
        bench.call(a, 0, ManagerOp.RELEASE, java.util.Map.of(id, 1));
        assertEquals(before, bench.call(a, 0, ManagerOp.NUMBER_OF_OBJECTS));
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82, 83})
    void arraysAgreeWithAModel(long seed) {
        Random random = new Random(seed);
        int length = 20;
        long array = bench.create(a, ObjectType.ARRAY, "h", length);
        long[] model = new long[length];
        for (int step = 0; step < 2_000; step++) {
            String trace = "seed " + seed + " step " + step;
            int i = random.nextInt(50) - 25;
            int at = i < 0 ? i + length : i;
            boolean inside = at >= 0 && at < length;
            long v = random.nextInt(70_000) - 35_000L;
            boolean fits = v >= -32_768 && v <= 32_767;
            switch (random.nextInt(4)) {
                case 0 -> {
                    Object reply = call(array, ArrayOp.SET, i, v);
                    assertEquals(inside && fits, reply == null, trace);
                    if (inside && fits) {
                        model[at] = v;
                    }
                }
                case 1 -> {
                    Object reply = call(array, ArrayOp.ADD, i, v);
                    if (inside && model[at] + v >= -32_768 && model[at] + v <= 32_767) {
                        model[at] += v;
                        assertEquals(model[at], reply, trace);
                    } else {
                        assertTrue(reply instanceof Coded.Failure, trace);
                    }
                }
                case 2 -> {
                    if (inside) {
                        boolean swap = random.nextBoolean();
                        long expected = swap ? model[at] : model[at] + 1;
                        Object reply = call(array, ArrayOp.COMPARE_AND_SET, i, expected, (long) step);
                        assertEquals(swap, reply, trace);
                        model[at] = swap ? step : model[at];
                    }
                }
                default -> {
                    int from = random.nextInt(length);
                    int to = from + random.nextInt(length - from + 1);
                    Long[] values = new Long[to - from];
                    Arrays.setAll(values, k -> (long) random.nextInt(100));
                    assertNull(call(array, ArrayOp.SET_SLICE, from, to, ABSENT, Arrays.asList(values)), trace);
                    for (int k = from; k < to; k++) {
                        model[k] = values[k - from];
                    }
                    assertFails(ErrorCode.BAD_ARGUMENT, call(array, ArrayOp.SET_SLICE, 0, 2, ABSENT, List.of(1)));
                }
            }
            assertEquals(
                    Arrays.stream(model).boxed().toList(), call(array, ArrayOp.SLICE, ABSENT, ABSENT, ABSENT), trace);
        }
        assertFails(ErrorCode.INDEX_OUT_OF_RANGE, call(array, ArrayOp.GET, length));
        assertFails(ErrorCode.INDEX_OUT_OF_RANGE, call(array, ArrayOp.GET, -length - 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {91, 92, 93})
    void setsAgreeWithAModel(long seed) {
        Random random = new Random(seed);
        long set = bench.create(a, ObjectType.SET, List.of(1, 1.0, true));
        Set<Object> model = new LinkedHashSet<>(List.of(1L));
        for (int step = 0; step < 3_000; step++) {
            String trace = "seed " + seed + " step " + step;
            Object e = random.nextBoolean() ? (Object) (long) random.nextInt(30) : "k" + random.nextInt(30);
            List<Object> some = List.of(e, (long) random.nextInt(30), "k" + random.nextInt(30));
            switch (random.nextInt(9)) {
                case 0, 1 -> assertEquals(model.add(e), call(set, SetOp.ADD, e), trace);
                case 2 -> assertEquals(model.addAll(some), call(set, SetOp.ADD_ALL, some), trace);
                case 3 -> assertEquals(model.remove(e), call(set, SetOp.REMOVE, e), trace);
                case 4 -> assertEquals(model.removeAll(some), call(set, SetOp.REMOVE_ALL, some), trace);
                case 5 -> assertEquals(model.contains(e), call(set, SetOp.CONTAINS, e), trace);
                case 6 -> assertEquals(model.containsAll(some), call(set, SetOp.CONTAINS_ALL, some), trace);
                case 7 -> {
                    if (random.nextInt(40) == 0) {
                        assertEquals(model.retainAll(some), call(set, SetOp.RETAIN_ALL, some), trace);
                    }
                }
                default -> {
                    Object last = ABSENT;
                    for (Object x : model) {
                        last = x;
                    }
                    model.remove(last);
                    assertEquals(last, call(set, SetOp.POP), trace);
                }
            }
            assertEquals((long) model.size(), call(set, SetOp.SIZE), trace);
            if (step % 50 == 0) {
                assertEquals(model, call(set, SetOp.SNAPSHOT), trace);
                assertEquals(tup(-1L, List.copyOf(model)), call(set, SetOp.CHUNK, 0, 1000), trace);
            }
        }
        call(set, SetOp.CLEAR);
        assertEquals(ABSENT, call(set, SetOp.POP));
        assertFails(ErrorCode.UNHASHABLE, call(set, SetOp.ADD, List.of(1)));
        assertFails(ErrorCode.UNHASHABLE, make(ObjectType.SET, List.of(List.of(1))));
        assertFails(ErrorCode.BAD_ARGUMENT, call(set, SetOp.CHUNK, 0, 0));
        assertFails(ErrorCode.BAD_ARGUMENT, call(set, SetOp.CHUNK, -1, 1));
    }

    @Test
    void aCounterWrapsAround() {
        long counter = bench.create(a, ObjectType.COUNTER, 5);
        assertEquals(7L, call(counter, CounterOp.ADD, 2));
        assertEquals(7L, call(counter, CounterOp.GET_AND_SET, Long.MAX_VALUE));
        assertEquals(Long.MIN_VALUE, call(counter, CounterOp.ADD, 1));
        assertEquals(false, call(counter, CounterOp.COMPARE_AND_SET, 0, 1));
        assertEquals(true, call(counter, CounterOp.COMPARE_AND_SET, Long.MIN_VALUE, 1));
        assertNull(call(counter, CounterOp.SET, 9));
        assertEquals(9L, call(counter, CounterOp.GET));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.COUNTER, "many"));
    }

    @Test
    void aPriorityQueueGivesTheLeastFirst() {
        long queue = bench.openNamed(a, ObjectType.PRIORITY_QUEUE, "p", 4);
        for (Object item : List.of(tup(2, "b1"), tup(1.5, "a"), tup(2, "b2"), tup(3L, "c"))) {
            assertEquals(true, call(queue, QueueOp.PUT, item, 0));
        }
        assertEquals(false, call(queue, QueueOp.PUT, tup(0, "full"), 0));
        assertEquals(PARKED, call(queue, QueueOp.PUT, tup(0, "first of all"), -1));
        long put = bench.request;
        assertEquals(tup(1.5, "a"), call(queue, QueueOp.TAKE, 0));
        bench.assertDone(done(a, put, true));
        assertEquals(tup(0L, "first of all"), call(queue, QueueOp.PEEK));
        assertFails(ErrorCode.NOT_COMPARABLE, call(queue, QueueOp.PUT, "a text", 0));
        assertFails(ErrorCode.NOT_COMPARABLE, call(queue, QueueOp.ADD_ALL, List.of(1, "x")));
        assertEquals(4L, call(queue, QueueOp.SIZE));
        assertEquals(tup(0L, "first of all"), bench.call(b, queue, QueueOp.TAKE, 0));
        assertEquals(tup(2L, "b1"), bench.call(b, queue, QueueOp.TAKE, 0));
        bench.close(b);
        assertEquals(
                List.of(tup(0L, "first of all"), tup(2L, "b1"), tup(2L, "b2"), tup(3L, "c")),
                call(queue, QueueOp.DRAIN, 9),
                "what the dead consumer had is in its place again");
        long texts = bench.create(a, ObjectType.PRIORITY_QUEUE);
        assertFails(ErrorCode.NOT_COMPARABLE, call(texts, QueueOp.PUT, null, 0));
        call(texts, QueueOp.ADD_ALL, List.of("b", "a", "c"));
        assertEquals(List.of("a", "b", "c"), call(texts, QueueOp.DRAIN, 9));
        assertFails(ErrorCode.NOT_COMPARABLE, call(texts, QueueOp.PUT, 1, 0));
    }

    @Test
    void anIteratorGivesEachElementOnce() {
        long dict = bench.create(a, ObjectType.DICT, java.util.Map.of("k", 1));
        Coded.Ref ref = new Coded.Ref(ObjectType.DICT, dict);
        long iterator = bench.openNamed(a, ObjectType.ITERATOR, "i", ref);
        call(dict, DictOp.SET, "l", 2);
        assertEquals(List.of("k"), call(iterator, IteratorOp.NEXT, 1));
        call(dict, DictOp.SET, "k", 5);
        assertEquals(List.of("l"), bench.call(b, iterator, IteratorOp.NEXT, 10));
        assertEquals(List.of(), call(iterator, IteratorOp.NEXT, 1));
        call(dict, DictOp.SET, "m", 5);
        assertEquals(List.of(), call(iterator, IteratorOp.NEXT, 1), "it stays at the end");
        long again = bench.create(a, ObjectType.ITERATOR, ref);
        call(again, IteratorOp.NEXT, 1);
        call(dict, DictOp.REMOVE, "m");
        assertFails(
                ErrorCode.ILLEGAL_STATE, "dictionary changed size during iteration", call(again, IteratorOp.NEXT, 1));
        long list = bench.create(a, ObjectType.LIST, List.of(1, 2));
        long ofList = bench.create(a, ObjectType.ITERATOR, new Coded.Ref(ObjectType.LIST, list));
        assertEquals(List.of(1L, 2L), call(ofList, IteratorOp.NEXT, 5));
        call(list, ListOp.ADD, 3);
        assertEquals(List.of(3L), call(ofList, IteratorOp.NEXT, 5));
        assertFails(ErrorCode.BAD_ARGUMENT, call(ofList, IteratorOp.NEXT, 0));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.ITERATOR));
        assertFails(ErrorCode.BAD_ARGUMENT, make(ObjectType.ITERATOR, List.of(1)));
    }
}
