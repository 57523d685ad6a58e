package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What objects of Python's classes equal, hash to and refer to. */
class NotesTest {
    private static byte[] noted(int kind, byte[] value, byte[]... refs) {
        ByteWriter note = new ByteWriter().u8(kind).raw(value);
        for (byte[] ref : refs) {
            note.raw(ref);
        }
        byte[] n = note.toByteArray();
        byte[] pickle = new ByteWriter()
                .u8(0x80)
                .u8(4)
                .u8('B')
                .i32(Integer.reverseBytes(n.length))
                .raw(n)
                .u8('0')
                .u8('N')
                .u8('.')
                .toByteArray();
        return new ByteWriter().tag(Tag.OPAQUE).varint(pickle.length + 1).u8(Notes.CODEC).raw(pickle).toByteArray();
    }

    private static byte[] called(String name, byte[] scalar) {
        return noted(Notes.CALLED, Values.container(Tag.TUPLE, List.of(Values.ofText(name), scalar)));
    }

    private static void equal(byte[] x, byte[] y) {
        assertTrue(Equality.equal(x, y));
        assertTrue(Equality.equal(y, x));
        assertEquals(Equality.hash(x), Equality.hash(y));
        byte[] tx = Values.container(Tag.TUPLE, List.of(x));
        byte[] ty = Values.container(Tag.TUPLE, List.of(y));
        assertTrue(Equality.equal(tx, ty));
        assertEquals(Equality.hash(tx), Equality.hash(ty));
    }

    @Test
    void equalWhatTheySay() {
        byte[] one = Values.ofInteger(1);
        equal(noted(Notes.VALUE, one), one);
        equal(noted(Notes.VALUE, noted(Notes.VALUE, one)), noted(Notes.VALUE, one));
        equal(called("Level", one), one);
        equal(called("Level", one), called("Level", one));
        assertFalse(Equality.equal(called("Level", one), called("Color", one)));
        equal(noted(Notes.CONTENT, one), noted(Notes.CONTENT, one));
        assertFalse(Equality.equal(noted(Notes.CONTENT, one), one));
    }

    @Test
    void areHashableAsTheySay() {
        for (byte kind : new byte[] {Notes.VALUE, Notes.MUTABLE, Notes.CONTENT, Notes.MUTABLE_CONTENT}) {
            byte[] v = noted(kind, Values.ofInteger(1));
            assertEquals(kind == Notes.VALUE || kind == Notes.CONTENT, Values.isHashable(v, 0, v.length));
        }
        byte[] list = noted(Notes.VALUE, Values.container(Tag.LIST, List.of()));
        assertFalse(Values.isHashable(list, 0, list.length));
    }

    @Test
    void tellReferences() {
        byte[] v = Values.container(Tag.LIST, List.of(noted(Notes.NOTHING, Values.ABSENT, Values.ofRef(1, 7), Values.ofRef(1, 8))));
        List<Long> ids = new ArrayList<>();
        Values.forEachRef(v, 0, ids::add);
        assertEquals(List.of(7L, 8L), ids);
    }

    @Test
    void areCheckedOnArrival() {
        byte[] deep = Values.ofInteger(1);
        for (int i = 0; i < Notes.MAX_NESTED; i++) {
            deep = noted(Notes.VALUE, deep);
        }
        assertEquals(deep.length, Values.check(deep, 0, deep.length));
        for (byte[] bad : List.of(
                noted(Notes.VALUE, deep),
                noted('X', Values.NULL),
                noted(Notes.VALUE, Values.ABSENT),
                noted(Notes.CALLED, Values.NULL),
                noted(Notes.VALUE, Values.NULL, Values.NULL),
                noted(Notes.VALUE, new byte[] {Tag.STRING.code(), 5}))) {
            assertThrows(ValueException.class, () -> Values.check(bad, 0, bad.length));
        }
    }
}
