package io.multiproc.engines;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was found, by engine and fault. */
final class Table {
    private static final class Row {
        final List<Long> outages = new ArrayList<>();
        final List<Long> recoveries = new ArrayList<>();
        final Map<String, Integer> remarks = new TreeMap<>();
        int violations;
    }

    private record Sum(int good, int bad, int undecided, long answers, int added, int unknown) {}

    private final Map<String, Map<String, Row>> rows = new LinkedHashMap<>();
    private final Map<String, Sum> sums = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();

    private Row row(String engine, String fault) {
        return rows.computeIfAbsent(fault, f -> new LinkedHashMap<>()).computeIfAbsent(engine, e -> new Row());
    }

    void round(String engine, String fault, long outage, long recovery, String remark) {
        Row row = row(engine, fault);
        row.outages.add(outage);
        row.recoveries.add(recovery);
        if (!remark.isEmpty()) {
            row.remarks.merge(remark, 1, Integer::sum);
        }
    }

    void violation(String engine, long seed, String fault, String text) {
        row(engine, fault).violations++;
        String line = engine + " seed " + seed + ", last fault " + fault + ": " + text;
        violations.add(line);
        System.out.println("VIOLATION " + line);
    }

    void histories(String engine, Workload.Verdict v, long answers, int added, int unknown) {
        sums.merge(
                engine,
                new Sum(v.good(), v.bad(), v.undecided(), answers, added, unknown),
                (a, b) -> new Sum(
                        a.good + b.good,
                        a.bad + b.bad,
                        a.undecided + b.undecided,
                        a.answers + b.answers,
                        a.added + b.added,
                        a.unknown + b.unknown));
    }

    boolean isClean() {
        return violations.isEmpty();
    }

    private static String median(List<Long> list) {
        List<Long> sorted = new ArrayList<>(list);
        Collections.sort(sorted);
        return sorted.isEmpty() ? "-" : sorted.get(sorted.size() / 2) + "/" + sorted.get(sorted.size() - 1);
    }

    void print() {
        System.out.println();
        System.out.println(
                "| fault | engine | times | ms without an answer, p50/max | ms from its end to all well, p50/max | violations | remarks |");
        System.out.println("|---|---|---|---|---|---|---|");
        rows.forEach((fault, engines) -> engines.forEach((engine, r) -> System.out.printf(
                "| %s | %s | %d | %s | %s | %d | %s |%n",
                fault, engine, r.outages.size(), median(r.outages), median(r.recoveries), r.violations, r.remarks)));
        System.out.println();
        sums.forEach((engine, s) -> System.out.printf(
                "%s: %d answers; %d histories linearizable, %d not, %d undecided; counters: %d acknowledged, %d unknown%n",
                engine, s.answers, s.good, s.bad, s.undecided, s.added, s.unknown));
        System.out.println(violations.isEmpty() ? "no violation" : violations.size() + " violations:");
        violations.forEach(v -> System.out.println("  " + v));
    }
}
