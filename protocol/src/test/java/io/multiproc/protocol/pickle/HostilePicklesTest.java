package io.multiproc.protocol.pickle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pickles made to run code, to fill memory, or to break the reader. */
@Timeout(120)
class HostilePicklesTest {
    private static byte[] bytes(Object... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof Integer i) {
                out.write(i);
            } else if (part instanceof String s) {
                out.writeBytes(s.getBytes(StandardCharsets.ISO_8859_1));
            } else {
                out.writeBytes((byte[]) part);
            }
        }
        return out.toByteArray();
    }

    private static byte[] repeat(int b, int times) {
        byte[] out = new byte[times];
        Arrays.fill(out, (byte) b);
        return out;
    }

    private static String refusal(byte[] pickle) {
        return assertThrows(PickleException.class, () -> Unpickler.read(pickle)).getMessage();
    }

    private static byte[] envelope(byte[] pickle) {
        Unpickler reader = new Unpickler(pickle, 0, pickle.length, PickleLimits.DEFAULT);
        Object graph = reader.read();
        return GoldenPicklesTest.TRANSLATOR.toEnvelope(graph, reader.isShared());
    }

    @Test
    void aCallIsOnlyDescribed() {
        Object o = Unpickler.read(bytes("cos\nsystem\n(Vtouch /tmp/owned\ntR."));
        assertTrue(o instanceof Py.PyObject call && call.isA("os", "system"));
        assertEquals(Tag.OPAQUE, Tag.of(envelope(bytes("cos\nsystem\n(Vls\ntR.")), 0));
        Object built = Unpickler.read(bytes("(ios\nsystem\n."));
        assertTrue(built instanceof Py.PyObject call && call.isA("os", "system"));
    }

    @Test
    void nestingIsBounded() {
        for (int depth : new int[] {1_001, 100_000}) {
            byte[] lists = bytes(0x80, 4, repeat(']', depth), repeat('a', depth - 1), ".");
            assertTrue(refusal(lists).contains("deeper"), () -> refusal(lists));
            byte[] tuples = bytes(0x80, 4, ")", repeat(0x85, depth), ".");
            assertTrue(refusal(tuples).contains("deeper"));
            byte[] marks = bytes(0x80, 4, repeat('(', depth), repeat('t', depth), ".");
            assertTrue(refusal(marks).contains("deeper"));
        }
        byte[] allowed = bytes(0x80, 4, repeat(']', 900), repeat('a', 899), ".");
        assertEquals(Tag.OPAQUE, Tag.of(envelope(allowed), 0));
        byte[] shallow = bytes(0x80, 4, repeat(']', 100), repeat('a', 99), ".");
        byte[] value = envelope(shallow);
        assertEquals(value.length, Values.check(value, 0, value.length));
        assertEquals(Tag.LIST, Tag.of(value, 0));
    }

    @Test
    void nestingBehindTheMemoIsBounded() {
        // each list is appended to the next one before the previous one is filled: depth shows only in the whole graph
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(0x80, 4, "(", "]", 0x94));
        for (int i = 1; i < 5000; i++) {
            out.writeBytes(bytes("]", 0x94));
        }
        out.writeBytes(bytes("t", 0x94));
        for (int i = 0; i + 1 < 5000; i++) {
            out.writeBytes(bytes("j", i & 255, i >> 8, 0, 0, "j", i + 1 & 255, i + 1 >> 8, 0, 0, "a", "0"));
        }
        out.write('.');
        assertThrows(PickleException.class, () -> envelope(out.toByteArray()));
    }

    @Test
    void aMemoBombStaysAsSmallAsItCame() {
        // x = (x, x) sixty times
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(0x80, 4, "]", 0x94, "h", 0, 0x86, 0x94));
        for (int i = 1; i < 60; i++) {
            out.writeBytes(bytes("h", i, 0x86, 0x94));
        }
        out.write('.');
        byte[] value = envelope(out.toByteArray());
        assertEquals(Tag.OPAQUE, Tag.of(value, 0));
        assertTrue(value.length < 2000, "bytes " + value.length);
    }

    @Test
    void aTupleSharedAFewTimesIsATree() {
        byte[] value = envelope(bytes(0x80, 4, "K", 1, 0x85, 0x94, "h", 0, 0x86, "."));
        assertEquals(Tag.TUPLE, Tag.of(value, 0));
        assertEquals(2, Values.count(value, 0));
    }

    @Test
    void announcedLengthsCostNothing() {
        for (String op : new String[] {"X", "B", "T"}) {
            assertTrue(refusal(bytes(op, 0xff, 0xff, 0xff, 0x7f, "x.")).contains("cut off"));
        }
        for (int op : new int[] {0x8d, 0x8e, 0x96}) {
            refusal(bytes(op, repeat(0xff, 7), 0x7f, "x."));
            refusal(bytes(op, repeat(0xff, 8), "x."));
        }
        refusal(bytes(0x8b, 0xff, 0xff, 0xff, 0xff, "."));
        refusal(bytes("r", 0xff, 0xff, 0xff, 0xff));
        assertSame(Py.NONE, Unpickler.read(bytes("N", "r", 0xfe, 0xff, 0xff, 0xff, ".")));
    }

    @Test
    void memoryIsBounded() {
        assertTrue(refusal(bytes(repeat(']', 4_000_000), ".")).contains("limit"));
        byte[] memos = bytes("N", repeat(0x94, 30_000_000), ".");
        assertTrue(refusal(memos).contains("limit"));
    }

    @Test
    void wrongShapesAreRefused() {
        String[] wrong = {
            "",
            ".",
            "N",
            "NN.",
            "(.",
            "a.",
            "Na.",
            "NNa.",
            "e.",
            "(e.",
            "s.",
            "NNs.",
            "}Ns.",
            "}(Nu.",
            "b.",
            "NNb.",
            "R.",
            "NNR.",
            "NN\u0081.",
            "t.",
            "0.",
            "1.",
            "2.",
            "h\0.",
            "g0\n.",
            "g-1\n.",
            "p99999999999\n.",
            "Pid\n.",
            "NQ.",
            "Ix\n.",
            "Lx\n.",
            "Fx\n.",
            "F1e\n.",
            "Sx\n.",
            "S'\n.",
            "V\\u12\n.",
            "V\\U00110000\n.",
            "NN\u0093.",
            "(d\u0090.",
            "(Nd.",
            "o.",
            "(o.",
            "ios\n",
            "cos\nsystem\nNR.",
            "\u0080\u0006N.",
            "\u0082\u0001.",
            "\u0097.",
            "\u0098.",
            "\u00ff.",
            "X\u0001\0\0\0\u00ff.",
            "\u008c\u0002\u00c0\u0080.",
            "(\u0094.",
            "(2."
        };
        for (String w : wrong) {
            refusal(w.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void everyOpcodeCutOffAnywhereIsRefused() {
        // each opcode of protocols 0 to 5 at least once, with what it needs before it
        String[] whole = {
            "\u0080\u0004\u0095\u0002\0\0\0\0\0\0\0N.",
            "(I01\nI5\nL6L\nF1.5\nS'a'\nV\\u00e9\nNl.",
            "(\u0088\u0089K\u0001M\u0001\u0002J\u0001\u0002\u0003\u0004\u008a\u0001\u0005\u008b\u0001\0\0\0\u0005G\0\0\0\0\0\0\0\0t.",
            "(T\u0001\0\0\0aU\u0001aX\u0001\0\0\0a\u008c\u0001a\u008d\u0001\0\0\0\0\0\0\0at.",
            "(B\u0001\0\0\0aC\u0001a\u008e\u0001\0\0\0\0\0\0\0a\u0096\u0001\0\0\0\0\0\0\0at.",
            "])\u0085a(NNe.",
            "}NNs(NNu.",
            "\u008f(N\u0090.",
            "(N\u0091.",
            "N\u0085.",
            "NN\u0086.",
            "NNN\u0087.",
            "Np0\n0g0\n.",
            "Nq\u00000h\0.",
            "Nr\0\0\0\u00000j\0\0\0\0.",
            "]\u00940h\0.",
            "N20.",
            "(N1N.",
            "(NNd.",
            "cos\nsystem\n(tR}b.",
            "\u008c\u0002os\u008c\u0006system\u0093)\u0081.",
            "\u008c\u0002os\u008c\u0006system\u0093)}\u0092.",
            "(ios\nsystem\n.",
            "(cos\nsystem\no."
        };
        boolean[] seen = new boolean[256];
        for (String w : whole) {
            byte[] b = w.getBytes(StandardCharsets.ISO_8859_1);
            Unpickler.read(b);
            for (byte x : b) {
                seen[x & 0xff] = true;
            }
            for (int n = 0; n < b.length; n++) {
                refusal(Arrays.copyOf(b, n));
            }
        }
        // PERSID, BINPERSID, EXT1 to 4, NEXT_BUFFER and READONLY_BUFFER mean nothing here and are refused whole
        for (char op :
                "(.012FIJKLMNRSTUVXabcdeghijlopqrstu}])GBC\u0080\u0081\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u008d\u008e\u008f\u0090\u0091\u0092\u0093\u0094\u0095\u0096"
                        .toCharArray()) {
            assertTrue(seen[op], () -> "no pickle with opcode 0x" + Integer.toHexString(op));
        }
        for (String refused : new String[] {
            "Pid\n.", "NQ.", "\u0082\u0001.", "\u0083\u0001\0.", "\u0084\u0001\0\0\0.", "\u0097.", "\u0098."
        }) {
            refusal(refused.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void randomBytesAndRandomChangesGiveAValueOrARefusal() {
        long seed = Long.getLong("seed", 20261124L);
        System.out.println("HostilePicklesTest seed " + seed);
        Random random = new Random(seed);
        byte[] opcodes = bytes(
                0x80,
                0x95,
                0x94,
                0x8c,
                0x85,
                0x86,
                0x87,
                0x93,
                0x81,
                0x92,
                0x8f,
                0x90,
                0x91,
                0x8a,
                "(]}tlduasehjqrgpRbNKMJIGX.012");
        int values = 0;
        for (int run = 0; run < 300_000; run++) {
            byte[] b = new byte[1 + random.nextInt(40)];
            for (int i = 0; i < b.length; i++) {
                b[i] = random.nextInt(4) == 0 ? (byte) random.nextInt(8) : opcodes[random.nextInt(opcodes.length)];
            }
            b[b.length - 1] = '.';
            try {
                byte[] value = envelope(b);
                assertEquals(value.length, Values.check(value, 0, value.length));
                values++;
            } catch (PickleException | ValueException e) {
                // refused
            }
        }
        assertTrue(values > 100, "values " + values);
    }

    /** CPython refuses such integers as well; the time that they take is the square of their length. */
    @Test
    void integersAsLongTexts() {
        byte[] longest = ("L" + "7".repeat(4_300) + "L\n.").getBytes(StandardCharsets.US_ASCII);
        Object unused = Unpickler.read(longest);
        byte[] longer = ("I" + "7".repeat(4_400) + "\n.").getBytes(StandardCharsets.US_ASCII);
        PickleException e = assertThrows(PickleException.class, () -> Unpickler.read(longer));
        assertTrue(String.valueOf(e.getMessage()).contains("4300 digits"), e::getMessage);
    }

    /** A few bytes each copy what is remembered once. */
    @Test
    void aListThatIsCopiedOverAndOver() {
        PickleWriter out = new PickleWriter().start();
        out.op('(').op(']').memoize();
        out.op('(');
        for (int i = 0; i < 100_000; i++) {
            out.integer(i);
        }
        out.op('e');
        for (int i = 0; i < 100_000; i++) {
            out.global("builtins", "tuple").get(0).op(0x85).op('R').op('0');
        }
        byte[] pickle = out.op('l').stop().toByteArray();
        assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> assertThrows(PickleException.class, () -> Unpickler.read(pickle)));
    }

    /** A text that is referred to a thousand times is written a thousand times. */
    @Test
    void valuesThatGrowWhenTheyAreWrittenOut() {
        String text = "x".repeat(1 << 20);
        Py.PyList list = new Py.PyList();
        for (int i = 0; i < 4_000; i++) {
            list.items.add(text);
        }
        Translator bounded = new Translator(
                new Translator.Proxies() {
                    @Override
                    public byte @Nullable [] toEnvelope(Py.PyObject proxy) {
                        return null;
                    }

                    @Override
                    public Object fromEnvelope(int type, long id) {
                        throw new AssertionError();
                    }
                },
                8 << 20,
                new Work(Work.DEFAULT));
        assertThrows(ValueException.class, () -> bounded.toEnvelope(list, false));
        assertThrows(PickleException.class, () -> Pickler.write(list, 8 << 20));
    }
}
