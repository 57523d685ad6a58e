package io.multiproc.client.internal.value;

import io.multiproc.client.OpaqueObject;
import io.multiproc.client.SerializationException;
import java.util.Arrays;

/** Writes and reads the objects for which the envelope has no tag. Implementations are thread-safe. */
public interface ObjectCodec {
    /** Kryo in the format before classes could change. */
    int FIRST_KRYO = 1;

    /** Of a client that writes nothing by a codec. */
    int BYTES = 0;

    /** The codec id of {@code KryoCodec}. */
    int KRYO = 3;

    /** JSON. */
    int JSON = 4;

    /** The codec of keys that goes with it. */
    default KeyCodec keys() {
        return KeyCodec.STANDARD;
    }

    /**
     * The key of bytes that {@link #keys} wrote.
     *
     * @throws io.multiproc.client.SerializationException if they are none, or of a class that this program does not know
     */
    default Object decodeKey(byte[] bytes, int from, int length) {
        return keys().decode(bytes, from, length);
    }

    /** The number, 0 to 255, that marks this codec's bytes. */
    int id();

    /**
     * The bytes of an object.
     *
     * @throws io.multiproc.client.SerializationException if the codec does not take it
     */
    byte[] encode(Object object);

    /**
     * The object of bytes that anybody may have sent.
     *
     * @throws io.multiproc.client.SerializationException if they are not what {@link #encode} writes, or exceed a bound
     */
    Object decode(byte[] bytes, int from, int length);

    /**
     * The object of bytes that another codec wrote. Those of Python programs ({@link PythonObjects#CODEC}) are kept as they are.
     *
     * @throws io.multiproc.client.SerializationException naming the codec, if they cannot be read
     */
    default Object decodeForeign(int id, byte[] bytes, int from, int length) {
        if (id == PythonObjects.CODEC) {
            return new OpaqueObject(id, Arrays.copyOfRange(bytes, from, from + length));
        }
        throw SerializationException.reading(
                "an object of " + length + " bytes was written by " + name(id) + "; this client reads " + name(id())
                        + " (ManagerOptions.withCodec chooses the codec)",
                null);
    }

    /** What a codec is called. */
    static String name(int id) {
        return switch (id) {
            case BYTES -> "codec 0 (bytes)";
            case FIRST_KRYO -> "codec 1 (Kryo, first format)";
            case PythonObjects.CODEC -> "codec 2 (Python's pickle)";
            case KRYO -> "codec 3 (Kryo)";
            case JSON -> "codec 4 (JSON)";
            default -> "codec " + id + " (a program's own)";
        };
    }
}
