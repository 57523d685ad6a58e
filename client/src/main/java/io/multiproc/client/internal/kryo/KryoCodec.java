package io.multiproc.client.internal.kryo;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Output;
import io.multiproc.client.SerializationException;
import io.multiproc.client.SharedClasses;
import io.multiproc.client.internal.value.ObjectCodec;
import io.multiproc.client.internal.value.ProgramLoader;
import io.multiproc.client.internal.value.ThrownText;
import io.multiproc.protocol.wire.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Objects of user classes as bytes, with Kryo. Only registered classes, classes of allowed packages and a fixed table of JDK
 * classes are written or read; every bound is checked before memory is spent; bytes from a stranger give an object of those
 * classes or a {@link SerializationException}, nothing else. Thread-safe and immutable.
 */
public final class KryoCodec implements ObjectCodec {
    /** How deep objects may hold objects, unless a builder says otherwise. */
    public static final int DEFAULT_MAX_DEPTH = 32;

    private static final int POOL_SIZE = 32;
    private static final int MAX_CAUSES = 100;
    private static final int KEPT_BUFFER = 1 << 20;

    static {
        // before the first class of Kryo is loaded: Unsafe gains little here, and JDK 24 and later warn about it
        if (System.getProperty("kryo.unsafe") == null) {
            System.setProperty("kryo.unsafe", "false");
        }
    }

    private final ClassTable table;
    private final boolean references;
    private final int maxDepth;
    private final int maxBytes;
    private final long hashingNanos;
    /** Made when it is first asked for: hashing the whole table is a good part of making a codec. */
    private volatile @Nullable String fingerprint;

    private final ArrayBlockingQueue<Worker> pool = new ArrayBlockingQueue<>(POOL_SIZE);

    /** A Kryo and its output buffer. */
    private record Worker(SafeKryo kryo, Output output) {}

    private KryoCodec(Builder b, ClassLoader loader) {
        this.table = new ClassTable(b.ids, b.named, b.packages, loader);
        this.references = b.references;
        this.maxDepth = b.maxDepth;
        this.maxBytes = b.maxBytes;
        this.hashingNanos = b.hashingTime.toNanos();
        if (!b.ids.isEmpty()) {
            pool.add(newWorker()); // what is wrong with a user's class is said now; else the first object makes one
        }
    }

    /** A builder without user classes. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public int id() {
        return KRYO;
    }

    @Override
    public byte[] encode(Object object) {
        Worker worker = take();
        byte[] bytes;
        try {
            worker.kryo.writeClassAndObject(worker.output, object);
            bytes = worker.output.toBytes();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            // the worker is not returned: a Kryo that threw may be left in the middle of an object
            throw SerializationException.writing(
                    "an object of class " + object.getClass().getName() + " cannot be sent: " + explain(e), e);
        }
        give(worker);
        return bytes;
    }

    @Override
    public Object decode(byte[] bytes, int from, int length) {
        return decode(bytes, from, length, false);
    }

    /** What codec {@value ObjectCodec#FIRST_KRYO} wrote differs only where users' classes are in it, which it then refuses. */
    @Override
    public Object decodeForeign(int id, byte[] bytes, int from, int length) {
        return id == FIRST_KRYO
                ? decode(bytes, from, length, true)
                : ObjectCodec.super.decodeForeign(id, bytes, from, length);
    }

    private Object decode(byte[] bytes, int from, int length, boolean firstFormat) {
        if (length > maxBytes) {
            throw SerializationException.reading(
                    "a received object of " + length + " bytes exceeds the limit of " + maxBytes, null);
        }
        Worker worker = take();
        Object object;
        try {
            BoundedInput in = new BoundedInput(bytes, from, length, hashingNanos);
            if (firstFormat) {
                worker.kryo.firstFormat();
            }
            object = worker.kryo.readClassAndObject(in);
            if (object == null || !in.atEnd()) {
                throw new KryoException(object == null ? "it is null" : "bytes are left over");
            }
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            throw SerializationException.reading("a received object cannot be read: " + explain(e), e);
        }
        give(worker);
        return object;
    }

    /**
     * SHA-256 in hexadecimal digits of all registrations, the allowed packages and the version of the standard table: equal if
     * and only if two codecs certainly understand each other.
     */
    public String fingerprint() {
        String known = fingerprint;
        if (known == null) {
            known = fingerprintOf(table);
            fingerprint = known;
        }
        return known;
    }

