package io.multiproc.client.internal.value;

import io.multiproc.client.OpaqueObject;
import io.multiproc.client.SerializationException;
import java.util.Arrays;

/** A codec that reads no object: each stays the bytes that it was written as. */
public final class UnreadCodec implements ObjectCodec {
    /** No codec that writes has this id. */
    private static final int NONE = 255;

    /** Makes one. */
    public UnreadCodec() {}

    @Override
    public int id() {
        return NONE;
    }

    @Override
    public byte[] encode(Object object) {
        throw SerializationException.writing(
                "an object of class " + object.getClass().getName()
                        + " cannot be sent by a manager whose options say withUnreadObjects",
                null);
    }

    @Override
    public Object decode(byte[] bytes, int from, int length) {
        return new OpaqueObject(NONE, Arrays.copyOfRange(bytes, from, from + length));
    }
}
