package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.tup;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ObjectType;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ListStateTest {
    private static final ErrorCode RANGE = ErrorCode.INDEX_OUT_OF_RANGE;

    private final Bench bench = new Bench();
    private final long session = bench.open();
    private final long list = bench.create(session, ObjectType.LIST, List.of(0, 1, 2, 3, 4));

    private @Nullable Object call(ListOp op, @Nullable Object... args) {
        return bench.call(session, list, op, args);
    }

    private @Nullable Object all() {
        return call(ListOp.SLICE);
    }

    private void set(List<?> values) {
        call(ListOp.SET_SLICE, ABSENT, ABSENT, ABSENT, values);
    }

    @Test
    void indicesCountFromBothEnds() {
        assertEquals(4L, call(ListOp.GET, -1));
        assertEquals(0L, call(ListOp.GET, -5));
        assertFails(RANGE, "list index out of range", call(ListOp.GET, 5));
        assertFails(RANGE, "list index out of range", call(ListOp.GET, -6));
        assertFails(RANGE, "list index out of range", call(ListOp.GET, Long.MIN_VALUE));
        assertEquals(3L, call(ListOp.SET, -2, "x"));
        assertFails(RANGE, "list assignment index out of range", call(ListOp.SET, 9, 1));
        assertEquals("x", call(ListOp.REMOVE_AT, 3));
        assertFails(RANGE, "pop index out of range", call(ListOp.REMOVE_AT, 4));
        call(ListOp.CLEAR);
        assertFails(RANGE, "pop from empty list", call(ListOp.REMOVE_AT, -1));
        assertFails(RANGE, "list assignment index out of range", call(ListOp.COMPARE_AND_SET, 0, 1, 2));
    }

    @Test
    void insertions() {
        call(ListOp.INSERT, 100, "end");
        call(ListOp.INSERT, -100, "start");
        call(ListOp.INSERT, -1, "last but one");
        assertEquals(List.of("start", 0L, 1L, 2L, 3L, 4L, "last but one", "end"), all());
        set(List.of(1));
        call(ListOp.ADD_AT, 1, 2);
        call(ListOp.ADD_AT, 0, 0);
        assertFails(RANGE, call(ListOp.ADD_AT, 4, 9));
        assertFails(RANGE, call(ListOp.ADD_AT, -1, 9));
        call(ListOp.ADD_ALL_AT, 1, List.of("a", "b"));
        assertFails(RANGE, call(ListOp.ADD_ALL_AT, 9, List.of("a", "b")));
        call(ListOp.ADD_ALL, tup("y", "z"));
        call(ListOp.ADD, "end");
        assertEquals(List.of(0L, "a", "b", 1L, 2L, "y", "z", "end"), all());
        assertEquals(8L, call(ListOp.SIZE));
    }

    @Test
    void slicesAreThoseOfCPython() throws java.io.IOException {
        InputStream in = getClass().getResourceAsStream("slices.txt");
        assertNotNull(in);
        int cases = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("#")) {
                    continue;
                }
                String[] f = line.split("\\|", -1);
                List<Object> start = numbers(Integer.parseInt(f[0]));
                Object[] slice = {bound(f[1]), bound(f[2]), bound(f[3])};
                set(start);
                assertEquals(f[4], joined(call(ListOp.SLICE, slice)), line);
                call(ListOp.DELETE_SLICE, slice);
                assertEquals(f[5], joined(all()), line);
                set(start);
                Object failure = call(ListOp.SET_SLICE, slice[0], slice[1], slice[2], List.of("x", "y"));
                if (f[6].startsWith("! ")) {
                    assertFails(ErrorCode.BAD_ARGUMENT, f[6].substring(2), failure);
                    assertEquals(joined(start), joined(all()), line);
                } else {
                    assertEquals(f[6], joined(all()), line);
                }
                cases++;
            }
        }
        assertTrue(cases >= 500, cases + " cases");
        assertFails(ErrorCode.BAD_ARGUMENT, "slice step cannot be zero", call(ListOp.SLICE, 0, 1, 0));
    }

    private static List<Object> numbers(int n) {
        List<Object> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            out.add((long) i);
        }
        return out;
    }

    private static Object bound(String field) {
        return field.isEmpty() ? ABSENT : Long.valueOf(field);
    }

    private static String joined(@Nullable Object elements) {
        return elements instanceof List<?> l
                ? String.join(",", l.stream().map(String::valueOf).toList())
                : "none";
    }

    @Test
    void searchesCompareByValue() {
        set(List.of(1, "a", 1.0, true, List.of(1), "a"));
        assertEquals(0L, call(ListOp.INDEX_OF, 1.0));
        assertEquals(2L, call(ListOp.INDEX_OF, 1, 1));
        assertEquals(-1L, call(ListOp.INDEX_OF, 1, 4, 9));
        assertEquals(-1L, call(ListOp.INDEX_OF, "a", -4, -1));
        assertEquals(5L, call(ListOp.INDEX_OF, "a", -4, ABSENT));
        assertEquals(3L, call(ListOp.LAST_INDEX_OF, 1));
        assertEquals(-1L, call(ListOp.LAST_INDEX_OF, "none"));
        assertEquals(3L, call(ListOp.COUNT, true));
        assertEquals(true, call(ListOp.CONTAINS_ALL, List.of("a", List.of(1.0))));
        assertEquals(false, call(ListOp.CONTAINS_ALL, List.of("a", "b")));
        assertEquals(true, call(ListOp.CONTAINS_ALL, List.of()));
        assertEquals(true, call(ListOp.REMOVE_VALUE, 1L));
        assertEquals(false, call(ListOp.REMOVE_VALUE, "none"));
        assertEquals(true, call(ListOp.REMOVE_ALL, List.of(1)));
        assertEquals(List.of("a", List.of(1L), "a"), all());
        assertEquals(true, call(ListOp.RETAIN_ALL, List.of("a")));
        assertEquals(false, call(ListOp.RETAIN_ALL, List.of("a")));
        assertEquals(List.of("a", "a"), all());
        set(List.of(new Coded.Opaque("x"), new Coded.Opaque("y")));
        assertEquals(1L, call(ListOp.INDEX_OF, new Coded.Opaque("y")));
        assertEquals(true, call(ListOp.REMOVE_ALL, List.of(new Coded.Opaque("x"))));
        assertEquals(1L, call(ListOp.SIZE));
    }

    @Test
    void sortsStablyAlsoInReverse() {
        set(List.of(2, 1.0, true, 1, 3));
        call(ListOp.SORT, false);
        assertEquals(Arrays.asList(1.0, true, 1L, 2L, 3L), all());
        call(ListOp.SORT, true);
        assertEquals(Arrays.asList(3L, 2L, 1.0, true, 1L), all());
        set(List.of(2, "a", 1));
        assertFails(ErrorCode.NOT_COMPARABLE, call(ListOp.SORT, false));
        assertEquals(List.of(2L, "a", 1L), all());
        call(ListOp.REVERSE);
        assertEquals(List.of(1L, "a", 2L), all());
    }

    @Test
    void repeats() {
        set(List.of(1, 2));
        call(ListOp.REPEAT, 3);
        assertEquals(List.of(1L, 2L, 1L, 2L, 1L, 2L), all());
        assertFails(ErrorCode.TOO_LARGE, call(ListOp.REPEAT, Long.MAX_VALUE));
        assertFails(ErrorCode.TOO_LARGE, call(ListOp.REPEAT, 100_000_000));
        assertEquals(6L, call(ListOp.SIZE));
        call(ListOp.REPEAT, -1);
        assertEquals(0L, call(ListOp.SIZE));
        call(ListOp.REPEAT, Long.MAX_VALUE);
        assertEquals(0L, call(ListOp.SIZE));
    }

    @Test
    void theVersionGuardsReplacement() {
        if (!(call(ListOp.SNAPSHOT) instanceof Coded.Tup t) || !(t.fields().get(0) instanceof Long version)) {
            throw new AssertionError("no snapshot");
        }
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L), t.fields().get(1));
        assertEquals(true, call(ListOp.REPLACE_IF_VERSION, version, List.of("new")));
        assertEquals(false, call(ListOp.REPLACE_IF_VERSION, version, List.of("newer")));
        assertEquals(List.of("new"), all());
        assertEquals(false, call(ListOp.COMPARE_AND_SET, -1, "old", "x"));
        assertEquals(true, call(ListOp.COMPARE_AND_SET, -1, "new", "x"));
        assertEquals(List.of("x"), all());
    }

    @Test
    void repliesStayWithinTheBound() {
        Bench small = new Bench(new SharedState(100));
        long s = small.open();
        long l = small.create(s, ObjectType.LIST, List.of("x".repeat(60), "y".repeat(60)));
        assertFails(ErrorCode.TOO_LARGE, small.call(s, l, ListOp.SNAPSHOT));
        assertFails(ErrorCode.TOO_LARGE, small.call(s, l, ListOp.SLICE));
        assertEquals(List.of("x".repeat(60)), small.call(s, l, ListOp.SLICE, 0, 1));
    }
}
