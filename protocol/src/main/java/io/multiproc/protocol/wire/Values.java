package io.multiproc.protocol.wire;

import io.multiproc.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;

/**
 * Encoded values: checking, walking and taking apart. A value is checked once, when its frame arrives ({@link #check});
 * every other method expects checked bytes. {@link Equality} compares them.
 */
public final class Values {
    /** The codec of opaque values whose equality is that of their bytes, so that they may be keys. */
    public static final int KEY_CODEC = 0x4B;

    public static final byte[] ABSENT = {Tag.ABSENT.code()};
    public static final byte[] NULL = {Tag.NULL.code()};
    public static final byte[] TRUE = {Tag.TRUE.code()};
    public static final byte[] FALSE = {Tag.FALSE.code()};

    private static final int CONTAINER_HEADER = 9;

    private Values() {}

    /**
     * Checks that one well-formed value starts at {@code from} and ends no later than {@code limit}. Needs no memory in
     * proportion to declared sizes and no recursion.
     *
     * @return the offset after the value
     * @throws ValueException with BAD_VALUE if it is malformed, truncated or nested deeper than {@link Limits#MAX_DEPTH}
     */
    public static int check(byte[] b, int from, int limit) {
        return check(b, from, limit, 0);
    }

    /** As {@link #check(byte[], int, int)}, within so many notes. */
    static int check(byte[] b, int from, int limit, int notes) {
        if (from >= limit) {
            throw bad("a value is missing");
        }
        Tag tag = Tag.coded(b[from]);
        if (tag == null) {
            throw bad("unknown tag 0x" + Integer.toHexString(b[from] & 0xff));
        }
        return tag.size() == Tag.CONTAINER
                ? checkContainer(b, from, limit, notes)
                : checkScalar(b, from, limit, tag, notes);
    }

    private static int checkScalar(byte[] b, int at, int limit, Tag tag, int notes) {
        long end;
        if (tag.size() >= 0) {
            end = at + 1L + tag.size();
        } else {
            int head = at + 1;
            long length = 0;
            int shift = 0;
            while (true) {
                if (head >= limit || shift > 28) {
                    throw bad("a length is cut off or too long");
                }
                byte x = b[head++];
                length |= (long) (x & 0x7f) << shift;
                if (x >= 0) {
                    if (x == 0 && shift > 0) {
                        // equal values have equal bytes
                        throw bad("a length is longer than need be");
                    }
                    break;
                }
                shift += 7;
            }
            end = head + length;
            if (end <= limit) {
                checkLength((int) length, tag);
                if (tag == Tag.OPAQUE) {
                    Notes.check(b, head, (int) end, notes);
                }
            }
        }
        if (end > limit) {
            throw bad("a " + tag.typeName() + " ends beyond its frame");
        }
        return (int) end;
    }

    private static void checkLength(int length, Tag tag) {
        int least =
                switch (tag) {
                    case BIGINT, OPAQUE -> 1;
                    case DECIMAL -> 5;
                    case ZONED_DATETIME -> 21;
                    default -> 0;
                };
        if (length < least) {
            throw bad("a " + tag.typeName() + " of " + length + " bytes");
        }
        if (tag == Tag.DECIMAL && length - 4 > Limits.MAX_DECIMAL) {
            throw bad("a decimal of more than " + Limits.MAX_DECIMAL + " bytes");
        }
    }

