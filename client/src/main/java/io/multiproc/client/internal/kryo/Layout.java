package io.multiproc.client.internal.kryo;

import io.multiproc.client.StoredName;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The way in which a user's class is written: its kind, and for classes and records the fields with their stored names and the ways in which
 * their values are written. A message carries this once for each class, so that a reader with another version of the class can tell what belongs
 * where:
 *
 * <pre>
 * description = varint(8 * count + kind) then count times: 4 bytes, a little-endian number
 *               whose 28 high bits are of the SHA-256 of the field's stored name and whose 4 low bits are the way in which its values are written
 * </pre>
 *
 * <p>Fields are found by these, not by position. Immutable; the reflection is done once for each class.
 */
final class Layout {
    /** The kinds of serializer that a user's class can get; the ordinals travel. */
    enum Kind {
        FIELDS("a class with fields"),
        RECORD("a record"),
        ENUM("an enum"),
        COLLECTION("a collection"),
        MAP("a map"),
        /** An interface or abstract class: known for arrays of it, without instances of its own. */
        ABSTRACT("an interface or abstract class");

        private static final Kind[] ALL = values();
        final String text;

        Kind(String text) {
            this.text = text;
        }

        /** Null if the number means none. */
        static @Nullable Kind coded(int code) {
            return code < ALL.length ? ALL[code] : null;
        }

        boolean hasFields() {
            return this == FIELDS || this == RECORD;
        }
    }

    // the ways in which the values of a field are written
    static final int BOOLEAN = 0;
    static final int BYTE = 1;
    static final int CHAR = 2;
    static final int SHORT = 3;
    static final int INT = 4;
    static final int LONG = 5;
    static final int FLOAT = 6;
    static final int DOUBLE = 7;
    static final int STRING = 8;
    /** With its class before it. */
    static final int OBJECT = 9;

    private static final int WAY_BITS = 4;
    private static final List<Class<?>> WAYS = List.of(
            boolean.class,
            byte.class,
            char.class,
            short.class,
            int.class,
            long.class,
            float.class,
            double.class,
            String.class,
            Object.class);

    private static final ClassValue<Layout> LAYOUTS = new ClassValue<>() {
        @Override
        protected Layout computeValue(Class<?> type) {
            return new Layout(type);
        }
    };

    /** A field, or the component of a record. */
    static final class Slot {
        final Field field;
        final String name;
        final int code;
        /** Of the component in the record's constructor. */
        final int position;

        private Slot(Field field, String name, int position) {
            this.field = field;
            this.name = name;
            this.position = position;
            this.code = hash(name) & -(1 << WAY_BITS) | wayOf(field.getType());
        }

        int way() {
            return wayOf(code);
        }
    }

    final Class<?> type;
    final Kind kind;
    /** The fields of a class or record in the order in which they are written. */
    final Slot[] slots;
    /** What travels with the first mention of the class in a message. */
    final byte[] description;
    /** Of a record: the one with all components. */
    final @Nullable Constructor<?> constructor;
    /** The stored names of an enum's constants, by ordinal. */
    final List<String> constantNames;

    private final Map<String, Object> constants = new HashMap<>();

    private Layout(Class<?> type) {
        this.type = type;
        this.kind = kindOf(type);
        List<Slot> found = kind.hasFields() ? slotsOf(type, kind) : List.of();
        this.slots = found.toArray(new Slot[0]);
        checkDistinct(type, slots);
        ByteBuffer bytes =
                ByteBuffer.allocate(5 + 4 * slots.length).order(ByteOrder.LITTLE_ENDIAN); // as Kryo reads them
        int head = slots.length << 3 | kind.ordinal();
        for (; head > 127; head >>>= 7) {
            bytes.put((byte) (head & 127 | 128));
        }
        bytes.put((byte) head);
        for (Slot s : slots) {
            bytes.putInt(s.code);
        }
        this.description = Arrays.copyOf(bytes.array(), bytes.position());
        this.constructor = kind == Kind.RECORD ? canonical(type) : null;
        this.constantNames = kind == Kind.ENUM ? constantNames(type, constants) : List.of();
    }

    /**
     * The layout of a class.
     *
     * @throws IllegalArgumentException naming the class, if its instances cannot be written
     */
    static Layout of(Class<?> type) {
        return LAYOUTS.get(type);
    }

    /** The types of the fields, or constants of the enum, by stored name: what programs compare when they connect. */
    SortedMap<String, String> schema() {
        SortedMap<String, String> out = new TreeMap<>();
        for (Slot s : slots) {
            out.put(s.name, s.field.getType().getTypeName());
        }
        return out;
    }

    /** The constant with a stored name, or null. */
    @Nullable
    Object constant(String name) {
        return constants.get(name);
    }

    /** The slot that a code of any writer belongs to, or null. */
    @Nullable
    Slot slot(int code) {
        for (Slot s : slots) {
            if ((s.code ^ code) >>> WAY_BITS == 0) {
                return s;
            }
        }
        return null;
    }

    /** How values with a code are written. */
    static int wayOf(int code) {
        return code & (1 << WAY_BITS) - 1;
    }

    /** Whether a number is a way. */
    static boolean isWay(int way) {
        return way < WAYS.size();
    }

    /** What a way is called in an error. */
    static String nameOfWay(int way) {
        return way == OBJECT ? "an object" : WAYS.get(way).getSimpleName();
    }

    private static int wayOf(Class<?> type) {
        int way = WAYS.indexOf(type);
        return way < 0 ? OBJECT : way;
    }

    /** The name under which a class is known to other programs. */
    static String storedName(Class<?> type) {
        StoredName declared = type.getDeclaredAnnotation(StoredName.class);
        return declared == null ? type.getName() : declared.value();
    }

