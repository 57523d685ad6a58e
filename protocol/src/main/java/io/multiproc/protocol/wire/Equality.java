package io.multiproc.protocol.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Equality, hash and order of encoded values, as in Python: numbers compare by value across widths and kinds (a boolean is
 * 0 or 1), texts by code point, lists and tuples by content, sets and dicts without regard to order. Objects of user classes
 * are equal only if their bytes are. A NaN equals itself.
 */
public final class Equality {
    /** The tag of a text, whose length takes one byte if that is not negative. */
    private static final byte SHORT_TEXT = Tag.STRING.code();

    private Equality() {}

    /** A number that only this JVM knows, for hash tables of other keys; each purpose has one of its own. */
    public static long secret(int purpose) {
        return Hashing.join(0x736563726574L, purpose);
    }

    public static boolean equal(byte[] x, byte[] y) {
        return x == y || equal(x, 0, y, 0);
    }

    /** Whether the values at two offsets are equal. */
    public static boolean equal(byte[] x, int xAt, byte[] y, int yAt) {
        if (x[xAt] == SHORT_TEXT && y[yAt] == SHORT_TEXT && x[xAt + 1] >= 0 && y[yAt + 1] >= 0) {
            // most keys; small, so that it becomes part of its callers
            return Arrays.equals(x, xAt + 1, xAt + 2 + x[xAt + 1], y, yAt + 1, yAt + 2 + y[yAt + 1]);
        }
        return equal(x, xAt, null, y, yAt, null, null);
    }

    /** As {@link #equal(byte[], int, byte[], int)}, on a meter: a loop that compares with many values. */
    public static boolean equal(byte[] x, int xAt, byte[] y, int yAt, Work work) {
        work.spend(Work.LOOK);
        return equal(x, xAt, null, y, yAt, null, work);
    }

    /** Within sets and dicts, each side has its memo. */
    static boolean equal(
            byte[] x,
            int xAt,
            @Nullable HashMemo xMemo,
            byte[] y,
            int yAt,
            @Nullable HashMemo yMemo,
            @Nullable Work work) {
        Tag tx = Tag.of(x, xAt);
        Tag ty = Tag.of(y, yAt);
        if (work != null) {
            spendOnScalars(x, xAt, tx, y, yAt, ty, work);
        }
        if (tx == Tag.OPAQUE || ty == Tag.OPAQUE) {
            return equalOpaque(x, xAt, xMemo, y, yAt, yMemo, work);
        }
        if (tx == Tag.COMPLEX || ty == Tag.COMPLEX) {
            return equalComplex(x, xAt, tx, y, yAt, ty);
        }
        if (Instants.isOne(tx) && Instants.isOne(ty)) {
            return Instants.compare(x, xAt, tx, y, yAt, ty) == 0;
        }
        if (tx == ty && !tx.isContainer() && !tx.isNumber()) {
            return Arrays.equals(x, xAt, Values.skip(x, xAt), y, yAt, Values.skip(y, yAt));
        }
        if (tx.isNumber() && ty.isNumber()) {
            return Numbers.equal(x, xAt, y, yAt);
        }
        if (!tx.isContainer() || kind(tx) != kind(ty)) {
            return false;
        }
        int n = Values.count(x, xAt);
        if (n != Values.count(y, yAt)) {
            return false;
        }
        if (tx == Tag.LIST || tx == Tag.TUPLE) {
            return equalInOrder(x, xAt, xMemo, y, yAt, yMemo, n, work);
        }
        if (work != null) {
            work.spend(n, Work.LOOK_UP);
        }
        return equalInAnyOrder(
                x,
                xAt,
                xMemo == null ? new HashMemo() : xMemo,
                y,
                yAt,
                yMemo == null ? new HashMemo() : yMemo,
                n,
                tx == Tag.DICT,
                work);
    }

