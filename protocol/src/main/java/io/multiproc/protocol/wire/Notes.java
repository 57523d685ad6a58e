package io.multiproc.protocol.wire;

/**
 * The note at the start of a pickle, which says what an object of a Python class equals: after PROTO 4 a BINBYTES that is
 * dropped again (POP), so that whoever reads pickles skips it. Its bytes are a kind, an encoded value (ABSENT for none), and a REF for each proxy
 * anywhere in the object. The dialect writes it; comparison, hashing and the count of references read it, and nobody needs to know pickles for that.
 */
public final class Notes {
    /** The codec of pickles. */
    public static final int CODEC = 2;

    /** Nothing is known: equal to the same bytes. */
    public static final byte NOTHING = 'N';

    /** Equal to the value, and as hashable as that. */
    public static final byte VALUE = 'E';

    /** Equal to the value, and unhashable whatever that is: a bytearray. */
    public static final byte MUTABLE = 'B';

    /** An OrderedDict: equal to the dict, and to another one that has equal pairs in the same order. Unhashable. */
    public static final byte ORDERED = 'O';

    /**
     * An object of a class that the pickle does not show, which carries the value: a constant of an enum, a named tuple. The class decides what it equals, so it is
     * equal to the same pickle only; it is as hashable as the value, and ordered by it.
     */
    public static final byte CARRIED = 'M';

    /** Equal to an object with a note of this kind and an equal value. */
    public static final byte CONTENT = 'C';

    /** The same, unhashable. */
    public static final byte MUTABLE_CONTENT = 'D';

    /** How deep notes are within notes. */
    public static final int MAX_NESTED = 8;

    /** PROTO 4, BINBYTES, 4 bytes length. */
    private static final int HEAD = 7;

    /** PROTO 4. */
    private static final int PROTO = 2;

    private static final int POP = '0';

    private Notes() {}

    /** Where the kind of the note of a value stands; -1 if the value has none. */
    static int find(byte[] b, int at) {
        if (b[at] != Tag.OPAQUE.code()) {
            return -1;
        }
        int p = Values.bodyStart(b, at);
        return find(b, p, p + Values.bodyLength(b, at));
    }

    /** The same of a body. */
    private static int find(byte[] b, int p, int end) {
        if (b[p] != CODEC || end - p < HEAD + 4 || b[p + 1] != (byte) 0x80 || b[p + 2] != 4 || b[p + 3] != 'B') {
            return -1;
        }
        long length = Integer.reverseBytes(ByteWriter.i32(b, p + 4)) & 0xffffffffL;
        int kind = p + 1 + HEAD;
        return length >= 2 && kind + length < end && b[(int) (kind + length)] == POP ? kind : -1;
    }

    /** Where the note ends whose kind stands at an offset. */
    static int end(byte[] b, int kind) {
        return kind + Integer.reverseBytes(ByteWriter.i32(b, kind - 4));
    }

    /** Checks the note of an opaque body, if it has one. */
    static void check(byte[] b, int body, int bodyEnd, int nested) {
        int kind = find(b, body, bodyEnd);
        if (kind < 0) {
            return;
        }
        if (nested >= MAX_NESTED) {
            throw bad("notes are nested deeper than " + MAX_NESTED + " levels");
        }
        int end = end(b, kind);
        int at = Values.check(b, kind + 1, end, nested + 1);
        boolean valued = b[kind + 1] != Tag.ABSENT.code();
        switch (b[kind]) {
            case NOTHING -> valued = !valued;
            case VALUE, MUTABLE, CARRIED, CONTENT, MUTABLE_CONTENT -> {}
            case ORDERED -> valued = b[kind + 1] == Tag.DICT.code();
            default -> valued = false;
        }
        if (!valued) {
            throw bad("a note of an unknown kind, or without its value");
        }
        while (at < end) {
            if (b[at] != Tag.REF.code()) {
                throw bad("a note ends with something else than references");
            }
            at = Values.check(b, at, end, nested + 1);
        }
    }

    private static ValueException bad(String text) {
        return new ValueException(io.multiproc.protocol.error.ErrorCode.BAD_VALUE, "malformed value: " + text);
    }

    /** Where the value stands that is compared and hashed in place of the one at an offset: itself, unless a note says that it equals another one. */
    static int resolve(byte[] b, int from) {
        int at = from;
        int kind = find(b, at);
        while (kind >= 0 && (b[kind] == VALUE || b[kind] == MUTABLE)) {
            at = kind + 1;
            kind = find(b, at);
        }
        return at;
    }

    /** Where the value stands whose order, and use as a number, is that of the one at an offset: what it equals or carries. */
    public static int carried(byte[] b, int from) {
        int at = from;
        int kind = find(b, at);
        while (kind >= 0 && (b[kind] == VALUE || b[kind] == MUTABLE || b[kind] == CARRIED)) {
            at = kind + 1;
            kind = find(b, at);
        }
        return at;
    }

    /** Where the pickle goes on after its note, or begins if it has none. */
    static int afterNote(byte[] b, int at) {
        int kind = find(b, at);
        if (kind >= 0) {
            return end(b, kind) + 1;
        }
        int body = Values.bodyStart(b, at);
        boolean begun = Values.bodyLength(b, at) > PROTO && b[body + 1] == (byte) 0x80 && b[body + 2] == 4;
        return begun ? body + 1 + PROTO : body;
    }

    /** Where the dict stands that a note of kind {@link #ORDERED} ends with; else the offset itself. */
    static int dict(byte[] b, int at) {
        return isOrdered(b, at) ? find(b, at) + 1 : at;
    }

    /** The kind of the note of a value, {@link #NOTHING} if it has none. */
    static byte kind(byte[] b, int at) {
        int kind = find(b, at);
        return kind < 0 ? NOTHING : b[kind];
    }

    static boolean isContent(byte[] b, int at) {
        byte kind = kind(b, at);
        return kind == CONTENT || kind == MUTABLE_CONTENT;
    }

    /** Where the content stands of a note of kind {@link #CONTENT} whose value is the pair of a name and that; -1 if it is none of this name. */
    static int content(byte[] b, int at, String name) {
        int kind = find(b, at);
        if (kind < 0
                || b[kind] != CONTENT
                || b[kind + 1] != Tag.TUPLE.code()
                || Values.count(b, kind + 1) != 2
                || b[Values.first(kind + 1)] != Tag.STRING.code()
                || !Values.text(b, Values.first(kind + 1)).equals(name)) {
            return -1;
        }
        return Values.skip(b, Values.first(kind + 1));
    }

    /** Whether it has a note of kind {@link #ORDERED}. */
    static boolean isOrdered(byte[] b, int at) {
        int kind = find(b, at);
        return kind >= 0 && b[kind] == ORDERED;
    }

    /** Whether a value may be a key. */
    static boolean isHashable(byte[] b, int at) {
        int kind = find(b, at);
        return kind < 0
                || switch (b[kind]) {
                    case VALUE, CARRIED -> Values.isHashable(b, kind + 1, Values.skip(b, kind + 1));
                    case MUTABLE, MUTABLE_CONTENT, ORDERED -> false;
                    default -> true;
                };
    }
}
