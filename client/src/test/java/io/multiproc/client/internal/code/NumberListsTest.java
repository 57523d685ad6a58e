package io.multiproc.client.internal.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NumberListsTest {
    private static Tuple packed(List<?> list) {
        return Objects.requireNonNull(NumberLists.pack(list), list::toString);
    }

    private static byte[] bytes(Tuple packed) {
        return (byte[]) Objects.requireNonNull(packed.get(0));
    }

    private static void returns(List<?> list, int size) {
        Tuple t = packed(list);
        assertEquals(size, bytes(t).length);
        assertEquals(list, NumberLists.unpack(bytes(t), String.valueOf(t.get(1))));
    }

    @Test
    void numbersOfOneClassReturnAsTheyWere() {
        returns(List.of(1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0), 20);
        returns(List.of(1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE), 32);
        returns(List.of(0.0, -0.0, Double.NaN, Double.NEGATIVE_INFINITY), 32);
        Tuple t = packed(List.of(1, 2, 3, 258));
        assertArrayEquals(new byte[] {0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 1, 2}, bytes(t));
        assertEquals("Integer", t.get(1));
    }

    @Test
    void othersAreNone() {
        assertNull(NumberLists.pack(List.of(1, 2, 3)), "too few");
        assertNull(NumberLists.pack(List.of(1, 2, 3, 4L)), "of two classes");
        assertNull(NumberLists.pack(Arrays.asList(1, 2, 3, null)), "a null");
        assertNull(NumberLists.pack(Arrays.asList(null, 2, 3, 4)), "a null first");
        assertNull(NumberLists.pack(List.of("1", "2", "3", "4")), "no numbers");
    }

    @Test
    void whatIsMalformedIsRefused() {
        assertThrows(SerializationException.class, () -> NumberLists.unpack(new byte[7], "Integer"));
        assertThrows(SerializationException.class, () -> NumberLists.unpack(new byte[8], "Float"));
        assertEquals(List.of(), NumberLists.unpack(new byte[0], "Long"));
    }
}
