package io.multiproc.protocol.pickle;

import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PyTuple;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** NumPy's scalars, as it pickles them: a type and bytes. */
final class NumpyScalars {
    private NumpyScalars() {}

    /** The plain value, or null if it is of another type. */
    static @Nullable Object value(PyObject o) {
        List<Object> a = o.arguments();
        if (a.size() != 2
                || !o.steps.isEmpty()
                || !(a.get(0) instanceof PyObject type)
                || !type.isA("numpy", "dtype")
                || type.arguments().isEmpty()
                || !(type.arguments().get(0) instanceof String code)
                || !(a.get(1) instanceof byte[] b)) {
            return null;
        }
        boolean big = type.state() instanceof PyTuple t && t.items.size() > 1 && ">".equals(t.items.get(1));
        return value(code, ByteBuffer.wrap(b).order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN), b);
    }

    private static @Nullable Object value(String code, ByteBuffer in, byte[] b) {
        int width = code.matches("[biufc][0-9]{1,2}") ? Integer.parseInt(code.substring(1)) : -1;
        if (width != b.length) {
            return code.startsWith("U") ? text(in) : code.startsWith("S") ? trimmed(b) : null;
        }
        return switch (code) {
            case "b1" -> (Object) (in.get() != 0);
            case "i1" -> (long) in.get();
            case "i2" -> (long) in.getShort();
            case "i4" -> (long) in.getInt();
            case "i8" -> in.getLong();
            case "u1" -> in.get() & 0xffL;
            case "u2" -> in.getShort() & 0xffffL;
            case "u4" -> in.getInt() & 0xffffffffL;
            case "u8" -> Unpickler.shortest(new BigInteger(Long.toUnsignedString(in.getLong())));
            case "f2" -> half(in.getShort() & 0xffff);
            case "f4" -> (double) in.getFloat();
            case "f8" -> in.getDouble();
            case "c8" -> Py.call("builtins", "complex", (double) in.getFloat(), (double) in.getFloat());
            case "c16" -> Py.call("builtins", "complex", in.getDouble(), in.getDouble());
            default -> null;
        };
    }

    /** The scalars of an array of one dimension, or null. */
    static @Nullable List<Object> elements(PyObject o) {
        boolean array = o.callable instanceof PyGlobal g
                && g.name().equals("_reconstruct")
                && (g.module().equals("numpy.core.multiarray") || g.module().equals("numpy._core.multiarray"));
        if (!array
                || !(o.state() instanceof PyTuple t)
                || t.items.size() != 5
                || !(t.items.get(1) instanceof PyTuple shape)
                || shape.items.size() != 1
                || !(shape.items.get(0) instanceof Long n)
                || !(t.items.get(2) instanceof PyObject type)
                || !(t.items.get(4) instanceof byte[] b)
                || n <= 0
                || b.length % n != 0) {
            return null;
        }
        int width = (int) (b.length / n);
        PyGlobal maker = new PyGlobal(((PyGlobal) o.callable).module(), "scalar");
        List<Object> out = new ArrayList<>();
        for (int at = 0; at < b.length; at += width) {
            PyObject item = new PyObject(
                    Py.Maker.REDUCE, maker, Py.tuple(type, Arrays.copyOfRange(b, at, at + width)), Py.NONE);
            if (value(item) == null) {
                return null;
            }
            out.add(item);
        }
        return out;
    }

    private static double half(int bits) {
        int exponent = bits >> 10 & 31;
        int fraction = bits & 1023;
        double size = exponent == 31
                ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                : exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Math.pow(2, exponent - 25);
        return bits >> 15 == 0 ? size : -size;
    }

    private static @Nullable Object text(ByteBuffer in) {
        StringBuilder out = new StringBuilder();
        while (in.remaining() >= 4) {
            int c = in.getInt();
            if (!Character.isValidCodePoint(c)) {
                return null;
            }
            out.appendCodePoint(c);
        }
        int end = out.length();
        while (end > 0 && out.charAt(end - 1) == 0) {
            end--;
        }
        return out.substring(0, end);
    }

    private static byte[] trimmed(byte[] b) {
        int end = b.length;
        while (end > 0 && b[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOf(b, end);
    }
}