    /** As the notes say; objects of which they say nothing are equal if their pickles are. */
    private static boolean equalOpaque(
            byte[] x,
            int xFrom,
            @Nullable HashMemo xMemo,
            byte[] y,
            int yFrom,
            @Nullable HashMemo yMemo,
            @Nullable Work work) {
        int xAt = Notes.resolve(x, xFrom);
        int yAt = Notes.resolve(y, yFrom);
        if (Notes.isOrdered(x, xAt) && Notes.isOrdered(y, yAt)) {
            return equalOrdered(x, Notes.find(x, xAt) + 1, xMemo, y, Notes.find(y, yAt) + 1, yMemo, work);
        }
        xAt = Notes.dict(x, xAt);
        yAt = Notes.dict(y, yAt);
        Tag tx = Tag.of(x, xAt);
        Tag ty = Tag.of(y, yAt);
        if (tx != Tag.OPAQUE && ty != Tag.OPAQUE) {
            return equal(x, xAt, xMemo, y, yAt, yMemo, work);
        } else if (tx != ty) {
            return false;
        }
        if (Notes.isContent(x, xAt) || Notes.isContent(y, yAt)) {
            return Notes.kind(x, xAt) == Notes.kind(y, yAt)
                    && equal(x, Notes.find(x, xAt) + 1, xMemo, y, Notes.find(y, yAt) + 1, yMemo, work);
        }
        return equalPickles(x, xAt, y, yAt);
    }

    /** Two dicts whose order counts. */
    private static boolean equalOrdered(
            byte[] x,
            int xAt,
            @Nullable HashMemo xMemo,
            byte[] y,
            int yAt,
            @Nullable HashMemo yMemo,
            @Nullable Work work) {
        int n = Values.count(x, xAt);
        return n == Values.count(y, yAt) && equalInOrder(x, xAt, xMemo, y, yAt, yMemo, 2 * n, work);
    }

    /** The same codec and the same bytes; the notes aside, which follow from them. */
    private static boolean equalPickles(byte[] x, int xAt, byte[] y, int yAt) {
        if (x[Values.bodyStart(x, xAt)] != Notes.CODEC || y[Values.bodyStart(y, yAt)] != Notes.CODEC) {
            return Arrays.equals(x, xAt, Values.skip(x, xAt), y, yAt, Values.skip(y, yAt));
        }
        return Arrays.equals(
                x, Notes.afterNote(x, xAt), Values.skip(x, xAt), y, Notes.afterNote(y, yAt), Values.skip(y, yAt));
    }

    private static boolean equalComplex(byte[] x, int xAt, Tag tx, byte[] y, int yAt, Tag ty) {
        if (tx == ty) {
            return equalParts(real(x, xAt), real(y, yAt)) && equalParts(imaginary(x, xAt), imaginary(y, yAt));
        }
        byte[] complex = tx == Tag.COMPLEX ? x : y;
        int at = tx == Tag.COMPLEX ? xAt : yAt;
        if (imaginary(complex, at) != 0 || !(tx == Tag.COMPLEX ? ty : tx).isNumber()) {
            return false;
        }
        byte[] real = new ByteWriter(9)
                .tag(Tag.FLOAT64)
                .i64(ByteWriter.i64(complex, at + 1))
                .toByteArray();
        return tx == Tag.COMPLEX ? Numbers.equal(real, 0, y, yAt) : Numbers.equal(x, xAt, real, 0);
    }

    private static boolean equalParts(double x, double y) {
        return x == y || Double.isNaN(x) && Double.isNaN(y);
    }

    private static double real(byte[] b, int at) {
        return Double.longBitsToDouble(ByteWriter.i64(b, at + 1));
    }

    private static double imaginary(byte[] b, int at) {
        return Double.longBitsToDouble(ByteWriter.i64(b, at + 9));
    }

    /** Whether it may equal what {@link Tag#isNumber} says is a number. */
    private static boolean isReal(byte[] b, int at, Tag tag) {
        return tag.isNumber() || tag == Tag.COMPLEX && imaginary(b, at) == 0;
    }

    /** What a number leaves, a complex one without an imaginary part too. */
    private static long residue(byte[] b, int at, Tag tag) {
        return tag == Tag.COMPLEX ? Hashing.residue(real(b, at)) : Numbers.residue(b, at);
    }

    /** What is long and may have to be read to its end. */
    static void spendOnScalars(byte[] x, int xAt, Tag tx, byte[] y, int yAt, Tag ty, Work work) {
        if (tx == ty && tx.size() == Tag.PREFIXED && tx != Tag.BIGINT && tx != Tag.DECIMAL) {
            int length = Values.bodyLength(x, xAt);
            if (length > 64 && length == Values.bodyLength(y, yAt)) {
                work.spend(length >> 3);
            }
        } else if (tx.isNumber() && ty.isNumber()) {
            Numbers.spend(x, xAt, tx, y, yAt, ty, work);
        }
    }

