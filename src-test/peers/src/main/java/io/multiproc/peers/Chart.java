package io.multiproc.peers;

import java.util.List;
import java.util.Locale;

/** Draws results as horizontal bars: one group for each reference, the reference in grey above what is measured against it. */
final class Chart {
    /** One bar; {@code reference} is the index of the row it is measured against, or -1 if it is a reference itself. */
    record Bar(String name, double rate, double ratio, int reference) {}

    private static final int LABEL = 330;
    private static final int WIDTH = 420;
    private static final int ROW = 24;

    private Chart() {}

    static String svg(String title, List<Bar> bars) {
        StringBuilder out = new StringBuilder();
        int height = 56 + bars.size() * ROW;
        out.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"13\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"
                        + "<text x=\"16\" y=\"26\" font-size=\"15\" font-weight=\"bold\">%s</text>%n",
                LABEL + WIDTH + 170,
                height,
                title));
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            // each group has a scale of its own: what matters is the distance to its reference
            int group = bar.reference() < 0 ? i : bar.reference();
            double top = 0;
            for (int j = 0; j < bars.size(); j++) {
                if (j == group || bars.get(j).reference() == group) {
                    top = Math.max(top, bars.get(j).rate());
                }
            }
            int y = 44 + i * ROW;
            double length = Math.max(1, bar.rate() / top * WIDTH);
            out.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n"
                            + "<rect x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\" fill=\"%s\"/>%n"
                            + "<text x=\"%.0f\" y=\"%d\">%,.0f/s%s</text>%n",
                    LABEL - 8,
                    y + 15,
                    bar.name(),
                    LABEL,
                    y + 2,
                    length,
                    ROW - 6,
                    bar.reference() < 0 ? "#b8b8b8" : "#3572a5",
                    LABEL + length + 6,
                    y + 15,
                    bar.rate(),
                    bar.reference() < 0 ? "" : String.format(Locale.ROOT, "  (%.2f x echo)", bar.ratio())));
        }
        return out.append("</svg>\n").toString();
    }
}
