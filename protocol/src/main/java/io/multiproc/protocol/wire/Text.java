package io.multiproc.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** UTF-8 that keeps lone surrogates, as Python's "surrogatepass" does: every Java and every Python string survives. */
public final class Text {
    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    public static byte[] encode(String s) {
        return hasLoneSurrogate(s) ? encodeSlowly(s) : s.getBytes(StandardCharsets.UTF_8);
    }

    public static String decode(byte[] b, int from, int length) {
        String s = new String(b, from, length, StandardCharsets.UTF_8);
        // what the JDK replaces may have been a surrogate; both steps run at the speed of a copy, as a loop of ours
        // does not
        return s.indexOf(REPLACEMENT) < 0 || !holdsSurrogate(b, from, length) ? s : decodeSlowly(b, from, length);
    }

    /**
     * The text in one line without effects: control characters, marks that turn the direction of writing, line separators and lone surrogates are escapes of Java. What others
     * have named or said must neither move a terminal's cursor nor forge a line of a log.
     */
    public static String escaped(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (isHarmless(c)) {
                if (out != null) {
                    out.appendCodePoint(c);
                }
            } else {
                if (out == null) {
                    out = new StringBuilder(text.length() + 16).append(text, 0, i);
                }
                escape(c, out);
            }
            i = next;
        }
        return out == null ? text : out.toString();
    }

    /** Whether a terminal only shows it. Characters that this JDK does not know yet are taken for letters. */
    public static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.UNASSIGNED -> !isNeverSeen(c); // an emoji newer than this JVM
            case Character.FORMAT -> c == 0x200d || c == 0x00ad; // joins emoji; a soft hyphen
            default -> true;
        };
    }

    /** Whether it is, or will be, no character that has a shape of its own. */
    private static boolean isNeverSeen(int c) {
        boolean none = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
        return none || c == 0x2065 || (c >= 0xfff0 && c <= 0xfff8) || (c >= 0xe0000 && c <= 0xe0fff);
    }

    private static void escape(int c, StringBuilder out) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                for (char unit : Character.toChars(c)) {
                    out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
        }
    }

    private static boolean holdsSurrogate(byte[] b, int from, int length) {
        for (int i = from; i < from + length - 2; i++) {
            if (b[i] == (byte) 0xED && (b[i + 1] & 0xE0) == 0xA0) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasLoneSurrogate(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c) && i + 1 < s.length() && Character.isLowSurrogate(s.charAt(i + 1))) {
                    i++;
                } else {
                    return true;
                }
            }
        }
        return false;
    }

    private static byte[] encodeSlowly(String s) {
        byte[] out = new byte[s.length() * 3];
        int n = 0;
        for (int i = 0; i < s.length(); ) {
            int c = s.codePointAt(i);
            i += Character.charCount(c);
            if (c < 0x80) {
                out[n++] = (byte) c;
            } else if (c < 0x800) {
                out[n++] = (byte) (0xC0 | c >> 6);
                out[n++] = (byte) (0x80 | c & 0x3F);
            } else if (c < 0x10000) {
                out[n++] = (byte) (0xE0 | c >> 12);
                out[n++] = (byte) (0x80 | c >> 6 & 0x3F);
                out[n++] = (byte) (0x80 | c & 0x3F);
            } else {
                out[n++] = (byte) (0xF0 | c >> 18);
                out[n++] = (byte) (0x80 | c >> 12 & 0x3F);
                out[n++] = (byte) (0x80 | c >> 6 & 0x3F);
                out[n++] = (byte) (0x80 | c & 0x3F);
            }
        }
        return Arrays.copyOf(out, n);
    }

    private static String decodeSlowly(byte[] b, int from, int length) {
        StringBuilder out = new StringBuilder(length);
        int start = from;
        int end = from + length;
        for (int i = from; i < end - 2; i++) {
            if (b[i] == (byte) 0xED && (b[i + 1] & 0xE0) == 0xA0) {
                out.append(new String(b, start, i - start, StandardCharsets.UTF_8));
                out.append((char) ((b[i] & 0x0F) << 12 | (b[i + 1] & 0x3F) << 6 | b[i + 2] & 0x3F));
                i += 2;
                start = i + 1;
            }
        }
        return out.append(new String(b, start, end - start, StandardCharsets.UTF_8))
                .toString();
    }
}