    private static int checkContainer(byte[] b, int from, int limit, int notes) {
        int[] ends = new int[8];
        long[] counts = new long[8];
        int depth = 0;
        int at = from;
        do {
            if (depth > 0) {
                if (counts[depth - 1] == 0) {
                    if (at != ends[depth - 1]) {
                        throw bad("a container's length and count disagree");
                    }
                    depth--;
                    continue;
                }
                counts[depth - 1]--;
            }
            int bound = depth == 0 ? limit : ends[depth - 1];
            if (at >= bound) {
                throw bad("a container's length and count disagree");
            }
            Tag tag = Tag.coded(b[at]);
            if (tag == null || (tag == Tag.ABSENT && depth > 0)) {
                throw bad("unknown tag 0x" + Integer.toHexString(b[at] & 0xff));
            }
            if (tag.size() != Tag.CONTAINER) {
                at = checkScalar(b, at, bound, tag, notes);
                continue;
            }
            if (bound - at < CONTAINER_HEADER) {
                throw bad("a container's head is cut off");
            }
            long end = at + 5L + (ByteWriter.i32(b, at + 1) & 0xffffffffL);
            long count = ByteWriter.i32(b, at + 5) & 0xffffffffL;
            if (end > bound || end < at + CONTAINER_HEADER) {
                throw bad("a container ends beyond its frame");
            }
            if (tag == Tag.DICT) {
                count *= 2;
            }
            if (count > end - at - CONTAINER_HEADER) {
                throw bad("a container declares more elements than it has bytes");
            }
            if (depth == Limits.MAX_DEPTH) {
                throw bad("a value is nested deeper than " + Limits.MAX_DEPTH
                        + " levels; flatten it or share its parts as objects");
            }
            if (depth == ends.length) {
                ends = Arrays.copyOf(ends, depth * 2);
                counts = Arrays.copyOf(counts, depth * 2);
            }
            ends[depth] = (int) end;
            counts[depth] = count;
            depth++;
            at += CONTAINER_HEADER;
        } while (depth > 0);
        return at;
    }

    private static ValueException bad(String text) {
        return new ValueException(ErrorCode.BAD_VALUE, "malformed value: " + text);
    }

    /** The offset after the checked value that starts at {@code at}. */
    public static int skip(byte[] b, int at) {
        int size = Tag.of(b, at).size();
        if (size >= 0) {
            return at + 1 + size;
        }
        if (size == Tag.CONTAINER) {
            return at + 5 + ByteWriter.i32(b, at + 1);
        }
        return bodyStart(b, at) + bodyLength(b, at);
    }

    /** The length of a PREFIXED value's body. */
    static int bodyLength(byte[] b, int at) {
        int length = 0;
        int shift = 0;
        for (int i = at + 1; ; i++) {
            length |= (b[i] & 0x7f) << shift;
            if (b[i] >= 0) {
                return length;
            }
            shift += 7;
        }
    }

    /** Where a PREFIXED value's body starts. */
    static int bodyStart(byte[] b, int at) {
        int i = at + 1;
        while (b[i] < 0) {
            i++;
        }
        return i + 1;
    }

    /** A copy of the value that starts at {@code at}. */
    public static byte[] copy(byte[] b, int at) {
        return Arrays.copyOfRange(b, at, skip(b, at));
    }

    public static boolean isAbsent(byte[] value) {
        return value[0] == Tag.ABSENT.code();
    }

    /** The number of elements (pairs, for a dict) of a container. */
    public static int count(byte[] b, int at) {
        return ByteWriter.i32(b, at + 5);
    }

    /** Where the first element of a container starts. */
    public static int first(int at) {
        return at + CONTAINER_HEADER;
    }

    /** Copies of the elements of a container; for a dict, keys and values in turn. */
    public static List<byte[]> elements(byte[] b, int at) {
        int n = count(b, at) * (Tag.of(b, at) == Tag.DICT ? 2 : 1);
        List<byte[]> out = new ArrayList<>(n);
        int p = first(at);
        for (int i = 0; i < n; i++) {
            int next = skip(b, p);
            out.add(Arrays.copyOfRange(b, p, next));
            p = next;
        }
        return out;
    }

