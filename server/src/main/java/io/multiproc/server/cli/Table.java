package io.multiproc.server.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows in columns, for people: what is null is a dash, and no cell has a control character. */
final class Table {
    private Table() {}

    static void print(PrintStream out, List<Map<String, @Nullable Object>> rows, String... columns) {
        lines(rows, columns).forEach(out::println);
    }

    /** The first one is the header. */
    static List<String> lines(List<Map<String, @Nullable Object>> rows, String... columns) {
        int[] widths = new int[columns.length];
        String[][] cells = new String[rows.size() + 1][columns.length];
        for (int c = 0; c < columns.length; c++) {
            cells[0][c] = columns[c].toUpperCase(Locale.ROOT);
            for (int r = 0; r < rows.size(); r++) {
                Object value = rows.get(r).get(columns[c]);
                cells[r + 1][c] = value == null ? "-" : Shown.escaped(value.toString());
            }
            for (String[] row : cells) {
                widths[c] = Math.max(widths[c], row[c].length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (String[] row : cells) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns.length; c++) {
                line.append(row[c]).append(" ".repeat(widths[c] - row[c].length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
