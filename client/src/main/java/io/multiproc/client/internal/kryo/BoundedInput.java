package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import io.multiproc.client.internal.value.Collisions;
import java.util.Arrays;
import java.util.Collection;

/**
 * Input over one whole message that believes no declared size. Every element of an array, collection, map or string takes at
 * least one byte, so the sizes that a message declares may add up to no more than its length: memory stays within a small
 * multiple of the message, however sizes are nested. It also limits the time spent on hashing. (Kryo 5.6.2 has no such bounds.)
 */
final class BoundedInput extends Input {
    private static final int CLOCK_INTERVAL = 16;

    private final int size;
    private final long started = System.nanoTime();
    private final long hashingNanos;
    private final Collisions collisions = new Collisions();
    private long claimed;
    private int hashed;

    BoundedInput(byte[] bytes, int from, int length, long hashingNanos) {
        super(bytes, from, length);
        this.size = length;
        this.hashingNanos = hashingNanos;
    }

    /** Takes {@code n} elements off the message's budget before memory for them is allocated. */
    int claim(int n) {
        // limit - position, not available(): that one may look at a stream
        if (n < 0 || n > limit - position || (claimed += n) > size) {
            throw new KryoException("a size of " + (n & 0xffffffffL) + " exceeds the message of " + size + " bytes");
        }
        return n;
    }

    /** Called before each insertion into a hashed or sorted collection: keys made to collide cost quadratic time. */
    void beforeHashing() {
        if (++hashed % CLOCK_INTERVAL == 0 && System.nanoTime() - started > hashingNanos) {
            throw new KryoException(
                    "building its sets and maps took too long: most of their keys have the same hash code");
        }
    }

    /** Called after each insertion, with all keys so far. */
    void afterHashing(Collection<?> keys) {
        check(collisions.added(keys));
    }

    /** Called when a hashed or sorted collection is complete. */
    void hashed(Collection<?> keys) {
        check(collisions.complete(keys));
    }

    private static void check(boolean collide) {
        if (collide) {
            throw new KryoException("too many keys of its sets and maps have the same hash code");
        }
    }

    /** Reads these bytes if they come next. */
    boolean skipEqual(byte[] bytes) {
        int end = position + bytes.length;
        if (end > limit || !Arrays.equals(buffer, position, end, bytes, 0, bytes.length)) {
            return false;
        }
        position = end;
        return true;
    }

    /** Whether everything was read. */
    boolean atEnd() {
        return position == limit;
    }

    @Override
    public byte[] readBytes(int length) {
        return super.readBytes(claim(length));
    }

    @Override
    public int[] readInts(int length) {
        return super.readInts(claim(length));
    }

    @Override
    public int[] readInts(int length, boolean optimizePositive) {
        return super.readInts(claim(length), optimizePositive);
    }

    @Override
    public long[] readLongs(int length) {
        return super.readLongs(claim(length));
    }

    @Override
    public long[] readLongs(int length, boolean optimizePositive) {
        return super.readLongs(claim(length), optimizePositive);
    }

    @Override
    public float[] readFloats(int length) {
        return super.readFloats(claim(length));
    }

    @Override
    public double[] readDoubles(int length) {
        return super.readDoubles(claim(length));
    }

    @Override
    public short[] readShorts(int length) {
        return super.readShorts(claim(length));
    }

    @Override
    public char[] readChars(int length) {
        return super.readChars(claim(length));
    }

    @Override
    public boolean[] readBooleans(int length) {
        return super.readBooleans(claim(length));
    }

    @Override
    public String readString() {
        checkString();
        return super.readString();
    }

    @Override
    public StringBuilder readStringBuilder() {
        checkString();
        return super.readStringBuilder();
    }

    /** Looks at the length of the string that comes next; an ASCII string has none, it ends with a marked byte. */
    private void checkString() {
        int start = position;
        if (readVarIntFlag()) {
            int chars = readVarIntFlag(true);
            if (chars < 0) {
                throw new KryoException("a string of negative length");
            }
            if (chars > 1) {
                claim(chars - 1);
            }
        }
        position = start;
    }
}
