package io.multiproc.server.cli;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON of maps, lists, texts, numbers, booleans and null. Not a library's, which would be the largest part of a command that needs two pages. */
final class Json {
    /** As deep as a value may be. */
    private static final int MOST_LEVELS = 100;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    static String of(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(@Nullable Object value, StringBuilder out) {
        if (value instanceof Map<?, ?> map) {
            String comma = "{";
            for (Map.Entry<?, ?> e : map.entrySet()) {
                out.append(comma);
                text(String.valueOf(e.getKey()), out);
                out.append(':');
                write(e.getValue(), out);
                comma = ",";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            String comma = "[";
            for (Object e : list) {
                out.append(comma);
                write(e, out);
                comma = ",";
            }
            out.append(list.isEmpty() ? "[]" : "]");
        } else if (value == null || value instanceof Boolean || (value instanceof Number n && isFinite(n))) {
            out.append(value);
        } else {
            text(value.toString(), out);
        }
    }

    /** JSON has no others. */
    private static boolean isFinite(Number n) {
        return !(n instanceof Double || n instanceof Float) || Double.isFinite(n.doubleValue());
    }

    private static void text(String s, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (Character.isSurrogate(c) || !Shown.isHarmless(c)) {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    /**
     * Reads JSON. Whole numbers become {@link Long} or {@link BigInteger}, others {@link Double}.
     *
     * @throws IllegalArgumentException if the text is not JSON
     */
    static @Nullable Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value(0);
        json.space();
        if (json.at < text.length()) {
            throw json.unexpected();
        }
        return value;
    }

    private IllegalArgumentException unexpected() {
        String where = at < text.length() ? "'" + text.substring(at, at + 1) + "' at position " + (at + 1) : "its end";
        return new IllegalArgumentException("'" + text + "' is not JSON: unexpected " + where
                + "; a text in JSON has quotation marks, which the shell needs quoted: '\"text\"'");
    }

    private void space() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private boolean next(char c) {
        space();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void need(char c) {
        if (!next(c)) {
            throw unexpected();
        }
    }

    private @Nullable Object value(int level) {
        if (level > MOST_LEVELS) {
            throw new IllegalArgumentException("the JSON is nested deeper than " + MOST_LEVELS + " levels");
        }
        if (next('{')) {
            return object(level);
        }
        if (next('[')) {
            List<@Nullable Object> list = new ArrayList<>();
            if (!next(']')) {
                do {
                    list.add(value(level + 1));
                } while (next(','));
                need(']');
            }
            return list;
        }
        if (next('"')) {
            return string();
        }
        for (String word : List.of("true", "false", "null")) {
            if (text.startsWith(word, at)) {
                at += word.length();
                return word.equals("null") ? null : word.equals("true");
            }
        }
        return number();
    }

    private Map<String, @Nullable Object> object(int level) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (next('}')) {
            return map;
        }
        do {
            need('"');
            String key = string();
            need(':');
            map.put(key, value(level + 1));
        } while (next(','));
        need('}');
        return map;
    }

    /** The opening mark has been read. */
    private String string() {
        StringBuilder out = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c < ' ') {
                break;
            }
            at++;
            if (c == '"') {
                return out.toString();
            }
            out.append(c == '\\' ? escape() : c);
        }
        throw unexpected();
    }

    private char escape() {
        if (at == text.length()) {
            throw unexpected();
        }
        char c = text.charAt(at);
        char plain =
                switch (c) {
                    case '"', '\\', '/' -> c;
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    default -> 0;
                };
        if (plain != 0) {
            at++;
            return plain;
        }
        int unit = 0;
        for (int i = 1; i <= 4; i++) {
            char digit = c == 'u' && at + i < text.length() ? text.charAt(at + i) : ' ';
            // Character.digit reads digits of other scripts, too
            int value = digit < 0x80 ? Character.digit(digit, 16) : -1;
            if (value < 0) {
                throw unexpected();
            }
            unit = unit << 4 | value;
        }
        at += 5;
        return (char) unit;
    }

    private Number number() {
        var matcher = java.util.regex.Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?")
                .matcher(text)
                .region(at, text.length());
        if (!matcher.lookingAt()) {
            throw unexpected();
        }
        at = matcher.end();
        if (matcher.group(2) != null || matcher.group(3) != null) {
            double value = Double.parseDouble(matcher.group());
            if (Double.isInfinite(value) || (value == 0 && matcher.group().matches("-?[0.]*[1-9].*"))) {
                throw new IllegalArgumentException("the number " + matcher.group()
                        + " is outside of what a value can hold: 4.9e-324 to 1.8e308, either sign");
            }
            return value;
        }
        BigInteger whole = new BigInteger(matcher.group());
        return whole.bitLength() < Long.SIZE ? (Number) whole.longValue() : whole;
    }
}
