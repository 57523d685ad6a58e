package io.multiproc.client.memory;

import io.multiproc.client.internal.value.Conversions;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;

/** The Java types that elements are given out as; the type travels with a handle by its number. */
final class Kinds {
    private static final List<Class<?>> ALL = List.of(
            Object.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            BigInteger.class,
            Float.class,
            Double.class,
            Character.class,
            String.class,
            byte[].class);

    private Kinds() {}

    /** A name and a type as the text that travels. */
    static String text(String name, Class<?> type) {
        return ALL.indexOf(type) + ":" + name;
    }

    static String name(String text) {
        return text.substring(text.indexOf(':') + 1);
    }

    static Class<?> type(String text) {
        int colon = text.indexOf(':');
        try {
            return ALL.get(Integer.parseInt(text.substring(0, colon)));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException("no handle of shared memory: " + text, e);
        }
    }

    /** An element as its Java type. */
    static <T> T element(Object value, Class<T> type) {
        return Objects.requireNonNull(Conversions.convert(value, type));
    }

    static <T> Class<T> checked(Class<T> type) {
        if (!ALL.contains(type)) {
            throw new IllegalArgumentException(
                    "elements of shared memory are numbers, booleans and characters, not " + type.getName());
        }
        return type;
    }
}
