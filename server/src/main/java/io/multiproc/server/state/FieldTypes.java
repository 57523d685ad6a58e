package io.multiproc.server.state;

import java.util.Map;
import java.util.Set;

/**
 * Whether two programs may give a field different types: yes if there is a value that both types can hold. The server knows types by their names
 * in Java only, so for those of users it says yes; a client that reads a value that does not fit says so then.
 */
final class FieldTypes {
    private static final String NUMBER = "a number";
    private static final String TEXT = "a text";
    private static final String LIST = "a list";
    private static final String SET = "a set";
    private static final String MAP = "a map";
    private static final String QUEUE = "a queue";

    private static final Map<String, String> FAMILIES = Map.ofEntries(
            Map.entry("boolean", "a truth value"),
            Map.entry("java.lang.Boolean", "a truth value"),
            Map.entry("byte", NUMBER),
            Map.entry("short", NUMBER),
            Map.entry("int", NUMBER),
            Map.entry("long", NUMBER),
            Map.entry("float", NUMBER),
            Map.entry("double", NUMBER),
            Map.entry("java.lang.Byte", NUMBER),
            Map.entry("java.lang.Short", NUMBER),
            Map.entry("java.lang.Integer", NUMBER),
            Map.entry("java.lang.Long", NUMBER),
            Map.entry("java.lang.Float", NUMBER),
            Map.entry("java.lang.Double", NUMBER),
            Map.entry("java.math.BigInteger", NUMBER),
            Map.entry("java.math.BigDecimal", NUMBER),
            Map.entry("char", TEXT),
            Map.entry("java.lang.Character", TEXT),
            Map.entry("java.lang.String", TEXT),
            Map.entry("java.util.List", LIST),
            Map.entry("java.util.ArrayList", LIST),
            Map.entry("java.util.LinkedList", LIST),
            Map.entry("java.util.concurrent.CopyOnWriteArrayList", LIST),
            Map.entry("java.util.Set", SET),
            Map.entry("java.util.HashSet", SET),
            Map.entry("java.util.LinkedHashSet", SET),
            Map.entry("java.util.SortedSet", SET),
            Map.entry("java.util.NavigableSet", SET),
            Map.entry("java.util.TreeSet", SET),
            Map.entry("java.util.EnumSet", SET),
            Map.entry("java.util.Map", MAP),
            Map.entry("java.util.HashMap", MAP),
            Map.entry("java.util.LinkedHashMap", MAP),
            Map.entry("java.util.SortedMap", MAP),
            Map.entry("java.util.NavigableMap", MAP),
            Map.entry("java.util.TreeMap", MAP),
            Map.entry("java.util.EnumMap", MAP),
            Map.entry("java.util.concurrent.ConcurrentMap", MAP),
            Map.entry("java.util.concurrent.ConcurrentHashMap", MAP),
            Map.entry("java.util.Queue", QUEUE),
            Map.entry("java.util.Deque", QUEUE),
            Map.entry("java.util.ArrayDeque", QUEUE));

    /** What values of every family can be. */
    private static final Set<String> ANY =
            Set.of("java.lang.Object", "java.io.Serializable", "java.lang.Comparable", "java.lang.constant.Constable");

    /** Families that a class of a user's may belong to. */
    private static final Set<String> OPEN = Set.of(LIST, SET, MAP, QUEUE);

    private FieldTypes() {}

    static boolean compatible(String one, String other) {
        if (one.equals(other) || ANY.contains(one) || ANY.contains(other)) {
            return true;
        }
        if (isWide(one) || isWide(other)) {
            return covers(one, other) || covers(other, one);
        }
        String first = family(one);
        String second = family(other);
        if (first.isEmpty() || second.isEmpty()) {
            // a user's class: no standard class that is final extends it
            return first.isEmpty() && second.isEmpty() || OPEN.contains(first) || OPEN.contains(second);
        }
        // a linked list is a queue, too
        return first.equals(second) || Set.of(first, second).equals(Set.of(LIST, QUEUE));
    }

    private static boolean isWide(String type) {
        return type.equals("java.lang.Number")
                || type.equals("java.lang.CharSequence")
                || type.equals("java.util.Collection")
                || type.equals("java.lang.Iterable");
    }

    private static boolean covers(String wide, String other) {
        String family = family(other);
        return switch (wide) {
            case "java.lang.Number" -> family.equals(NUMBER) || family.isEmpty();
            case "java.lang.CharSequence" -> family.equals(TEXT) || family.isEmpty();
            case "java.util.Collection", "java.lang.Iterable" -> family.equals(LIST)
                    || family.equals(SET)
                    || family.equals(QUEUE)
                    || family.isEmpty()
                    || isWide(other);
            default -> false;
        };
    }

    /** Empty for a class of a user's. */
    private static String family(String type) {
        String known = FAMILIES.get(type);
        if (known != null) {
            return known;
        }
        if (type.endsWith("[]")) {
            // of a user's class, which may have been renamed; what is of the JDK can be nothing but itself
            String element = type.substring(0, type.indexOf('['));
            boolean standard = !family(element).isEmpty() || element.startsWith("java.");
            return standard ? type : "an array of objects";
        }
        return type.startsWith("java.time.") || isFinalStandard(type) ? type : "";
    }

    private static boolean isFinalStandard(String type) {
        return switch (type) {
            case "java.util.UUID",
                    "java.util.Locale",
                    "java.net.URI",
                    "java.util.Optional",
                    "java.util.Currency",
                    "java.lang.StringBuilder" -> true;
            default -> false;
        };
    }
}
