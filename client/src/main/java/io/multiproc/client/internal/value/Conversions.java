package io.multiproc.client.internal.value;

import io.multiproc.client.OpaqueObject;
import io.multiproc.client.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as the Java type that a caller asks for. A number converts whenever nothing of it is lost, because Python's integers
 * and Java's widths name the same number differently; nothing else is guessed.
 */
public final class Conversions {
    private static final Map<Class<?>, Class<?>> WRAPPERS = Map.of(
            boolean.class, Boolean.class,
            byte.class, Byte.class,
            short.class, Short.class,
            int.class, Integer.class,
            long.class, Long.class,
            float.class, Float.class,
            double.class, Double.class,
            char.class, Character.class);

    private Conversions() {}

    /**
     * A value as {@code type}; null stays null.
     *
     * @throws ClassCastException if the value is of another kind
     * @throws ArithmeticException if it is a number that {@code type} cannot hold exactly
     */
    @SuppressWarnings("unchecked") // a primitive's class object is typed as its wrapper
    public static <T> @Nullable T convert(@Nullable Object value, Class<T> type) {
        if (value == null) {
            return null;
        }
        Class<T> wanted = (Class<T>) WRAPPERS.getOrDefault(type, type);
        if (wanted.isInstance(value)) {
            return wanted.cast(value);
        }
        Object converted = null;
        if (value instanceof Number n) {
            converted = number(n, wanted);
        } else if (value instanceof String s && wanted == Character.class && s.length() == 1) {
            converted = s.charAt(0);
        } else if (value instanceof byte[] b && wanted == Byte.class && b.length == 1) {
            converted = b[0];
        } else if (value instanceof Character c && wanted == String.class) {
            converted = c.toString();
        } else if (value instanceof List<?> l && wanted == Tuple.class) {
            converted = Tuple.copyOf(l);
        } else {
            converted = CollectionTypes.make(value, wanted);
        }
        if (converted == null) {
            throw mismatch(value, type);
        }
        return wanted.cast(converted);
    }

    private static ClassCastException mismatch(Object value, Class<?> type) {
        String advice = value instanceof OpaqueObject o
                ? "it was written by codec " + o.codec()
                        + ", which this client does not know; read it where it was written"
                : "read it as " + value.getClass().getName() + " or Object, or store what is to be read";
        return new ClassCastException(
                "the value is a " + value.getClass().getName() + ", not a " + type.getName() + ": " + advice);
    }

    private static @Nullable Object number(Number value, Class<?> wanted) {
        if (wanted == Double.class || wanted == Float.class) {
            return floating(value, wanted);
        }
        if (wanted != BigDecimal.class && !isInteger(wanted)) {
            return null;
        }
        BigDecimal exact = exact(value);
        if (exact == null) {
            // NaN and the infinities, or a Number of a user class
            if (value instanceof Double || value instanceof Float) {
                throw inexact(value, wanted);
            }
            return null;
        }
        if (wanted == BigDecimal.class) {
            return exact;
        }
        try {
            return integer(exact, wanted);
        } catch (ArithmeticException e) {
            throw inexact(value, wanted);
        }
    }

    private static boolean isInteger(Class<?> type) {
        return type == Integer.class
                || type == Long.class
                || type == Short.class
                || type == Byte.class
                || type == BigInteger.class;
    }

    private static Object integer(BigDecimal exact, Class<?> wanted) {
        if (wanted == Integer.class) {
            return exact.intValueExact();
        }
        if (wanted == Long.class) {
            return exact.longValueExact();
        }
        if (wanted == Short.class) {
            return exact.shortValueExact();
        }
        if (wanted == Byte.class) {
            return exact.byteValueExact();
        }
        // a few bytes of decimal, 1E+2000000000 or 1E-2000000000, would need a power of ten of eight hundred megabytes
        long digits = (long) exact.precision() - exact.scale();
        if (exact.signum() != 0 && (digits > 1_000_000 || digits <= 0)) {
            throw new ArithmeticException("not an integer, or one of too many digits");
        }
        if (exact.signum() == 0) {
            return BigInteger.ZERO;
        }
        return exact.toBigIntegerExact();
    }

    private static @Nullable Object floating(Number value, Class<?> wanted) {
        double d = value.doubleValue();
        if (value instanceof Double || value instanceof Float) {
            if (wanted == Double.class) {
                return d;
            }
            if ((float) d != d && !Double.isNaN(d)) {
                throw inexact(value, wanted);
            }
            return (float) d;
        }
        BigDecimal exact = exact(value);
        if (exact == null) {
            return null;
        }
        float f = value.floatValue();
        double narrowed = wanted == Float.class ? f : d;
        if (!Double.isFinite(narrowed)
                || !sameNumber(exact, narrowed, wanted == Float.class ? Float.toString(f) : Double.toString(d))) {
            throw inexact(value, wanted);
        }
        return wanted == Float.class ? (Object) (float) narrowed : (Object) narrowed;
    }

    private static boolean sameNumber(BigDecimal exact, double d, String shortest) {
        // a decimal fraction such as 0.1 is the double that prints as it; an integer must be the double's exact value
        return exact.compareTo(new BigDecimal(d)) == 0
                || (exact.scale() > 0 && exact.compareTo(new BigDecimal(shortest)) == 0);
    }

    private static @Nullable BigDecimal exact(Number value) {
        if (value instanceof BigDecimal d) {
            return d;
        }
        if (value instanceof BigInteger i) {
            return new BigDecimal(i);
        }
        if (value instanceof Double || value instanceof Float) {
            double d = value.doubleValue();
            return Double.isFinite(d) ? new BigDecimal(d) : null;
        }
        return isInteger(value.getClass()) ? BigDecimal.valueOf(value.longValue()) : null;
    }

    private static ArithmeticException inexact(Number value, Class<?> wanted) {
        String shown = value instanceof BigInteger i && i.bitLength() > 256
                ? "an integer of " + i.bitLength() + " bits"
                : value.toString();
        return new ArithmeticException(
                shown + " (" + value.getClass().getSimpleName() + ") does not fit " + wanted.getSimpleName()
                        + " exactly: read it as " + value.getClass().getSimpleName() + " or Number");
    }
}
