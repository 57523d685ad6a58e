package io.multiproc.server.python;

import io.multiproc.protocol.pickle.Likeness;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.wire.Work;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Python's arithmetic of ints and floats, and a few functions of texts. */
final class PyMath {
    private static final int MOST_BITS = 100_000;

    private PyMath() {}

    /** A Long or BigInteger, as short as it can be. */
    static Object shortest(BigInteger n) {
        return n.bitLength() < 64 ? (Object) n.longValue() : n;
    }

    private static @Nullable BigInteger integer(Object v) {
        Object plain = PyNumbers.index(v);
        return plain instanceof Long n ? BigInteger.valueOf(n) : plain instanceof BigInteger b ? b : null;
    }

    static Object absolute(Object v) {
        BigInteger n = integer(v);
        if (n != null) {
            return shortest(n.abs());
        } else if (Likeness.number(v) instanceof Double d) {
            return Math.abs(d);
        }
        throw PyError.type("bad operand type for abs(): '" + PyNumbers.fullName(v) + "'");
    }

    static @Nullable Object negated(Object v) {
        BigInteger n = integer(v);
        return n != null ? shortest(n.negate()) : Likeness.number(v) instanceof Double d ? (Object) (-d) : null;
    }

    /** int(v) */
    static Object whole(Object v) {
        BigInteger n = integer(v);
        if (n != null) {
            return shortest(n);
        }
        Object plain = Likeness.number(v);
        if (plain instanceof Double d) {
            return truncated(d);
        } else if (plain instanceof String s) {
            String text = s.strip().replaceAll("(?<=[0-9])_(?=[0-9])", "");
            if (text.matches("[-+]?[0-9]+") && text.length() <= Work.MAX_DIGITS) {
                return shortest(new BigInteger(text));
            }
            throw PyError.value("invalid literal for int() with base 10: " + quoted(s));
        }
        throw PyError.type("int() argument must be a string, a bytes-like object or a real number, not '"
                + PyNumbers.fullName(v) + "'");
    }

    private static Object truncated(double d) {
        if (Double.isNaN(d)) {
            throw PyError.value("cannot convert float NaN to integer");
        } else if (Double.isInfinite(d)) {
            throw PyError.of("OverflowError", "cannot convert float infinity to integer");
        }
        return shortest(new BigDecimal(d).toBigInteger());
    }

    private static String quoted(String s) {
        return s.indexOf('\'') >= 0 ? '"' + s + '"' : '\'' + s + '\'';
    }

    /** float(v) */
    static Object real(Object v) {
        if (Likeness.number(v) instanceof String s) {
            String text = s.strip().toLowerCase(java.util.Locale.ROOT);
            if (text.matches("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[-+]?[0-9]+)?") && text.length() < 1000) {
                return Double.parseDouble(text);
            } else if (text.matches("[-+]?inf(inity)?")) {
                return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            } else if (text.matches("[-+]?nan")) {
                return Double.NaN;
            }
            throw PyError.value("could not convert string to float: " + quoted(s));
        }
        return PyNumbers.real(v);
    }

    static @Nullable Object rounded(Object v) {
        BigInteger n = integer(v);
        if (n != null) {
            return shortest(n);
        }
        return Likeness.number(v) instanceof Double d && Double.isFinite(d)
                ? shortest(new BigDecimal(d).setScale(0, RoundingMode.HALF_EVEN).toBigInteger())
                : null;
    }

    /** The result of an operator, or null where it is none of two numbers. */
    static @Nullable Object binary(char operator, Object x, Object y) {
        BigInteger a = integer(x);
        BigInteger b = integer(y);
        if (a != null && b != null) {
            return switch (operator) {
                case '+' -> shortest(a.add(b));
                case '-' -> shortest(a.subtract(b));
                case '*' -> a.bitLength() + b.bitLength() > MOST_BITS ? null : shortest(a.multiply(b));
                default -> b.signum() < 0 || b.bitLength() > 20 || a.bitLength() * b.longValue() > MOST_BITS
                        ? null
                        : shortest(a.pow(b.intValue()));
            };
        }
        Object p = Likeness.number(x);
        Object q = Likeness.number(y);
        boolean floats = (p instanceof Double || a != null) && (q instanceof Double || b != null);
        if (!floats || PyNumbers.isFraction(x) || PyNumbers.isFraction(y)) {
            return null;
        }
        double s = PyNumbers.real(x);
        double t = PyNumbers.real(y);
        return switch (operator) {
            case '+' -> s + t;
            case '-' -> s - t;
            case '*' -> s * t;
            default -> s < 0 ? null : (Object) Math.pow(s, t);
        };
    }

    static @Nullable Object divmod(Object x, Object y) {
        BigInteger a = integer(x);
        BigInteger b = integer(y);
        if (a == null || b == null) {
            return null;
        }
        if (b.signum() == 0) {
            throw PyError.of("ZeroDivisionError", "integer division or modulo by zero");
        }
        BigInteger[] parts = a.divideAndRemainder(b);
        boolean down = parts[1].signum() != 0 && parts[1].signum() != b.signum();
        return Py.tuple(
                shortest(down ? parts[0].subtract(BigInteger.ONE) : parts[0]),
                shortest(down ? parts[1].add(b) : parts[1]));
    }

    /** str.title, swapcase and capitalize of letters. */
    static String cased(String s, String how) {
        StringBuilder out = new StringBuilder();
        boolean within = false;
        for (int p : s.codePoints().toArray()) {
            int upper = Character.toUpperCase(p);
            int lower = Character.toLowerCase(p);
            out.appendCodePoint(how.equals("swapcase") ? p == upper ? lower : upper : within ? lower : upper);
            within = how.equals("capitalize") || Character.isLetter(p);
        }
        return out.toString();
    }

    /** os.path.normpath of POSIX. */
    static String normalPath(String path) {
        boolean absolute = path.startsWith("/");
        ArrayDeque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..") && !parts.isEmpty() && !parts.peekLast().equals("..")) {
                parts.removeLast();
            } else if (!part.isEmpty() && !part.equals(".") && !(part.equals("..") && absolute)) {
                parts.addLast(part);
            }
        }
        String root = !absolute ? "" : path.startsWith("//") && !path.startsWith("///") ? "//" : "/";
        String all = root + String.join("/", parts);
        return all.isEmpty() ? "." : all;
    }
}
