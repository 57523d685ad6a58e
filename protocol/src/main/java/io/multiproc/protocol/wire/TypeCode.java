package io.multiproc.protocol.wire;

import io.multiproc.protocol.error.ErrorCode;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** The type codes of CPython's {@code Value} and {@code Array}, with the sizes that they have on 64-bit Linux. */
public enum TypeCode {
    BOOL('?', 1, 0, 1),
    CHAR('u', 4, 0, 0),
    INT8('b', 1, 7, -1),
    UINT8('B', 1, 8, 0),
    INT16('h', 2, 15, -1),
    UINT16('H', 2, 16, 0),
    INT32('i', 4, 31, -1),
    UINT32('I', 4, 32, 0),
    LONG('l', 8, 63, -1),
    ULONG('L', 8, 64, 0),
    INT64('q', 8, 63, -1),
    UINT64('Q', 8, 64, 0),
    FLOAT('f', 4, 0, 0),
    DOUBLE('d', 8, 0, 0),
    /** One byte that is a text's, not a number: bytes of length 1. */
    BYTE('c', 1, 8, 0);

    /** {@code c_char_p}, {@code c_wchar_p}, {@code c_void_p} of Python's ctypes. */
    private static final Set<String> POINTERS = Set.of("z", "Z", "P");

    private final String symbol;
    private final int width;
    private final BigInteger least;
    private final BigInteger most;

    TypeCode(char symbol, int width, int bits, int sign) {
        this.symbol = String.valueOf(symbol);
        this.width = width;
        BigInteger range = BigInteger.ONE.shiftLeft(bits);
        least = sign < 0 ? range.negate() : BigInteger.ZERO;
        most = range.subtract(BigInteger.ONE);
    }

    /** The letter. */
    public String symbol() {
        return symbol;
    }

    /** The bytes of one element. */
    public int width() {
        return width;
    }

    /**
     * The code of a letter.
     *
     * @throws ValueException with BAD_ARGUMENT if there is none
     */
    public static TypeCode of(String symbol) {
        for (TypeCode code : values()) {
            if (code.symbol.equals(symbol)) {
                return code;
            }
        }
        if (POINTERS.contains(symbol)) {
            throw bad("type code '" + symbol
                    + "' is a pointer, which means nothing in another process: share the bytes themselves,"
                    + " in an array of type code 'c' (or 'u' for characters), or in shared memory");
        }
        String shown = symbol.length() <= 20 ? "'" + symbol + "'" : "of " + symbol.length() + " characters";
        throw bad("unknown type code " + shown + "; the codes are "
                + Arrays.stream(values()).map(TypeCode::symbol).collect(Collectors.joining(" ")));
    }

    private static ValueException bad(String text) {
        return new ValueException(ErrorCode.BAD_ARGUMENT, text);
    }

    /** Whether elements can be added to. */
    public boolean isNumber() {
        return this != BOOL && this != CHAR && this != BYTE;
    }

    /**
     * The value at an offset as the bits of an element.
     *
     * @throws ValueException with WRONG_TYPE if it is of another kind, with BAD_ARGUMENT if it is out of range
     */
    public long bits(byte[] b, int at) {
        Tag tag = Tag.of(b, at);
        switch (this) {
            case BOOL -> {
                if (tag == Tag.TRUE || tag == Tag.FALSE) {
                    return tag == Tag.TRUE ? 1 : 0;
                }
                throw wrongType(tag, "a bool");
            }
            case CHAR -> {
                if (tag == Tag.CHAR) {
                    return Character.codePointAt(Values.text(textOf(b, at)), 0);
                }
                if (tag == Tag.STRING) {
                    String text = Values.text(b, at);
                    if (text.codePointCount(0, text.length()) == 1) {
                        return text.codePointAt(0);
                    }
                    throw bad(
                            "a value of type code 'u' is one character, not " + text.codePointCount(0, text.length()));
                }
                throw wrongType(tag, "a character");
            }
            case BYTE -> {
                if (tag == Tag.BYTES) {
                    if (b[at + 1] == 1) {
                        return b[at + 2] & 0xff;
                    }
                    throw bad("a value of type code 'c' is one byte");
                }
                if (Numbers.fitsLong(tag)) {
                    return inRange(Numbers.bigInteger(b, at));
                }
                throw wrongType(tag, "one byte");
            }
            case FLOAT, DOUBLE -> {
                double d;
                if (tag == Tag.FLOAT32 || tag == Tag.FLOAT64) {
                    d = Numbers.doubleValue(b, at);
                } else if (Numbers.fitsLong(tag) || tag == Tag.BIGINT) {
                    d = Numbers.bigInteger(b, at).doubleValue();
                    if (Double.isInfinite(d)) {
                        throw bad("the integer is too large for type code '" + symbol + "'");
                    }
                } else {
                    throw wrongType(tag, "a number");
                }
                if (this == DOUBLE) {
                    return Double.doubleToLongBits(d);
                }
                float f = (float) d;
                if (Float.isInfinite(f) && !Double.isInfinite(d)) {
                    throw bad(d + " is out of range for type code 'f'");
                }
                return Float.floatToIntBits(f) & 0xffffffffL;
            }
            default -> {
                if (!Numbers.fitsLong(tag) && tag != Tag.BIGINT) {
                    throw wrongType(tag, "an integer");
                }
                return inRange(Numbers.bigInteger(b, at));
            }
        }
    }