    /**
     * What it costs to hash the value between two offsets, and to compare it with one that is equal: a rough upper bound in the unit of {@link Work}.
     */
    public static long cost(byte[] b, int at, int end) {
        Tag tag = Tag.of(b, at);
        long length = (long) end - at;
        if (tag.isContainer()) {
            return (tag == Tag.LIST || tag == Tag.TUPLE ? 16 : 64) * length;
        }
        return tag == Tag.DECIMAL ? 1_000 + 4 * length : tag.isNumber() ? 2 * length : length >> 2;
    }

    private static Tag kind(Tag tag) {
        return tag == Tag.FROZENSET ? Tag.SET : tag;
    }

    private static boolean equalInOrder(
            byte[] x,
            int xAt,
            @Nullable HashMemo xMemo,
            byte[] y,
            int yAt,
            @Nullable HashMemo yMemo,
            int n,
            @Nullable Work work) {
        int px = Values.first(xAt);
        int py = Values.first(yAt);
        for (int i = 0; i < n; i++) {
            if (work != null) {
                work.spend(Work.LOOK);
            }
            if (!equal(x, px, xMemo, y, py, yMemo, work)) {
                return false;
            }
            px = Values.skip(x, px);
            py = Values.skip(y, py);
        }
        return true;
    }

    /**
     * Whether two containers of the same number of members hold the same ones, as often. Members of y are looked up in a table
     * of the members of x; each is hashed once and leaves the table when it is matched.
     */
    private static boolean equalInAnyOrder(
            byte[] x,
            int xAt,
            HashMemo xMemo,
            byte[] y,
            int yAt,
            HashMemo yMemo,
            int n,
            boolean dict,
            @Nullable Work work) {
        if (n == 0) {
            return true;
        }
        int mask = Math.max(1, Integer.highestOneBit(n) * 2) - 1;
        int[] heads = new int[mask + 1];
        Arrays.fill(heads, -1);
        int[] following = new int[n];
        int[] starts = new int[n];
        long[] hashes = new long[n];
        int p = Values.first(xAt);
        for (int i = 0; i < n; i++) {
            starts[i] = p;
            int next = afterMember(x, p, dict);
            if (work != null && next - p > HashMemo.LEAST) {
                work.spend(next - p);
            }
            hashes[i] = member(x, p, dict, xMemo);
            p = next;
            int bucket = (int) hashes[i] & mask;
            following[i] = heads[bucket];
            heads[bucket] = i;
        }
        p = Values.first(yAt);
        for (int i = 0; i < n; i++) {
            long hash = member(y, p, dict, yMemo);
            int bucket = (int) hash & mask;
            int before = -1;
            int at = heads[bucket];
            while (at >= 0 && !(hashes[at] == hash && equalMembers(x, starts[at], xMemo, y, p, yMemo, dict, work))) {
                before = at;
                at = following[at];
            }
            if (at < 0) {
                return false;
            }
            if (before < 0) {
                heads[bucket] = following[at];
            } else {
                following[before] = following[at];
            }
            p = afterMember(y, p, dict);
        }
        return true;
    }

    private static boolean equalMembers(
            byte[] x, int xAt, HashMemo xMemo, byte[] y, int yAt, HashMemo yMemo, boolean dict, @Nullable Work work) {
        return equal(x, xAt, xMemo, y, yAt, yMemo, work)
                && (!dict || equal(x, Values.skip(x, xAt), xMemo, y, Values.skip(y, yAt), yMemo, work));
    }

    private static int afterMember(byte[] b, int at, boolean dict) {
        int next = Values.skip(b, at);
        return dict ? Values.skip(b, next) : next;
    }

    /** The hash of an element of a set or a pair of a dict. */
    private static long member(byte[] b, int at, boolean dict, @Nullable HashMemo memo) {
        int value = Values.skip(b, at);
        long h = Hashing.join(1, hash64(b, at, value, memo));
        return dict ? Hashing.join(h, hash64(b, value, Values.skip(b, value), memo)) : h;
    }

