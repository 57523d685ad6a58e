package io.multiproc.server.python;

import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The class of an object that a Java client wrote: the head of the bytes tells it, and nothing else of them is looked at. */
public final class JavaObjects {
    private static final int BY_NAME = 1;
    private static final int MAX_NAME = 512;

    private JavaObjects() {}

    /** Null if it is a class of the JDK, an array, or malformed. */
    public static @Nullable String className(byte[] b, int from, int end, LongFunction<@Nullable String> registered) {
        int code = 0;
        int p = from;
        for (int shift = 0; ; shift += 7) {
            if (p == end || shift > 28) {
                return null;
            }
            code |= (b[p] & 0x7f) << shift;
            if (b[p++] >= 0) {
                break;
            }
        }
        if (code != BY_NAME) {
            return registered.apply(code - 2L);
        }
        // the first description in this message, of a class that is no array
        return p + 3 > end || b[p] != 0 || b[p + 1] != 0 ? null : text(b, p + 2, end);
    }

    /** A text in Kryo's way: short ASCII ends with a marked byte; else its length comes first, marked and 6 bits in its first byte. */
    private static @Nullable String text(byte[] b, int from, int end) {
        int p = from;
        if (b[p] >= 0) {
            StringBuilder name = new StringBuilder();
            for (; p < end && name.length() < MAX_NAME; p++) {
                name.append((char) (b[p] & 0x7f));
                if (b[p] < 0) {
                    return name.toString();
                }
            }
            return null;
        }
        int length = b[p] & 0x3f;
        boolean more = (b[p++] & 0x40) != 0;
        for (int shift = 6; more && p < end && shift < 20; shift += 7) {
            length |= (b[p] & 0x7f) << shift;
            more = b[p++] < 0;
        }
        length--;
        return more || length < 1 || length > MAX_NAME || length > end - p
                ? null
                : new String(b, p, length, StandardCharsets.UTF_8);
    }
}
