package io.multiproc.client.process;

import io.multiproc.client.Manager;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.LambdaCodec;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.kryo.Instances;
import io.multiproc.client.internal.value.Composites;
import io.multiproc.client.internal.value.Conversions;
import io.multiproc.client.internal.value.ValueWriter;
import io.multiproc.client.pipe.Connection;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The task of a child, as a value: ("code", names, arguments) or ("class", name, fields). Each part that cannot travel is
 * named: the argument's or captured value's number, the field.
 */
final class ProcessTask {
    private ProcessTask() {}

    static Tuple of(Code code, List<? extends @Nullable Object> arguments) {
        return Tuple.of("code", LambdaCodec.of(code), Tuple.copyOf(arguments));
    }

    /** The fields that a subclass of {@link ManagedProcess} added. */
    static Tuple of(ManagedProcess process) {
        Class<?> type = process.getClass();
        if (type.isAnonymousClass()
                || type.isLocalClass()
                || type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
            throw SerializationException.writing(
                    type.getName() + " is an anonymous, local or inner class, which would lose its outer object in"
                            + " another process: make it static or a class of its own",
                    null);
        }
        Map<Object, @Nullable Object> fields = new LinkedHashMap<>();
        for (Field f : fields(type)) {
            try {
                fields.put(f.getDeclaringClass().getName() + "." + f.getName(), f.get(process));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        return Tuple.of("class", type.getName(), fields);
    }

    private static List<Field> fields(Class<?> type) {
        List<Field> found = new ArrayList<>();
        for (Class<?> c = type; c != null && c != ManagedProcess.class; c = c.getSuperclass()) {
            for (Field f : c.getDeclaredFields()) {
                if (!f.isSynthetic() && (f.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
                    f.setAccessible(true);
                    found.add(f);
                }
            }
        }
        return found;
    }

    /** The class whose package a child certainly needs. */
    static String home(Tuple task) {
        return task.get(1) instanceof Tuple names ? LambdaCodec.home(names) : String.valueOf(task.get(1));
    }

    /** A task as it travels. What cannot is named. */
    static byte[] write(Tuple task, ValueCodec codec) {
        try {
            return codec.write(task);
        } catch (IllegalArgumentException | SerializationException e) {
            check(task, codec);
            throw e;
        }
    }

    /** Names the first part that the serialisation does not take. */
    static void check(Tuple task, ValueCodec codec) {
        ValueWriter writer = codec.writer();
        if (task.get(1) instanceof Tuple names) {
            LambdaCodec.checkCaptured(names, writer);
            int i = 0;
            for (Object a : (Tuple) part(task, 2)) {
                i++;
                check(writer, a, "argument " + i + " of " + LambdaCodec.label(names));
            }
        } else {
            for (Map.Entry<?, ?> e : ((Map<?, ?>) part(task, 2)).entrySet()) {
                check(writer, e.getValue(), "field " + e.getKey());
            }
        }
    }

    private static void check(ValueWriter writer, @Nullable Object value, String what) {
        try {
            byte[] ignored = writer.toBytes(value);
        } catch (IllegalArgumentException | SerializationException e) {
            String type = value == null ? "null" : value.getClass().getName();
            throw SerializationException.writing(what + " (" + type + ") cannot travel: " + e.getMessage(), e);
        }
    }

    private static Object part(Tuple task, int i) {
        Object v = task.get(i);
        if (v == null) {
            throw SerializationException.reading("a process's task is incomplete", null);
        }
        return v;
    }

    /** Does a task in this process. */
    static void run(Tuple task, ClassLoader loader) throws Exception {
        for (Connection c : pipesOf(task)) {
            c.claim();
        }
        if (task.get(1) instanceof Tuple names) {
            Object ignored = LambdaCodec.find(names, loader, Code.class).invoke(((Tuple) part(task, 2)).toArray());
            return;
        }
        String name = String.valueOf(task.get(1));
        Class<?> type;
        try {
            type = Class.forName(name, true, loader);
        } catch (ClassNotFoundException e) {
            throw SerializationException.reading("class " + name + " is not on this JVM's class path", e);
        }
        if (!ManagedProcess.class.isAssignableFrom(type)) {
            throw SerializationException.reading("class " + name + " is refused: it is no ManagedProcess", null);
        }
        ManagedProcess self = (ManagedProcess) Instances.blank(type);
        Map<?, ?> values = (Map<?, ?>) part(task, 2);
        for (Field f : fields(type)) {
            f.set(
                    self,
                    Conversions.convert(values.get(f.getDeclaringClass().getName() + "." + f.getName()), f.getType()));
        }
        self.becomeCurrent();
        self.run();
    }

    /** The ends of pipes among the parts of a task. */
    static List<Connection> pipesOf(Tuple task) {
        List<Connection> found = new ArrayList<>();
        pipesOf(task, found);
        return found;
    }

    private static void pipesOf(@Nullable Object value, List<Connection> found) {
        if (value instanceof Connection c) {
            found.add(c);
        } else if (value instanceof Map<?, ?> m && !(value instanceof io.multiproc.client.Proxy)) {
            m.keySet().forEach(k -> pipesOf(k, found));
            m.values().forEach(v -> pipesOf(v, found));
        } else if (value instanceof java.util.Collection<?> c && !(value instanceof io.multiproc.client.Proxy)) {
            c.forEach(v -> pipesOf(v, found));
        }
    }

    /** The manager that the proxies of a task belong to, or null without proxies. */
    static @Nullable Manager managerOf(Tuple task) {
        Manager found = null;
        for (Object part : Arrays.asList(task.toArray())) {
            found = managerOf(part, found);
        }
        return found;
    }

    private static @Nullable Manager managerOf(@Nullable Object value, @Nullable Manager found) {
        if (value instanceof io.multiproc.client.Proxy p) {
            Manager owner = Manager.of(p);
            if (found != null && owner != found) {
                throw new IllegalArgumentException(
                        "the arguments hold proxies of two managers: give proxies of one, and connect to the other in the child");
            }
            return owner;
        }
        @Nullable Manager now = found;
        if (value instanceof Map<?, ?> m) {
            for (Object v : m.keySet()) {
                now = managerOf(v, now);
            }
            for (Object v : m.values()) {
                now = managerOf(v, now);
            }
        } else if (value instanceof java.util.Collection<?> c) {
            for (Object v : c) {
                now = managerOf(v, now);
            }
        } else if (value != null) {
            return managerOf(Composites.parts(value), now);
        }
        return now;
    }
}
