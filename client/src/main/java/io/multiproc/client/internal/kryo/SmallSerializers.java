package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.ImmutableSerializer;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Serializers of a few lines each, for what Kryo's own ones do without bounds or by ordinal. */
final class SmallSerializers {
    private SmallSerializers() {}

    /** A value that a text stands for. */
    static <T> Serializer<T> text(Function<T, String> write, Function<String, T> read) {
        return new ImmutableSerializer<>() {
            @Override
            public void write(Kryo kryo, Output out, T value) {
                out.writeString(write.apply(value));
            }

            @Override
            public T read(Kryo kryo, Input in, Class<? extends T> type) {
                String text = in.readString();
                if (text == null) {
                    throw new KryoException("a text is missing");
                }
                return read.apply(text);
            }
        };
    }

    /** The only instance of its class. */
    static Serializer<Object> singleton(Object instance) {
        return new ImmutableSerializer<>() {
            @Override
            public void write(Kryo kryo, Output out, Object value) {}

            @Override
            public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
                return instance;
            }
        };
    }

    /** An entry of a map, made again from its key and value. */
    static <T extends Map.Entry<?, ?>> Serializer<T> entry(Function<Map.Entry<?, ?>, T> create) {
        return new Serializer<>() {
            @Override
            public void write(Kryo kryo, Output out, T value) {
                kryo.writeClassAndObject(out, value.getKey());
                kryo.writeClassAndObject(out, value.getValue());
            }

            @Override
            public T read(Kryo kryo, Input in, Class<? extends T> type) {
                Object key = kryo.readClassAndObject(in);
                Object value = kryo.readClassAndObject(in);
                return create.apply(
                        new java.util.AbstractMap.SimpleEntry<@Nullable Object, @Nullable Object>(key, value));
            }
        };
    }

    /** Kryo's own allocates what the message declares. */
    static final class BooleanArray extends Serializer<boolean[]> {
        @Override
        public void write(Kryo kryo, Output out, boolean[] value) {
            out.writeVarInt(value.length, true);
            out.writeBooleans(value, 0, value.length);
        }

        @Override
        public boolean[] read(Kryo kryo, Input in, Class<? extends boolean[]> type) {
            return in.readBooleans(in.readVarInt(true));
        }
    }

    /** Arrays of objects of any class, each element with its class. */
    static final class ObjectArray extends Serializer<Object[]> {
        @Override
        public void write(Kryo kryo, Output out, Object[] value) {
            out.writeVarInt(value.length, true);
            for (Object e : value) {
                kryo.writeClassAndObject(out, e);
            }
        }

        @Override
        public Object[] read(Kryo kryo, Input input, Class<? extends Object[]> type) {
            BoundedInput in = (BoundedInput) input;
            int n = in.claim(in.readVarInt(true));
            Object[] into = (Object[]) Array.newInstance(type.getComponentType(), n);
            kryo.reference(into);
            for (int i = 0; i < n; i++) {
                // a wrong class throws ArrayStoreException
                into[i] = kryo.readClassAndObject(in);
            }
            return into;
        }
    }

    /** Copy-on-write lists, filled at once: each addition on its own would copy the whole list. */
    static final class CopyOnWriteLists extends Serializer<CopyOnWriteArrayList<?>> {
        @Override
        public void write(Kryo kryo, Output out, CopyOnWriteArrayList<?> value) {
            Object[] elements = value.toArray();
            out.writeVarInt(elements.length, true);
            for (Object e : elements) {
                kryo.writeClassAndObject(out, e);
            }
        }

        @Override
        public CopyOnWriteArrayList<?> read(Kryo kryo, Input input, Class<? extends CopyOnWriteArrayList<?>> type) {
            BoundedInput in = (BoundedInput) input;
            int n = in.claim(in.readVarInt(true));
            var into = new CopyOnWriteArrayList<@Nullable Object>();
            kryo.reference(into);
            List<@Nullable Object> elements = new ArrayList<>(n);
            for (int i = 0; i < n; i++) {
                elements.add(kryo.readClassAndObject(in));
            }
            into.addAll(elements);
            return into;
        }
    }

    /** Sets of constants of one enum, by name. An empty one still needs its enum's class, which only a probe tells. */
    @SuppressWarnings({"rawtypes", "unchecked"}) // the enum's class is known at run time only
    static final class EnumSets extends Serializer<EnumSet> {
        @Override
        public void write(Kryo kryo, Output out, EnumSet value) {
            EnumSet probe = value.isEmpty() ? EnumSet.complementOf(value) : value;
            if (probe.isEmpty()) {
                throw new KryoException("an EnumSet of an enum without constants cannot be written");
            }
            kryo.writeClass(out, ((Enum) probe.iterator().next()).getDeclaringClass());
            out.writeVarInt(value.size(), true);
            for (Object e : value) {
                out.writeString(((Enum) e).name());
            }
        }

        @Override
        public EnumSet read(Kryo kryo, Input input, Class<? extends EnumSet> type) {
            BoundedInput in = (BoundedInput) input;
            Class constants = enumClass(kryo, in);
            EnumSet into = EnumSet.noneOf(constants);
            int n = in.claim(in.readVarInt(true));
            for (int i = 0; i < n; i++) {
                into.add(constant(constants, in));
            }
            return into;
        }
    }

    /** Maps keyed by an enum, by name. */
    @SuppressWarnings({"rawtypes", "unchecked"}) // the enum's class is known at run time only
    static final class EnumMaps extends Serializer<EnumMap> {
        @Override
        public void write(Kryo kryo, Output out, EnumMap value) {
            Class constants = keyType(value);
            kryo.writeClass(out, constants);
            out.writeVarInt(value.size(), true);
            for (Object e : value.entrySet()) {
                out.writeString(((Enum) ((Map.Entry) e).getKey()).name());
                kryo.writeClassAndObject(out, ((Map.Entry) e).getValue());
            }
        }

        private static Class keyType(EnumMap value) {
            if (!value.isEmpty()) {
                return ((Enum) value.keySet().iterator().next()).getDeclaringClass();
            }
            // an empty map tells the class of its keys only to Java's serialization, which names each class it writes
            Class[] found = new Class[1];
            try (var probe = new ObjectOutputStream(OutputStream.nullOutputStream()) {
                @Override
                protected void annotateClass(Class<?> c) {
                    if (c.isEnum()) {
                        found[0] = c;
                    }
                }
            }) {
                probe.writeObject(value);
            } catch (IOException e) {
                throw new KryoException(e);
            }
            return found[0];
        }

        @Override
        public EnumMap read(Kryo kryo, Input input, Class<? extends EnumMap> type) {
            BoundedInput in = (BoundedInput) input;
            Class constants = enumClass(kryo, in);
            EnumMap into = new EnumMap(constants);
            kryo.reference(into);
            int n = in.claim(in.readVarInt(true));
            in.claim(n);
            for (int i = 0; i < n; i++) {
                Enum key = constant(constants, in);
                into.put(key, kryo.readClassAndObject(in));
            }
            return into;
        }
    }

    @SuppressWarnings("rawtypes") // the enum's class is known at run time only
    private static Class enumClass(Kryo kryo, Input in) {
        var registration = kryo.readClass(in);
        if (registration == null || !registration.getType().isEnum()) {
            throw new KryoException("the class of an enum collection is no enum");
        }
        return registration.getType();
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // the enum's class is known at run time only
    private static Enum constant(Class constants, Input in) {
        String name = in.readString();
        if (name == null) {
            throw new KryoException("the name of an enum constant is missing");
        }
        return Enum.valueOf(constants, name);
    }
}
