package io.multiproc.client.internal.value;

/** Writes and reads the objects for which the envelope has no tag. Implementations are thread-safe. */
public interface ObjectCodec {
    /** The codec id of {@code KryoCodec}. */
    int KRYO = 1;

    /** The codec of keys that goes with it. */
    default KeyCodec keys() {
        return KeyCodec.STANDARD;
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
}
