package io.multiproc.tests.evolution;

import java.util.ArrayList;
import java.util.List;

/**
 * A kind of change: the classes before and after it, and what each version reads of what each has written. An expectation that begins with
 * {@code !} is an error whose text contains the parts after it, between bars, one of several between slashes; {@code !!} is an error already when both are connected and the classes are registered.
 */
final class Change {
    final String name;
    final String before;
    final String after;
    /** What the new version reads of the old one's object, and the old version of the new one's. */
    final String forward;

    final String backward;
    /** What each version reads of its own object. */
    final String own;

    final String ownAfter;

    private Change(String name, String before, String after, String... reads) {
        this.name = name;
        this.before = before;
        this.after = after;
        this.own = reads[0];
        this.forward = reads[1];
        this.backward = reads[2];
        this.ownAfter = reads[3];
    }

    @Override
    public String toString() {
        return name;
    }

    private static String program(String make, String show) {
        return "public class Program {\n  public static Object make() { return " + make
                + "; }\n  public static String show(Object o) { return String.valueOf(" + show + "); }\n}\n";
    }

    private static final String THING = "((Thing) o)";

    /** One class, Thing, made by its constructor; shown by its method toString. */
    private static String thing(String members, String show) {
        return "public class Thing {\n  " + members + "\n  public String toString() { return \"\" + " + show
                + "; }\n}\n" + program("new Thing()", "o");
    }

