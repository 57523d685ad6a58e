package io.multiproc.tests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Draws how many times as fast as CPython's each row of the files is that {@code bench-python}, {@code bench-local}, {@code bench-pool} and {@code bench-start} write:
 * arguments are titles and files in turns, standard output gets the picture. A logarithmic scale, since rows differ by a hundred.
 */
public final class BesideCpython {
    private static final int LABEL = 330;
    private static final int WIDTH = 480;
    private static final int ROW = 22;
    private static final double LEAST = 0.1;
    private static final double MOST = 200;

    private BesideCpython() {}

    record Row(String name, double times) {}

    /** The rows of a file that have both figures. */
    static List<Row> rows(List<String> csv) {
        List<Row> out = new ArrayList<>();
        List<String> head = cells(csv.get(0));
        for (String line : csv.subList(1, csv.size())) {
            List<String> cells = cells(line);
            String ours = cells.get(head.indexOf("multiproc"));
            String theirs = cells.get(head.indexOf("cpython"));
            if (ours.isEmpty() || theirs.isEmpty()) {
                continue;
            }
            double ratio = Double.parseDouble(ours) / Double.parseDouble(theirs);
            int processes = head.indexOf("processes");
            String name = cells.get(head.indexOf("measure"))
                    + (processes < 0 || cells.get(processes).equals("1")
                            ? ""
                            : ", " + cells.get(processes) + " processes");
            out.add(new Row(name, cells.get(head.indexOf("unit")).equals("ms") ? 1 / ratio : ratio));
        }
        return out;
    }

    private static List<String> cells(String line) {
        List<String> out = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (char c : (line + ",").toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                out.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        return out;
    }

    private static double x(double times) {
        double clipped = Math.max(LEAST, Math.min(MOST, times));
        return LABEL + WIDTH * Math.log(clipped / LEAST) / Math.log(MOST / LEAST);
    }

    static String svg(List<String> titles, List<List<Row>> groups) {
        StringBuilder out = new StringBuilder();
        int y = 40;
        for (int g = 0; g < groups.size(); g++) {
            out.append(text(16, y + 15, "start", " font-weight=\"bold\"", titles.get(g)));
            y += ROW;
            for (Row r : groups.get(g)) {
                double from = Math.min(x(1), x(r.times()));
                out.append(text(LABEL - 8, y + 15, "end", "", r.name()))
                        .append(String.format(
                                Locale.ROOT,
                                "<rect x=\"%.0f\" y=\"%d\" width=\"%.0f\" height=\"%d\" fill=\"%s\"/>%n",
                                from,
                                y + 3,
                                Math.max(1, Math.abs(x(r.times()) - x(1))),
                                ROW - 6,
                                r.times() < 1 ? "#b8b8b8" : "#3572a5"))
                        .append(text(
                                (int) Math.max(x(1), x(r.times())) + 6,
                                y + 15,
                                "start",
                                "",
                                String.format(Locale.ROOT, r.times() < 10 ? "%.1f" : "%.0f", r.times())));
                y += ROW;
            }
            y += ROW / 2;
        }
        String lines = String.format(
                Locale.ROOT, "<line x1=\"%.0f\" y1=\"34\" x2=\"%.0f\" y2=\"%d\" stroke=\"black\"/>%n", x(1), x(1), y);
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                                + " font-size=\"13\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                        LABEL + WIDTH + 60,
                        y + 10)
                + text(
                        16,
                        24,
                        "start",
                        " font-size=\"15\" font-weight=\"bold\"",
                        "Times CPython's own multiprocessing, in the same run")
                + lines
                + out
                + "</svg>\n";
    }

    private static String text(int x, int y, String anchor, String more, String text) {
        return String.format(
                Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\"%s>%s</text>%n", x, y, anchor, more, text);
    }

    public static void main(String[] args) throws IOException {
        List<String> titles = new ArrayList<>();
        List<List<Row>> groups = new ArrayList<>();
        for (int i = 0; i < args.length; i += 2) {
            titles.add(args[i]);
            groups.add(rows(Files.readAllLines(Path.of(args[i + 1]))));
        }
        System.out.print(svg(titles, groups));
    }
}
