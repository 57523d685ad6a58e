package io.multiproc.client.internal.value;

import io.multiproc.client.Complex;
import io.multiproc.client.SerializationException;
import io.multiproc.client.WrongTypeException;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Text;
import io.multiproc.protocol.wire.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Codec of keys: enums, records, classes with {@link io.multiproc.client.KeyFields}, and JDK classes for which the envelope has no tag, as bytes that are equal exactly if the objects are, whatever JVM
 * writes them. The server compares and hashes the bytes and never looks inside. PROTOCOL.md has the form.
 *
 * <p>An enum constant is its class's name and its own; a record its class's name and its components in declared order, an object with declared fields likewise. Only classes that the program
 * has registered, of packages that it has allowed, and those of {@link KeyTexts} are written and read. Thread-safe and immutable.
 */
public final class KeyCodec {
    /** The codec id of keys, which {@link Values#isHashable} knows. */
    public static final int ID = Values.KEY_CODEC;

    /** Without user classes. */
    public static final KeyCodec STANDARD = new KeyCodec(List.of(), Set.of());

    private static final int SCALAR = 'V';
    private static final int ENUM = 'E';
    private static final int RECORD = 'R';
    private static final int TEXT = 'T';
    private static final int OPTIONAL = 'O';
    private static final int ENTRY = 'M';
    private static final int LIST = 'L';
    private static final int SET = 'S';
    private static final int MAP = 'P';

    /** Those whose equality is that of their encoded values. */
    private static final Set<Class<?>> SCALARS = Set.of(
            String.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Character.class,
            BigInteger.class,
            BigDecimal.class,
            UUID.class,
            Complex.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            Instant.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            Duration.class);

    private static final ObjectCodec NONE = new ObjectCodec() {
        @Override
        public int id() {
            return -1;
        }

        @Override
        public byte[] encode(Object object) {
            throw new IllegalStateException("only scalars");
        }

        @Override
        public Object decode(byte[] bytes, int from, int length) {
            throw new IllegalStateException("has no id");
        }
    };

    private static final ValueWriter WRITER = new ValueWriter(NONE, false);
    private static final ValueReader READER = new ValueReader(NONE, (type, id) -> {
        throw SerializationException.reading("a reference in a key", null);
    });

    private final Map<String, Class<?>> registered = new LinkedHashMap<>();
    private final Set<String> packages;
    private final @Nullable ClassLoader loader;

    /**
     * A codec with a program's classes.
     *
     * @param classes registered ones
     * @param packages whose classes are allowed, and those below
     */
    public KeyCodec(Collection<Class<?>> classes, Set<String> packages) {
        classes.forEach(c -> registered.put(c.getName(), c));
        this.packages = Set.copyOf(packages);
        loader = ProgramLoader.current();
    }

    /** Whether an object has no tag in the envelope and may be a key all the same. */
    public static boolean isKey(Object value) {
        return value instanceof Enum
                || value instanceof Record
                || value instanceof Optional
                || value instanceof Map.Entry
                || KeyTexts.of(value) != null
                || KeyForm.isDeclared(value.getClass());
    }

    /** The bytes of a key. */
    public byte[] encode(Object key) {
        ByteWriter out = new ByteWriter(64);
        write(key, out, 0);
        return out.toByteArray();
    }

    static WrongTypeException unhashable(String text) {
        return new WrongTypeException(ErrorCode.UNHASHABLE, "unhashable: " + text, null);
    }

