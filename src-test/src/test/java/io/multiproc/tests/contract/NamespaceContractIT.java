package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.WrongTypeException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NamespaceContractIT extends Contract {
    private String name;
    private NamespaceProxy space;
    private NamespaceProxy twin;

    @BeforeEach
    void open() {
        name = uniqueName();
        space = manager.namespace(name);
        twin = other.namespace(name);
    }

    @Test
    void attributes() {
        assertMentions("'Namespace' object has no attribute 'x'", () -> space.get("x"), NoSuchElementException.class);
        assertFalse(space.has("x"));
        space.set("x", 1);
        assertEquals(1, twin.get("x"));
        assertTrue(twin.has("x"));
        assertEquals(1L, twin.get("x", Long.class));
        assertThrows(ClassCastException.class, () -> twin.get("x", String.class));
        assertEquals(5, space.getOrDefault("y", 5, Integer.class));
        assertEquals(1, space.getOrDefault("x", 5, Integer.class));
        space.set("n", null);
        assertNull(space.get("n"));
        assertTrue(space.has("n"));
        space.set("x", List.of("a"));
        assertEquals(List.of("x", "n"), space.names());
        assertTrue(space.delete("x"));
        assertFalse(space.delete("x"));
        assertEquals(List.of("n"), twin.names());
        assertEquals("Namespace{n=null}", space.toString());
        assertEquals("namespace", space.typeId());
    }

    @Test
    void comparing() {
        assertFalse(space.compareAndSet("x", null, 1));
        space.set("x", 1);
        assertFalse(space.compareAndSet("x", 2, 3));
        assertTrue(space.compareAndSet("x", 1.0, null));
        assertTrue(space.compareAndSet("x", null, "end"));
        assertEquals("end", space.get("x"));
    }

    @Test
    void adding() {
        assertEquals(2, space.add("n", 2));
        assertEquals(4.5, space.add("n", 2.5));
        space.set("big", Long.MAX_VALUE);
        assertEquals(BigInteger.ONE.shiftLeft(63), space.add("big", 1));
        space.set("t", "text");
        assertThrows(WrongTypeException.class, () -> space.add("t", 1));
    }

    @Test
    void updating() {
        space.set("n", 1);
        int[] runs = {0};
        assertEquals(101, space.update("n", v -> {
            if (runs[0]++ == 0) {
                twin.set("n", 100);
            }
            return (Integer) v + 1;
        }));
        assertEquals(2, runs[0]);
        assertThrows(NoSuchElementException.class, () -> space.update("none", v -> v));
    }

    @Test
    void names() {
        assertThrows(IllegalArgumentException.class, () -> space.set("", 1));
        assertThrows(IllegalArgumentException.class, () -> space.add("", 1));
        space.set("x".repeat(1024), 1);
        assertThrows(RequestRejectedException.class, () -> space.set("x".repeat(1025), 1));
        space.set("\u00fc\ud83d\ude00", 2);
        assertEquals(2, twin.get("\u00fc\ud83d\ude00"));
    }

    @Test
    void copies() {
        space.set("a", 1);
        space.set("b", null);
        Map<String, Object> all = twin.snapshot();
        assertEquals(2, all.size());
        assertEquals(1, all.get("a"));
        all.put("c", 1);
        assertFalse(space.has("c"));
        assertEquals(0, manager.namespace().snapshot().size());
    }

    @Test
    void futures() {
        var async = space.async();
        assertNull(get(async.get("x")));
        get(async.set("x", 1));
        assertEquals(1, get(async.get("x")));
        assertEquals(3, get(async.add("x", 2)));
        assertTrue(get(async.compareAndSet("x", 3, 4)));
        assertEquals(List.of("x"), get(async.names()));
        assertEquals(Map.of("x", 4), get(async.snapshot()));
        assertTrue(get(async.delete("x")));
        failure(IllegalArgumentException.class, async.set("", 1));
    }

    @Test
    void deleted() {
        manager.delete(name);
        assertThrows(NoSuchObjectException.class, () -> space.get("x"));
    }
}
