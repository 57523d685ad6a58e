package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.RegistryMismatchException;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.SerializationException;
import io.multiproc.client.WrongTypeException;
import io.multiproc.protocol.error.ErrorCode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Values and types that are wrong: each has an exception and a text of its own, and harms nobody else. */
class BadInputIT extends Misuse {
    // ---- values

    private static List<Object> nested(int depth) {
        List<Object> inner = new ArrayList<>();
        for (int i = 1; i < depth; i++) {
            List<Object> outer = new ArrayList<>();
            outer.add(inner);
            inner = outer;
        }
        return inner;
    }

    @Test
    void nestedTooDeep() {
        DictProxy<Object, Object> dict = manager.dict();
        List<Object> deep = nested(100_000);
        fails(IllegalArgumentException.class, "nested deeper than 100 levels", () -> dict.put("k", deep));
        assertEquals(0, dict.size());
        List<Object> allowed = nested(90);
        dict.put("k", allowed);
        assertEquals(allowed, dict.get("k"));
    }

    @Test
    void containsItself() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        fails(IllegalArgumentException.class, "or contains itself", () -> manager.list(list));
        Map<Object, Object> map = new HashMap<>();
        map.put("self", map);
        fails(IllegalArgumentException.class, "or contains itself", () -> manager.list()
                .add(map));
    }

    /** A class nobody has registered. */
    static final class Unregistered {
        int field = 1;
    }

    /** A class that two clients register differently. */
    static final class Registered {
        int field = 1;
    }

    /** Another one. */
    static final class Another {
        String text = "";
    }

    @Test
    void unregisteredClass() {
        QueueProxy<Object> queue = manager.queue();
        SerializationException e =
                fails(SerializationException.class, "register(", () -> queue.put(new Unregistered()));
        assertTrue(e.getMessage().contains(Unregistered.class.getName()), e::getMessage);
        fails(SerializationException.class, Unregistered.class.getName(), () -> queue.put(List.of(new Unregistered())));
        assertTrue(queue.isEmpty());
    }

    @Test
    void oneIdForTwoClasses() {
        server.connect(server.options().register(1000, Registered.class)).dict();
        fails(
                RegistryMismatchException.class,
                Another.class.getName(),
                () -> server.connect(server.options().register(1000, Another.class)));
        fails(
                RegistryMismatchException.class,
                Registered.class.getName(),
                () -> server.connect(server.options().register(1001, Registered.class)));
    }

    @Test
    void keysThatCannotBe() {
        DictProxy<Object, Object> dict = manager.dict();
        fails(WrongTypeException.class, "list", () -> dict.put(List.of(1), 1));
        assertNull(dict.get(Map.of()), "what cannot be a key is not there");
        fails(WrongTypeException.class, "set", () -> dict.putAll(Map.of("good", 1, Set.of(1), 2)));
        assertEquals(0, dict.size());
    }

    @Test
    void nulls() {
        DictProxy<Object, Object> dict = manager.dict();
        QueueProxy<Object> queue = manager.queue();
        fails(NullPointerException.class, "key", () -> dict.put(null, 1));
        fails(NullPointerException.class, "value", () -> dict.put("k", null));
        fails(NullPointerException.class, "key", () -> dict.get(null));
        fails(NullPointerException.class, "item", () -> queue.put(null));
        fails(NullPointerException.class, "item", () -> queue.offer(null));
        Map<Object, Object> nulls = new HashMap<>();
        nulls.put("k", null);
        assertThrowsExactly(NullPointerException.class, () -> dict.putAll(nulls));
        assertThrowsExactly(NullPointerException.class, () -> queue.addAll(java.util.Arrays.asList(1, null)));
        assertThrowsExactly(NullPointerException.class, () -> dict.async().set("k", null));
        assertThrowsExactly(NullPointerException.class, () -> dict.async().putAll(nulls));
        assertThrowsExactly(NullPointerException.class, () -> queue.async().put(null));
        assertEquals(0, dict.size());
        assertEquals(0, queue.size());
    }

    @Test
    void aRequestLargerThanTheFrameLimit() {
        DictProxy<Object, Object> dict = manager.dict();
        RequestRejectedException e = fails(
                RequestRejectedException.class, "the server takes at most", () -> dict.put("k", new byte[2 << 20]));
        assertEquals(ErrorCode.TOO_LARGE, e.code());
        CompletionException async = assertThrowsExactly(
                CompletionException.class,
                () -> dict.async().put("k", new byte[2 << 20]).join());
        assertEquals(RequestRejectedException.class, async.getCause().getClass());
        assertEquals(0, dict.size());
    }

    @Test
    void aReplyLargerThanTheFrameLimit() {
        ListProxy<byte[]> list = manager.list("l", byte[].class);
        for (int i = 0; i < 3; i++) {
            list.add(new byte[500_000]);
        }
        RequestRejectedException e = assertThrowsExactly(RequestRejectedException.class, list::snapshot);
        assertEquals(ErrorCode.TOO_LARGE, e.code());
        assertEquals(500_000, list.get(2).length);
    }

    // ---- types

    @Test
    void aNameOfAnotherType() {
        manager.dict("name");
        WrongTypeException e =
                fails(WrongTypeException.class, "'name' is a dict, not a list", () -> other.list("name"));
        assertEquals(ErrorCode.NAME_TAKEN, e.code());
        fails(IllegalArgumentException.class, "must not be empty", () -> manager.dict(""));
        fails(RequestRejectedException.class, "exceeds 1024 bytes", () -> manager.dict("x".repeat(2000)));
    }

    @Test
    void contentOfAnotherType() {
        manager.dict("d").put("k", "text");
        fails(ClassCastException.class, "java.lang.String", () -> manager.dict("d", String.class, Long.class)
                .get("k"));
        manager.dict("d").put("n", Long.MAX_VALUE);
        assertThrowsExactly(ArithmeticException.class, () -> manager.dict("d", String.class, Integer.class)
                .get("n"));
        manager.dict("d").put("big", BigInteger.TWO.pow(70));
        assertThrowsExactly(ArithmeticException.class, () -> manager.dict("d", String.class, Long.class)
                .get("big"));
        assertEquals(BigInteger.TWO.pow(70), manager.dict("d").get("big"));
    }

    @Test
    void addingToWhatIsNoNumber() {
        DictProxy<Object, Object> dict = manager.dict();
        dict.put("k", "text");
        assertThrowsExactly(WrongTypeException.class, () -> dict.add("k", 1));
        assertEquals("text", dict.get("k"));
    }

    @Test
    void indices() {
        ListProxy<Object> list = manager.list(List.of(1, 2, 3));
        fails(IndexOutOfBoundsException.class, "list index out of range", () -> list.get(3));
        fails(IndexOutOfBoundsException.class, "-1", () -> list.get(-1));
        assertThrowsExactly(IndexOutOfBoundsException.class, () -> list.set(7, 1));
        assertThrowsExactly(IndexOutOfBoundsException.class, () -> list.remove(3));
        assertThrowsExactly(IndexOutOfBoundsException.class, () -> list.add(4, 1));
        assertThrowsExactly(IndexOutOfBoundsException.class, () -> list.at(-4));
        assertThrowsExactly(
                IndexOutOfBoundsException.class, () -> manager.list().pop());
        assertEquals(List.of(1, 2, 3), list.snapshot());
    }

    @Test
    void sortingWhatHasNoOrder() {
        ListProxy<Object> list = manager.list(List.of(3, "two", 1));
        assertThrowsExactly(ClassCastException.class, () -> list.sort(false));
        assertThrowsExactly(ClassCastException.class, () -> list.sort(null));
        assertEquals(List.of(3, "two", 1), list.snapshot());
    }
}
