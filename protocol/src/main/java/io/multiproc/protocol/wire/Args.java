package io.multiproc.protocol.wire;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Arg;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpSpec;
import java.util.Arrays;
import java.util.List;

/**
 * The checked arguments of one request: positions are of the shapes that the operation's row declares, so readers cannot
 * meet a wrong type. A view of the frame's bytes: valid while the request is applied, copies are taken by the accessors. Of a request whose
 * arguments have an array of their own, accessors may give that.
 */
public final class Args {
    private final byte[] bytes;
    private final int[] starts;
    private final int end;
    private final boolean own;

    private Args(byte[] bytes, int[] starts, int end, boolean own) {
        this.bytes = bytes;
        this.starts = starts;
        this.end = end;
        this.own = own;
    }

    /**
     * Checks a count byte and that many values between two offsets against the row of an operation.
     *
     * @throws ValueException with BAD_VALUE, BAD_ARGUMENT, WRONG_TYPE or UNHASHABLE, naming the argument
     */
    public static Args parse(Op op, byte[] bytes, int from, int end) {
        if (from >= end) {
            throw new ValueException(ErrorCode.BAD_ARGUMENT, op.wireName() + ": the argument count is missing");
        }
        return parse(op, bytes[from] & 0xff, bytes, from + 1, end, false);
    }

    /**
     * As {@link #parse(Op, byte[], int, int)}, of an array that holds the arguments and nothing else, and that nobody will change: it can be kept
     * without a copy.
     */
    public static Args parseOwn(Op op, int count, byte[] bytes) {
        return parse(op, count, bytes, 0, bytes.length, true);
    }

    private static Args parse(Op op, int count, byte[] bytes, int from, int end, boolean own) {
        OpSpec spec = op.spec();
        List<Arg> positions = spec.args();
        if (count < spec.required() || count > positions.size()) {
            throw new ValueException(
                    ErrorCode.BAD_ARGUMENT, op.wireName() + " takes " + positions + ", got " + count + " arguments");
        }
        int[] starts = new int[count];
        int at = from;
        for (int i = 0; i < count; i++) {
            starts[i] = at;
            at = Values.check(bytes, at, end);
            checkShape(op, positions.get(i), bytes, starts[i], at);
        }
        if (at != end) {
            throw new ValueException(
                    ErrorCode.BAD_ARGUMENT, op.wireName() + ": " + (end - at) + " bytes after the last argument");
        }
        return new Args(bytes, starts, end, own);
    }

    /** Checked arguments from values that are encoded one by one. */
    public static Args of(Op op, byte[]... values) {
        ByteWriter out = new ByteWriter().u8(values.length);
        for (byte[] v : values) {
            out.raw(v);
        }
        return parse(op, out.array(), 0, out.size());
    }

    private static void checkShape(Op op, Arg arg, byte[] b, int at, int next) {
        Tag tag = Tag.of(b, at);
        if (tag == Tag.ABSENT) {
            if (arg.optional()) {
                return;
            }
            throw new ValueException(ErrorCode.BAD_ARGUMENT, op.wireName() + ": " + arg.name() + " is missing");
        }
        boolean fits =
                switch (arg.shape()) {
                    case VALUE -> true;
                    case KEY -> {
                        checkHashable(op, b, at, next);
                        yield true;
                    }
                    case BOOL -> tag == Tag.TRUE || tag == Tag.FALSE;
                    case INT -> tag.isInteger() && tag != Tag.BIGINT;
                    case TEXT -> tag == Tag.STRING;
                    case NUMBER -> tag.isNumber();
                    case VALUES, TUPLE -> tag == Tag.LIST || tag == Tag.TUPLE;
                    case KEYS -> {
                        boolean list = tag == Tag.LIST || tag == Tag.TUPLE;
                        if (list) {
                            checkElementsHashable(op, b, at, 1);
                        }
                        yield list;
                    }
                    case PAIRS -> {
                        if (tag == Tag.DICT) {
                            checkElementsHashable(op, b, at, 2);
                        }
                        yield tag == Tag.DICT;
                    }
                    case REF -> tag == Tag.REF;
                    case NOTHING -> false;
                };
        if (!fits) {
            throw new ValueException(
                    ErrorCode.WRONG_TYPE,
                    op.wireName() + ": " + arg.name() + " must be " + arg.shape() + ", not " + tag.typeName());
        }
        if (arg.shape() == io.multiproc.protocol.op.Shape.TEXT && next - at > Limits.MAX_NAME + 3) {
            throw new ValueException(
                    ErrorCode.TOO_LARGE, op.wireName() + ": " + arg.name() + " exceeds " + Limits.MAX_NAME + " bytes");
        }
    }

    private static void checkElementsHashable(Op op, byte[] b, int at, int stride) {
        int n = Values.count(b, at);
        int p = Values.first(at);
        for (int i = 0; i < n; i++) {
            int next = Values.skip(b, p);
            checkHashable(op, b, p, next);
            p = stride == 2 ? Values.skip(b, next) : next;
        }
    }

    private static void checkHashable(Op op, byte[] b, int at, int next) {
        if (!Values.isHashable(b, at, next)) {
            throw new ValueException(
                    ErrorCode.UNHASHABLE,
                    op.wireName() + ": unhashable type: '" + Tag.of(b, at).typeName()
                            + "'; a key is a number, text, bytes, date, UUID, proxy or a tuple of these");
        }
    }

    public int count() {
        return starts.length;
    }

    /** Whether the position holds a value. */
    public boolean present(int i) {
        return i < starts.length && bytes[starts[i]] != Tag.ABSENT.code();
    }

    /** The encoded value, for keeps. */
    public byte[] value(int i) {
        return encoded(i, i);
    }

    /** The encoded values of several positions in a row, for keeps. */
    public byte[] encoded(int first, int last) {
        int start = starts[first];
        int stop = stop(last);
        return own && start == 0 && stop == bytes.length ? bytes : Arrays.copyOfRange(bytes, start, stop);
    }

    public long integer(int i) {
        return Values.integer(bytes, starts[i]);
    }

    public boolean bool(int i) {
        return bytes[starts[i]] == Tag.TRUE.code();
    }

    public String text(int i) {
        return Values.text(bytes, starts[i]);
    }

    /** Copies of the elements of a list, or keys and values in turn of a dict. */
    public List<byte[]> values(int i) {
        return Values.elements(bytes, starts[i]);
    }

    /** The frame's bytes, for look-ups that need no copy; see {@link #start} and {@link #stop}. */
    public byte[] buffer() {
        return bytes;
    }

    public int start(int i) {
        return starts[i];
    }

    public int stop(int i) {
        return i + 1 < starts.length ? starts[i + 1] : end;
    }

    /** How many bytes the values take. */
    public int length() {
        return starts.length == 0 ? 0 : end - starts[0];
    }

    /** Whether they have an array of their own, which nobody will change. */
    public boolean isOwn() {
        return own;
    }

    /** The same arguments where their values have been copied to: from {@code start} on, in a row. */
    public Args at(byte[] copy, int start) {
        int[] moved = starts.clone();
        int by = moved.length == 0 ? 0 : start - moved[0];
        for (int i = 0; i < moved.length; i++) {
            moved[i] += by;
        }
        return new Args(copy, moved, end + by, false);
    }

    /** The bytes of all arguments with their count: what {@link #parse} takes. */
    public byte[] encoded() {
        ByteWriter out = new ByteWriter().u8(starts.length);
        if (starts.length > 0) {
            out.raw(bytes, starts[0], end - starts[0]);
        }
        return out.toByteArray();
    }
}
