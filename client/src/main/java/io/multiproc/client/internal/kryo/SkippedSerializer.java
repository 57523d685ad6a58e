package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.DefaultClassResolver;

/**
 * Reader of objects of a class that this JVM does not know, within a field that it does not know either: reads over them by the class's
 * description. What they hold of known classes is made, because the rest of the message may refer to it.
 */
final class SkippedSerializer extends Serializer<Object> {
    /** In place of an object that cannot be read. */
    static class Skipped {}

    /** In place of a constant, for which no reference is written. */
    static final class SkippedConstant extends Skipped {}

    private final Layout.Kind kind;
    private final int[] codes;
    private final String why;

    private SkippedSerializer(Layout.Kind kind, int[] codes, String why) {
        this.kind = kind;
        this.codes = codes;
        this.why = why;
    }

    static Registration registration(Layout.Kind kind, int[] codes, String why) {
        Class<?> type = kind == Layout.Kind.ENUM ? SkippedConstant.class : Skipped.class;
        return new Registration(type, new SkippedSerializer(kind, codes, why), DefaultClassResolver.NAME);
    }

    static Registration array(String why) {
        return new Registration(
                Skipped.class,
                new SkippedSerializer(Layout.Kind.COLLECTION, new int[0], why),
                DefaultClassResolver.NAME);
    }

    String why() {
        return why;
    }

    @Override
    public void write(Kryo kryo, Output out, Object object) {
        throw new KryoException("an object that was not read cannot be written");
    }

    @Override
    public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
        SafeKryo safe = (SafeKryo) kryo;
        BoundedInput in = (BoundedInput) input;
        Object skipped = safe.unreadable(new KryoException(why));
        if (kind == Layout.Kind.ENUM) {
            Object unused = in.readString();
            return skipped;
        }
        kryo.reference(skipped);
        switch (kind) {
            case FIELDS, RECORD -> {
                for (int code : codes) {
                    Object unused = FieldsSerializer.readValue(kryo, in, Layout.wayOf(code));
                }
            }
            case COLLECTION -> {
                for (int n = in.claim(in.readVarInt(true)); n > 0; n--) {
                    Object unused = kryo.readClassAndObject(in);
                }
            }
            case MAP -> {
                int n = in.claim(in.readVarInt(true));
                in.claim(n);
                for (int i = 0; i < 2 * n; i++) {
                    Object unused = kryo.readClassAndObject(in);
                }
            }
            default -> throw new KryoException(why);
        }
        return skipped;
    }
}
