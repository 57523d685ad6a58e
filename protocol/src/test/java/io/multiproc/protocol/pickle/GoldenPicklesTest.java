package io.multiproc.protocol.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pickles that CPython 3.8 to 3.13 wrote ({@code golden/pickle/make.py}): read, written again, cut off. */
@Timeout(120)
class GoldenPicklesTest {
    static final Translator TRANSLATOR = new Translator(new Translator.Proxies() {
        @Override
        public byte[] toEnvelope(Py.PyObject rebuildProxy) {
            return null;
        }

        @Override
        public Object fromEnvelope(int type, long id) {
            throw new AssertionError();
        }
    });

    private record Golden(String name, String versions, int protocol, byte[] bytes) {
        @Override
        public String toString() {
            return name + " of " + versions + " in protocol " + protocol;
        }
    }

    private static List<Golden> all() throws IOException {
        List<Golden> out = new ArrayList<>();
        try (InputStream in = GoldenPicklesTest.class.getResourceAsStream("/golden/pickle/pickles.tsv")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
                String[] f = line.split("\t");
                out.add(new Golden(
                        f[0], f[1], Integer.parseInt(f[2]), HexFormat.of().parseHex(f[3])));
            }
        }
        Set<String> versions = new TreeSet<>();
        out.forEach(g -> versions.addAll(List.of(g.versions.split(","))));
        assertTrue(versions.containsAll(List.of("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")), versions::toString);
        return out;
    }

    private static byte[] again(byte[] pickle) {
        return Pickler.write(Unpickler.read(pickle));
    }

    private static byte[] envelope(byte[] pickle) {
        Unpickler reader = new Unpickler(pickle, 0, pickle.length, PickleLimits.DEFAULT);
        Object graph = reader.read();
        return TRANSLATOR.toEnvelope(graph, reader.isShared());
    }

    @Test
    void aValueIsTheSameFromEveryVersionInEveryProtocol() throws IOException {
        // how an object describes its making is up to the protocol and the version: those are compared within
        // themselves only
        Set<String> described = Set.of(
                "complex",
                "uuid",
                "small_uuid",
                "point",
                "array",
                "class",
                "slice",
                "range",
                "deque",
                "default",
                "counter",
                "ordered",
                "fraction",
                "key_error",
                "empty",
                "decimals",
                "dates",
                "function",
                "ellipsis");
        Map<String, byte[]> first = new LinkedHashMap<>();
        for (Golden g : all()) {
            byte[] canonical = again(g.bytes);
            assertArrayEquals(canonical, again(canonical), g + " changes when written twice");
            String key = described.contains(g.name) ? g.name + " " + g.protocol + " " + g.versions : g.name;
            byte[] before = first.putIfAbsent(key, canonical);
            if (before != null) {
                assertArrayEquals(before, canonical, g.toString());
            }
        }
        assertEquals(true, first.size() > 60);
    }

    @Test
    void theEnvelopeHoldsWhatItHasTagsFor() throws IOException {
        Map<String, Tag> expected = new LinkedHashMap<>();
        expected.put("none", Tag.NULL);
        expected.put("true", Tag.TRUE);
        expected.put("big", Tag.BIGINT);
        expected.put("texts", Tag.LIST);
        expected.put("nested", Tag.DICT);
        expected.put("long_dict", Tag.DICT);
        expected.put("uuid", Tag.UUID);
        expected.put("dates", Tag.LIST);
        expected.put("sharing", Tag.OPAQUE);
        expected.put("loop", Tag.OPAQUE);
        expected.put("ring", Tag.OPAQUE);
        expected.put("own", Tag.OPAQUE);
        expected.put("point", Tag.OPAQUE);
        expected.put("complex", Tag.COMPLEX);
        expected.put("bytearray", Tag.OPAQUE);
        int seen = 0;
        for (Golden g : all()) {
            byte[] value = envelope(g.bytes);
            assertEquals(value.length, Values.check(value, 0, value.length), g.toString());
            if (expected.containsKey(g.name) && g.protocol >= 2) {
                assertEquals(expected.get(g.name), Tag.of(value, 0), g.toString());
                seen++;
            }
            // and back: the pickle that a client gets gives the same value again
            PickleWriter out = new PickleWriter().start();
            TRANSLATOR.pickle(value, 0, out);
            assertArrayEquals(value, envelope(out.stop().toByteArray()), g.toString());
            byte[] viaGraph = Pickler.write(TRANSLATOR.fromEnvelope(value, 0));
            assertArrayEquals(value, envelope(viaGraph), g.toString());
        }
        assertTrue(seen > 40, "seen " + seen);
    }

    @Test
    void datesAreExact() throws IOException {
        for (Golden g : all()) {
            if (g.name.equals("dates") && g.protocol == 4) {
                List<byte[]> dates = Values.elements(envelope(g.bytes), 0);
                List<Tag> tags = dates.stream().map(d -> Tag.of(d, 0)).toList();
                assertEquals(
                        List.of(
                                Tag.DATE,
                                Tag.TIME,
                                Tag.DATETIME,
                                Tag.INSTANT,
                                Tag.OFFSET_DATETIME,
                                Tag.DURATION,
                                Tag.DURATION),
                        tags);
            }
        }
    }

    @Test
    void everyPickleCutOffAnywhereIsRefused() throws IOException {
        int cuts = 0;
        for (Golden g : all()) {
            if (g.bytes.length > 3000) {
                continue;
            }
            for (int n = 0; n < g.bytes.length; n++) {
                byte[] cut = java.util.Arrays.copyOf(g.bytes, n);
                assertThrows(PickleException.class, () -> Unpickler.read(cut), g + " cut at " + n);
                cuts++;
            }
        }
        assertTrue(cuts > 20_000, "cuts " + cuts);
    }
}
