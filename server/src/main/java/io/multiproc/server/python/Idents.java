package io.multiproc.server.python;

import io.multiproc.protocol.op.ObjectType;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The names by which Python's clients know objects: 8 hexadecimal digits of the server's epoch, 2 of the type, then the id. They are never
 * used twice, and a proxy that outlives a server does not hit an object of the next one.
 */
final class Idents {
    /** The type of an iterator, which is an object of this dialect only. */
    static final int ITERATOR = 0xff;

    private final String epoch;

    /** An ident taken apart. */
    record Ident(int typeCode, long id) {
        @Nullable
        ObjectType type() {
            return ObjectType.coded(typeCode);
        }
    }

    Idents(long epoch) {
        this.epoch = HexFormat.of().toHexDigits((int) epoch);
    }

    String of(int type, long id) {
        String t = Integer.toHexString(type);
        return epoch + (t.length() < 2 ? "0" + t : t) + Long.toHexString(id);
    }

    /** Null if this server has not given it. */
    @Nullable
    Ident parse(String ident) {
        int n = ident.length();
        if (n < 11 || n > 26 || !ident.startsWith(epoch)) {
            return null;
        }
        for (int i = 8; i < n; i++) {
            if (Character.digit(ident.charAt(i), 16) < 0) {
                return null;
            }
        }
        return new Ident(Integer.parseInt(ident, 8, 10, 16), Long.parseUnsignedLong(ident, 10, n, 16));
    }
}
