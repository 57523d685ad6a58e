package io.multiproc.client.internal.value;

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
    public Object decodeForeign(int id, byte[] bytes, int from, int length) {
        return values.decodeForeign(id, bytes, from, length);
    }
}
