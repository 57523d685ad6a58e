package io.multiproc.server.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which rows of a listing are shown, and in which order. */
final class Rows {
    private Rows() {}

    /**
     * By a column, upwards, or downwards if a dash stands before it: numbers by size, before texts by letter; what is absent comes last either way.
     *
     * @throws UsageException if there is no such column
     */
    static Comparator<Map<String, @Nullable Object>> order(String text, List<String> columns) {
        boolean down = text.startsWith("-");
        String column = (down ? text.substring(1) : text).toLowerCase(java.util.Locale.ROOT);
        if (!columns.contains(column)) {
            throw new UsageException("--sort takes one of " + String.join(", ", columns) + ", not '" + text + "'");
        }
        return (a, b) -> {
            Object one = a.get(column);
            Object two = b.get(column);
            if (one == null || two == null) {
                return Boolean.compare(one == null, two == null);
            }
            int order = compare(one, two);
            return down ? -order : order;
        };
    }

    private static int compare(Object one, Object two) {
        if (one instanceof Number a && two instanceof Number b) {
            return Long.compare(a.longValue(), b.longValue());
        }
        int kinds = Boolean.compare(two instanceof Number, one instanceof Number);
        return kinds != 0 ? kinds : one.toString().compareTo(two.toString());
    }

    /** Those that a pattern describes, in which {@code *} is anything and {@code ?} one character; all without one. */
    static Predicate<@Nullable Object> named(@Nullable String pattern) {
        if (pattern == null) {
            return name -> true;
        }
        StringBuilder regex = new StringBuilder();
        pattern.codePoints()
                .forEach(c -> regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c))));
        Predicate<String> matches =
                Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
        return name -> name instanceof String text && matches.test(text);
    }
}