    /**
     * A hash that agrees with {@link #equal(byte[], byte[])}. It differs from one JVM to the next, so that nobody can choose
     * keys that collide: it must not be stored, sent, or decide an order that can be seen.
     */
    public static int hash(byte[] value) {
        return hash(value, 0, value.length);
    }

    /** The hash of the value between two offsets. */
    public static int hash(byte[] b, int at, int end) {
        long h = hash64(b, at, end, null);
        return (int) (h ^ (h >>> 32));
    }

    private static long hash64(byte[] b, int at, int end, @Nullable HashMemo memo) {
        Tag tag = Tag.of(b, at);
        if (isReal(b, at, tag)) {
            return Hashing.join(2, residue(b, at, tag));
        }
        if (tag == Tag.COMPLEX) {
            // by value: -0.0 is 0.0
            return Hashing.join(Hashing.residue(real(b, at)), Hashing.residue(imaginary(b, at)));
        }
        if (tag == Tag.OPAQUE) {
            return hashOfOpaque(b, at, end, memo);
        }
        if (Instants.isOne(tag)) {
            return Hashing.join(Instants.second(b, at, tag), Instants.nanos(b, at, tag));
        }
        if (!tag.isContainer()) {
            return Hashing.bytes(b, at, end);
        }
        if (memo == null || end - at < HashMemo.LEAST) {
            return hashOfContainer(b, at, tag, memo);
        }
        long known = memo.get(at);
        if (known != 0) {
            return known;
        }
        long h = hashOfContainer(b, at, tag, memo);
        memo.put(at, h);
        return h;
    }

    private static long hashOfOpaque(byte[] b, int from, int end, @Nullable HashMemo memo) {
        int at = hashed(b, from);
        if (at != from) {
            return hash64(b, at, Values.skip(b, at), memo);
        }
        if (Notes.isContent(b, at)) {
            int value = Notes.find(b, at) + 1;
            return Hashing.join(b[value - 1], hash64(b, value, Values.skip(b, value), memo));
        }
        return b[Values.bodyStart(b, at)] == Notes.CODEC
                ? Hashing.bytes(b, Notes.afterNote(b, at), end)
                : Hashing.bytes(b, at, end);
    }

    /** Where the value stands whose hash is that of the one at an offset. */
    private static int hashed(byte[] b, int from) {
        return b[from] == Tag.OPAQUE.code() ? Notes.dict(b, Notes.resolve(b, from)) : from;
    }

    private static long hashOfContainer(byte[] b, int at, Tag tag, @Nullable HashMemo memo) {
        int n = Values.count(b, at);
        long h = kind(tag).code();
        int p = Values.first(at);
        if (tag == Tag.LIST || tag == Tag.TUPLE) {
            for (int i = 0; i < n; i++) {
                int next = Values.skip(b, p);
                int member = hashed(b, p);
                Tag element = Tag.of(b, member);
                // the number itself, whose tag need not be told: what is no number is hashed to any number at all
                h = Hashing.append(
                        h,
                        isReal(b, member, element)
                                ? residue(b, member, element)
                                : hash64(b, member, member == p ? next : Values.skip(b, member), memo));
                p = next;
            }
        } else {
            boolean dict = tag == Tag.DICT;
            for (int i = 0; i < n; i++) {
                h += member(b, p, dict, memo);
                p = afterMember(b, p, dict);
            }
        }
        return Hashing.join(h, n);
    }

    /**
     * The order of two values.
     *
     * @throws ValueException with NOT_COMPARABLE if their types have no common order
     */
    public static int compare(byte[] x, byte[] y) {
        return Order.compare(x, 0, y, 0, null);
    }

    /** As {@link #compare(byte[], byte[])}, of the values at two offsets. */
    public static int compare(byte[] x, int xAt, byte[] y, int yAt) {
        return Order.compare(x, xAt, y, yAt, null);
    }

    /** The same on a meter: a loop that compares many values. */
    public static int compare(byte[] x, int xAt, byte[] y, int yAt, @Nullable Work work) {
        return Order.compare(x, xAt, y, yAt, work);
    }

    /** An encoded value as a key of Java's maps. */
    public record Key(byte[] value) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key k && equal(value, k.value);
        }

        @Override
        public int hashCode() {
            return hash(value);
        }
    }
}
