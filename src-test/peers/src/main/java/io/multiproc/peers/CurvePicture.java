package io.multiproc.peers;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Rates over sizes, both axes logarithmic: what does not depend on the size is a level line, what grows with it falls. */
final class CurvePicture {
    static final int HEIGHT = 260;
    private static final int LEFT = 55;
    private static final int TOP = 24;
    private static final int PLOT_WIDTH = 270;
    private static final int PLOT_HEIGHT = 190;
    private static final List<String> COLOURS =
            List.of("#3572a5", "#d9a441", "#5a9e4b", "#b04a4a", "#7a5aa6", "#777777");

    private final String title;
    private final Results results;
    private double leastX = Double.MAX_VALUE;
    private double mostX = 1;
    private double leastY = Double.MAX_VALUE;
    private double mostY = 1;

    private CurvePicture(String title, Results results) {
        this.title = title;
        this.results = results;
        for (String curve : results.workloads()) {
            results.row(curve).forEach((x, cell) -> {
                double y = Math.max(1, Results.median(cell.rates));
                leastX = Math.min(leastX, Double.parseDouble(x));
                mostX = Math.max(mostX, Double.parseDouble(x));
                leastY = Math.min(leastY, y);
                mostY = Math.max(mostY, y);
            });
        }
        // whole decades
        leastY = Math.pow(10, Math.floor(Math.log10(Math.max(1, leastY))));
        mostY = Math.pow(10, Math.ceil(Math.log10(mostY)));
    }

    /** The panel of curves whose points have sizes in place of products. */
    static String panel(String title, Results results) {
        return new CurvePicture(title, results).draw();
    }

    private double x(double v) {
        return LEFT + PLOT_WIDTH * Math.log(v / leastX) / Math.max(1e-9, Math.log(mostX / leastX));
    }

    private double y(double v) {
        return TOP + PLOT_HEIGHT - PLOT_HEIGHT * Math.log(v / leastY) / Math.max(1e-9, Math.log(mostY / leastY));
    }

    private String draw() {
        StringBuilder out = new StringBuilder(
                String.format(Locale.ROOT, "<text x=\"0\" y=\"14\" font-weight=\"bold\">%s</text>%n", title));
        for (double v = leastY; v <= mostY * 1.01; v *= 10) {
            out.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.0f\" y2=\"%.0f\" stroke=\"#ddd\"/>"
                            + "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%s</text>%n",
                    LEFT,
                    LEFT + PLOT_WIDTH,
                    y(v),
                    y(v),
                    LEFT - 5,
                    y(v) + 4,
                    shortly(v)));
        }
        Set<String> sizes = new LinkedHashSet<>();
        int colour = 0;
        for (String curve : results.workloads()) {
            sizes.addAll(results.row(curve).keySet());
            curve(curve, COLOURS.get(colour % COLOURS.size()), TOP + 12 + 16 * colour, out);
            colour++;
        }
        for (String size : sizes) {
            out.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(Double.parseDouble(size)),
                    TOP + PLOT_HEIGHT + 15,
                    shortly(Double.parseDouble(size))));
        }
        return out.toString();
    }

    private void curve(String name, String colour, int legendY, StringBuilder out) {
        List<String> points = new ArrayList<>();
        results.row(name)
                .forEach((size, cell) -> points.add(String.format(
                        Locale.ROOT,
                        "%.0f,%.0f",
                        x(Double.parseDouble(size)),
                        y(Math.max(1, Results.median(cell.rates))))));
        out.append(String.format(
                Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>"
                        + "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n",
                String.join(" ", points),
                colour,
                LEFT + PLOT_WIDTH + 8,
                legendY,
                colour,
                name));
    }

    private static String shortly(double v) {
        return v >= 1e6
                ? String.format(Locale.ROOT, "%.0fM", v / 1e6)
                : v >= 1e3 ? String.format(Locale.ROOT, "%.0fk", v / 1e3) : String.format(Locale.ROOT, "%.0f", v);
    }
}
