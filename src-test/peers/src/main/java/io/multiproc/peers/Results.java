package io.multiproc.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured: for each workload and product one number per round. */
final class Results {
    /** All rounds of one product in one workload. */
    static final class Cell {
        final List<Double> rates = new ArrayList<>();
        final List<Double> p50 = new ArrayList<>();
        final List<Double> p99 = new ArrayList<>();

        void add(Workloads.Result r) {
            rates.add(r.rate());
            p50.add(r.p50());
            p99.add(r.p99());
        }
    }

    private final Map<String, Map<String, Cell>> cells = new LinkedHashMap<>();
    private final Map<String, String> units = new LinkedHashMap<>();

    Cell cell(String workload, String unit, String product) {
        units.putIfAbsent(workload, unit);
        return cells.computeIfAbsent(workload, w -> new LinkedHashMap<>()).computeIfAbsent(product, p -> new Cell());
    }

    Iterable<String> workloads() {
        return cells.keySet();
    }

    String unit(String workload) {
        return units.getOrDefault(workload, "");
    }

    Map<String, Cell> row(String workload) {
        return cells.getOrDefault(workload, Map.of());
    }

    /** Those products, and others that something was measured of: what all clients of one server have in common. */
    List<String> products(List<String> known) {
        LinkedHashSet<String> all = new LinkedHashSet<>(known);
        cells.values().forEach(row -> all.addAll(row.keySet()));
        return new ArrayList<>(all);
    }

    double median(String workload, String product) {
        Cell cell = row(workload).get(product);
        return cell == null || cell.rates.isEmpty() ? Double.NaN : median(cell.rates);
    }

    /** The median over the rounds of the 99th percentile in microseconds; not a number if there is none. */
    double p99(String workload, String product) {
        Cell cell = row(workload).get(product);
        double p99 = cell == null ? Double.NaN : median(cell.p99);
        return p99 > 0 ? p99 : Double.NaN;
    }

    /** The median over the rounds of the median in microseconds; not a number if there is none. */
    double p50(String workload, String product) {
        Cell cell = row(workload).get(product);
        double p50 = cell == null ? Double.NaN : median(cell.p50);
        return p50 > 0 ? p50 : Double.NaN;
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(d -> d).toArray();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    /** The median over the rounds of a / b: what a machine whose speed drifts disturbs least. Not a number if one is missing. */
    double ratio(String workload, String a, @Nullable String b) {
        Cell x = row(workload).get(a);
        Cell y = b == null ? null : row(workload).get(b);
        if (x == null || y == null || x.rates.isEmpty() || y.rates.isEmpty()) {
            return Double.NaN;
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(x.rates.size(), y.rates.size()); i++) {
            ratios.add(x.rates.get(i) / y.rates.get(i));
        }
        return median(ratios);
    }

    /** The product with the best median among those, null if none was measured. */
    @Nullable
    String best(String workload, List<String> products, boolean lowIsGood) {
        String best = null;
        for (String p : products) {
            double m = median(workload, p);
            if (!Double.isNaN(m)
                    && (best == null || (lowIsGood ? m < median(workload, best) : m > median(workload, best)))) {
                best = p;
            }
        }
        return best;
    }

    String csv() {
        StringBuilder out = new StringBuilder("workload,unit,product,median,min,max,p50_us,p99_us,rounds\n");
        cells.forEach((workload, row) -> row.forEach((product, c) -> {
            if (!c.rates.isEmpty()) {
                out.append(String.format(
                        Locale.ROOT,
                        "\"%s\",%s,\"%s\",%.1f,%.1f,%.1f,%.1f,%.1f,%d%n",
                        workload,
                        unit(workload),
                        product,
                        median(c.rates),
                        c.rates.stream().mapToDouble(d -> d).min().orElse(0),
                        c.rates.stream().mapToDouble(d -> d).max().orElse(0),
                        median(c.p50),
                        median(c.p99),
                        c.rates.size()));
            }
        }));
        return out.toString();
    }

    /** One table of medians, a row for each workload and a column for each product. */
    String markdown(List<String> products) {
        StringBuilder out = new StringBuilder("| workload | unit |");
        products.forEach(p -> out.append(' ').append(p).append(" |"));
        out.append("\n|---|---|").append("---|".repeat(products.size())).append('\n');
        for (String workload : workloads()) {
            out.append("| ")
                    .append(workload)
                    .append(" | ")
                    .append(unit(workload))
                    .append(" |");
            for (String p : products) {
                double m = median(workload, p);
                out.append(Double.isNaN(m) ? " – |" : " " + number(m) + " |");
            }
            out.append('\n');
        }
        return out.toString();
    }

    static String number(double v) {
        return String.format(Locale.ROOT, v >= 100 ? "%,.0f" : "%.1f", v);
    }
}