    private long inRange(BigInteger v) {
        if (v.compareTo(least) < 0 || v.compareTo(most) > 0) {
            throw bad(Numbers.shown(v) + " is out of range for type code '" + symbol + "' (" + least + " to " + most
                    + ")");
        }
        return v.longValue();
    }

    private static byte[] textOf(byte[] b, int at) {
        // a CHAR is one UTF-16 unit
        return Values.ofText(String.valueOf((char) ((b[at + 1] & 0xff) << 8 | b[at + 2] & 0xff)));
    }

    private ValueException wrongType(Tag tag, String wanted) {
        return new ValueException(
                ErrorCode.WRONG_TYPE, "type code '" + symbol + "' takes " + wanted + ", not " + tag.typeName());
    }

    /** An element as an encoded value. */
    public byte[] value(long bits) {
        return switch (this) {
            case BOOL -> Values.ofBool(bits != 0);
            case CHAR -> Values.ofText(new String(Character.toChars((int) bits)));
            case BYTE -> new ByteWriter(3)
                    .tag(Tag.BYTES)
                    .varint(1)
                    .u8((int) bits)
                    .toByteArray();
            case FLOAT -> new ByteWriter(5).tag(Tag.FLOAT32).i32((int) bits).toByteArray();
            case DOUBLE -> new ByteWriter(9).tag(Tag.FLOAT64).i64(bits).toByteArray();
            case LONG, INT64, UINT32 -> new ByteWriter(9)
                    .tag(Tag.INT64)
                    .i64(bits)
                    .toByteArray();
            case ULONG, UINT64 -> bits >= 0
                    ? new ByteWriter(9).tag(Tag.INT64).i64(bits).toByteArray()
                    : Numbers.encodeInteger(new BigInteger(Long.toUnsignedString(bits)), Tag.INT64);
            default -> new ByteWriter(5).tag(Tag.INT32).i32((int) bits).toByteArray();
        };
    }

    /** The sum of an element and a number, as bits; see {@link #bits} for what it throws. */
    public long add(long bits, byte[] delta) {
        if (!isNumber()) {
            throw new ValueException(
                    ErrorCode.WRONG_TYPE, "nothing can be added to a value of type code '" + symbol + "'");
        }
        return bits(Numbers.add(value(bits), delta), 0);
    }

    /** Reads the element at an index. */
    public long get(byte[] data, int index) {
        int at = index * width;
        long bits = 0;
        for (int i = 0; i < width; i++) {
            bits = bits << 8 | data[at + i] & 0xff;
        }
        boolean signed = this == INT8 || this == INT16 || this == INT32;
        int unused = 64 - 8 * width;
        return signed ? bits << unused >> unused : bits;
    }

    /** Writes the element at an index. */
    public void set(byte[] data, int index, long bits) {
        int at = index * width;
        for (int i = width - 1, shift = 0; i >= 0; i--, shift += 8) {
            data[at + i] = (byte) (bits >>> shift);
        }
    }
}