    /** The first four bytes of the SHA-256 of a text. */
    static int hash(String text) {
        return ByteBuffer.wrap(sha256(text)).getInt();
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static void checkDistinct(Class<?> type, Slot[] slots) {
        Map<Integer, Slot> seen = new HashMap<>();
        for (Slot s : slots) {
            Slot other = seen.put(s.code >>> WAY_BITS, s);
            if (other != null) {
                throw refused(
                        type,
                        "has fields " + other.name + " and " + s.name
                                + " that cannot be told apart; give one of them another @StoredName");
            }
        }
    }

    private static List<String> constantNames(Class<?> type, Map<String, Object> byName) {
        List<String> names = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            String name = ((Enum<?>) constant).name();
            try {
                StoredName declared = type.getField(name).getAnnotation(StoredName.class);
                name = declared == null ? name : declared.value();
            } catch (NoSuchFieldException e) {
                throw new IllegalStateException("a constant is a field", e);
            }
            if (byName.put(name, constant) != null) {
                throw refused(type, "has two constants that are stored as " + name);
            }
            names.add(name);
        }
        return names;
    }

    private static Kind kindOf(Class<?> type) {
        if (type.isEnum()) {
            return Kind.ENUM;
        }
        if (type.isArray() || type.isPrimitive()) {
            throw refused(type, "needs no registration; register the class of its elements");
        }
        if (type.isHidden() || type.isAnonymousClass() || type.isLocalClass()) {
            throw refused(
                    type,
                    "is a lambda, a local or an anonymous class; give it a name at the top level or make it nested");
        }
        if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
            throw refused(type, "is an inner class and would lose its outer object; make it static");
        }
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            return Kind.ABSTRACT;
        }
        if (Throwable.class.isAssignableFrom(type)) {
            throw refused(type, "is an exception; send its message and its text instead");
        }
        if (type.isRecord()) {
            return Kind.RECORD;
        }
        boolean map = Map.class.isAssignableFrom(type);
        if (map || Collection.class.isAssignableFrom(type)) {
            checkCollection(type);
            return map ? Kind.MAP : Kind.COLLECTION;
        }
        return Kind.FIELDS;
    }

    private static void checkCollection(Class<?> type) {
        if (SortedSet.class.isAssignableFrom(type) || SortedMap.class.isAssignableFrom(type)) {
            throw refused(type, "is a sorted collection, whose order would be lost; use TreeSet or TreeMap");
        }
        for (Class<?> c = type; c != null && !isJdk(c); c = c.getSuperclass()) {
            for (Field f : c.getDeclaredFields()) {
                if (isWritten(f)) {
                    throw refused(
                            type,
                            "is a collection with a field of its own, " + f.getName()
                                    + ", which would be lost; hold the collection in a field instead of extending it");
                }
            }
        }
        constructor(type);
    }

    /** The constructor without arguments of a collection class, accessible. */
    static Constructor<?> constructor(Class<?> type) {
        try {
            Constructor<?> found = type.getDeclaredConstructor();
            found.setAccessible(true);
            return found;
        } catch (NoSuchMethodException | InaccessibleObjectException e) {
            throw refused(type, "is a collection without a constructor without arguments");
        }
    }

    private static Constructor<?> canonical(Class<?> type) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return accessible(type, type.getDeclaredConstructor(types));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record has a canonical constructor", e);
        }
    }

    private static <T extends AccessibleObject> T accessible(Class<?> type, T member) {
        try {
            member.setAccessible(true);
            return member;
        } catch (InaccessibleObjectException e) {
            throw refused(type, "is in a package that its module does not open to the module io.multiproc.client");
        }
    }

    private static List<Slot> slotsOf(Class<?> type, Kind kind) {
        List<String> components = new ArrayList<>();
        if (kind == Kind.RECORD) {
            for (RecordComponent c : type.getRecordComponents()) {
                components.add(c.getName());
            }
        }
        Deque<Class<?>> classes = new ArrayDeque<>();
        for (Class<?> c = type; c != null && c != Object.class && c != Record.class; c = c.getSuperclass()) {
            classes.push(c);
        }
        Map<String, Slot> found = new TreeMap<>();
        // superclasses first: a subclass's field of the same name is the one that gets a longer name
        for (Class<?> c : classes) {
            for (Field f : c.getDeclaredFields()) {
                if (!isWritten(f)) {
                    continue;
                }
                if (isJdk(c)) {
                    throw refused(
                            type,
                            "has fields in " + c.getName()
                                    + ", which Java does not open; hold it in a field of a class of your own, as a standard type");
                }
                StoredName declared = f.getAnnotation(StoredName.class);
                String name = declared == null ? f.getName() : declared.value();
                if (found.containsKey(name)) {
                    name = storedName(c) + '.' + name;
                }
                if (found.put(name, new Slot(accessible(type, f), name, components.indexOf(f.getName()))) != null) {
                    throw refused(type, "has two fields that are stored as " + name);
                }
            }
        }
        return List.copyOf(found.values());
    }

    private static boolean isWritten(Field f) {
        return !f.isSynthetic() && (f.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0;
    }

    /** Whether a class belongs to the JDK, whose fields are closed and none of our business. */
    static boolean isJdk(Class<?> type) {
        return type.isPrimitive()
                || type.getClassLoader() == null
                || type.getClassLoader() == ClassLoader.getPlatformClassLoader();
    }

    private static IllegalArgumentException refused(Class<?> type, String why) {
        return new IllegalArgumentException("class " + type.getName() + " " + why);
    }
}
