package io.multiproc.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One small bar chart for each workload, side by side; ours in blue, the bare socket in grey. */
final class Picture {
    static final int WIDTH = 460;
    private static final int LABEL = 150;
    private static final int BAR = 15;

    private Picture() {}

    static String svg(Results results, List<String> names) {
        List<String> panels = new ArrayList<>();
        for (String workload : results.workloads()) {
            panels.add(panel(results, workload, names));
        }
        return sheet(panels, 34 + (names.size() + 1) * BAR);
    }

    /** Panels of that height in two columns. */
    static String sheet(List<String> panels, int panelHeight) {
        int rows = (panels.size() + 1) / 2;
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                2 * WIDTH + 20,
                rows * panelHeight + 20));
        for (int i = 0; i < panels.size(); i++) {
            out.append(String.format(
                    Locale.ROOT,
                    "<g transform=\"translate(%d,%d)\">%n%s</g>%n",
                    10 + i % 2 * WIDTH,
                    10 + i / 2 * panelHeight,
                    panels.get(i)));
        }
        return out.append("</svg>\n").toString();
    }

    private static String panel(Results results, String workload, List<String> names) {
        Map<String, Results.Cell> row = results.row(workload);
        double top = row.values().stream()
                .mapToDouble(c -> Results.median(c.rates))
                .filter(d -> !Double.isNaN(d))
                .max()
                .orElse(1);
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "<text x=\"0\" y=\"14\" font-weight=\"bold\">%s (%s)</text>%n",
                workload,
                results.unit(workload)));
        int y = 22;
        for (Map.Entry<String, Results.Cell> e : row.entrySet()) {
            double median = Results.median(e.getValue().rates);
            if (Double.isNaN(median)) {
                continue;
            }
            String colour = e.getKey().startsWith("multiproc")
                    ? "#3572a5"
                    : e.getKey().startsWith("bare") ? "#b8b8b8" : "#d9a441";
            double length = Math.max(1, median / top * (WIDTH - LABEL - 90));
            out.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                            + "<rect x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\" fill=\"%s\"/>"
                            + "<text x=\"%.0f\" y=\"%d\">%s</text>%n",
                    LABEL - 5,
                    y + 11,
                    e.getKey(),
                    LABEL,
                    y + 1,
                    length,
                    BAR - 3,
                    colour,
                    LABEL + length + 4,
                    y + 11,
                    Results.number(median)));
            y += BAR;
        }
        return out.toString();
    }
}
