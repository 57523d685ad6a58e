package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.ImmutableSerializer;
import io.multiproc.client.Complex;
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

    static Serializer<Complex> complex() {
        return new ImmutableSerializer<>() {
            @Override
            public void write(Kryo kryo, Output out, Complex value) {
                out.writeDouble(value.re());
                out.writeDouble(value.im());
            }

            @Override
            public Complex read(Kryo kryo, Input in, Class<? extends Complex> type) {
                return new Complex(in.readDouble(), in.readDouble());
            }
        };
    }

    /** Something that a text names, to which this JVM attaches; not if nobody wants it. */
    static <T> Serializer<Object> handle(Function<T, String> write, Function<String, T> attach) {
        return new Serializer<>() {
            @Override
            @SuppressWarnings("unchecked") // registered for that class
            public void write(Kryo kryo, Output out, Object value) {
                out.writeString(write.apply((T) value));
            }

            @Override
            public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
                String text = in.readString();
                if (text == null) {
                    throw new KryoException("a text is missing");
                }
                SafeKryo safe = (SafeKryo) kryo;
                return safe.skipping()
                        ? safe.unreadable(new KryoException("nothing is attached to within a field that is skipped"))
                        : attach.apply(text);
            }
        };
    }

    /** Constants of a user's enum, by stored name. */
    static final class Constants extends ImmutableSerializer<Object> {
        private final Layout layout;

        Constants(Layout layout) {
            this.layout = layout;
        }

        @Override
        public void write(Kryo kryo, Output out, Object value) {
            out.writeString(layout.constantNames.get(((Enum<?>) value).ordinal()));
        }

        @Override
        public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
            try {
                return constant(layout.type, in);
            } catch (SafeKryo.UnknownConstant e) {
                return ((SafeKryo) kryo).unreadable(e);
            }
        }
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
                Object element = kryo.readClassAndObject(in);
                try {
                    into[i] = element;
                } catch (ArrayStoreException e) {
                    ((SafeKryo) kryo).failed(e);
                }
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
    static final class EnumSets extends Serializer<Object> {
        @Override
        public void write(Kryo kryo, Output out, Object object) {
            EnumSet value = (EnumSet) object;
            EnumSet probe = value.isEmpty() ? EnumSet.complementOf(value) : value;
            if (probe.isEmpty()) {
                throw new KryoException("an EnumSet of an enum without constants cannot be written");
            }
            kryo.writeClass(out, ((Enum) probe.iterator().next()).getDeclaringClass());
            out.writeVarInt(value.size(), true);
            for (Object e : value) {
                out.writeString(name((Enum) e));
            }
        }

        @Override
        public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
            BoundedInput in = (BoundedInput) input;
            Class constants = enumClass(kryo, in);
            int n = in.claim(in.readVarInt(true));
            if (constants == null) {
                for (int i = 0; i < n; i++) {
                    Object unused = in.readString();
                }
                return new SkippedSerializer.Skipped();
            }
            EnumSet into = EnumSet.noneOf(constants);
            for (int i = 0; i < n; i++) {
                try {
                    into.add(constant(constants, in));
                } catch (SafeKryo.UnknownConstant e) {
                    ((SafeKryo) kryo).failed(e);
                }
            }
            return into;
        }
    }

    /** Maps keyed by an enum, by name. */
    @SuppressWarnings({"rawtypes", "unchecked"}) // the enum's class is known at run time only
    static final class EnumMaps extends Serializer<Object> {
        @Override
        public void write(Kryo kryo, Output out, Object object) {
            EnumMap value = (EnumMap) object;
            Class constants = keyType(value);
            kryo.writeClass(out, constants);
            out.writeVarInt(value.size(), true);
            for (Object e : value.entrySet()) {
                out.writeString(name((Enum) ((Map.Entry) e).getKey()));
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
        public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
            BoundedInput in = (BoundedInput) input;
            Class constants = enumClass(kryo, in);
            int n = in.claim(in.readVarInt(true));
            in.claim(n);
            if (constants == null) {
                Object skipped = new SkippedSerializer.Skipped();
                kryo.reference(skipped);
                for (int i = 0; i < n; i++) {
                    Object unusedKey = in.readString();
                    Object unusedValue = kryo.readClassAndObject(in);
                }
                return skipped;
            }
            EnumMap into = new EnumMap(constants);
            kryo.reference(into);
            for (int i = 0; i < n; i++) {
                Object key = null;
                try {
                    key = constant(constants, in);
                } catch (SafeKryo.UnknownConstant e) {
                    ((SafeKryo) kryo).failed(e);
                }
                Object value = kryo.readClassAndObject(in);
                if (key != null) {
                    into.put((Enum) key, value);
                }
            }
            return into;
        }
    }

    /** The name under which a constant is stored. */
    private static String name(Enum<?> constant) {
        return Layout.of(constant.getDeclaringClass()).constantNames.get(constant.ordinal());
    }

    /** Null if this JVM does not know the enum and need not. */
    @SuppressWarnings("rawtypes") // the enum's class is known at run time only
    private static @Nullable Class enumClass(Kryo kryo, Input in) {
        var registration = kryo.readClass(in);
        if (registration != null && registration.getSerializer() instanceof SkippedSerializer s) {
            ((SafeKryo) kryo).failed(new KryoException(s.why()));
            return null;
        }
        if (registration == null || !registration.getType().isEnum()) {
            throw new KryoException("the class of an enum collection is no enum");
        }
        return registration.getType();
    }

    private static Object constant(Class<?> constants, Input in) {
        String name = in.readString();
        if (name == null) {
            throw new KryoException("the name of an enum constant is missing");
        }
        Object constant = Layout.of(constants).constant(name);
        if (constant == null) {
            throw new SafeKryo.UnknownConstant("enum " + constants.getName() + " has no constant " + name
                    + " here; a program with another version of the enum wrote it: add the constant to this program, or"
                    + " @StoredName if it has another name now");
        }
        return constant;
    }
}
