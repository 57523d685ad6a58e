package io.multiproc.server.python;

import io.multiproc.protocol.wire.TypeCode;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The items of {@code array.array}, as it is pickled: little-endian, in the sizes of 64-bit Linux. */
final class PyArrays {
    /** How CPython calls the types in its errors. */
    private static final Map<String, String> NAMES = Map.of(
            "b", "signed char",
            "B", "unsigned byte integer",
            "h", "signed short integer",
            "H", "unsigned short",
            "i", "signed integer",
            "I", "unsigned int",
            "l", "signed long",
            "L", "unsigned long");

    private PyArrays() {}

    static int width(String code) {
        return switch (code) {
            case "b", "B" -> 1;
            case "h", "H" -> 2;
            case "i", "I", "f", "u", "w" -> 4;
            default -> 8;
        };
    }

    /** The values. */
    static List<Object> values(String code, byte[] b) {
        ByteBuffer in = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
        List<Object> out = new ArrayList<>(b.length / width(code));
        while (in.remaining() >= width(code)) {
            out.add(
                    switch (code) {
                        case "b" -> (Object) (long) in.get();
                        case "B" -> (long) (in.get() & 0xff);
                        case "h" -> (long) in.getShort();
                        case "H" -> (long) (in.getShort() & 0xffff);
                        case "i" -> (long) in.getInt();
                        case "I" -> in.getInt() & 0xffffffffL;
                        case "f" -> (double) in.getFloat();
                        case "d" -> in.getDouble();
                        case "u", "w" -> Character.toString(in.getInt() & 0xfffff);
                        case "L", "Q" -> unsigned(in.getLong());
                        default -> in.getLong();
                    });
        }
        return out;
    }

    private static Object unsigned(long v) {
        return v >= 0 ? (Object) v : new BigInteger(Long.toUnsignedString(v));
    }

    /** The bytes of values that are in the range of the code. */
    static byte[] bytes(String code, List<Object> values) {
        ByteBuffer out = ByteBuffer.allocate(values.size() * width(code)).order(ByteOrder.LITTLE_ENDIAN);
        for (Object v : values) {
            switch (code) {
                case "f" -> out.putFloat((float) MethodCall.seconds(v));
                case "d" -> out.putDouble(MethodCall.seconds(v));
                case "u", "w" -> out.putInt(v instanceof String s ? s.codePointAt(0) : 0);
                default -> {
                    long n = v instanceof Number number ? number.longValue() : MethodCall.integer(v);
                    switch (width(code)) {
                        case 1 -> out.put((byte) n);
                        case 2 -> out.putShort((short) n);
                        case 4 -> out.putInt((int) n);
                        default -> out.putLong(n);
                    }
                }
            }
        }
        return out.array();
    }

    /** Their representations. */
    static List<String> items(String code, byte[] b) {
        List<String> out = new ArrayList<>();
        for (Object v : values(code, b)) {
            out.add(v instanceof Double d ? PyFloat.repr(d) : String.valueOf(v));
        }
        return out;
    }

    /** Whether a code gives a value back exactly as it is. */
    static boolean isExact(TypeCode code, Object v) {
        String symbol = code.symbol();
        if (!code.isNumber()) {
            return false;
        } else if (symbol.equals("d")) {
            return v instanceof Double;
        } else if (symbol.equals("f")) {
            return v instanceof Double d && (Double.isNaN(d) || (double) (float) (double) d == d);
        }
        return (v instanceof Long || v instanceof BigInteger) && isInRange(symbol, v);
    }

    private static boolean isInRange(String symbol, Object v) {
        BigInteger n = v instanceof BigInteger big ? big : BigInteger.valueOf((Long) v);
        boolean signed = Character.isLowerCase(symbol.charAt(0));
        return signed ? n.bitLength() < width(symbol) * 8 : n.signum() >= 0 && n.bitLength() <= width(symbol) * 8;
    }

    /** A value if a code takes it, with CPython's errors if not. */
    static Object checked(TypeCode code, Object v) {
        String symbol = code.symbol();
        if (!code.isNumber()) {
            return v;
        }
        if (symbol.equals("f") || symbol.equals("d")) {
            return v instanceof Number ? v : PyNumbers.real(v);
        }
        Object plain = PyNumbers.index(v);
        if (!(plain instanceof Long) && !(plain instanceof BigInteger)) {
            throw PyError.type("'" + PyNumbers.fullName(v) + "' object cannot be interpreted as an integer");
        }
        BigInteger n = plain instanceof BigInteger big ? big : BigInteger.valueOf((Long) plain);
        int bits = width(symbol) * 8;
        boolean signed = Character.isLowerCase(symbol.charAt(0));
        BigInteger most = BigInteger.ONE.shiftLeft(signed ? bits - 1 : bits).subtract(BigInteger.ONE);
        BigInteger least = signed ? most.not() : BigInteger.ZERO;
        if (n.compareTo(most) > 0 || n.compareTo(least) < 0) {
            String name = NAMES.getOrDefault(symbol, "integer");
            throw PyError.of(
                    "OverflowError", name + " is " + (n.signum() > 0 ? "greater than maximum" : "less than minimum"));
        }
        return plain;
    }
}
