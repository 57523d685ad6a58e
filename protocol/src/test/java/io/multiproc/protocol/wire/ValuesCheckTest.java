package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.multiproc.protocol.error.ErrorCode;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What {@link Values#check} accepts can be walked, hashed and compared; everything else it refuses with BAD_VALUE. */
class ValuesCheckTest {
    private static final Map<String, byte[]> GOLDEN = Golden.read("values.hex");

    private static void walk(byte[] b, int at, int end) {
        assertEquals(end, Values.skip(b, at));
        byte[] copy = Values.copy(b, at);
        assertEquals(end - at, copy.length);
        Tag tag = Tag.of(b, at);
        int hash = Equality.hash(b, at, end);
        assertEquals(hash, Equality.hash(copy));
        assertTrue(Equality.equal(b, at, copy, 0), "a value equals its copy");
        Values.forEachRef(copy, 0, id -> {});
        boolean hashable = Values.isHashable(b, at, end);
        // the codecs of keys and of pickles aside: their values are equal if their bytes are, or as their notes say
        boolean key = tag == Tag.OPAQUE
                && (b[Values.bodyStart(b, at)] == Values.KEY_CODEC || b[Values.bodyStart(b, at)] == Notes.CODEC);
        if (tag == Tag.LIST || tag == Tag.OPAQUE && !key) {
            assertTrue(!hashable);
        }
        if (tag.isContainer()) {
            int n = Values.count(b, at) * (tag == Tag.DICT ? 2 : 1);
            assertEquals(n, Values.elements(b, at).size());
            int p = Values.first(at);
            for (int i = 0; i < n; i++) {
                int next = Values.skip(b, p);
                walk(b, p, next);
                p = next;
            }
            assertEquals(end, p);
        }
        try {
            assertEquals(0, Equality.compare(copy, copy));
        } catch (ValueException e) {
            assertEquals(ErrorCode.NOT_COMPARABLE, e.code());
        }
    }

    private static void checkThenWalk(byte[] b, int from, int limit) {
        int end;
        try {
            end = Values.check(b, from, limit);
        } catch (ValueException e) {
            assertEquals(ErrorCode.BAD_VALUE, e.code());
            return;
        }
        assertTrue(end > from && end <= limit);
        walk(b, from, end);
    }

    private static ValueException refused(byte[] b) {
        ValueException e = assertThrows(ValueException.class, () -> Values.check(b, 0, b.length));
        assertEquals(ErrorCode.BAD_VALUE, e.code());
        return e;
    }

    @Test
    void goldenValuesAreAccepted() {
        GOLDEN.forEach((name, b) -> {
            assertEquals(b.length, Values.check(b, 0, b.length), name);
            byte[] within = new byte[b.length + 10];
            Arrays.fill(within, (byte) 0xee);
            System.arraycopy(b, 0, within, 7, b.length);
            assertEquals(7 + b.length, Values.check(within, 7, within.length), name);
            walk(within, 7, 7 + b.length);
        });
    }

    @Test
    void properPrefixesAreRefused() {
        GOLDEN.forEach((name, b) -> {
            for (int n = 0; n < b.length; n++) {
                int limit = n;
                assertThrows(ValueException.class, () -> Values.check(b, 0, limit), () -> name + " cut to " + limit);
                byte[] cut = Arrays.copyOf(b, n);
                assertThrows(ValueException.class, () -> Values.check(cut, 0, limit), () -> name + " cut to " + limit);
            }
        });
    }

    @Test
    void flippedBytes() {
        for (Map.Entry<String, byte[]> vector : GOLDEN.entrySet()) {
            byte[] b = vector.getValue();
            boolean small = b.length <= 40;
            for (int i = 0; i < b.length; i++) {
                for (int x = 1; x < 256; x += small ? 1 : 37) {
                    byte[] flipped = b.clone();
                    flipped[i] ^= (byte) x;
                    try {
                        checkThenWalk(flipped, 0, flipped.length);
                    } catch (RuntimeException e) {
                        fail(vector.getKey() + ", byte " + i + " ^ " + x, e);
                    }
                }
            }
        }
    }

    @Test
    void garbage() {
        long seed = System.nanoTime();
        System.out.println("ValuesCheckTest.garbage seed " + seed);
        Random random = new Random(seed);
        Tag[] tags = Tag.values();
        for (int round = 0; round < 60_000; round++) {
            byte[] b = new byte[1 + random.nextInt(60)];
            random.nextBytes(b);
            if (round % 3 != 0) {
                // plausible: tags everywhere, small lengths
                for (int i = 0; i < b.length; i++) {
                    int kind = random.nextInt(4);
                    if (kind < 2) {
                        b[i] = tags[random.nextInt(tags.length)].code();
                    } else if (kind == 2) {
                        b[i] = (byte) random.nextInt(12);
                    } else {
                        b[i] = 0;
                    }
                }
            }
            int from = random.nextInt(b.length);
            int limit = from + random.nextInt(b.length - from + 1);
            try {
                checkThenWalk(b, from, limit);
            } catch (RuntimeException e) {
                fail("seed " + seed + " " + Arrays.toString(b) + " " + from + ".." + limit, e);
            }
        }
    }

    @Test
    void declaredSizesReserveNothing() {
        byte[][] lies = {
            {0x20, 0x7f, -1, -1, -1, 0x7f, -1, -1, -1},
            {0x20, -1, -1, -1, -1, -1, -1, -1, -1},
            {0x24, 0x7f, -1, -1, -1, 0x7f, -1, -1, -1},
            {0x0d, -1, -1, -1, -1, 0x07},
            {0x0c, -1, -1, -1, -1, 0x7f},
            {0x0e, -2, -1, -1, -1, 0x0f},
        };
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (byte[] lie : lies) {
            refused(lie);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            for (byte[] lie : lies) {
                refused(lie);
            }
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / 6000;
        assertTrue(each < 4096, "a refusal allocates " + each + " bytes");
    }

    @Test
    void lengthsAndCountsMustAgree() {
        byte[] one = {0x20, 0, 0, 0, 5, 0, 0, 0, 1, 1};
        assertEquals(10, Values.check(one, 0, 10));
        for (int wrong : new int[] {0, 2, 255}) {
            byte[] count = one.clone();
            count[8] = (byte) wrong;
            refused(count);
        }
        for (int wrong : new int[] {0, 3, 4, 6, 255}) {
            byte[] length = one.clone();
            length[4] = (byte) wrong;
            refused(length);
        }
        // an odd pair: the dict declares one pair and holds a key
        refused(new byte[] {0x24, 0, 0, 0, 5, 0, 0, 0, 1, 1});
        // an inner container that reaches beyond the outer one, within the frame
        byte[] inner = {0x20, 0, 0, 0, 13, 0, 0, 0, 1, 0x20, 0, 0, 0, 5, 0, 0, 0, 1, 1};
        refused(Arrays.copyOf(inner, 19));
        inner[4] = 14;
        assertEquals(19, Values.check(inner, 0, 19));
        inner[13] = 6;
        refused(Arrays.copyOf(inner, 20));
        // counts whose double overflows an int
        refused(new byte[] {0x24, 0, 0, 0, 6, (byte) 0x80, 0, 0, 1, 1, 1});
    }

    @Test
    void absentStandsOnlyAlone() {
        assertEquals(1, Values.check(Values.ABSENT, 0, 1));
        refused(new byte[] {0x20, 0, 0, 0, 5, 0, 0, 0, 1, 0});
        refused(new byte[] {0x24, 0, 0, 0, 6, 0, 0, 0, 1, 1, 0});
    }

    @Test
    void shortBodiesAndLongLengths() {
        refused(new byte[] {0x08, 0});
        refused(new byte[] {0x31, 0});
        refused(new byte[] {0x0e, 4, 0, 0, 0, 0});
        assertEquals(7, Values.check(new byte[] {0x0e, 5, 0, 0, 0, 0, 0}, 0, 7));
        refused(new byte[] {0x15, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        // a varint of six bytes, and padding that a shorter one would do without
        refused(new byte[] {0x0c, -128, -128, -128, -128, -128, 0});
        refused(new byte[] {0x0c, -127, 0, 'a'});
        refused(new byte[] {0x0c, -128, 0});
    }

    @Test
    void unknownTags() {
        for (int code = 0; code < 256; code++) {
            byte[] b = new byte[64];
            b[0] = (byte) code;
            if (Tag.coded((byte) code) == null) {
                assertTrue(refused(b).getMessage().contains("unknown tag 0x" + Integer.toHexString(code)));
            }
        }
    }

    private static byte[] deep(Tag tag, int depth) {
        int head = tag == Tag.DICT ? 10 : 9;
        byte[] b = new byte[head * depth + 1];
        for (int i = 0; i < depth; i++) {
            int at = head * i;
            b[at] = tag.code();
            int length = b.length - at - 5;
            b[at + 1] = (byte) (length >> 24);
            b[at + 2] = (byte) (length >> 16);
            b[at + 3] = (byte) (length >> 8);
            b[at + 4] = (byte) length;
            b[at + 8] = 1;
            if (tag == Tag.DICT) {
                b[at + 9] = 1;
            }
        }
        b[b.length - 1] = 1;
        return b;
    }

    @Test
    void depth() {
        for (Tag tag : new Tag[] {Tag.LIST, Tag.TUPLE, Tag.SET, Tag.FROZENSET, Tag.DICT}) {
            byte[] most = deep(tag, 100);
            assertEquals(most.length, Values.check(most, 0, most.length));
            walk(most, 0, most.length);
            assertTrue(refused(deep(tag, 101)).getMessage().contains("deeper than 100"));
            assertTimeoutPreemptively(Duration.ofSeconds(1), () -> refused(deep(tag, 100_000)));
        }
    }

    @Test
    void decimalsAreBounded() {
        byte[] most = new ByteWriter()
                .tag(Tag.DECIMAL)
                .varint(4 + Limits.MAX_DECIMAL)
                .raw(new byte[4 + Limits.MAX_DECIMAL])
                .toByteArray();
        assertEquals(most.length, Values.check(most, 0, most.length));
        byte[] more = new ByteWriter()
                .tag(Tag.DECIMAL)
                .varint(5 + Limits.MAX_DECIMAL)
                .raw(new byte[5 + Limits.MAX_DECIMAL])
                .toByteArray();
        assertTrue(refused(more).getMessage().contains("decimal of more than 4096 bytes"));
    }
}
