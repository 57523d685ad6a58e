package io.multiproc.client.pool;

import io.multiproc.client.Tuple;
import io.multiproc.client.internal.value.Packages;
import io.multiproc.client.internal.value.ThrownText;
import java.lang.reflect.Constructor;
import java.util.Collection;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The exceptions of tasks as texts, and back. */
final class ExceptionCodec {
    private ExceptionCodec() {}

    /** (class name, message, stack trace). Never throws. */
    static Tuple describe(Throwable t) {
        return Tuple.of(t.getClass().getName(), ThrownText.message(t), ThrownText.trace(t));
    }

    /** An exception of the class that was thrown if it is one of Java's or of the packages, else a TaskFailedException. */
    static Throwable exception(Tuple thrown, String worker, Collection<String> packages, ClassLoader loader) {
        String type = String.valueOf(thrown.get(0));
        TaskFailedException remote = new TaskFailedException(type, worker, String.valueOf(thrown.get(2)));
        if (!type.startsWith("java.") && !Packages.have(packages, type)) {
            return remote;
        }
        try {
            Class<?> c = Class.forName(type, false, loader);
            if (Throwable.class.isAssignableFrom(c)) {
                Throwable made = made(c, (String) thrown.get(1));
                made.initCause(remote);
                return made;
            }
        } catch (Throwable e) { // the exception's class is the user's code
            return remote;
        }
        return remote;
    }

    private static Throwable made(Class<?> c, @Nullable String message) throws ReflectiveOperationException {
        for (Constructor<?> k : c.getDeclaredConstructors()) {
            Class<?>[] p = k.getParameterTypes();
            if (p.length == 1
                    && (p[0] == String.class || c == AssertionError.class && p[0] == Object.class)
                    && isUsable(k)) {
                return (Throwable) k.newInstance(message);
            }
        }
        Constructor<?> plain = c.getDeclaredConstructor();
        if (message != null || !isUsable(plain)) {
            throw new NoSuchMethodException("no constructor with a message");
        }
        return (Throwable) plain.newInstance();
    }

    /** A program's own exceptions are seldom public, Java's constructors that are not are its own affair. */
    private static boolean isUsable(Constructor<?> k) {
        return k.trySetAccessible();
    }

    /** What a blocking call throws for the failure of its task: itself if it is unchecked. */
    static RuntimeException unchecked(ExecutionException e) {
        Throwable t = e.getCause();
        if (t instanceof RuntimeException r) {
            return r;
        }
        if (t instanceof Error error) {
            throw error;
        }
        return new CompletionException(t);
    }
}
