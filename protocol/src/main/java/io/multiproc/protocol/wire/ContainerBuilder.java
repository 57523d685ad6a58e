package io.multiproc.protocol.wire;

import io.multiproc.protocol.error.ErrorCode;
import java.util.List;

/** A builder of a container value for a reply, no larger than a bound. */
public final class ContainerBuilder {
    private static final int HEADER = 9;

    private final Tag tag;
    private final int most;
    private final ByteWriter out = new ByteWriter();
    private final int mark;
    private int count;

    public ContainerBuilder(Tag tag, int most) {
        this.tag = tag;
        this.most = most;
        mark = out.begin(tag);
    }

    /** Whether so many more bytes stay within the bound. */
    public boolean fits(long bytes) {
        return out.size() + bytes <= most;
    }

    /**
     * Adds an element, or a key or value of a dict.
     *
     * @throws ValueException with TOO_LARGE if the bound is exceeded
     */
    public ContainerBuilder add(byte[] value) {
        return add(value, 0, value.length);
    }

    /** Adds the value between two offsets. */
    public ContainerBuilder add(byte[] b, int from, int to) {
        if (!fits(to - from)) {
            throw tooLarge(most);
        }
        out.raw(b, from, to - from);
        count++;
        return this;
    }

    public ContainerBuilder add(String key, byte[] value) {
        if (!fits(value.length + key.length() * 3L + 4)) {
            throw tooLarge(most);
        }
        out.string(key).raw(value);
        count += 2;
        return this;
    }

    /** The bytes so far. */
    public int size() {
        return out.size();
    }

    /** The number of values added. */
    public int count() {
        return count;
    }

    public byte[] build() {
        return out.end(mark, tag == Tag.DICT ? count / 2 : count).toByteArray();
    }

    /** A list or tuple of these elements. */
    public static byte[] sequence(Tag tag, List<byte[]> elements, int most) {
        long size = HEADER;
        for (byte[] e : elements) {
            size += e.length;
        }
        if (size > most) {
            throw tooLarge(most);
        }
        ByteWriter out = new ByteWriter((int) size);
        int mark = out.begin(tag);
        for (byte[] e : elements) {
            out.raw(e);
        }
        // the array is of just this size
        return out.end(mark, elements.size()).array();
    }

    public static ValueException tooLarge(int most) {
        return new ValueException(
                ErrorCode.TOO_LARGE,
                "the reply would exceed " + most + " bytes: iterate in chunks or slices, or ask for less at once");
    }
}