    private void write(@Nullable Object value, ByteWriter out, int depth) {
        if (depth > Limits.MAX_DEPTH) {
            throw unhashable("a key is nested deeper than " + Limits.MAX_DEPTH + " levels, or contains itself");
        }
        if (value == null || SCALARS.contains(value.getClass())) {
            out.u8(SCALAR);
            // all that are no number are equal in Java
            WRITER.write(
                    value instanceof Double d && d.isNaN()
                            ? (Object) Double.NaN
                            : value instanceof Float f && f.isNaN() ? (Object) Float.NaN : value,
                    out);
        } else if (value instanceof Enum<?> e) {
            out.u8(ENUM);
            text(allowed(e.getDeclaringClass()), out);
            text(e.name(), out);
        } else if (value instanceof Record || KeyForm.isDeclared(value.getClass())) {
            KeyForm form = KeyForm.of(value.getClass());
            out.u8(RECORD);
            text(allowed(value.getClass()), out);
            out.varint(form.fields().length);
            for (Object component : form.values(value)) {
                write(component, out, depth + 1);
            }
        } else if (value instanceof Optional<?> o) {
            out.u8(OPTIONAL).u8(o.isPresent() ? 1 : 0);
            if (o.isPresent()) {
                write(o.get(), out, depth + 1);
            }
        } else if (value instanceof Map.Entry<?, ?> e) {
            out.u8(ENTRY);
            write(e.getKey(), out, depth + 1);
            write(e.getValue(), out, depth + 1);
        } else if (value instanceof List<?> l) {
            List<Object> copy = new ArrayList<>(l);
            out.u8(LIST).varint(copy.size());
            copy.forEach(e -> write(e, out, depth + 1));
        } else if (value instanceof Set<?> s) {
            sorted(SET, s, out, depth);
        } else if (value instanceof Map<?, ?> m) {
            sorted(MAP, m.entrySet(), out, depth);
        } else {
            KeyTexts<?> texts = KeyTexts.of(value);
            if (texts == null) {
                throw unhashable("an object of " + value.getClass().getName()
                        + " cannot be a key or part of one, because what it equals is not known: use an enum, a record of such, a text, a number or"
                        + " a date, or declare the class's @KeyFields");
            }
            out.u8(TEXT);
            text(texts.name(), out);
            text(texts.textOf(value), out);
        }
    }

    /** In an order that only depends on what is in it. */
    private void sorted(int kind, Collection<?> elements, ByteWriter out, int depth) {
        List<byte[]> parts = new ArrayList<>();
        for (Object e : elements) {
            ByteWriter part = new ByteWriter(32);
            write(e, part, depth + 1);
            parts.add(part.toByteArray());
        }
        parts.sort(Arrays::compareUnsigned);
        out.u8(kind).varint(parts.size());
        parts.forEach(out::raw);
    }

    private static void text(String s, ByteWriter out) {
        byte[] b = Text.encode(s);
        out.varint(b.length).raw(b);
    }

    private String allowed(Class<?> type) {
        String name = type.getName();
        if (!registered.containsKey(name) && !isInPackage(name) && KeyTexts.constants(name) == null) {
            throw SerializationException.writing(
                    "class " + name + " of a key is not registered: register it, or allow its package", null);
        }
        return name;
    }

    private boolean isInPackage(String className) {
        return Packages.have(packages, className);
    }

    /**
     * The key of bytes that anybody may have sent.
     *
     * @throws SerializationException if they are not what {@link #encode} writes for classes that this program knows
     */
    public Object decode(byte[] b, int from, int length) {
        Pass pass = new Pass(b, from, from + length);
        Object key;
        try {
            key = pass.read(0);
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            throw SerializationException.reading("a received key is damaged", e);
        }
        if (key == null || pass.at != pass.end) {
            throw SerializationException.reading("a received key is damaged", null);
        }
        return key;
    }

    /** The name of the class of an enum constant or a record; null for other keys, and for damaged ones. */
    public static @Nullable String className(byte[] key) {
        Pass pass = STANDARD.new Pass(key, 0, key.length);
        try {
            int kind = pass.u8();
            return kind == ENUM || kind == RECORD ? pass.text() : null;
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            return null;
        }
    }

    private final class Pass {
        private final Collisions collisions = new Collisions();
        private final byte[] b;
        private final int end;
        private int at;

        Pass(byte[] b, int at, int end) {
            this.b = b;
            this.at = at;
            this.end = end;
        }

        private int u8() {
            if (at >= end) {
                throw new IndexOutOfBoundsException();
            }
            return b[at++] & 0xff;
        }

        /** Of things of a byte each, at least. */
        private int count() {
            int n = 0;
            for (int shift = 0; shift < 32; shift += 7) {
                int v = u8();
                n |= (v & 0x7f) << shift;
                if (v < 0x80) {
                    break;
                }
            }
            if (n < 0 || n > end - at) {
                throw new IndexOutOfBoundsException();
            }
            return n;
        }

