package io.multiproc.client.internal.code;

import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.value.ValueWriter;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Code as a tuple of names and captured values, and back. The way back goes through the class's own {@code
 * $deserializeLambda$}, which knows that class's serialisable lambdas and refuses all others: a stranger can name code that
 * is there, not bring any.
 */
public final class LambdaCodec {
    private static final int FIELDS = 10;
    private static final String MAKER = "$deserializeLambda$";

    private LambdaCodec() {}

    /** The tuple of a piece of code. */
    public static Tuple of(Serializable code) {
        SerializedLambda l = lambda(code);
        List<@Nullable Object> captured = new ArrayList<>();
        for (int i = 0; i < l.getCapturedArgCount(); i++) {
            captured.add(l.getCapturedArg(i));
        }
        return Tuple.of(
                l.getCapturingClass(),
                l.getFunctionalInterfaceClass(),
                l.getFunctionalInterfaceMethodName(),
                l.getFunctionalInterfaceMethodSignature(),
                l.getImplMethodKind(),
                l.getImplClass(),
                l.getImplMethodName(),
                l.getImplMethodSignature(),
                l.getInstantiatedMethodType(),
                captured);
    }

    /** The class that a piece of code was written in. */
    public static String home(Tuple names) {
        return text(names, 0).replace('/', '.');
    }

    /** How messages call it. */
    public static String label(Tuple names) {
        return text(names, 5).replace('/', '.') + "::" + text(names, 6);
    }

    /** Checks each captured value by itself, so that the error says which one cannot travel. */
    public static void checkCaptured(Tuple names, ValueWriter writer) {
        int i = 0;
        for (Object value : (List<?>) element(names, 9)) {
            i++;
            try {
                byte[] ignored = writer.toBytes(value);
            } catch (IllegalArgumentException | SerializationException e) {
                throw SerializationException.writing(
                        "captured value " + i + " ("
                                + (value == null ? "null" : value.getClass().getName()) + ") of " + label(names)
                                + ", written in " + home(names) + ", cannot travel: " + e.getMessage(),
                        e);
            }
        }
    }

    private static SerializedLambda lambda(Serializable code) {
        Class<?> type = code.getClass();
        try {
            Method replace = type.getDeclaredMethod("writeReplace");
            replace.setAccessible(true);
            if (replace.invoke(code) instanceof SerializedLambda l) {
                return l;
            }
        } catch (NoSuchMethodException e) {
            // said below
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw SerializationException.writing("the code of " + type.getName() + " cannot be read: " + e, e);
        }
        throw SerializationException.writing(
                "class " + type.getName() + " is no method reference or lambda: give one, as in MyClass::work", null);
    }

    /**
     * The code of a tuple, from this JVM's classes.
     *
     * @param kind what it must be an instance of, by an interface of the same package
     * @throws SerializationException if the class is missing here, or has no such lambda, or it is no Target or Task
     */
    public static <T extends Serializable> T find(Tuple names, ClassLoader loader, Class<T> kind) {
        if (names.size() != FIELDS
                || !(names.get(4) instanceof Integer implKind)
                || !(names.get(9) instanceof List<?> captured)) {
            throw SerializationException.reading("code is refused: it is not described as code is", null);
        }
        String home = home(names);
        if (!text(names, 1).startsWith(kind.getPackageName().replace('.', '/') + "/")) {
            throw SerializationException.reading(
                    "code " + label(names) + " is refused: " + text(names, 1).replace('/', '.')
                            + " is no Target or Task",
                    null);
        }
        try {
            Class<?> owner = Class.forName(home, false, loader);
            Method maker = owner.getDeclaredMethod(MAKER, SerializedLambda.class);
            maker.setAccessible(true);
            Object made = maker.invoke(
                    null,
                    new SerializedLambda(
                            owner,
                            text(names, 1),
                            text(names, 2),
                            text(names, 3),
                            implKind,
                            text(names, 5),
                            text(names, 6),
                            text(names, 7),
                            text(names, 8),
                            captured.toArray()));
            if (kind.isInstance(made)) {
                return kind.cast(made);
            }
            throw refused(names, "it is no Target or Task", null);
        } catch (ClassNotFoundException e) {
            throw refused(names, "class " + home + " is not on this JVM's class path", e);
        } catch (NoSuchMethodException e) {
            throw refused(names, "class " + home + " here has no code for other processes", e);
        } catch (InvocationTargetException e) {
            throw refused(names, "class " + home + " here is of another version", e);
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            throw e instanceof SerializationException s ? s : refused(names, e.toString(), e);
        }
    }

    private static SerializationException refused(Tuple names, String why, @Nullable Throwable cause) {
        return SerializationException.reading("code " + label(names) + " is refused: " + why, cause);
    }

    private static Object element(Tuple names, int i) {
        Object v = names.get(i);
        if (v == null) {
            throw SerializationException.reading("code is refused: it is not described as code is", null);
        }
        return v;
    }

    private static String text(Tuple names, int i) {
        if (element(names, i) instanceof String s) {
            return s;
        }
        throw SerializationException.reading("code is refused: it is not described as code is", null);
    }
}
