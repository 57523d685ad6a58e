package io.multiproc.client.internal.value;

import io.multiproc.client.Codec;
import io.multiproc.client.SerializationException;
import io.multiproc.client.SharedClasses;
import java.util.Arrays;

/** A program's codec as the session uses it: whatever it throws becomes a {@link SerializationException}. */
public final class CodecAdapter implements ObjectCodec {
    private final Codec codec;
    private final int id;
    private final SharedClasses classes;

    public CodecAdapter(Codec codec, SharedClasses classes) {
        this.codec = codec;
        this.id = codec.id();
        this.classes = classes;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public byte[] encode(Object object) {
        try {
            return codec.encode(object, classes);
        } catch (SerializationException e) {
            throw e;
        } catch (Exception | LinkageError | StackOverflowError e) {
            throw SerializationException.writing(
                    "an object of class " + object.getClass().getName() + " cannot be sent by " + ObjectCodec.name(id)
                            + ": " + textOf(e),
                    e);
        }
    }

    @Override
    public Object decode(byte[] bytes, int from, int length) {
        try {
            return codec.decode(Arrays.copyOfRange(bytes, from, from + length), classes);
        } catch (SerializationException e) {
            throw e;
        } catch (Exception | LinkageError | StackOverflowError e) {
            throw SerializationException.reading(
                    "a received object cannot be read by " + ObjectCodec.name(id) + ": " + textOf(e), e);
        }
    }

    private static String textOf(Throwable e) {
        String text = e.getMessage();
        return text == null ? e.getClass().getSimpleName() : text;
    }
}
