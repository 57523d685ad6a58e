package io.multiproc.client;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An object of a user class that this client cannot read, because another codec wrote it: an instance of a Python class, for
 * example. It can be stored and passed on; whoever knows the codec reads it unchanged. Equal when the bytes are. Immutable.
 */
public final class OpaqueObject {
    private final int codec;
    private final byte[] bytes;

    /** The bytes, which are copied, of an object that a codec wrote. */
    public OpaqueObject(int codec, byte[] bytes) {
        if (codec < 0 || codec > 255) {
            throw new IllegalArgumentException("a codec id is 0 to 255, not " + codec);
        }
        this.codec = codec;
        this.bytes = bytes.clone();
    }

    /** The id of the codec that wrote it, 0 to 255. */
    public int codec() {
        return codec;
    }

    /** A copy of the codec's bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OpaqueObject o && o.codec == codec && Arrays.equals(o.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bytes) + codec;
    }

    @Override
    public String toString() {
        return "OpaqueObject[codec " + codec + ", " + bytes.length + " bytes]";
    }
}