    /** The allowed classes by their stored names, for another codec. */
    public static SharedClasses classes(AllowedClasses allowed) {
        ClassLoader context = ProgramLoader.current();
        return new ClassTable(
                new TreeMap<>(allowed.ids()),
                allowed.named(),
                allowed.packages(),
                context != null ? context : ClassLoader.getSystemClassLoader());
    }

    /** The user's registrations in the order of their ids: what is announced to the server. */
    public List<Registered> registrations() {
        return table.registrations();
    }

    private static String fingerprintOf(ClassTable table) {
        StringBuilder text = new StringBuilder("standard " + StandardClasses.VERSION + '\n');
        for (Registered r : table.registrations()) {
            text.append(r.id())
                    .append(' ')
                    .append(r.className())
                    .append(' ')
                    .append(r.kind())
                    .append(' ')
                    .append(r.fields())
                    .append('\n');
        }
        table.named().forEach(n -> text.append("class ").append(n).append('\n'));
        table.packages().forEach(p -> text.append("package ").append(p).append('\n'));
        return HexFormat.of().formatHex(Layout.sha256(text.toString()));
    }

    private Worker take() {
        Worker idle = pool.poll();
        return idle != null ? idle : newWorker();
    }

    private Worker newWorker() {
        return new Worker(new SafeKryo(table, references, maxDepth), new Output(Math.min(512, maxBytes), maxBytes));
    }

    private void give(Worker worker) {
        worker.output.reset();
        // one huge object must not keep its buffer for ever; without room in the pool the worker is garbage
        boolean ignored = worker.output.getBuffer().length <= KEPT_BUFFER && pool.offer(worker);
    }

    private String explain(Throwable failure) {
        Throwable deepest = failure;
        StringBuilder path = new StringBuilder();
        int depth = 0;
        for (Throwable t = failure; t != null && depth++ < MAX_CAUSES; t = causeOf(t)) {
            if (t instanceof IOException
                    && (deepest instanceof IllegalStateException || deepest instanceof UncheckedIOException)) {
                // whoever caught it has said more than the system, which has a file's name or nothing
                break;
            }
            deepest = t;
            path.insert(0, traceOf(t));
        }
        String text = ThrownText.message(deepest);
        int cut = text == null ? -1 : text.indexOf("\nSerialization trace:");
        text = text == null ? deepest.getClass().getSimpleName() : cut < 0 ? text : text.substring(0, cut);
        if (deepest instanceof StackOverflowError || text.startsWith("Max depth exceeded")) {
            text = "it is nested deeper than " + maxDepth + " levels, or refers to itself";
        } else if (deepest instanceof LinkageError) {
            text = "a class of it cannot be loaded: " + text;
        } else if (deepest instanceof com.esotericsoftware.kryo.io.KryoBufferOverflowException) {
            text = "it needs more than " + maxBytes + " bytes";
        } else if (deepest instanceof com.esotericsoftware.kryo.io.KryoBufferUnderflowException
                || text.startsWith("Buffer too small")) {
            text = "it is cut off";
        }
        return path.length() == 0 ? text : text + " [in field " + path.substring(0, path.length() - 2) + "]";
    }

    private static @Nullable Throwable causeOf(Throwable t) {
        try {
            return t.getCause();
        } catch (RuntimeException e) {
            // the class of a user, whose serialization failed
            return null;
        }
    }

    /** The fields that Kryo was in, innermost first, each followed by a comma. */
    private static String traceOf(Throwable t) {
        String text = t instanceof KryoException && t.getMessage() != null ? t.getMessage() : "";
        String marker = "Serialization trace:\n";
        int at = text.lastIndexOf(marker);
        return at < 0 ? "" : text.substring(at + marker.length()).strip().replace("\n", ", ") + ", ";
    }

    /** Collects what a codec may do. Not thread-safe. */
    public static final class Builder {
        private final SortedMap<Integer, Class<?>> ids = new TreeMap<>();
        private final Set<Class<?>> named = new LinkedHashSet<>();
        private final TreeSet<String> packages = new TreeSet<>();
        private boolean references;
        private int maxDepth = DEFAULT_MAX_DEPTH;
        private int maxBytes = Limits.DEFAULT_MAX_FRAME;
        private Duration hashingTime = Duration.ofSeconds(30);
        private @Nullable ClassLoader loader;

