package io.multiproc.protocol.wire;

import org.jspecify.annotations.Nullable;

/**
 * The first byte of a value. Numbers are big-endian; {@code varint} is unsigned LEB128 of at most 32 bits; {@code text} is
 * UTF-8 in which a lone surrogate is three bytes, as Python's "surrogatepass" writes it.
 */
public enum Tag {
    /** No value at all: "no such key", "not in time", an argument left out. Never stored. */
    ABSENT(0x00, 0),
    NULL(0x01, 0),
    FALSE(0x02, 0),
    TRUE(0x03, 0),
    INT8(0x04, 1),
    INT16(0x05, 2),
    INT32(0x06, 4),
    INT64(0x07, 8),
    /** varint length, two's complement. */
    BIGINT(0x08, Tag.PREFIXED),
    FLOAT32(0x09, 4),
    FLOAT64(0x0A, 8),
    /** One UTF-16 unit. */
    CHAR(0x0B, 2),
    /** varint length, text. */
    STRING(0x0C, Tag.PREFIXED),
    /** varint length, bytes. */
    BYTES(0x0D, Tag.PREFIXED),
    /** varint length, then a 4-byte scale and the unscaled value in two's complement. */
    DECIMAL(0x0E, Tag.PREFIXED),
    /** Real part, imaginary part: each as FLOAT64. */
    COMPLEX(0x0F, 16),
    /** Days since 1970-01-01. */
    DATE(0x10, 8),
    /** Nanoseconds since midnight. */
    TIME(0x11, 8),
    /** Days, then nanoseconds of the day; no zone. */
    DATETIME(0x12, 16),
    /** Seconds since 1970-01-01T00:00Z, then 4 bytes of nanoseconds. */
    INSTANT(0x13, 12),
    /** As DATETIME, then the offset from UTC in seconds (4 bytes). */
    OFFSET_DATETIME(0x14, 20),
    /** varint length, then as OFFSET_DATETIME, then the zone's id as text. */
    ZONED_DATETIME(0x15, Tag.PREFIXED),
    /** Seconds, then 4 bytes of nanoseconds. */
    DURATION(0x16, 12),
    UUID(0x17, 16),
    /** 4 bytes length of what follows, 4 bytes count, the elements. */
    LIST(0x20, Tag.CONTAINER),
    TUPLE(0x21, Tag.CONTAINER),
    SET(0x22, Tag.CONTAINER),
    FROZENSET(0x23, Tag.CONTAINER),
    /** As LIST; the count is of pairs, each a key and a value. */
    DICT(0x24, Tag.CONTAINER),
    /** A shared object: 1 byte type code, 8 bytes id. */
    REF(0x30, 9),
    /** varint length, then a 1-byte codec id and that codec's bytes. The server never looks inside. */
    OPAQUE(0x31, Tag.PREFIXED);

    /** {@link #size()} of a value with a varint length. */
    public static final int PREFIXED = -1;
    /** {@link #size()} of a container. */
    public static final int CONTAINER = -2;

    private static final Tag[] BY_CODE = new Tag[256];

    static {
        for (Tag tag : values()) {
            BY_CODE[tag.code] = tag;
        }
    }

    private final byte code;
    private final int size;

    Tag(int code, int size) {
        this.code = (byte) code;
        this.size = size;
    }

    public byte code() {
        return code;
    }

    /** Bytes after the tag, or {@link #PREFIXED}, or {@link #CONTAINER}. */
    public int size() {
        return size;
    }

    /** The tag of a byte, or null when no tag has it. */
    public static @Nullable Tag coded(byte code) {
        return BY_CODE[code & 0xff];
    }

    /** The tag of a byte of a value that has been checked. */
    public static Tag of(byte[] value, int at) {
        Tag tag = BY_CODE[value[at] & 0xff];
        if (tag == null) {
            throw new IllegalStateException("unchecked value");
        }
        return tag;
    }

    /** Whether it is an integer of any width; booleans are not. */
    public boolean isInteger() {
        return code >= INT8.code && code <= BIGINT.code;
    }

    /** Whether it compares as a number: booleans, integers, floats, decimals. */
    public boolean isNumber() {
        return (code >= FALSE.code && code <= FLOAT64.code) || this == DECIMAL;
    }

    public boolean isContainer() {
        return size == CONTAINER;
    }

    /** The type's name in error texts, in Python's words where Python has one. */
    public String typeName() {
        return switch (this) {
            case ABSENT -> "absent";
            case NULL -> "null";
            case FALSE, TRUE -> "bool";
            case INT8, INT16, INT32, INT64, BIGINT -> "int";
            case FLOAT32, FLOAT64 -> "float";
            case CHAR -> "char";
            case STRING -> "str";
            case OPAQUE -> "object of a user class";
            case REF -> "proxy";
            default -> name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        };
    }
}
