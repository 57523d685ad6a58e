package io.multiproc.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How the cost of an operation grows: the exponent e of cost ~ size^e, as the last decade of sizes shows it, where a round trip
 * hides the least. 0 is what does not depend on the size, 1 what is proportional to it.
 */
final class Growth {
    /** Cost may double within a decade of sizes, as caches are left and a machine's speed drifts, before a curve is called worse. */
    private static final double TOLERANCE = Math.log10(2);

    private Growth() {}

    /** Not a number for less than two sizes. */
    static double exponent(Map<String, Results.Cell> curve) {
        List<double[]> points = new ArrayList<>();
        curve.forEach((size, cell) -> {
            double rate = Results.median(cell.rates);
            if (rate > 0) {
                points.add(new double[] {Double.parseDouble(size), rate});
            }
        });
        if (points.size() < 2) {
            return Double.NaN;
        }
        double[] last = points.get(points.size() - 1);
        double[] before = points.get(0);
        for (double[] p : points) {
            if (p[0] * 10 <= last[0]) {
                before = p;
            }
        }
        return Math.log(before[1] / last[1]) / Math.log(last[0] / before[0]);
    }

    static boolean isWorse(double measured, int textbook) {
        return measured > textbook + TOLERANCE;
    }

    static String line(String curve, Map<String, Results.Cell> points, int textbook) {
        double measured = exponent(points);
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.2f | %s |%n",
                curve,
                textbook == 0 ? "O(1)" : "O(n)",
                measured,
                isWorse(measured, textbook) ? "**worse**" : "as it should");
    }
}
