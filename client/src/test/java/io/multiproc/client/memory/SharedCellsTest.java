package io.multiproc.client.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values and arrays in shared memory, within one process. */
@Timeout(20)
class SharedCellsTest {
    @Test
    void valuesAreZeroAtFirst() {
        try (SharedValue<Integer> i = SharedValue.create("i");
                SharedValue<Long> l = SharedValue.create("Q");
                SharedValue<Double> d = SharedValue.create("d");
                SharedValue<Float> f = SharedValue.create("f");
                SharedValue<Boolean> b = SharedValue.create("?");
                SharedValue<String> u = SharedValue.create("u");
                SharedValue<byte[]> c = SharedValue.create("c")) {
            assertEquals(0, i.get());
            assertEquals(0L, l.get());
            assertEquals(0d, d.get());
            assertEquals(0f, f.get());
            assertEquals(false, b.get());
            assertEquals("\0", u.get());
            assertArrayEquals(new byte[1], c.get());
            i.getLock().lock();
            i.getLock().unlock();
        }
    }

    @Test
    void aByteOfAText() {
        try (SharedValue<byte[]> c = SharedValue.create("c", new byte[] {(byte) 200});
                SharedValue<Byte> b = SharedValue.create("c", (byte) -1)) {
            assertArrayEquals(new byte[] {(byte) 200}, c.get());
            assertEquals("SharedValue(c, [-56])", c.toString());
            c.setLong(7);
            assertEquals(7, c.getLong());
            assertEquals((byte) -1, b.get());
            assertEquals(255, b.getLong());
            b.set((byte) 'a');
            assertEquals((byte) 'a', b.get());
            assertThrows(IllegalArgumentException.class, () -> c.set(new byte[2]));
            assertThrows(IllegalArgumentException.class, () -> c.set(new byte[0]));
            assertThrows(IllegalArgumentException.class, () -> c.setLong(256));
            assertThrows(IllegalArgumentException.class, () -> c.addAndGet(1));
            assertEquals(7, c.getLong());
        }
    }

    @Test
    void bytesOfAText() {
        try (SharedArray<byte[]> a = SharedArray.create("c", byte[].class, 10)) {
            a.setValue("hello".getBytes(US_ASCII));
            assertEquals("hello", new String(a.value(), US_ASCII));
            assertEquals("hello\0\0\0\0\0", new String(a.raw(), US_ASCII));
            a.setValue("ab".getBytes(US_ASCII));
            assertEquals("ab\0lo\0\0\0\0\0", new String(a.raw(), US_ASCII));
            a.setRaw("xyz".getBytes(US_ASCII));
            assertEquals("xyzlo", new String(a.value(), US_ASCII));
            assertArrayEquals(new byte[] {'y'}, a.get(1));
            a.setRaw("0123456789".getBytes(US_ASCII));
            assertEquals(10, a.value().length);
            assertThrows(IllegalArgumentException.class, () -> a.setValue(new byte[11]));
            assertEquals("0123456789", new String(a.value(), US_ASCII));
        }
        try (SharedArray<Integer> a = SharedArray.create("i", Integer.class, 1)) {
            assertThrows(IllegalStateException.class, a::raw);
            assertThrows(IllegalStateException.class, a::value);
            assertThrows(IllegalStateException.class, () -> a.setRaw(new byte[0]));
        }
    }

    @Test
    void slices() {
        try (SharedArray<Integer> a = SharedArray.create("h", Integer.class, List.of(0, 1, 2, 3, 4))) {
            assertEquals(List.of(1, 2), a.slice(1, 3));
            assertEquals(List.of(3, 4), a.slice(-2, null, null));
            assertEquals(List.of(4, 2, 0), a.slice(null, null, -2));
            a.setSlice(null, null, 2, List.of(10, 12, 14));
            assertEquals(List.of(10, 1, 12, 3, 14), a.toList());
            a.setSlice(null, 2, -1, List.of(-4, -3));
            assertEquals(List.of(10, 1, 12, -3, -4), a.toList());
            assertThrows(IllegalArgumentException.class, () -> a.setSlice(0, 2, null, List.of(1)));
            assertThrows(IllegalArgumentException.class, () -> a.setSlice(0, 2, null, List.of(1, 40_000)));
            assertEquals(List.of(10, 1), a.slice(0, 2), "nothing was changed");
        }
    }

    @Test
    void pointersMeanNothingElsewhere() {
        for (String code : List.of("z", "Z", "P")) {
            Exception e = assertThrows(IllegalArgumentException.class, () -> SharedValue.create(code, 1L));
            assertTrue(String.valueOf(e.getMessage()).contains("pointer"), e.getMessage());
            assertThrows(IllegalArgumentException.class, () -> SharedValue.create(code));
        }
    }
}
