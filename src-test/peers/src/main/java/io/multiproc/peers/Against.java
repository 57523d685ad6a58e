package io.multiproc.peers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What has changed since another run, as ratios between products: a machine that is slower today is slower for all. Of each
 * workload, our ratio to every other product that both runs measured is compared, and the median of these changes is taken, so that
 * one peer's bad day is not ours. Reports; decides nothing.
 */
final class Against {
    private static final String OURS = "multiproc";

    /** Changes within this are noise. */
    private static final double NOISE = 0.20;

    private record Row(String unit, Map<String, Double> medians) {}

    private Against() {}

    /** A table of the workloads whose ratios have changed by more than 20 %, of the CSV of a stored run and that of this one. */
    static String report(String stored, String now) {
        Map<String, Row> before = parse(stored);
        StringBuilder out = new StringBuilder();
        int compared = 0;
        for (Map.Entry<String, Row> e : parse(now).entrySet()) {
            Row then = before.get(e.getKey());
            List<Double> changes = then == null ? List.of() : changes(then, e.getValue());
            if (changes.isEmpty()) {
                continue;
            }
            compared++;
            double change = Results.median(changes);
            if (change > 1 + NOISE || change < 1 / (1 + NOISE)) {
                boolean lowIsGood = lowIsGood(e.getValue().unit);
                out.append(String.format(
                        Locale.ROOT,
                        "| %s | %+.0f %% | %s | %d |%n",
                        e.getKey(),
                        (change - 1) * 100,
                        change > 1 == lowIsGood ? "**worse**" : "better",
                        changes.size()));
            }
        }
        String head = out.length() == 0
                ? "no ratio has changed"
                : "| workload | our ratio to the others | | others |\n|---|---|---|---|\n" + out;
        return head
                + String.format(
                        Locale.ROOT,
                        "%n%d workloads compared with the stored run; changes within %.0f %% are not shown%n",
                        compared,
                        NOISE * 100);
    }

    private static boolean lowIsGood(String unit) {
        return unit.equals("ms") || unit.equals("bytes");
    }

    /** For each other product that both have: our ratio to it now, over that ratio then. */
    private static List<Double> changes(Row then, Row now) {
        List<Double> out = new ArrayList<>();
        now.medians.forEach((product, median) -> {
            double change = ratio(now, product) / ratio(then, product);
            if (!product.startsWith(OURS) && change > 0 && Double.isFinite(change)) {
                out.add(change);
            }
        });
        return out;
    }

    private static double ratio(Row row, String product) {
        return row.medians.getOrDefault(OURS, Double.NaN) / row.medians.getOrDefault(product, Double.NaN);
    }

    /** The rows of {@link Results#csv}, by workload. */
    private static Map<String, Row> parse(String csv) {
        Map<String, Row> out = new LinkedHashMap<>();
        for (String line : csv.lines().skip(1).toList()) {
            List<String> fields = fields(line);
            if (fields.size() < 4) {
                throw new IllegalArgumentException("not a line of a comparison's CSV: " + line);
            }
            out.computeIfAbsent(fields.get(0), w -> new Row(fields.get(1), new LinkedHashMap<>()))
                    .medians
                    .put(fields.get(2), Double.parseDouble(fields.get(3)));
        }
        return out;
    }

    private static List<String> fields(String line) {
        List<String> out = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                out.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        out.add(field.toString());
        return out;
    }
}
