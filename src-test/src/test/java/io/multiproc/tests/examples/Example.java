package io.multiproc.tests.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A program of the index.
 *
 * @param name its folder and class
 * @param rules how what it prints is compared, see the head of the index
 */
record Example(String name, List<String> rules) {
    static final Path FOLDER = folder();

    private static Path folder() {
        Path from = Path.of("").toAbsolutePath();
        return Files.isDirectory(from.resolve("examples"))
                ? from.resolve("examples")
                : from.resolve("src-test/examples");
    }

    static List<Example> all() throws IOException {
        try (Stream<String> lines = Files.lines(FOLDER.resolve("index.tsv"))) {
            return lines.filter(line -> !line.startsWith("#"))
                    .map(line -> List.of(line.split("\t")))
                    .map(row -> new Example(row.get(0), row.subList(3, row.size())))
                    .toList();
        }
    }

    Path java() {
        return FOLDER.resolve(name + ".java");
    }

    Path python() {
        int slash = name.indexOf('/') + 1;
        String file = name.substring(slash).replaceAll("(?<!^)([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        return FOLDER.resolve(name.substring(0, slash) + file + ".py");
    }

    boolean has(String rule) {
        return rules.contains(rule);
    }

    private List<String> all(String rule) {
        return rules.stream()
                .filter(r -> r.startsWith(rule + "="))
                .map(r -> r.substring(rule.length() + 1))
                .toList();
    }

    boolean isPair() {
        return !all("pair").isEmpty();
    }

    /** What it printed, as it is compared. */
    List<String> compared(String output) {
        Stream<String> lines = output.lines().map(Example::literals);
        for (String regex : all("grep")) {
            lines = lines.filter(line -> line.matches(".*(" + regex + ").*"));
        }
        for (String regex : all("mask")) {
            lines = lines.map(line -> line.replaceAll(regex, "#"));
        }
        if (has("once")) {
            lines = lines.distinct();
        }
        if (has("any")) {
            lines = lines.sorted();
        }
        return new ArrayList<>(lines.toList());
    }

    /** Python's literals as Java writes them, and columns as one space. */
    private static String literals(String line) {
        return line.replaceAll("\\bTrue\\b", "true")
                .replaceAll("\\bFalse\\b", "false")
                .replaceAll("\\bNone\\b", "null")
                .replace("'", "")
                .replaceAll("(?<=[{ ]\\w{1,9}): (?=[^{}]*\\})", "=")
                .replaceAll(" +", " ")
                .stripTrailing();
    }
}
