package io.multiproc.client.internal.value;

import io.multiproc.client.Codec;
import io.multiproc.client.OpaqueObject;
import io.multiproc.client.SerializationException;
import io.multiproc.client.SharedClasses;
import java.util.Arrays;

/** The codec that writes and reads nothing. Stands for itself in the options, and for the session. */
public final class BytesCodec implements Codec, ObjectCodec {
    public static final BytesCodec INSTANCE = new BytesCodec();

    private BytesCodec() {}

    @Override
    public int id() {
        return BYTES;
    }

    @Override
    public byte[] encode(Object object) {
        throw SerializationException.writing(
                "an object of class " + object.getClass().getName()
                        + " cannot be sent: this client's codec is bytes, so give it a byte array, or choose another codec"
                        + " (ManagerOptions.withCodec)",
                null);
    }

    @Override
    public Object decode(byte[] bytes, int from, int length) {
        return decodeForeign(BYTES, bytes, from, length);
    }

    @Override
    public Object decodeForeign(int id, byte[] bytes, int from, int length) {
        return new OpaqueObject(id, Arrays.copyOfRange(bytes, from, from + length));
    }

    @Override
    public byte[] encode(Object object, SharedClasses classes) {
        return encode(object);
    }

    @Override
    public Object decode(byte[] bytes, SharedClasses classes) {
        return decode(bytes, 0, bytes.length);
    }
}
