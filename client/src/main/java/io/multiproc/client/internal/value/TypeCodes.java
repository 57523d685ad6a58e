package io.multiproc.client.internal.value;

import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.ValueException;

/** Type codes as the client's methods take them. */
public final class TypeCodes {
    private TypeCodes() {}

    /**
     * The code of a letter.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static TypeCode of(String symbol) {
        try {
            return TypeCode.of(symbol);
        } catch (ValueException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** What memory of zeros is under a code. */
    public static Object zero(String symbol) {
        return switch (of(symbol)) {
            case BOOL -> false;
            case CHAR -> "\0";
            case BYTE -> new byte[1];
            case INT8, UINT8, INT16, UINT16, INT32 -> 0;
            case UINT32, LONG, ULONG, INT64, UINT64 -> 0L;
            case FLOAT -> 0f;
            case DOUBLE -> 0d;
        };
    }
}
