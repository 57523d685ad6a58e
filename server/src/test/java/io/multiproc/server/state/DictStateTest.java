package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.tup;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.op.ObjectType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DictStateTest {
    private final Bench bench = new Bench();
    private final long session = bench.open();
    private final long dict = bench.create(session, ObjectType.DICT);

    private @Nullable Object call(DictOp op, @Nullable Object... args) {
        return bench.call(session, dict, op, args);
    }

    @Test
    void equalKeysOfDifferentWidthsAreOneKeyAndTheFirstSpellingStays() {
        assertEquals(ABSENT, call(DictOp.PUT, 1, "int"));
        assertEquals("int", call(DictOp.PUT, 1.0, "float"));
        assertEquals("float", call(DictOp.PUT, true, "bool"));
        assertEquals("bool", call(DictOp.GET, 1L));
        assertEquals(Map.of(1L, "bool"), call(DictOp.SNAPSHOT));
        assertEquals(1L, call(DictOp.SIZE));
    }

    @Test
    void updatesKeepTheOrderAndRemovalsForgetIt() {
        call(DictOp.PUT_ALL, new java.util.LinkedHashMap<>(Map.of("a", 1)));
        call(DictOp.SET, "b", 2);
        call(DictOp.SET, "a", 3);
        assertEquals(List.of("a", "b"), keys());
        call(DictOp.REMOVE, "a");
        call(DictOp.SET, "a", 4);
        assertEquals(List.of("b", "a"), keys());
        assertEquals(tup("a", 4L), call(DictOp.POP_ITEM));
        assertEquals(tup("b", 2L), call(DictOp.POP_ITEM));
        assertEquals(ABSENT, call(DictOp.POP_ITEM));
    }

    private List<@Nullable Object> keys() {
        return chunks(0, 1000);
    }

    private List<@Nullable Object> chunks(long from, int limit) {
        List<@Nullable Object> out = new ArrayList<>();
        long cursor = from;
        do {
            if (!(call(DictOp.CHUNK, cursor, limit, 0) instanceof Coded.Tup chunk)
                    || !(chunk.fields().get(0) instanceof Long next)
                    || !(chunk.fields().get(1) instanceof List<?> keys)) {
                throw new AssertionError("no chunk");
            }
            out.addAll(keys);
            cursor = next;
        } while (cursor != -1);
        return out;
    }

    @Test
    void conditionalWrites() {
        assertEquals(ABSENT, call(DictOp.PUT_IF_ABSENT, "k", 1));
        assertEquals(1L, call(DictOp.PUT_IF_ABSENT, "k", 2));
        assertEquals(false, call(DictOp.REPLACE_IF, "k", 5, 6));
        assertEquals(true, call(DictOp.REPLACE_IF, "k", 1.0, 6));
        assertEquals(ABSENT, call(DictOp.REPLACE, "other", 6));
        assertEquals(6L, call(DictOp.REPLACE, "k", 7));
        assertEquals(false, call(DictOp.REMOVE_IF, "k", 6));
        assertEquals(true, call(DictOp.CONTAINS_VALUE, 7L));
        assertEquals(true, call(DictOp.REMOVE_IF, "k", 7));
        assertEquals(false, call(DictOp.CONTAINS_KEY, "k"));
        assertEquals(false, call(DictOp.CONTAINS_VALUE, 7L));
        assertEquals(List.of(ABSENT, ABSENT), call(DictOp.GET_MANY, List.of("k", 1)));
    }

    @Test
    void absentKeysCountAsZeroAndOtherValuesAreNotNumbers() {
        assertEquals(2L, call(DictOp.ADD, "n", 2));
        assertEquals(1L, call(DictOp.ADD, "n", -1));
        assertEquals(1L, call(DictOp.ADD, "flag", true));
        assertEquals(1.5, call(DictOp.ADD, "n", 0.5));
        call(DictOp.SET, "s", "text");
        assertFails(ErrorCode.WRONG_TYPE, call(DictOp.ADD, "s", 1));
        assertEquals("text", call(DictOp.GET, "s"));
    }

    @Test
    void keysMustBeHashable() {
        assertFails(ErrorCode.UNHASHABLE, call(DictOp.SET, List.of(), 1));
        assertFails(ErrorCode.UNHASHABLE, call(DictOp.PUT_ALL, Map.of(tup(List.of()), 1)));
        assertFails(ErrorCode.UNHASHABLE, call(DictOp.GET, new Coded.Opaque("x")));
        assertEquals(0L, call(DictOp.SIZE));
    }

    @Test
    void chunksSeeWhatIsPresentThroughoutExactlyOnce() {
        for (int i = 0; i < 100; i++) {
            call(DictOp.SET, i, i);
        }
        Object first = call(DictOp.CHUNK, 0, 30, 2);
        assertTrue(first instanceof Coded.Tup t && t.fields().get(0) instanceof Long);
        long cursor = first instanceof Coded.Tup t && t.fields().get(0) instanceof Long l ? l : 0;
        for (int i = 0; i < 100; i += 2) {
            call(DictOp.REMOVE, i); // compacts the table
        }
        for (int i = 100; i < 200; i++) {
            call(DictOp.SET, i, i);
        }
        List<@Nullable Object> rest = chunks(cursor, 7);
        List<Object> expected = new ArrayList<>();
        for (long i = 31; i < 100; i += 2) {
            expected.add(i);
        }
        for (long i = 100; i < 200; i++) {
            expected.add(i);
        }
        assertEquals(expected, rest);
        call(DictOp.CLEAR);
        call(DictOp.SET, "new", 1);
        assertEquals(List.of("new"), chunks(cursor, 7));
        assertEquals(tup(-1L, List.of(1L)), call(DictOp.CHUNK, 0, 1, 1));
        assertEquals(tup(-1L, List.of(tup("new", 1L))), call(DictOp.CHUNK, 0, 1, 2));
    }

    @Test
    void chunkArgumentsAreChecked() {
        assertFails(ErrorCode.BAD_ARGUMENT, call(DictOp.CHUNK, 0, 0, 0));
        assertFails(ErrorCode.BAD_ARGUMENT, call(DictOp.CHUNK, 0, 100_001, 0));
        assertFails(ErrorCode.BAD_ARGUMENT, call(DictOp.CHUNK, 0, 1, 3));
        assertFails(ErrorCode.BAD_ARGUMENT, call(DictOp.CHUNK, -1, 1, 0));
    }

    @Test
    void repliesStayWithinTheBound() {
        Bench small = new Bench(new SharedState(200));
        long s = small.open();
        long d = small.create(s, ObjectType.DICT);
        for (int i = 0; i < 10; i++) {
            small.call(s, d, DictOp.SET, i, "x".repeat(50));
        }
        assertFails(ErrorCode.TOO_LARGE, small.call(s, d, DictOp.SNAPSHOT));
        assertFails(ErrorCode.TOO_LARGE, small.call(s, d, DictOp.GET_MANY, List.of(0, 1, 2, 3, 4)));
        Object chunk = small.call(s, d, DictOp.CHUNK, 0, 10, 1);
        assertTrue(chunk instanceof Coded.Tup t && t.fields().get(1) instanceof List<?> l && l.size() == 3);
        small.call(s, d, DictOp.CLEAR);
        small.call(s, d, DictOp.SET, 1, "x".repeat(500));
        assertEquals(tup(-1L, List.of("x".repeat(500))), small.call(s, d, DictOp.CHUNK, 0, 10, 1));
    }

    @Test
    void namespaceAttributes() {
        long n = bench.create(session, ObjectType.NAMESPACE, Map.of("x", 1));
        assertEquals(1L, bench.call(session, n, NamespaceOp.GET, "x"));
        assertEquals(ABSENT, bench.call(session, n, NamespaceOp.GET, "y"));
        bench.call(session, n, NamespaceOp.SET, "y", "text");
        assertEquals(List.of("x", "y"), bench.call(session, n, NamespaceOp.NAMES));
        assertEquals(3L, bench.call(session, n, NamespaceOp.ADD, "x", 2));
        assertFails(ErrorCode.WRONG_TYPE, bench.call(session, n, NamespaceOp.ADD, "y", 2));
        assertEquals(true, bench.call(session, n, NamespaceOp.COMPARE_AND_SET, "x", 3, 4));
        assertEquals(false, bench.call(session, n, NamespaceOp.COMPARE_AND_SET, "z", 3, 4));
        assertEquals(Map.of("x", 4L, "y", "text"), bench.call(session, n, NamespaceOp.SNAPSHOT));
        assertEquals(true, bench.call(session, n, NamespaceOp.DELETE, "x"));
        assertEquals(false, bench.call(session, n, NamespaceOp.DELETE, "x"));
        assertFails(
                ErrorCode.UNKNOWN_OPERATION,
                "dict.get is not an operation of a namespace",
                bench.call(session, n, DictOp.GET, "x"));
    }
}
