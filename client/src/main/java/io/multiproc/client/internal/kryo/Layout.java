package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.util.Util;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The way in which a user's class is written, and a hash of everything in the class that this depends on: its name, the kind of serializer,
 * and the sorted names and types of its fields with those of its superclasses. Two JVMs understand each other's instances if and
 * only if the hashes are equal. Immutable; the reflection is done once for each class.
 */
final class Layout {
    /** The kinds of serializer that a user's class can get. */
    enum Kind {
        FIELDS,
        RECORD,
        ENUM,
        COLLECTION,
        MAP,
        /** An interface or abstract class: known for arrays of it, without instances of its own. */
        ABSTRACT
    }

    private static final ClassValue<Layout> LAYOUTS = new ClassValue<>() {
        @Override
        protected Layout computeValue(Class<?> type) {
            return new Layout(type);
        }
    };

    final Kind kind;
    /** The fields of kind FIELDS in the order in which they are written, accessible. */
    final List<Field> fields;
    /** SHA-256 of the schema. */
    private final byte[] hash;

    private Layout(Class<?> type) {
        this.kind = kindOf(type);
        this.fields = kind == Kind.FIELDS ? fieldsOf(type) : List.of();
        StringBuilder schema = new StringBuilder();
        describe(type, schema, new HashSet<>());
        this.hash = sha256(schema.toString());
    }

    /**
     * The layout of a class.
     *
     * @throws IllegalArgumentException naming the class, if its instances cannot be written
     */
    static Layout of(Class<?> type) {
        return LAYOUTS.get(type);
    }

    /** The whole hash in hexadecimal digits. */
    String hashHex() {
        return HexFormat.of().formatHex(hash);
    }

    /** The first four bytes of the hash: what travels with the class's first instance in a message. */
    int stamp() {
        return hash[0] << 24 | (hash[1] & 0xff) << 16 | (hash[2] & 0xff) << 8 | (hash[3] & 0xff);
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
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

    private static List<Field> fieldsOf(Class<?> type) {
        List<Field> found = new ArrayList<>();
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            for (Field f : c.getDeclaredFields()) {
                if (!isWritten(f)) {
                    continue;
                }
                try {
                    f.setAccessible(true);
                } catch (InaccessibleObjectException e) {
                    throw refused(
                            type,
                            "has fields in " + c.getName()
                                    + ", which Java does not open; hold it in a field of a class of your own, as a standard type");
                }
                found.add(f);
            }
        }
        // a subclass may have a field of the same name; reflection promises no order
        found.sort(Comparator.comparing(Field::getName)
                .thenComparing(f -> f.getDeclaringClass().getName()));
        return List.copyOf(found);
    }

    private static boolean isWritten(Field f) {
        return !f.isSynthetic() && (f.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0;
    }

    private static void describe(Class<?> type, StringBuilder out, Set<Class<?>> seen) {
        out.append(type.getName());
        if (isJdk(Util.getElementClass(type)) || type.isArray() || !seen.add(type)) {
            return;
        }
        Kind kind = kindOf(type);
        out.append(' ').append(kind).append('{');
        if (kind == Kind.RECORD) {
            RecordComponent[] components = type.getRecordComponents();
            Arrays.sort(components, Comparator.comparing(RecordComponent::getName));
            for (RecordComponent c : components) {
                describe(c.getName(), c.getType(), out, seen);
            }
        } else if (kind == Kind.FIELDS) {
            for (Field f : fieldsOf(type)) {
                describe(f.getDeclaringClass().getName() + '.' + f.getName(), f.getType(), out, seen);
            }
        }
        out.append('}');
    }

    private static void describe(String name, Class<?> type, StringBuilder out, Set<Class<?>> seen) {
        out.append('\n').append(name).append(':');
        if (Modifier.isFinal(type.getModifiers())) {
            // instances of a final class are written without its id, so its own layout is part of this one
            describe(type, out, seen);
        } else {
            out.append(type.getName());
        }
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
