package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextTest {
    /** UTF-16 and what CPython 3 gives for it with {@code encode("utf-8", "surrogatepass")}. */
    private static final String[] PYTHON = {
        ":",
        "0061:61",
        "00e9:c3a9",
        "07ff:dfbf",
        "0800:e0a080",
        "d7ff:ed9fbf",
        "d800:eda080",
        "dbff:edafbf",
        "dc00:edb080",
        "dfff:edbfbf",
        "e000:ee8080",
        "ffff:efbfbf",
        "d800dc00:f0908080",
        "dbffdfff:f48fbfbf",
        "0078d800d800dc010079:78eda080f090808179",
        "dc00d800:edb080eda080",
        "0061dfff0062d8000063d83dde00d83d:61edbfbf62eda08063f09f9880eda0bd",
    };

    @Test
    void asPythonWritesIt() {
        for (String line : PYTHON) {
            int colon = line.indexOf(':');
            byte[] utf16 = HexFormat.of().parseHex(line.substring(0, colon));
            StringBuilder s = new StringBuilder();
            for (int i = 0; i < utf16.length; i += 2) {
                s.append((char) ((utf16[i] & 0xff) << 8 | utf16[i + 1] & 0xff));
            }
            String expected = line.substring(colon + 1);
            byte[] encoded = Text.encode(s.toString());
            assertEquals(expected, HexFormat.of().formatHex(encoded), line);
            assertEquals(s.toString(), Text.decode(encoded, 0, encoded.length), line);
        }
    }

    @Test
    void everyCodePoint() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String s = Character.toString(c);
            byte[] b = Text.encode(s);
            assertEquals(s, Text.decode(b, 0, b.length));
            if (c < 0xd800 || c > 0xdfff) {
                assertArrayEquals(s.getBytes(StandardCharsets.UTF_8), b);
            }
        }
    }

    @Test
    void randomTexts() {
        long seed = System.nanoTime();
        System.out.println("TextTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder s = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                switch (random.nextInt(4)) {
                    case 0 -> s.append((char) random.nextInt(128));
                    case 1 -> s.append((char) (0xd800 + random.nextInt(0x800)));
                    case 2 -> s.append((char) random.nextInt(0x10000));
                    default -> s.appendCodePoint(0x10000 + random.nextInt(0x100000));
                }
            }
            String text = s.toString();
            byte[] b = new ByteWriter()
                    .raw(new byte[3])
                    .raw(Text.encode(text))
                    .u8(0xed)
                    .toByteArray();
            assertEquals(text, Text.decode(b, 3, b.length - 4), () -> "seed " + seed);
            assertEquals(text, Values.text(Values.ofText(text)), () -> "seed " + seed);
        }
    }

    @Test
    void malformedBytesAreReadAsSomething() {
        long seed = System.nanoTime();
        System.out.println("TextTest.malformed seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] b = new byte[random.nextInt(10)];
            random.nextBytes(b);
            for (int i = 0; i < b.length; i++) {
                if (random.nextInt(3) == 0) {
                    b[i] = (byte) 0xed;
                }
            }
            String s = Text.decode(b, 0, b.length);
            assertEquals(s, Text.decode(Text.encode(s), 0, Text.encode(s).length));
        }
    }

    @Test
    void whatMovesATerminalIsEscaped() {
        assertEquals("plain \u00e4\u20ac\ud83d\ude00", Text.escaped("plain \u00e4\u20ac\ud83d\ude00"));
        assertEquals("a\\nb\\r\\t\\u001b[1m", Text.escaped("a\nb\r\t\u001b[1m"));
        assertEquals("\\u202e\\ud800\\u0085\\u2029", Text.escaped("\u202e\ud800\u0085\u2029"));
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String text = Character.toString(c);
            String escaped = Text.escaped(text);
            assertEquals(1, escaped.lines().count(), () -> "in several lines");
            assertEquals(escaped, Text.escaped(escaped));
            int first = c;
            assertTrue(c > 0x1f || !escaped.equals(text), () -> "U+" + Integer.toHexString(first));
        }
    }
}
