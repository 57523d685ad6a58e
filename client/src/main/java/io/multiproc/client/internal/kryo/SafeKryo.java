package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.EnumNameSerializer;
import com.esotericsoftware.kryo.serializers.ImmutableSerializer;
import com.esotericsoftware.kryo.serializers.RecordSerializer;
import com.esotericsoftware.kryo.util.DefaultClassResolver;
import com.esotericsoftware.kryo.util.DefaultInstantiatorStrategy;
import com.esotericsoftware.kryo.util.Util;
import io.multiproc.client.internal.value.Referable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objenesis.strategy.StdInstantiatorStrategy;

/** A Kryo that knows the classes of one table and nothing else. For one thread at a time; useless after an exception. */
final class SafeKryo extends Kryo {
    private static final ClassValue<Boolean> HASHES_BY_IDENTITY = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                return type.getMethod("hashCode").getDeclaringClass() == Object.class;
            } catch (NoSuchMethodException e) {
                return false;
            }
        }
    };

    private final SafeClassResolver classes;
    private final ClassTable table;
    private final @Nullable References references;

    SafeKryo(ClassTable table, boolean references, int maxDepth) {
        this(table, new SafeClassResolver(table), references ? new References() : null, maxDepth);
    }

    @SuppressWarnings("NullAway") // Kryo takes null for "no references"
    private SafeKryo(ClassTable table, SafeClassResolver classes, @Nullable References references, int maxDepth) {
        super(classes, references);
        this.table = table;
        this.classes = classes;
        this.references = references;
        setRegistrationRequired(true);
        setMaxDepth(maxDepth);
        // what it saves is bytes that the bounds need, and its stack survives exceptions (kryo #1283)
        setOptimizedGenerics(false);
        setInstantiatorStrategy(new DefaultInstantiatorStrategy(new StdInstantiatorStrategy()));
        for (StandardClasses.Row row : StandardClasses.rows()) {
            register(row.type(), row.serializer().get(), row.id());
        }
        table.ids().forEach((id, type) -> register(type, serializerOf(type), id));
    }

    /** The registration of a class, found through the rules for the classes of the JDK, arrays and allowed packages. */
    @Override
    @SuppressWarnings("rawtypes") // Kryo's signature
    public Registration getRegistration(Class type) {
        Registration known = getClassResolver().getRegistration(type);
        return known != null ? known : admit(type);
    }

    private Registration admit(Class<?> type) {
        Class<?> alias = StandardClasses.alias(type);
        if (alias == null && Enum.class.isAssignableFrom(type) && !type.isEnum() && type != Enum.class) {
            // a constant with a body has a class of its own
            alias = type.getSuperclass();
        }
        if (alias != null) {
            Registration shared = getRegistration(alias);
            classes.share(type, shared);
            return shared;
        }
        if (type.isArray()) {
            Class<?> element = Util.getElementClass(type);
            if (StandardClasses.element(element.getName()) != element) {
                getRegistration(element);
            }
            return classes.register(
                    new Registration(type, new SmallSerializers.ObjectArray(), DefaultClassResolver.NAME));
        }
        if (Referable.class.isAssignableFrom(type)) {
            throw new KryoException(
                    "a proxy (" + type.getSimpleName() + ") is inside an object of a user class: proxies"
                            + " travel in lists, tuples, sets and dicts, not inside objects of user classes");
        }
        if (type.isHidden() || Proxy.isProxyClass(type)) {
            throw new KryoException(
                    "class " + type.getName() + " is a lambda or a generated proxy, which cannot be sent");
        }
        if (!table.allows(type)) {
            throw new KryoException(table.unregistered(type.getName()));
        }
        return classes.register(new Registration(type, serializerOf(type), DefaultClassResolver.NAME));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the class is known at run time only
    private static Serializer<?> serializerOf(Class type) {
        Layout layout = Layout.of(type);
        return switch (layout.kind) {
            case FIELDS -> new FieldsSerializer(layout);
            case RECORD -> new RecordSerializer<>(type);
            case ENUM -> new EnumNameSerializer(type);
            case COLLECTION -> {
                Constructor<?> constructor = Layout.constructor(type);
                yield Set.class.isAssignableFrom(type)
                        ? ElementsSerializer.hashed(n -> (Collection<Object>) create(constructor))
                        : ElementsSerializer.list(n -> (Collection<Object>) create(constructor));
            }
            case MAP -> {
                Constructor<?> constructor = Layout.constructor(type);
                yield EntriesSerializer.hashed(n -> (Map<Object, Object>) create(constructor));
            }
            case ABSTRACT -> new NoInstances();
        };
    }

    private static Object create(Constructor<?> constructor) {
        try {
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new KryoException(e);
        }
    }

    // Every part of an object passes through these four: they learn which objects contain no references.

    @Override
    public void writeClassAndObject(Output out, @Nullable Object object) {
        long before = followed();
        super.writeClassAndObject(out, object);
        notePure(object, before);
    }

    @Override
    @SuppressWarnings("rawtypes") // Kryo's signature
    public void writeObjectOrNull(Output out, @Nullable Object object, Class type) {
        long before = followed();
        super.writeObjectOrNull(out, object, type);
        notePure(object, before);
    }

    @Override
    public @Nullable Object readClassAndObject(Input in) {
        long before = followed();
        Object object = super.readClassAndObject(in);
        notePure(object, before);
        return object;
    }

    @Override
    public <T> @Nullable T readObjectOrNull(Input in, Class<T> type) {
        long before = followed();
        T object = super.readObjectOrNull(in, type);
        notePure(object, before);
        return object;
    }

    private void notePure(@Nullable Object object, long before) {
        if (references != null && object != null && references.followed() == before) {
            references.addPure(object);
        }
    }

    /**
     * Writes a key of a map or an element of a set. With references, hashing a key that refers to other objects can cost
     * exponential time: nested sets, each twice in the next. So a key that contains references must hash by identity; a key
     * that is nothing but a reference to an object without any is fine.
     */
    void writeKey(Output out, @Nullable Object key) {
        long before = followed();
        writeClassAndObject(out, key);
        checkKey(key, before);
    }

    /** Reads what {@link #writeKey} writes, with the same rule. */
    @Nullable
    Object readKey(BoundedInput in) {
        in.beforeHashing();
        long before = followed();
        Object key = readClassAndObject(in);
        checkKey(key, before);
        return key;
    }

    private long followed() {
        return references == null ? 0 : references.followed();
    }

    private void checkKey(@Nullable Object key, long before) {
        if (references == null || key == null || references.followed() == before) {
            return;
        }
        boolean plain = references.followed() == before + 1 && references.isPure(key);
        if (!plain && !HASHES_BY_IDENTITY.get(key.getClass())) {
            throw new KryoException(
                    "a key or set element of class " + key.getClass().getName()
                            + " refers to an object that is elsewhere in the message too; use a key without such parts, or a list");
        }
    }

    /** For interfaces and abstract classes: only arrays are made of them. */
    private static final class NoInstances extends ImmutableSerializer<Object> {
        @Override
        public void write(Kryo kryo, Output out, Object value) {
            throw new KryoException("class " + value.getClass().getName() + " has no instances");
        }

        @Override
        public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
            throw new KryoException("class " + type.getName() + " has no instances");
        }
    }
}
