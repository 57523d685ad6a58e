package io.multiproc.client;

import io.multiproc.client.internal.value.KeyCodec;
import io.multiproc.client.internal.value.PythonObjects;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of a user class as the bytes that a codec wrote: an instance of a Python class, or of any class if the client's codec is {@link Codec#bytes}.
 * It can be stored and passed on; whoever knows the codec reads it unchanged. Equal when the bytes are. Immutable.
 */
public final class OpaqueObject {
    private final int codec;
    private final byte[] bytes;

    /**
     * The bytes, which are copied, of an object that a codec wrote.
     *
     * @param codec the number of the codec, 0 to 255
     * @param bytes the bytes
     */
    public OpaqueObject(int codec, byte[] bytes) {
        if (codec < 0 || codec > 255) {
            throw new IllegalArgumentException("a codec id is 0 to 255, not " + codec);
        }
        this.codec = codec;
        this.bytes = bytes.clone();
    }

    /** {@return the id of the codec that wrote it, 0 to 255} */
    public int codec() {
        return codec;
    }

    /** {@return a copy of the codec's bytes} */
    public byte[] bytes() {
        return bytes.clone();
    }

    /**
     * {@return the name of its class as its language spells it, such as {@code shop.models.Order}, if a Python program wrote it or if it is an
     * enum constant or a record that is a key; else null} Reads the bytes as data; no round trip.
     */
    public @Nullable String className() {
        return switch (codec) {
            case PythonObjects.CODEC -> PythonObjects.className(bytes);
            case KeyCodec.ID -> KeyCodec.className(bytes);
            default -> null;
        };
    }

    /**
     * {@return the attributes of a Python object, by name, in order: what is in its {@code __dict__} and its slots} Values are as Java
     * reads them elsewhere, what Java has no type for are opaque objects again. Empty for objects that Python pickles in another way (a
     * named tuple, a {@code complex}), and for those of other codecs. Changes are not seen by anybody: it is a copy. No round trip.
     *
     * @throws SerializationException if a value cannot be read
     */
    public Map<String, @Nullable Object> attributes() {
        return codec == PythonObjects.CODEC ? PythonObjects.attributes(bytes) : Map.of();
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
        String name = className();
        return "OpaqueObject[" + (name == null ? "codec " + codec : name) + ", " + bytes.length + " bytes]";
    }
}
