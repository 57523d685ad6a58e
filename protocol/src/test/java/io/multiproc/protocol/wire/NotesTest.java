package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What objects of Python's classes equal, hash to and refer to. */
class NotesTest {
    private static byte[] noteOf(int kind, byte[] value, byte[]... refs) {
        ByteWriter note = new ByteWriter().u8(kind).raw(value);
        for (byte[] ref : refs) {
            note.raw(ref);
        }
        return note.toByteArray();
    }

    /** A pickle of one opcode, such as that of None. */
    private static byte[] pickle(byte[] note, int op) {
        return opaque(new ByteWriter()
                .u8(0x80)
                .u8(4)
                .u8('B')
                .i32(Integer.reverseBytes(note.length))
                .raw(note)
                .u8('0')
                .u8(op)
                .u8('.')
                .toByteArray());
    }

    private static byte[] opaque(byte[] pickle) {
        return new ByteWriter()
                .tag(Tag.OPAQUE)
                .varint(pickle.length + 1)
                .u8(Notes.CODEC)
                .raw(pickle)
                .toByteArray();
    }

    private static byte[] noted(int kind, byte[] value, byte[]... refs) {
        return pickle(noteOf(kind, value, refs), 'N');
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

    private static void unequal(byte[] x, byte[] y) {
        assertFalse(Equality.equal(x, y));
        assertFalse(Equality.equal(y, x));
    }

    @Test
    void equalWhatTheySay() {
        byte[] one = Values.ofInteger(1);
        equal(noted(Notes.VALUE, one), one);
        equal(noted(Notes.VALUE, noted(Notes.VALUE, one)), noted(Notes.VALUE, one));
        equal(noted(Notes.CONTENT, one), noted(Notes.CONTENT, one));
        unequal(noted(Notes.CONTENT, one), one);
        unequal(noted(Notes.CONTENT, one), noted(Notes.MUTABLE_CONTENT, one));
        unequal(noted(Notes.CONTENT, one), noted(Notes.CARRIED, one));
    }

    /** The class decides what it equals, and a pickle does not show the class. */
    @Test
    void equalNotWhatTheyCarry() {
        byte[] one = Values.ofInteger(1);
        byte[] carrier = pickle(noteOf(Notes.CARRIED, one), 'N');
        unequal(carrier, one);
        unequal(carrier, noted(Notes.VALUE, one));
        unequal(carrier, pickle(noteOf(Notes.CARRIED, one), 'T'));
        equal(carrier, pickle(noteOf(Notes.CARRIED, one), 'N'));
        // written by a version that knew less of it
        equal(carrier, pickle(noteOf(Notes.NOTHING, Values.ABSENT), 'N'));
        equal(carrier, opaque(new ByteWriter().u8(0x80).u8(4).u8('N').u8('.').toByteArray()));
    }

    @Test
    void areOrderedByWhatTheyCarry() {
        byte[] one = noted(Notes.CARRIED, Values.ofInteger(1));
        assertEquals(0, Equality.compare(one, Values.ofInteger(1)));
        assertTrue(Equality.compare(one, Values.ofInteger(2)) < 0);
        byte[] x = Values.container(Tag.TUPLE, List.of(one, Values.ofInteger(3)));
        byte[] y = Values.container(Tag.TUPLE, List.of(Values.ofInteger(1), Values.ofInteger(2)));
        assertTrue(Equality.compare(x, y) > 0);
        assertTrue(Equality.compare(y, x) < 0);
    }

    private static byte[] fraction(long over, long under) {
        byte[] parts = Values.container(Tag.TUPLE, List.of(Values.ofInteger(over), Values.ofInteger(under)));
        return noted(Notes.CONTENT, Values.container(Tag.TUPLE, List.of(Values.ofText("fraction"), parts)));
    }

    private static byte[] real(double d) {
        return new ByteWriter(9)
                .tag(Tag.FLOAT64)
                .i64(Double.doubleToLongBits(d))
                .toByteArray();
    }

    @Test
    void orderFractionsAmongNumbers() {
        byte[] large = Numbers.encodeInteger(BigInteger.TEN.pow(5000), Tag.INT64);
        List<byte[]> ascending = List.of(
                real(Double.NEGATIVE_INFINITY),
                fraction(-5, 3),
                Values.ofInteger(-1),
                Numbers.encodeDecimal(new BigDecimal("1E-400")),
                fraction(1, 3),
                real(0.34),
                fraction(2, 3),
                Values.ofBool(true),
                fraction(7, 3),
                Numbers.encodeDecimal(new BigDecimal("2.4")),
                large,
                real(Double.POSITIVE_INFINITY));
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                int order = Equality.compare(ascending.get(i), ascending.get(j));
                assertEquals(Integer.signum(Integer.compare(i, j)), Integer.signum(order), i + " and " + j);
            }
        }
        assertThrows(ValueException.class, () -> Equality.compare(fraction(1, 3), Values.ofText("a")));
        // of a client that is none of Python's
        assertThrows(ValueException.class, () -> Equality.compare(fraction(1, 0), Values.ofInteger(1)));
        assertThrows(ValueException.class, () -> Equality.compare(fraction(1, -3), fraction(1, 3)));
    }

    @Test
    void keepTheOrderOfOrderedDicts() {
        byte[] a = Values.ofText("a");
        byte[] b = Values.ofText("b");
        byte[] ab = Values.container(Tag.DICT, List.of(a, Values.NULL, b, Values.NULL));
        byte[] ba = Values.container(Tag.DICT, List.of(b, Values.NULL, a, Values.NULL));
        equal(noted(Notes.ORDERED, ab), noted(Notes.ORDERED, ab));
        equal(noted(Notes.ORDERED, ab), ba);
        unequal(noted(Notes.ORDERED, ab), noted(Notes.ORDERED, ba));
        byte[] v = noted(Notes.ORDERED, ab);
        assertFalse(Values.isHashable(v, 0, v.length));
    }

    @Test
    void areHashableAsTheySay() {
        for (byte kind : new byte[] {Notes.VALUE, Notes.CARRIED, Notes.MUTABLE, Notes.CONTENT, Notes.MUTABLE_CONTENT}) {
            byte[] v = noted(kind, Values.ofInteger(1));
            assertEquals(kind != Notes.MUTABLE && kind != Notes.MUTABLE_CONTENT, Values.isHashable(v, 0, v.length));
        }
        byte[] list = noted(Notes.VALUE, Values.container(Tag.LIST, List.of()));
        assertFalse(Values.isHashable(list, 0, list.length));
    }

    @Test
    void tellReferences() {
        byte[] v = Values.container(
                Tag.LIST, List.of(noted(Notes.NOTHING, Values.ABSENT, Values.ofRef(1, 7), Values.ofRef(1, 8))));
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
                noted(Notes.ORDERED, Values.NULL),
                noted(Notes.CARRIED, Values.ABSENT),
                noted(Notes.VALUE, Values.NULL, Values.NULL),
                noted(Notes.VALUE, new byte[] {Tag.STRING.code(), 5}))) {
            assertThrows(ValueException.class, () -> Values.check(bad, 0, bad.length));
        }
    }
}
