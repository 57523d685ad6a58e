package io.multiproc.client.internal.service;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Finds the method or constructor that fits arguments, and calls it. */
public final class Methods {
    private Methods() {}

    /** Makes values fit parameters and results. */
    @FunctionalInterface
    public interface Converter {
        /**
         * Returns the value as one of a type.
         *
         * @throws ClassCastException if the value is of another kind
         * @throws ArithmeticException if it is a number that the type cannot hold exactly
         */
        @Nullable
        Object convert(@Nullable Object value, Class<?> type);
    }

    /** Makes an object with the public constructor that takes the arguments. */
    public static Object construct(Class<?> type, List<@Nullable Object> arguments, Converter converter)
            throws Exception {
        for (Constructor<?> c : type.getConstructors()) {
            @Nullable Object[] fitted = fit(c, arguments, converter);
            if (fitted != null) {
                try {
                    return c.newInstance(fitted);
                } catch (InvocationTargetException e) {
                    throw thrown(e);
                }
            }
        }
        throw new IllegalArgumentException("no constructor of " + type.getSimpleName() + " takes " + kinds(arguments));
    }

    /** Calls a public method; waits for the result of one that returns a {@link CompletionStage}. */
    static @Nullable Object call(Object target, String name, List<@Nullable Object> arguments, Converter converter)
            throws Exception {
        boolean named = false;
        for (Method m : target.getClass().getMethods()) {
            if (!m.getName().equals(name) || m.isBridge()) {
                continue;
            }
            named = true;
            @Nullable Object[] fitted = fit(m, arguments, converter);
            if (fitted != null) {
                return await(invoke(target, m, fitted));
            }
        }
        throw named
                ? new IllegalArgumentException(
                        "no method " + name + " of " + target.getClass().getSimpleName() + " takes " + kinds(arguments))
                : new NoSuchMethodException(target.getClass().getSimpleName() + " has no method " + name);
    }

    private static @Nullable Object invoke(Object target, Method m, @Nullable Object[] arguments) throws Exception {
        Method callable = m;
        if (!callable.canAccess(target)) {
            // a public method of a class that is not: the user registered it, so it may be called
            callable.setAccessible(true);
        }
        try {
            return callable.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw thrown(e);
        }
    }

    private static @Nullable Object await(@Nullable Object result) throws Exception {
        Future<?> future = result instanceof CompletionStage<?> stage
                ? stage.toCompletableFuture()
                : result instanceof Future<?> f ? f : null;
        if (future == null) {
            return result;
        }
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw exception(e.getCause());
        }
    }

    private static Exception thrown(InvocationTargetException e) {
        return exception(e.getCause());
    }

    private static Exception exception(@Nullable Throwable t) {
        if (t instanceof Error error) {
            throw error;
        }
        return t instanceof Exception e ? e : new IllegalStateException("failed without a reason");
    }

    private static String kinds(List<@Nullable Object> arguments) {
        return arguments.stream()
                .map(a -> a == null ? "null" : a.getClass().getSimpleName())
                .toList()
                .toString()
                .replace('[', '(')
                .replace(']', ')');
    }

    /** The arguments as the parameters want them, or null if they do not fit. */
    private static @Nullable Object @Nullable [] fit(
            Executable e, List<@Nullable Object> arguments, Converter converter) {
        Class<?>[] types = e.getParameterTypes();
        if (types.length == arguments.size()) {
            @Nullable Object[] direct = fit(types, arguments, converter);
            if (direct != null) {
                return direct;
            }
        }
        if (!e.isVarArgs() || arguments.size() < types.length - 1) {
            return null;
        }
        int fixed = types.length - 1;
        @Nullable Object[] head = fit(Arrays.copyOf(types, fixed), arguments.subList(0, fixed), converter);
        Class<?> element = types[fixed].getComponentType();
        Class<?>[] elements = new Class<?>[arguments.size() - fixed];
        Arrays.fill(elements, element);
        @Nullable Object[] rest = fit(elements, arguments.subList(fixed, arguments.size()), converter);
        if (head == null || rest == null) {
            return null;
        }
        Object array = Array.newInstance(element, rest.length);
        for (int i = 0; i < rest.length; i++) {
            Array.set(array, i, rest[i]);
        }
        List<@Nullable Object> all = new ArrayList<>(Arrays.asList(head));
        all.add(array);
        return all.toArray();
    }

    private static @Nullable Object @Nullable [] fit(
            Class<?>[] types, List<@Nullable Object> arguments, Converter converter) {
        @Nullable Object[] out = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            Object argument = arguments.get(i);
            if (argument == null && types[i].isPrimitive()) {
                return null;
            }
            try {
                out[i] = converter.convert(argument, types[i]);
            } catch (ClassCastException | ArithmeticException e) {
                return null;
            }
        }
        return out;
    }

    /** What the future that a method returns will hold, as far as its declaration says. */
    public static Class<?> laterResult(Method method) {
        return method.getGenericReturnType() instanceof ParameterizedType p
                ? raw(p.getActualTypeArguments()[0])
                : Object.class;
    }

    private static Class<?> raw(Type type) {
        if (type instanceof Class<?> c) {
            return c == Void.class ? Object.class : c;
        }
        if (type instanceof ParameterizedType p) {
            return raw(p.getRawType());
        }
        // a variable, or a wildcard: what is known of it at run time is less than what the caller's compiler knows
        return Object.class;
    }

    /** The class of a primitive type's objects; any other as it is. */
    public static Class<?> boxed(Class<?> type) {
        return java.lang.invoke.MethodType.methodType(type).wrap().returnType();
    }
}
