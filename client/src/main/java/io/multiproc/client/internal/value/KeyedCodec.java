package io.multiproc.client.internal.value;

import io.multiproc.client.OpaqueObject;
import io.multiproc.client.SerializationException;
import java.util.Arrays;

/** A codec of values with one of keys. */
public record KeyedCodec(ObjectCodec values, KeyCodec keys) implements ObjectCodec {
    @Override
    public int id() {
        return values.id();
    }

    @Override
    public byte[] encode(Object object) {
        return values.encode(object);
    }

    @Override
    public Object decode(byte[] bytes, int from, int length) {
        return values.decode(bytes, from, length);
    }

    @Override
    public Object decodeKey(byte[] bytes, int from, int length) {
        try {
            return keys.decode(bytes, from, length);
        } catch (SerializationException e) {
            if (values.id() == BYTES) {
                return new OpaqueObject(KeyCodec.ID, Arrays.copyOfRange(bytes, from, from + length));
            }
            throw e;
        }
    }

    @Override
    public Object decodeForeign(int id, byte[] bytes, int from, int length) {
        return values.decodeForeign(id, bytes, from, length);
    }
}
