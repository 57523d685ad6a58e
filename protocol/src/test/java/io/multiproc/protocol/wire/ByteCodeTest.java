package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The type code of a byte of text, and the codes of pointers. */
class ByteCodeTest {
    private static byte[] bytes(int... values) {
        ByteWriter w = new ByteWriter().tag(Tag.BYTES).varint(values.length);
        for (int v : values) {
            w.u8(v);
        }
        return w.toByteArray();
    }

    @Test
    void oneByte() throws Exception {
        TypeCode c = TypeCode.of("c");
        assertEquals(1, c.width());
        assertFalse(c.isNumber());
        assertEquals(200, c.bits(bytes(200), 0));
        assertEquals(7, c.bits(Values.ofInteger(7), 0));
        assertArrayEquals(bytes(200), c.value(200));
        byte[] data = new byte[2];
        c.set(data, 1, 200);
        assertEquals(200, c.get(data, 1));
        for (byte[] refused :
                List.of(bytes(), bytes(1, 2), Values.ofInteger(256), Values.ofInteger(-1), Values.ofText("a"))) {
            assertThrows(ValueException.class, () -> c.bits(refused, 0));
        }
        assertThrows(ValueException.class, () -> c.add(1, Values.ofInteger(1)));
    }

    @Test
    void pointersAreRefusedWithTheReason() {
        for (String code : List.of("z", "Z", "P")) {
            ValueException e = assertThrows(ValueException.class, () -> TypeCode.of(code));
            assertTrue(String.valueOf(e.getMessage()).contains("pointer"), e.getMessage());
        }
    }
}