        private Builder() {}

        /**
         * Registers a class under an id that every JVM must use for it. Arrays of it need no registration.
         *
         * @throws IllegalArgumentException if the id is below 1000 or taken, the class has another id, is built in, or
         *     cannot be written
         */
        public Builder register(int id, Class<?> type) {
            if (id < StandardClasses.FIRST_USER_ID) {
                throw new IllegalArgumentException("id " + id + " for class " + type.getName()
                        + " is reserved: use ids from " + StandardClasses.FIRST_USER_ID);
            }
            if (StandardClasses.contains(type)) {
                throw new IllegalArgumentException(
                        "class " + type.getName() + " is built in and needs no registration");
            }
            Class<?> other = ids.get(id);
            if (other != null && other != type) {
                throw new IllegalArgumentException("id " + id + " is taken by class " + other.getName()
                        + "; choose another for " + type.getName());
            }
            ids.forEach((otherId, registered) -> {
                if (registered == type && otherId != id) {
                    throw new IllegalArgumentException("class " + type.getName() + " has id " + otherId + " already");
                }
            });
            var unused = Layout.of(type); // refuses what cannot be written now, not in the middle of the night
            ids.put(id, type);
            return this;
        }

        /**
         * Allows the classes of a package and of those below it without registration. They are written by name, which is
         * longer, and whoever knows the authkey can make this JVM create an instance of any of them.
         *
         * @param name its name, "" for the classes without a package
         * @throws IllegalArgumentException if it is no package name, or one of the JDK's
         */
        public Builder allowPackage(String name) {
            if (!name.isEmpty() && !name.matches("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*")) {
                throw new IllegalArgumentException(
                        "\"" + name + "\" is no package name; write it as \"com.acme.model\"");
            }
            if (name.matches("(java|javax|jdk|sun|com\\.sun)(\\..*)?")) {
                throw new IllegalArgumentException("package " + name + " belongs to the JDK and cannot be allowed");
            }
            packages.add(name);
            return this;
        }

        /**
         * Allows a class without registration. It is written by its stored name.
         *
         * @throws IllegalArgumentException if it is built in, cannot be written, or another one has its stored name
         */
        public Builder allowClass(Class<?> type) {
            if (StandardClasses.contains(type) || Layout.isJdk(type)) {
                throw new IllegalArgumentException("class " + type.getName() + " is none of a program's own classes");
            }
            var unused = Layout.of(type);
            for (Class<?> other : named) {
                if (other != type && Layout.storedName(other).equals(Layout.storedName(type))) {
                    throw new IllegalArgumentException("classes " + other.getName() + " and " + type.getName()
                            + " are both stored as " + Layout.storedName(type));
                }
            }
            named.add(type);
            return this;
        }

        /** Registers and allows the classes, and keeps references or not, as said there. */
        public Builder allow(AllowedClasses classes) {
            classes.ids().forEach(this::register);
            classes.named().forEach(this::allowClass);
            classes.packages().forEach(this::allowPackage);
            return references(classes.references());
        }

        /** Whether one object that is held twice stays one object, and cycles are possible. Off: shorter and faster. */
        public Builder references(boolean on) {
            references = on;
            return this;
        }

        /** How deep objects may hold objects, 1 to 256; collections count as objects. */
        public Builder maxDepth(int levels) {
            if (levels < 1 || levels > 256) {
                throw new IllegalArgumentException("maxDepth is 1 to 256, not " + levels);
            }
            maxDepth = levels;
            return this;
        }

        /** The largest encoded object, at least 1 byte. */
        public Builder maxBytes(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maxBytes is at least 1, not " + bytes);
            }
            maxBytes = bytes;
            return this;
        }

        /** How long the sets and maps of one received object may take to build; stops keys that are made to collide. */
        public Builder hashingTime(Duration limit) {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException("hashingTime must be positive, not " + limit);
            }
            hashingTime = limit;
            return this;
        }

        /** Where classes of allowed packages are loaded from; the context class loader of the caller by default. */
        public Builder classLoader(ClassLoader from) {
            loader = from;
            return this;
        }

        /** A codec with what was collected so far. */
        public KryoCodec build() {
            ClassLoader context = ProgramLoader.current();
            ClassLoader found = loader != null ? loader : context;
            return new KryoCodec(this, found != null ? found : ClassLoader.getSystemClassLoader());
        }
    }
}
