package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.ImmutableSerializer;
import com.esotericsoftware.kryo.util.DefaultClassResolver;
import com.esotericsoftware.kryo.util.DefaultInstantiatorStrategy;
import com.esotericsoftware.kryo.util.Util;
import io.multiproc.client.internal.value.Referable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
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

    /** References within one skipped field; with more, all its objects count as unreadable as soon as one is. */
    private static final int MAX_LINKS = 100;

    private final SafeClassResolver classes;
    private final ClassTable table;
    private final @Nullable References references;

    private int skipping;
    private long failures;
    private final List<Object> followedInSkipped = new ArrayList<>();
    private final List<Holder> holders = new ArrayList<>();
    private String why = "";
    /** Objects of this message that were not read completely, and why. */
    private @Nullable IdentityHashMap<Object, String> unreadable;

    /** Reads the next message in the first format. */
    void firstFormat() {
        classes.firstFormat(true);
    }

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
        table.ids().forEach((id, type) -> admit(type, id));
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
        table.checkStoredName(type);
        return admit(type, DefaultClassResolver.NAME);
    }

    private Registration admit(Class<?> type, int id) {
        UserClass user = new UserClass(Layout.of(type), id);
        user.setSerializer(serializerOf(user));
        return classes.register(user);
    }

    @SuppressWarnings("unchecked") // the class is known at run time only
    private static Serializer<?> serializerOf(UserClass user) {
        Class<?> type = user.layout.type;
        return switch (user.layout.kind) {
            case FIELDS, RECORD -> new FieldsSerializer(user);
            case ENUM -> new SmallSerializers.Constants(user.layout);
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
        long failed = failures;
        int read = skipping == 0 || references == null ? 0 : references.readObjects();
        int links = followedInSkipped.size();
        Object object = super.readClassAndObject(in);
        notePure(object, before);
        if (skipping != 0 && references != null && object != null) {
            noteLinks(object, read == references.readObjects() && followed() != before, links);
        }
        if (failed != failures || unreadable != null) {
            checkReadable(object, failed);
        }
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

    // ---- reading over what this JVM has no field for

    /** Whether what is read now belongs to a field that this JVM does not have. */
    boolean skipping() {
        return skipping > 0;
    }

    /** Reads over a field. Known classes in it are made all the same: the rest of the message may refer to their objects. */
    void skip(Input in, int code) {
        long failed = failures;
        int from = references == null ? 0 : references.readObjects();
        skipping++;
        Object unused = FieldsSerializer.readValue(this, in, Layout.wayOf(code));
        skipping--;
        if (skipping == 0) {
            if (failures != failed && references != null && !followedInSkipped.isEmpty()) {
                spread(from, references);
            }
            followedInSkipped.clear();
            holders.clear();
        }
    }

    /**
     * An object of a skipped field whose parts refer to others.
     *
     * @param from where its references begin in the list of those that were followed
     * @param to where they end
     */
    private record Holder(Object object, int from, int to) {}

    private void noteLinks(Object object, boolean reference, int from) {
        if (reference) {
            followedInSkipped.add(object);
        } else if (followedInSkipped.size() > from) {
            holders.add(new Holder(object, from, followedInSkipped.size()));
        }
    }

    /** What refers to an object that turned out to be unreadable only later, as in a circle, is unreadable too. */
    private void spread(int firstOfField, References references) {
        if (followedInSkipped.size() > MAX_LINKS) {
            references.forEachReadFrom(firstOfField, o -> unreadable().putIfAbsent(o, why));
            return;
        }
        for (boolean changed = true; changed; ) {
            changed = false;
            for (Holder h : holders) {
                if (!unreadable().containsKey(h.object)
                        && followedInSkipped.subList(h.from, h.to).stream().anyMatch(unreadable()::containsKey)) {
                    unreadable().put(h.object, why);
                    changed = true;
                }
            }
        }
    }

    /**
     * An object or part of one cannot be made. Within a field that is skipped something else stands for it, so that reading goes on.
     *
     * @throws KryoException the same, if it is wanted
     */
    Object unreadable(KryoException e) {
        failed(e);
        return e instanceof UnknownConstant ? new SkippedSerializer.SkippedConstant() : new SkippedSerializer.Skipped();
    }

    /** As {@link #unreadable}, for a collection that does not take an element. */
    void failed(RuntimeException e) {
        if (skipping == 0) {
            throw e;
        }
        failures++;
        why = String.valueOf(e.getMessage());
    }

    private void checkReadable(@Nullable Object object, long failed) {
        if (object == null) {
            return;
        }
        if (failures != failed) {
            unreadable().putIfAbsent(object, why);
            return;
        }
        String known = unreadable().get(object);
        if (known != null) {
            failed(new KryoException("it refers to an object in a field that this JVM does not have, and that object"
                    + " cannot be read here: " + known));
            unreadable().putIfAbsent(object, why);
        }
    }

    private IdentityHashMap<Object, String> unreadable() {
        IdentityHashMap<Object, String> known = unreadable;
        if (known == null) {
            known = new IdentityHashMap<>();
            unreadable = known;
        }
        return known;
    }

    @Override
    public void reset() {
        super.reset();
        skipping = 0;
        failures = 0;
        unreadable = null;
        followedInSkipped.clear();
        holders.clear();
    }

    /** A constant that this JVM's version of the enum does not have. */
    static final class UnknownConstant extends KryoException {
        private static final long serialVersionUID = 1L;

        UnknownConstant(String text) {
            super(text);
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