    static List<Change> all() {
        List<Change> out = new ArrayList<>();
        out.add(new Change(
                "field added, with its default",
                thing("int a = 1; String b = \"x\";", "a + b"),
                thing(
                        "int a = 2; String b = \"y\"; int c = 7; List<String> d = List.of(\"z\"); boolean e = true;",
                        "a + b + c + d + e"),
                "1x",
                "1x7[z]true",
                "2y",
                "2y7[z]true"));
        out.add(new Change(
                "field added, without a constructor to ask",
                "public class Thing { int a; Thing(int a) { this.a = a; } public String toString() { return \"\" + a; } }\n"
                        + program("new Thing(1)", "o"),
                "public class Thing { int a; final long b; String c; boolean d; Thing(int a) { this.a = a; b = 5; c = \"c\"; d = true; }"
                        + " public String toString() { return a + \" \" + b + c + d; } }\n"
                        + program("new Thing(2)", "o"),
                "1",
                "1 0nullfalse",
                "2",
                "2 5ctrue"));
        out.add(new Change(
                "field removed",
                thing("int a = 1; long b = 2; Object c = new int[] {1}; String d = \"d\";", "a + \" \" + b + d"),
                thing("int a = 3; String d = \"e\";", "a + d"),
                "1 2d",
                "1d",
                "3 2e",
                "3e"));
        out.add(new Change(
                "all fields replaced", thing("int a = 1;", "a"), thing("String b = \"b\";", "b"), "1", "b", "1", "b"));
        out.add(new Change(
                "fields reordered, public ones made private, final or volatile",
                thing("public int a = 1; public String b = \"b\"; public double c = 2;", "a + b + c"),
                thing(
                        "private volatile double c = 3; private final String b = new String(\"c\"); private int a = 4;",
                        "a + b + c"),
                "1b2.0",
                "1b2.0",
                "4c3.0",
                "4c3.0"));
        out.add(new Change(
                "field made transient",
                thing("int a = 1; int b = 2;", "a + \" \" + b"),
                thing("int a = 3; transient int b = 4;", "a + \" \" + b"),
                "1 2",
                "1 4",
                "3 2",
                "3 4"));
        out.add(new Change(
                "field renamed",
                thing("int a = 1; String customer = \"ada\";", "a + customer"),
                thing("int a = 2; @StoredName(\"customer\") String buyer = \"bob\";", "a + buyer"),
                "1ada",
                "1ada",
                "2bob",
                "2bob"));
        out.add(new Change(
                "class renamed",
                "public class Thing { int a = 1; }\n" + program("new Thing()", "((Thing) o).a"),
                "@StoredName(\"evo.Thing\")\npublic class Item { int a = 2; }\n"
                        + program("new Item()", "((Item) o).a"),
                "1",
                "1",
                "2",
                "2"));
        out.add(new Change(
                "class renamed, in a field, a list and an array",
                "public class Thing { int a = 1; }\npublic class Box { Thing t = new Thing(); List<Thing> l = List.of(new Thing()); Thing[] s = {new Thing()};"
                        + " public String toString() { return \"\" + t.a + l.get(0).a + s[0].a; } }\n"
                        + program("new Box()", "o"),
                "@StoredName(\"evo.Thing\")\npublic class Item { int a = 2; }\npublic class Box { Item t = new Item(); List<Item> l = List.of(new Item()); Item[] s = {new Item()};"
                        + " public String toString() { return \"\" + t.a + l.get(0).a + s[0].a; } }\n"
                        + program("new Box()", "o"),
                "111",
                "111",
                "222",
                "222"));
        out.add(new Change(
                "record component added",
                "public record Thing(String a) {}\n" + program("new Thing(\"x\")", "o"),
                "public record Thing(long n, String a, List<String> b, boolean c, char d, double e) {}\n"
                        + program(
                                "new Thing(3, \"y\", List.of(\"z\"), true, 'c', 1.5)",
                                THING + ".n() + " + THING + ".a() + " + THING + ".b() + " + THING + ".c() + (int) "
                                        + THING + ".d() + " + THING + ".e()"),
                "Thing[a=x]",
                "0xnullfalse00.0",
                "Thing[a=y]",
                "3y[z]true991.5"));
        out.add(new Change(
                "record component added that the constructor gives a default",
                "public record Thing(String a) {}\n" + program("new Thing(\"x\")", "o"),
                "public record Thing(String a, List<String> b) { public Thing { b = b == null ? List.of() : b; } }\n"
                        + program("new Thing(\"y\", List.of(\"z\"))", "o"),
                "Thing[a=x]",
                "Thing[a=x, b=[]]",
                "Thing[a=y]",
                "Thing[a=y, b=[z]]"));
        out.add(new Change(
                "record component added that the constructor demands",
                "public record Thing(String a) {}\n" + program("new Thing(\"x\")", "o"),
                "public record Thing(String a, List<String> b) { public Thing { Objects.requireNonNull(b, \"b is missing\"); } }\n"
                        + program("new Thing(\"y\", List.of(\"z\"))", "o"),
                "Thing[a=x]",
                "!evo.Thing|written without b|b is missing",
                "Thing[a=y]",
                "Thing[a=y, b=[z]]"));
        out.add(new Change(
                "record components removed, reordered and renamed",
                "public record Thing(int a, String b, long c) {}\n" + program("new Thing(1, \"b\", 2)", "o"),
                "public record Thing(@StoredName(\"c\") long d, int a) {}\n" + program("new Thing(3, 4)", "o"),
                "Thing[a=1, b=b, c=2]",
                "Thing[d=2, a=1]",
                "Thing[a=4, b=null, c=3]",
                "Thing[d=3, a=4]"));
        out.add(new Change(
                "class turned into a record",
                thing("int a = 1; String b = \"b\";", "a + b"),
                "public record Thing(int a, String b) {}\n" + program("new Thing(2, \"c\")", "o"),
                "1b",
                "Thing[a=1, b=b]",
                "2c",
                "Thing[a=2, b=c]"));
        out.add(new Change(
                "constant added, not used",
                "public enum Color { RED, BLUE }\n" + program("Color.BLUE", "o"),
                "public enum Color { GREEN, RED, BLUE { } }\n" + program("Color.RED", "o"),
                "BLUE",
                "BLUE",
                "RED",
                "RED"));
        out.add(new Change(
                "constant added and used",
                "public enum Color { RED }\n" + program("Color.RED", "o"),
                "public enum Color { RED, GREEN }\n" + program("Color.GREEN", "o"),
                "RED",
                "RED",
                "!enum evo.Color has no constant GREEN|add the constant",
                "GREEN"));
        out.add(new Change(
                "constant added and used, in a field",
                "public enum Color { RED }\npublic class Thing { Color c = Color.RED; public String toString() { return \"\" + c; } }\n"
                        + program("new Thing()", "o"),
                "public enum Color { RED, GREEN }\npublic class Thing { Color c = Color.GREEN; public String toString() { return \"\" + c; } }\n"
                        + program("new Thing()", "o"),
                "RED",
                "RED",
                "!enum evo.Color has no constant GREEN|in field c (evo.Thing)",
                "GREEN"));
        out.add(new Change(
                "constant added, in an EnumSet and an EnumMap",
                "public enum Color { RED }\npublic class Thing { EnumSet<Color> s = EnumSet.of(Color.RED); EnumMap<Color, Integer> m = new EnumMap<>(Map.of(Color.RED, 1)); public String toString() { return \"\" + s + m; } }\n"
                        + program("new Thing()", "o"),
                "public enum Color { RED, GREEN }\npublic class Thing { EnumSet<Color> s = EnumSet.noneOf(Color.class); EnumMap<Color, Integer> m = new EnumMap<>(Map.of(Color.GREEN, 1)); public String toString() { return \"\" + s + m; } }\n"
                        + program("new Thing()", "o"),
                "[RED]{RED=1}",
                "[RED]{RED=1}",
                "!enum evo.Color has no constant GREEN",
                "[]{GREEN=1}"));
        out.add(new Change(
                "constant renamed",
                "public enum Color { RED }\npublic class Thing { EnumSet<Color> s = EnumSet.of(Color.RED); Color c = Color.RED; public String toString() { return \"\" + s + c; } }\n"
                        + program("new Thing()", "o"),
                "public enum Color { @StoredName(\"RED\") CRIMSON }\npublic class Thing { EnumSet<Color> s = EnumSet.of(Color.CRIMSON); Color c = Color.CRIMSON; public String toString() { return \"\" + s + c; } }\n"
                        + program("new Thing()", "o"),
                "[RED]RED",
                "[CRIMSON]CRIMSON",
                "[RED]RED",
                "[CRIMSON]CRIMSON"));
        out.add(new Change(
                "field added to a superclass, another moved up",
                "public class Base { int a = 1; }\npublic class Thing extends Base { int b = 2; public String toString() { return a + \" \" + b; } }\n"
                        + program("new Thing()", "o"),
                "public class Base { int a = 3; int b = 4; int c = 5; }\npublic class Thing extends Base { public String toString() { return a + \" \" + b + \" \" + c; } }\n"
                        + program("new Thing()", "o"),
                "1 2",
                "1 2 5",
                "3 4",
                "3 4 5"));
        out.add(new Change(
                "superclass added, with a field of the same name hidden in the subclass",
                "public class Base { int a = 1; }\npublic class Thing extends Base { int a = 2; public String toString() { return super.a + \" \" + a; } }\n"
                        + program("new Thing()", "o"),
                "public class Root { int r = 9; }\npublic class Base extends Root { int a = 3; }\npublic class Thing extends Base { int a = 4; int n = 6; public String toString() { return super.a + \" \" + a + \" \" + n + r; } }\n"
                        + program("new Thing()", "o"),
                "1 2",
                "1 2 69",
                "3 4",
                "3 4 69"));
        out.add(new Change(
                "field added to a class in fields, lists, maps, sets, arrays and optionals",
                nested("public class Part { int a = 1; public String toString() { return \"\" + a; } }\n"),
                nested(
                        "public class Part { int a = 2; String b = \"b\"; public String toString() { return a + b; } }\n"),
                "1[1]{k=1}[1]Optional[1][1]",
                "1b[1b]{k=1b}[1b]Optional[1b][1b]",
                "2[2]{k=2}[2]Optional[2][2]",
                "2b[2b]{k=2b}[2b]Optional[2b][2b]"));
        out.add(new Change(
                "component added to a record in lists and maps",
                nested(
                        "public record Part(int a) { Part() { this(1); } public String toString() { return \"\" + a; } }\n"),
                nested(
                        "public record Part(int a, String b) { Part() { this(2, \"b\"); } public String toString() { return a + b; } }\n"),
                "1[1]{k=1}[1]Optional[1][1]",
                "1null[1null]{k=1null}[1null]Optional[1null][1null]",
                "2[2]{k=2}[2]Optional[2][2]",
                "2b[2b]{k=2b}[2b]Optional[2b][2b]"));
        out.add(new Change(
                "number widened",
                thing(
                        "int a = 1; short b = 2; float c = 0.5f; int d = 4; Integer e = 5; byte f = 6;",
                        "a + \" \" + b + \" \" + c + \" \" + d + \" \" + e + \" \" + f"),
                thing(
                        "long a = 11; int b = 12; double c = 1.5; Integer d = 14; Long e = 15L; double f = 16;",
                        "a + \" \" + b + \" \" + c + \" \" + d + \" \" + e + \" \" + f"),
                "1 2 0.5 4 5 6",
                "1 2 0.5 4 5 6.0",
                "11 12 1.5 14 15 16",
                "11 12 1.5 14 15 16.0"));
        out.add(new Change(
                "number widened, in a record",
                "public record Thing(int a) {}\n" + program("new Thing(1)", "o"),
                "public record Thing(long a) {}\n" + program("new Thing(1L << 40)", "o"),
                "Thing[a=1]",
                "Thing[a=1]",
                "!field a of class evo.Thing is int here, but long|1099511627776 does not fit",
                "Thing[a=1099511627776]"));
        out.add(new Change(
                "object turned into a number",
                thing("Integer a = null;", "a"),
                thing("int a = 3;", "a"),
                "null",
                "!field a of class evo.Thing is int here|the value is null",
                "3",
                "3"));
        out.add(new Change(
                "text turned into a number",
                thing("String a = \"one\";", "a"),
                thing("int a = 3;", "a"),
                "one",
                "!!field a of class evo.Thing|is int|String",
                "!!field a of class evo.Thing|java.lang.String|int",
                "3"));
        out.add(new Change(
                "list turned into a map",
                thing("List<Integer> a = List.of(1);", "a"),
                thing("Map<Integer, Integer> a = Map.of(1, 2);", "a"),
                "[1]",
                "!!field a of class evo.Thing|Map",
                "!!field a of class evo.Thing|List",
                "{1=2}"));
        out.add(new Change(
                "list turned into a collection, an implementation into another",
                thing(
                        "List<Integer> a = List.of(1); ArrayList<Integer> b = new ArrayList<>(List.of(2)); TreeMap<Integer, Integer> c = new TreeMap<>(Map.of(1, 2));",
                        "a + \"\" + b + c"),
                thing(
                        "Collection<Integer> a = List.of(3); LinkedList<Integer> b = new LinkedList<>(List.of(4)); Map<Integer, Integer> c = new HashMap<>(Map.of(5, 6));",
                        "a + \"\" + b + c"),
                "[1][2]{1=2}",
                "[1][2]{1=2}",
                "[3][4]{5=6}",
                "[3][4]{5=6}"));
        out.add(new Change(
                "class replaced by an interface and a second class",
                "public class Shape { int a = 1; public String toString() { return \"s\" + a; } }\npublic class Thing { Shape s = new Shape(); public String toString() { return \"\" + s; } }\n"
                        + program("new Thing()", "o"),
                "public class Shape { int a = 2; public String toString() { return \"s\" + a; } }\npublic class Round extends Shape { int r = 3; public String toString() { return \"r\" + r; } }\npublic class Thing { Shape s = new Round(); public String toString() { return \"\" + s; } }\n"
                        + program("new Thing()", "o"),
                "s1",
                "s1",
                "!class id 1002 is not registered here/class evo.Round is not on this JVM's class path|in field s (evo.Thing)",
                "r3"));
        out.add(new Change(
                "class turned into an enum",
                thing("int a = 1;", "a"),
                "public enum Thing { ONE }\n" + program("Thing.ONE", "o"),
                "1",
                "!!class evo.Thing|an enum|a class with fields",
                "!!class evo.Thing|a class with fields|an enum",
                "ONE"));
        out.add(new Change(
                "field added whose class, and all that is in it, is new",
                "public class Thing { int a = 1; String z = \"z\"; public String toString() { return a + z; } }\n"
                        + program("new Thing()", "o"),
                "public enum Sort { UP, DOWN }\npublic record Point(int x, Object y) implements Comparable<Point> { public int compareTo(Point o) { return x - o.x; } }\n"
                        + "public class Names extends ArrayList<String> {}\npublic class Prices extends HashMap<String, Object> {}\n"
                        + "public class Extra { Sort s = Sort.DOWN; List<Object> l = new ArrayList<>(Arrays.asList(new Point(1, null), 5, null)); Map<Object, Object> m = new HashMap<>(Map.of(Sort.UP, new Point(2, Sort.UP)));\n"
                        + " Set<Point> t = new TreeSet<>(List.of(new Point(1, 1), new Point(2, 2))); Map<Point, String> u = new TreeMap<>(Map.of(new Point(1, 1), \"\")); Point[][] p = {{new Point(3, 4L)}, null}; Sort[] q = {Sort.UP};\n"
                        + " EnumSet<Sort> e = EnumSet.of(Sort.UP); EnumMap<Sort, Point> f = new EnumMap<>(Map.of(Sort.UP, new Point(5, 6))); Optional<Point> o = Optional.of(new Point(7, 8)); Names n = new Names(); Prices r = new Prices();\n"
                        + " PriorityQueue<Point> w = new PriorityQueue<>(List.of(new Point(1, 1), new Point(0, 0))); ArrayDeque<Point> d = new ArrayDeque<>(List.of(new Point(1, 1)));\n"
                        + " double dd = 1; float ff = 2; byte bb = 3; char cc = 'c'; short ss = 4; long ll = 5; boolean zz = true; String text = \"t\"; { n.add(\"n\"); r.put(\"k\", new Point(1, 1)); } }\n"
                        + "public class Thing { int a = 2; Extra extra = new Extra(); String z = \"y\"; public String toString() { return a + z + (extra == null ? \"\" : \"+\"); } }\n"
                        + program("new Thing()", "o"),
                "1z",
                "1z+",
                "2y",
                "2y+"));
        return out;
    }

    private static String nested(String part) {
        return part
                + "public class Thing { Part a = new Part(); List<Part> b = new ArrayList<>(List.of(new Part())); Map<String, Part> c = Map.of(\"k\", new Part()); Part[] d = {new Part()};"
                + " Optional<Part> e = Optional.of(new Part()); Deque<Part> f = new ArrayDeque<>(List.of(new Part()));"
                + " public String toString() { return \"\" + a + b + c + Arrays.toString(d) + e + f; } }\n"
                + program("new Thing()", "o");
    }
}
