package io.multiproc.server.cli;

import io.multiproc.client.OpaqueObject;
import io.multiproc.client.Proxy;
import io.multiproc.client.Tuple;
import io.multiproc.protocol.wire.Text;
import io.multiproc.server.python.JavaObjects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts of values, for people, and their forms in JSON. Nothing that somebody stored reaches a terminal as a control character. Objects of
 * user classes show their class and size: the command line has no classes of anybody.
 */
final class Shown {
    private static final long KIB = 1024;
    /** The codec of Java objects, unless a program chooses another. */
    private static final int KRYO = 3;

    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private final Map<Long, String> classes;

    /** @param classes the names of the registered classes by id */
    Shown(Map<Long, String> classes) {
        this.classes = classes;
    }

    /** A text in one line without effects, see {@link Text#escaped}. */
    static String escaped(String text) {
        return Text.escaped(text);
    }

    static boolean isHarmless(int c) {
        return Text.isHarmless(c);
    }

    /** A value as text, in one line. */
    String text(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    /** The text of a container of which only a part was fetched. */
    String text(Object part, long more) {
        String text = text(part);
        return more <= 0
                ? text
                : text.substring(0, text.length() - 1) + (text.length() > 2 ? ", " : "") + "… " + more + " more"
                        + text.charAt(text.length() - 1);
    }

    private void write(@Nullable Object value, StringBuilder out) {
        if (value instanceof byte[] bytes) {
            bytes(bytes, out);
        } else if (value instanceof OpaqueObject o) {
            out.append('<').append(escaped(className(o))).append(", ");
            out.append(o.bytes().length).append(" bytes>");
        } else if (value instanceof Proxy p) {
            // not its content, which a proxy's own text would fetch
            out.append('<').append(p.typeId()).append(" #").append(p.objectId()).append('>');
        } else if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> e : map.entrySet()) {
                out.append(separator);
                write(e.getKey(), out);
                out.append('=');
                write(e.getValue(), out);
                separator = ", ";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Collection<?> all) {
            boolean tuple = value instanceof Tuple;
            String separator = tuple ? "(" : "[";
            for (Object e : all) {
                out.append(separator);
                write(e, out);
                separator = ", ";
            }
            out.append(all.isEmpty() ? (tuple ? "()" : "[]") : (tuple ? ")" : "]"));
        } else {
            out.append(escaped(String.valueOf(value)));
        }
    }

    /** As Python writes them: {@code b'a\x00'}. */
    private static void bytes(byte[] bytes, StringBuilder out) {
        out.append("b'");
        for (byte b : bytes) {
            if (b == '\\' || b == '\'') {
                out.append('\\').append((char) b);
            } else if (b >= ' ' && b < 0x7f) {
                out.append((char) b);
            } else {
                out.append(String.format(Locale.ROOT, "\\x%02x", b & 0xff));
            }
        }
        out.append('\'');
    }

    private String className(OpaqueObject o) {
        String python = o.className();
        if (python != null) {
            return python;
        }
        byte[] bytes = o.bytes();
        String java = o.codec() == KRYO ? JavaObjects.className(bytes, 0, bytes.length, classes::get) : null;
        return java != null ? java : "object of codec " + o.codec();
    }

    /**
     * A value as maps with texts as keys (as lists of pairs of key and value where two keys have the same text), lists, texts, numbers, booleans and null. Bytes are base64; objects of user classes {@code {"class",
     * "bytes"}}; proxies {@code {"type", "id"}}; what else JSON has no form for is its text.
     */
    @Nullable
    Object json(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof OpaqueObject o) {
            return Map.of("class", className(o), "bytes", o.bytes().length);
        }
        if (value instanceof Proxy p) {
            Map<String, @Nullable Object> reference = new LinkedHashMap<>();
            reference.put("type", p.typeId());
            reference.put("id", p.objectId());
            return reference;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> out = new LinkedHashMap<>();
            map.forEach((k, v) -> out.put(k instanceof String s ? s : text(k), json(v)));
            return out.size() == map.size() ? out : pairs(map);
        }
        if (value instanceof Collection<?> all) {
            List<@Nullable Object> out = new ArrayList<>();
            all.forEach(e -> out.add(json(e)));
            return out;
        }
        return value;
    }

    /** Of a map in which keys have the same text, as 1 and "1": as an object of JSON it would lose entries. */
    private List<@Nullable Object> pairs(Map<?, ?> map) {
        List<@Nullable Object> pairs = new ArrayList<>();
        map.forEach((k, v) -> pairs.add(Arrays.asList(json(k), json(v))));
        return pairs;
    }

    /** A length of time with its two largest units: {@code 350ms}, {@code 12s}, {@code 3m12s}, {@code 2d3h}. */
    static String time(long millis) {
        long seconds = millis / 1000;
        if (seconds == 0) {
            return Math.max(0, millis) + "ms";
        }
        long minutes = seconds / 60;
        long hours = minutes / 60;
        long days = hours / 24;
        return days > 0
                ? two(days, "d", hours % 24, "h")
                : hours > 0
                        ? two(hours, "h", minutes % 60, "m")
                        : minutes > 0 ? two(minutes, "m", seconds % 60, "s") : seconds + "s";
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + largeUnit + (small == 0 ? "" : small + smallUnit);
    }

    /** A number of bytes: {@code 512 B}, {@code 1.5 MiB}. */
    static String size(long bytes) {
        if (bytes < KIB) {
            return bytes + " B";
        }
        double size = bytes;
        int unit = -1;
        while (size >= KIB && unit < UNITS.length - 1) {
            size /= KIB;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
    }
}
