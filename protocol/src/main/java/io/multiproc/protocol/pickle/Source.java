package io.multiproc.protocol.pickle;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of a pickle. Every length is compared with what is left before memory is spent on it. */
final class Source {
    private final byte[] b;
    private final int end;
    private int at;

    Source(byte[] b, int from, int end) {
        this.b = b;
        this.at = from;
        this.end = end;
    }

    boolean atEnd() {
        return at == end;
    }

    private int need(long n) {
        if (n < 0 || n > end - at) {
            throw Unpickler.bad("it is cut off, or a length exceeds it");
        }
        int from = at;
        at += (int) n;
        return from;
    }

    void skip(int n) {
        need(n);
    }

    int u8() {
        return b[need(1)] & 0xff;
    }

    int u16() {
        int p = need(2);
        return (b[p] & 0xff) | (b[p + 1] & 0xff) << 8;
    }

    long u32() {
        int p = need(4);
        return ((b[p] & 0xff) | (b[p + 1] & 0xff) << 8 | (b[p + 2] & 0xff) << 16 | b[p + 3] << 24) & 0xffffffffL;
    }

    int signed32() {
        return (int) u32();
    }

    /** Negative when it is beyond 63 bits, which no length can be. */
    long u64() {
        return u32() | u32() << 32;
    }

    long i64BigEndian() {
        int p = need(8);
        long v = 0;
        for (int i = 0; i < 8; i++) {
            v = v << 8 | b[p + i] & 0xff;
        }
        return v;
    }

    byte[] bytes(long n) {
        int p = need(n);
        return Arrays.copyOfRange(b, p, p + (int) n);
    }

    String text(long n) {
        int p = need(n);
        int length = (int) n;
        for (int i = p; i < p + length; i++) {
            if (b[i] < 0) {
                checkUtf8(p, length);
                return Unpickler.utf8(b, p, length);
            }
        }
        return new String(b, p, length, StandardCharsets.ISO_8859_1);
    }

    /** What Python's surrogatepass decoder accepts. */
    private void checkUtf8(int from, int length) {
        int i = from;
        int stop = from + length;
        while (i < stop) {
            int c = b[i] & 0xff;
            int more = c < 0x80
                    ? 0
                    : c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xF0 && c < 0xF5 ? 3 : -1;
            if (more < 0 || i + more >= stop) {
                throw Unpickler.bad("a text is not UTF-8");
            }
            for (int k = 1; k <= more; k++) {
                if ((b[i + k] & 0xC0) != 0x80) {
                    throw Unpickler.bad("a text is not UTF-8");
                }
            }
            int second = more > 0 ? b[i + 1] & 0xff : 0;
            if ((c == 0xE0 && second < 0xA0) || (c == 0xF0 && second < 0x90) || (c == 0xF4 && second > 0x8F)) {
                throw Unpickler.bad("a text is not UTF-8");
            }
            i += more + 1;
        }
    }

    /** Up to the next line feed, which is dropped. */
    String line() {
        int p = at;
        int q = lineEnd();
        return Unpickler.utf8(b, p, q - p);
    }

    private int lineEnd() {
        int q = at;
        while (q < end && b[q] != '\n') {
            q++;
        }
        if (q == end) {
            throw Unpickler.bad("a line has no end");
        }
        at = q + 1;
        return q;
    }

    long decimalLine() {
        String s = line();
        if (s.isEmpty() || s.length() > 10 || !s.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw Unpickler.bad("a memo number that is none");
        }
        return Long.parseLong(s);
    }

    double decimalFloat() {
        String s = line().strip();
        if (s.length() > 400) {
            throw Unpickler.bad("a float of more than 400 characters");
        }
        switch (s.startsWith("-") ? s.substring(1) : s) {
            case "nan" -> {
                return Double.NaN;
            }
            case "inf" -> {
                return s.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            }
            default -> {
                if (!s.matches("[-+]?[0-9.]+([eE][-+]?[0-9]+)?")) {
                    throw Unpickler.bad("a float that is none");
                }
            }
        }
        try {
            return Double.parseDouble(s);
        } catch (NumberFormatException e) {
            throw Unpickler.bad("a float that is none");
        }
    }

    static String latin1(byte[] b) {
        return new String(b, StandardCharsets.ISO_8859_1);
    }

    /** A line in which only \\uXXXX and \\UXXXXXXXX are escapes, as protocol 0 writes texts. */
    String rawUnicodeEscape() {
        int p = at;
        String s = new String(b, p, lineEnd() - p, StandardCharsets.ISO_8859_1);
        if (s.indexOf('\\') < 0) {
            return s;
        }
        StringBuilder out = new StringBuilder(s.length());
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            int digits =
                    c != '\\' || i + 1 == s.length() ? 0 : s.charAt(i + 1) == 'u' ? 4 : s.charAt(i + 1) == 'U' ? 8 : 0;
            if (digits == 0) {
                out.append(c);
                continue;
            }
            if (i + 2 + digits > s.length()) {
                throw Unpickler.bad("an escape is cut off");
            }
            out.appendCodePoint(hex(s, i + 2, digits));
            i += 1 + digits;
        }
        return out.toString();
    }

    private static int hex(String s, int from, int digits) {
        long v = 0;
        for (int i = from; i < from + digits; i++) {
            int d = Character.digit(s.charAt(i), 16);
            if (d < 0) {
                throw Unpickler.bad("an escape that is none");
            }
            v = v << 4 | d;
        }
        if (v > Character.MAX_CODE_POINT) {
            throw Unpickler.bad("an escape beyond Unicode");
        }
        return (int) v;
    }

    /** A line that holds a quoted text of Python 2. */
    String quoted() {
        int p = at;
        String s = new String(b, p, lineEnd() - p, StandardCharsets.ISO_8859_1).strip();
        char quote = s.isEmpty() ? 0 : s.charAt(0);
        if (s.length() < 2 || (quote != '\'' && quote != '"') || s.charAt(s.length() - 1) != quote) {
            throw Unpickler.bad("a text without quotes");
        }
        StringBuilder out = new StringBuilder(s.length());
        int last = s.length() - 1;
        for (int i = 1; i < last; i++) {
            char c = s.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            if (++i >= last) {
                throw Unpickler.bad("an escape is cut off");
            }
            char e = s.charAt(i);
            switch (e) {
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case '\\', '\'', '"' -> out.append(e);
                case 'x' -> {
                    if (i + 2 >= last) {
                        throw Unpickler.bad("an escape is cut off");
                    }
                    out.append((char) hex(s, i + 1, 2));
                    i += 2;
                }
                default -> throw Unpickler.bad("an escape that is none");
            }
        }
        return out.toString();
    }
}
