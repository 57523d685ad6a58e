package io.multiproc.client.internal.code;

import io.multiproc.client.SerializationException;
import io.multiproc.client.internal.kryo.AllowedClasses;
import io.multiproc.client.internal.kryo.KryoCodec;
import io.multiproc.client.internal.value.ReferenceResolver;
import io.multiproc.client.internal.value.ValueReader;
import io.multiproc.client.internal.value.ValueWriter;
import io.multiproc.protocol.wire.Values;
import org.jspecify.annotations.Nullable;

/** Values as bytes outside of a manager's connection: the same checked serialisation, without proxies. Thread-safe. */
public final class ValueCodec {
    private final KryoCodec codec;
    private final ValueWriter writer;
    private final ValueReader reader;

    /** With these classes of the user's. */
    public ValueCodec(AllowedClasses classes) {
        this(KryoCodec.builder().allow(classes).build(), true);
    }

    private ValueCodec(KryoCodec codec, boolean references) {
        this.codec = codec;
        writer = new ValueWriter(codec, references);
        reader = new ValueReader(codec, (type, id) -> {
            throw SerializationException.reading("a proxy came outside of its manager's connection", null);
        });
    }

    /** With the same classes; proxies are refused when they are written already. */
    public ValueCodec withoutReferences() {
        return new ValueCodec(codec, false);
    }

    public ValueWriter writer() {
        return writer;
    }

    public byte[] write(@Nullable Object value) {
        return writer.toBytes(value);
    }

    /** The value of bytes that anybody may have sent. */
    public @Nullable Object read(byte[] bytes) {
        return read(bytes, reader);
    }

    /** As {@link #read(byte[])}, with proxies that came beside the bytes. */
    public @Nullable Object read(byte[] bytes, ReferenceResolver proxies) {
        return read(bytes, new ValueReader(codec, proxies));
    }

    private static @Nullable Object read(byte[] bytes, ValueReader reader) {
        try {
            if (Values.check(bytes, 0, bytes.length) != bytes.length) {
                throw SerializationException.reading("bytes are left over after a value", null);
            }
        } catch (io.multiproc.protocol.wire.ValueException e) {
            throw SerializationException.reading("a received value is malformed: " + e.getMessage(), e);
        }
        return reader.read(bytes);
    }
}