        private String text() {
            int n = count();
            String s = Text.decode(b, at, n);
            at += n;
            return s;
        }

        private @Nullable Object read(int depth) {
            if (depth > Limits.MAX_DEPTH) {
                throw new IllegalStateException("too deep");
            }
            int kind = u8();
            return switch (kind) {
                case SCALAR -> scalar();
                case ENUM -> constant(text(), text());
                case RECORD -> record(text(), depth);
                case TEXT -> KeyTexts.read(text(), text());
                case OPTIONAL -> u8() == 0 ? Optional.empty() : Optional.ofNullable(read(depth + 1));
                case ENTRY -> new AbstractMap.SimpleImmutableEntry<>(read(depth + 1), read(depth + 1));
                case LIST -> Collections.unmodifiableList(elements(depth));
                case SET -> set(depth);
                case MAP -> map(depth);
                default -> throw new IllegalStateException("kind " + kind);
            };
        }

        private @Nullable Object scalar() {
            int next;
            try {
                next = Values.check(b, at, end);
            } catch (RuntimeException e) {
                throw new IllegalStateException(e);
            }
            Object value = READER.read(b, at);
            at = next;
            if (value != null && !SCALARS.contains(value.getClass())) {
                throw new IllegalStateException("no scalar");
            }
            return value;
        }

        private List<@Nullable Object> elements(int depth) {
            int n = count();
            List<@Nullable Object> out = new ArrayList<>(Math.min(n, 1_000));
            for (int i = 0; i < n; i++) {
                out.add(read(depth + 1));
            }
            return out;
        }

        private Set<@Nullable Object> set(int depth) {
            Set<@Nullable Object> out = new LinkedHashSet<>();
            for (Object e : elements(depth)) {
                out.add(e);
                check(collisions.added(out));
            }
            check(collisions.complete(out));
            return Collections.unmodifiableSet(out);
        }

        private static void check(boolean collide) {
            if (collide) {
                throw new IllegalStateException("too many parts of it have the same hash code");
            }
        }

        private Map<@Nullable Object, @Nullable Object> map(int depth) {
            Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
            for (Object e : elements(depth)) {
                if (!(e instanceof Map.Entry<?, ?> entry)) {
                    throw new IllegalStateException("no entry");
                }
                out.put(entry.getKey(), entry.getValue());
                check(collisions.added(out.keySet()));
            }
            check(collisions.complete(out.keySet()));
            return Collections.unmodifiableMap(out);
        }

        private Object constant(String className, String name) {
            Class<?> type = known(className);
            for (Object c : type.isEnum() ? type.getEnumConstants() : new Object[0]) {
                if (((Enum<?>) c).name().equals(name)) {
                    return c;
                }
            }
            throw SerializationException.reading(
                    "a received key is constant " + name + " of " + className
                            + ", which this program's class does not have",
                    null);
        }

        private Object record(String className, int depth) {
            KeyForm form = KeyForm.of(known(className));
            @Nullable Object[] components = elements(depth).toArray();
            if (components.length != form.fields().length) {
                throw SerializationException.reading(
                        "a received key of " + className + " has " + components.length
                                + " components, and this program's class " + form.fields().length,
                        null);
            }
            return form.make(components);
        }

        private Class<?> known(String name) {
            Class<?> type = registered.get(name);
            type = type == null ? KeyTexts.constants(name) : type;
            if (type == null && isInPackage(name)) {
                try {
                    type = Class.forName(name, false, loader);
                } catch (ClassNotFoundException | LinkageError e) {
                    throw SerializationException.reading("class " + name + " of a received key cannot be loaded", e);
                }
            }
            if (type == null || !(type.isEnum() || type.isRecord() || KeyForm.isDeclared(type))) {
                throw SerializationException.reading(
                        "class " + name
                                + " of a received key is not registered here, or neither an enum nor a record nor a class with @KeyFields:"
                                + " register it, or allow its package",
                        null);
            }
            return type;
        }
    }
}