    /** The 64-bit value of an INT8 to INT64 (or a BIGINT that fits). */
    public static long integer(byte[] b, int at) {
        return switch (Tag.of(b, at)) {
            case INT8 -> b[at + 1];
            case INT16 -> ByteWriter.i16(b, at + 1);
            case INT32 -> ByteWriter.i32(b, at + 1);
            case INT64 -> ByteWriter.i64(b, at + 1);
            case BIGINT -> Numbers.bigInteger(b, at).longValueExact();
            default -> throw new IllegalStateException("not an integer");
        };
    }

    /** The text of a STRING. */
    public static String text(byte[] b, int at) {
        return Text.decode(b, bodyStart(b, at), bodyLength(b, at));
    }

    public static String text(byte[] value) {
        return text(value, 0);
    }

    public static byte[] ofText(String s) {
        return new ByteWriter(s.length() + 8).string(s).toByteArray();
    }

    public static byte[] ofInteger(long v) {
        return new ByteWriter(9).integer(v).toByteArray();
    }

    public static byte[] ofBool(boolean v) {
        return v ? TRUE : FALSE;
    }

    public static byte[] ofRef(int type, long id) {
        return new ByteWriter(10).tag(Tag.REF).u8(type).i64(id).toByteArray();
    }

    /** A container of encoded elements; for a dict, keys and values in turn. */
    public static byte[] container(Tag tag, Iterable<byte[]> elements) {
        ByteWriter out = new ByteWriter();
        int mark = out.begin(tag);
        int n = 0;
        for (byte[] e : elements) {
            out.raw(e);
            n++;
        }
        return out.end(mark, tag == Tag.DICT ? n / 2 : n).toByteArray();
    }

    /** The object id of a REF. */
    public static long refId(byte[] b, int at) {
        return ByteWriter.i64(b, at + 2);
    }

    /** The type code of a REF. */
    public static int refType(byte[] b, int at) {
        return b[at + 1] & 0xff;
    }

    /** Whether the value at an offset can hold references: cheap, from its first bytes. */
    public static boolean mayHoldRefs(byte[] b, int from) {
        return b[from] >= Tag.LIST.code()
                && (b[from] <= Tag.REF.code() || (b[from] == Tag.OPAQUE.code() && Notes.find(b, from) >= 0));
    }

    /** Calls back with the object id of each reference within the value at an offset, in order. */
    public static void forEachRef(byte[] b, int from, LongConsumer action) {
        forEachRefAt(b, from, at -> action.accept(refId(b, at)));
    }

    /** Calls back with the offset of each REF within the value at an offset, in order; those in the notes of objects too. */
    public static void forEachRefAt(byte[] b, int from, IntConsumer action) {
        if (!mayHoldRefs(b, from)) {
            return;
        }
        int to = skip(b, from);
        int at = from;
        while (at < to) {
            Tag tag = Tag.of(b, at);
            if (tag == Tag.REF) {
                action.accept(at);
                at += 10;
            } else if (tag.isContainer()) {
                at += CONTAINER_HEADER;
            } else {
                int kind = Notes.find(b, at);
                if (kind >= 0) {
                    int end = Notes.end(b, kind);
                    for (int p = skip(b, kind + 1); p < end; p += 10) {
                        action.accept(p);
                    }
                }
                at = skip(b, at);
            }
        }
    }

    /** Whether the value may be a dict key: a scalar, tuples and frozensets of scalars, and objects of Python's classes that do not equal what is none. */
    public static boolean isHashable(byte[] b, int from, int to) {
        int at = from;
        while (at < to) {
            Tag tag = Tag.of(b, at);
            switch (tag) {
                case LIST, SET, DICT, ABSENT -> {
                    return false;
                }
                case OPAQUE -> {
                    int codec = b[bodyStart(b, at)];
                    if (codec != KEY_CODEC && (codec != Notes.CODEC || !Notes.isHashable(b, at))) {
                        return false;
                    }
                    at = skip(b, at);
                }
                case TUPLE, FROZENSET -> at += CONTAINER_HEADER;
                default -> at = skip(b, at);
            }
        }
        return true;
    }
}
