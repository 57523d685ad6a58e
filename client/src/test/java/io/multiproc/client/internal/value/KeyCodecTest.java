package io.multiproc.client.internal.value;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.KeyFields;
import io.multiproc.client.SerializationException;
import io.multiproc.client.WrongTypeException;
import io.multiproc.protocol.wire.Values;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bytes of keys: the same for equal ones, and nothing else comes of those of a stranger. */
class KeyCodecTest {
    enum Size {
        SMALL,
        LARGE
    }

    record Box(Size size, int n, List<Size> sizes, Set<String> names, Map<Size, Long> counts) {}

    @KeyFields({"seat", "row"})
    static final class Place {
        private static int made;
        private final int row;
        private final String seat;
        private transient int hash;

        private Place(String seat, int row) {
            made++;
            this.seat = seat;
            this.row = row;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Place p && p.row == row && p.seat.equals(seat);
        }

        @Override
        public int hashCode() {
            hash = 31 * row + seat.hashCode();
            return hash;
        }
    }

    @KeyFields("n")
    static class Open {
        int n;
    }

    @KeyFields("n")
    static final class Identity {
        int n;
    }

    @KeyFields({"n"})
    record Own(int n) {
        @Override
        public boolean equals(Object o) {
            return o instanceof Own;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    abstract static class Fields {
        @Override
        public boolean equals(Object o) {
            return o != null && o.getClass() == getClass();
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @KeyFields("n")
    static final class Inherits extends Fields {
        int n;
    }

    @KeyFields("other")
    static final class Misnamed {
        int n;

        @Override
        public boolean equals(Object o) {
            return o instanceof Misnamed p && p.n == n;
        }

        @Override
        public int hashCode() {
            return n;
        }
    }

    @KeyFields("n")
    static final class Partly {
        int n;
        int more;

        Partly(int n) {
            this.n = n;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Partly p && p.n == n;
        }

        @Override
        public int hashCode() {
            return n;
        }
    }

    @KeyFields("n")
    static final class Unmade {
        int n;

        @Override
        public boolean equals(Object o) {
            return o instanceof Unmade p && p.n == n;
        }

        @Override
        public int hashCode() {
            return n;
        }
    }

    private final KeyCodec codec = new KeyCodec(List.of(Size.class, Box.class, Place.class), Set.of());

    @Test
    void aClassDeclaresItsFields() {
        byte[] b = codec.encode(new Place("A", 7));
        assertArrayEquals(b, codec.encode(new Place("A", 7)));
        int before = Place.made;
        assertEquals(new Place("A", 7), again(b));
        assertEquals(before + 2, Place.made, "made by the constructor");
        assertNotEquals(new Place("A", 8), again(b));
        assertEquals(Optional.of(new Place("B", 1)), again(codec.encode(Optional.of(new Place("B", 1)))));
        assertEquals(Place.class.getName(), KeyCodec.className(b));
        assertThrows(SerializationException.class, () -> KeyCodec.STANDARD.encode(new Place("A", 7)));
        assertThrows(SerializationException.class, () -> KeyCodec.STANDARD.decode(b, 0, b.length));
    }

    @Test
    void aClassWhoseFieldsAreNotItsEqualityIsRefused() {
        Map<Object, String> bad = Map.of(
                new Open(), "must be final",
                new Identity(), "must override equals() and hashCode()",
                new Own(1), "equals() of its own",
                new Inherits(), "extend Object",
                new Misnamed(), "names \"other\"",
                new Partly(1), "not named: more",
                new Unmade(), "(int n)");
        KeyCodec all = new KeyCodec(
                bad.keySet().stream().<Class<?>>map(Object::getClass).toList(), Set.of());
        bad.forEach((key, text) -> {
            assertTrue(KeyCodec.isKey(key));
            WrongTypeException e = assertThrows(WrongTypeException.class, () -> all.encode(key));
            assertTrue(e.getMessage().contains(text), e.getMessage());
        });
    }

    private Object again(byte[] b) {
        return codec.decode(b, 0, b.length);
    }

    @Test
    void theFormIsThatOfTheProtocol() {
        byte[] name = Size.class.getName().getBytes(StandardCharsets.UTF_8);
        byte[] expected = new byte[2 + name.length + 6];
        expected[0] = 'E';
        expected[1] = (byte) name.length;
        System.arraycopy(name, 0, expected, 2, name.length);
        System.arraycopy(new byte[] {5, 'S', 'M', 'A', 'L', 'L'}, 0, expected, 2 + name.length, 6);
        assertArrayEquals(expected, codec.encode(Size.SMALL));
        assertArrayEquals(new byte[] {'O', 1, 'V', 0x06, 0, 0, 0, 7}, codec.encode(Optional.of(7)));
        assertArrayEquals(
                "T\4Year\4".concat("2026").getBytes(StandardCharsets.UTF_8), codec.encode(java.time.Year.of(2026)));
    }

    @Test
    void theOrderOfSetsAndMapsDoesNotShow() {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            List<String> names = Arrays.asList("a", "bb", "", "z", "\u00e9");
            java.util.Collections.shuffle(names, random);
            Map<Size, Long> counts = new java.util.LinkedHashMap<>();
            counts.put(random.nextBoolean() ? Size.SMALL : Size.LARGE, 1L);
            counts.put(Size.SMALL, 1L);
            counts.put(Size.LARGE, 1L);
            Box box = new Box(Size.SMALL, 1, List.of(), new java.util.LinkedHashSet<>(names), counts);
            Box same = new Box(Size.SMALL, 1, List.of(), new HashSet<>(names), new java.util.EnumMap<>(counts));
            assertArrayEquals(codec.encode(box), codec.encode(same));
            assertEquals(box, again(codec.encode(box)));
            assertEquals(box.hashCode(), again(codec.encode(box)).hashCode());
        }
    }

    @Test
    void bytesOfStrangersGiveAKeyOrAnException() {
        Box box = new Box(Size.SMALL, 1, List.of(Size.LARGE), Set.of("a", "b"), Map.of(Size.LARGE, 5L));
        byte[] good = codec.encode(box);
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = random.nextInt(4) == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int n = random.nextInt(3); n >= 0 && bad.length > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                Object key = again(bad);
                assertTrue(key.hashCode() == again(bad).hashCode());
            } catch (SerializationException e) {
                assertTrue(e.getMessage().contains("key") || e.getMessage().contains("codec"), e.getMessage());
            }
        }
    }

    @Test
    void onlyKnownClassesAreMade() {
        byte[] b = new KeyCodec(List.of(Size.class), Set.of()).encode(Size.LARGE);
        assertThrows(SerializationException.class, () -> KeyCodec.STANDARD.decode(b, 0, b.length));
        assertThrows(SerializationException.class, () -> KeyCodec.STANDARD.encode(Size.LARGE));
        assertEquals(
                Size.LARGE,
                new KeyCodec(List.of(), Set.of("io.multiproc.client")).decode(b, 0, b.length),
                "a package above");
        assertThrows(WrongTypeException.class, () -> codec.encode(Optional.of(new Object())));
        List<Object> self = new java.util.ArrayList<>();
        self.add(self);
        assertThrows(WrongTypeException.class, () -> codec.encode(Optional.of(self)));
        assertEquals(Values.KEY_CODEC, KeyCodec.ID);
    }
}
