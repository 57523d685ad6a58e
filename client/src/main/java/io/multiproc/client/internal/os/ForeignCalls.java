package io.multiproc.client.internal.os;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The system's calls, through {@code java.lang.foreign}: by reflection, as this code is of Java 17, and only where the program lets this module do so, as a
 * JVM otherwise warns on standard error.
 */
final class ForeignCalls {
    private static final int FIRST_JDK = 22;
    private static final int MASK_BYTES = 1024;
    private static final int PRIO_PROCESS = 0;

    private static final class Found {
        static final @Nullable ForeignCalls INSTANCE = find();
    }

    private final MethodHandle kill;
    private final MethodHandle priority;
    private final @Nullable MethodHandle affinity;
    private final Object arena;

    private ForeignCalls(MethodHandle kill, MethodHandle priority, @Nullable MethodHandle affinity, Object arena) {
        this.kill = kill;
        this.priority = priority;
        this.affinity = affinity;
        this.arena = arena;
    }

    /** Null where they cannot be made, or not without a warning. */
    static @Nullable ForeignCalls get() {
        return Found.INSTANCE;
    }

    private static @Nullable ForeignCalls find() {
        if (Runtime.version().feature() < FIRST_JDK) {
            return null;
        }
        try {
            Object allowed = Module.class.getMethod("isNativeAccessEnabled").invoke(ForeignCalls.class.getModule());
            if (!Boolean.TRUE.equals(allowed)) {
                return null;
            }
            Object number = type("ValueLayout").getField("JAVA_INT").get(null);
            Object size = type("ValueLayout").getField("JAVA_LONG").get(null);
            Object address = type("ValueLayout").getField("ADDRESS").get(null);
            MethodHandle kill = call("kill", number, number, number);
            MethodHandle priority = call("setpriority", number, number, number, number);
            Object arena = type("Arena").getMethod("ofAuto").invoke(null);
            return kill == null || priority == null || arena == null
                    ? null
                    : new ForeignCalls(kill, priority, call("sched_setaffinity", number, number, size, address), arena);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName("java.lang.foreign." + name);
    }

    /** A function of the C library; null if it has none. */
    private static @Nullable MethodHandle call(String name, Object result, Object... arguments)
            throws ReflectiveOperationException {
        Class<?> linker = type("Linker");
        Class<?> layout = type("MemoryLayout");
        Object own = linker.getMethod("nativeLinker").invoke(null);
        Object lookup = linker.getMethod("defaultLookup").invoke(own);
        Optional<?> found = (Optional<?>)
                type("SymbolLookup").getMethod("find", String.class).invoke(lookup, name);
        if (found == null || found.isEmpty()) {
            return null;
        }
        Object layouts = Array.newInstance(layout, arguments.length);
        for (int i = 0; i < arguments.length; i++) {
            Array.set(layouts, i, arguments[i]);
        }
        Object descriptor = type("FunctionDescriptor")
                .getMethod("of", layout, layouts.getClass())
                .invoke(null, result, layouts);
        Object options = Array.newInstance(type("Linker$Option"), 0);
        Method handle = linker.getMethod(
                "downcallHandle", type("MemorySegment"), type("FunctionDescriptor"), options.getClass());
        return (MethodHandle) handle.invoke(own, found.get(), descriptor, options);
    }

    private static void succeeds(boolean needed, MethodHandle call, Object... arguments) {
        int result;
        try {
            result = (Integer) call.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException("a call of the system failed: " + e, e);
        }
        if (result != 0 && needed) {
            throw new IllegalStateException("the system refused it for process " + arguments[0]
                    + ": it needs privileges, or has no such processor");
        }
    }

    void kill(long pid, String signal, boolean linux) {
        boolean stop = signal.equals("STOP");
        // POSIX leaves the numbers open
        int number = linux ? stop ? 19 : 18 : stop ? 17 : 19;
        succeeds(ProcessHandle.of(pid).isPresent(), kill, (int) pid, number);
    }

    void niceness(long thread, int value) {
        succeeds(isThere(thread), priority, PRIO_PROCESS, (int) thread, value);
    }

    void affinity(long thread, List<Integer> processors) {
        MethodHandle call = affinity;
        if (call == null) {
            throw new UnsupportedOperationException("the affinity of a running process is a thing of Linux");
        }
        try {
            Object mask = type("Arena").getMethod("allocate", long.class).invoke(arena, (long) MASK_BYTES);
            ByteBuffer bits =
                    (ByteBuffer) type("MemorySegment").getMethod("asByteBuffer").invoke(mask);
            for (int p : processors) {
                if (bits == null || p >= MASK_BYTES * Byte.SIZE) {
                    throw new IllegalStateException("no such processor: " + p);
                }
                bits.put(p / Byte.SIZE, (byte) (bits.get(p / Byte.SIZE) | 1 << p % Byte.SIZE));
            }
            succeeds(isThere(thread), call, (int) thread, (long) MASK_BYTES, java.util.Objects.requireNonNull(mask));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A thread that has ended meanwhile is no failure. */
    private static boolean isThere(long thread) {
        return java.nio.file.Files.exists(java.nio.file.Path.of("/proc/" + thread));
    }
}
