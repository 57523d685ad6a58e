package io.multiproc.server.python;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Python's {@code repr} of floats: the fewest digits that give the same number. */
final class PyFloat {
    /** Whether Double.toString gives the fewest digits: in Java 17 and 18 it gives one too many at times. */
    private static final boolean EXACT = Runtime.version().feature() >= 19;

    /** What one takes, as {@link io.multiproc.protocol.wire.Work} counts. */
    static final int COST = EXACT ? 400 : 4_000;

    private PyFloat() {}

    static String repr(double d) {
        if (Double.isNaN(d)) {
            return "nan";
        } else if (Double.isInfinite(d)) {
            return d > 0 ? "inf" : "-inf";
        } else if (d == 0) {
            return 1 / d < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(d);
        String digits = shortest.unscaledValue().abs().toString();
        // the number is 0.digits times ten to the point
        int point = digits.length() - shortest.scale();
        digits = digits.replaceFirst("0+$", "");
        StringBuilder out = new StringBuilder(d < 0 ? "-" : "");
        if (point > 16 || point < -3) {
            out.append(digits.charAt(0));
            if (digits.length() > 1) {
                out.append('.').append(digits, 1, digits.length());
            }
            int exponent = point - 1;
            return out.append('e')
                    .append(exponent < 0 ? '-' : '+')
                    .append(Math.abs(exponent) < 10 ? "0" : "")
                    .append(Math.abs(exponent))
                    .toString();
        }
        if (point <= 0) {
            return out.append("0.").append("0".repeat(-point)).append(digits).toString();
        }
        if (point >= digits.length()) {
            return out.append(digits)
                    .append("0".repeat(point - digits.length()))
                    .append(".0")
                    .toString();
        }
        return out.append(digits, 0, point)
                .append('.')
                .append(digits, point, digits.length())
                .toString();
    }

    private static BigDecimal shortest(double d) {
        BigDecimal java = new BigDecimal(Double.toString(d));
        // no two numbers of 15 digits are the same float, so if there were one with fewer digits it would be this one;
        // but for the least floats, of which Java
        // always gives two digits where one would do
        if (Math.abs(d) >= Double.MIN_NORMAL && (EXACT || java.precision() <= 15)) {
            return java;
        }
        BigDecimal exact = new BigDecimal(d);
        for (int digits = Math.max(1, java.precision() - 2); digits < 17; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == d) {
                return rounded;
            }
        }
        return exact.round(new MathContext(17, RoundingMode.HALF_EVEN));
    }
}
