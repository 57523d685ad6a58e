package io.multiproc.client.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Classes as a user would write them. */
public final class Shop {
    private Shop() {}

    /** Constants, one with a body. */
    public enum Size {
        SMALL,
        LARGE {
            @Override
            public int factor() {
                return 10;
            }
        };

        public int factor() {
            return 1;
        }
    }

    /** A record that checks its components. */
    public record Item(String name, int count, BigDecimal price, List<String> tags) {
        public Item {
            if (count < 0) {
                throw new IllegalArgumentException("count " + count);
            }
        }
    }

    /** No constructor without arguments, final fields, a transient one. */
    public static class Order {
        private final long id;
        private final Size size;
        private final List<Item> items;
        private final Object extra;
        protected transient int cache = 5;

        public Order(long id, Size size, List<Item> items, Object extra) {
            this.id = id;
            this.size = size;
            this.items = items;
            this.extra = extra;
        }

        public Object extra() {
            return extra;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Order other
                    && other.getClass() == getClass()
                    && other.id == id
                    && other.size == size
                    && Objects.equals(other.items, items)
                    && Objects.deepEquals(other.extra, extra);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    /** A subclass with a field named as one of its superclass. */
    public static final class Express extends Order {
        private final int id;

        public Express(long id, int own) {
            super(id, Size.SMALL, List.of(), "x");
            this.id = own;
        }

        public int own() {
            return id;
        }
    }

    /** Every primitive, public fields, null references. */
    public static class Primitives {
        public boolean z = true;
        public byte b = -1;
        public char c = '\uFFFF';
        public short s = Short.MIN_VALUE;
        public int i = Integer.MIN_VALUE;
        public long l = Long.MAX_VALUE;
        public float f = Float.MIN_VALUE;
        public double d = Math.PI;
        public Integer boxed = 7;
        public String nothing;
        public int[][] grid = {{1, 2}, {}, null};

        public List<Object> all() {
            return java.util.Arrays.asList(z, b, c, s, i, l, f, d, boxed, nothing);
        }
    }

    /** A node of a graph; equal only to itself. */
    public static class Node {
        public String name;
        public Set<Node> neighbours = new LinkedHashSet<>();
        public Node self;
    }

    /** A chain, as deep as one likes. */
    public static class Link {
        public Link next;
    }

    /** A collection class of its own. */
    public static class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
    }

    /** A map class of its own. */
    public static class Prices extends HashMap<String, Integer> {
        private static final long serialVersionUID = 1L;
    }

    /** A collection class that would lose a field. */
    public static class Labelled extends HashSet<String> {
        private static final long serialVersionUID = 1L;
        public String label;
    }

    /** An interface, for arrays of it. */
    public interface Shape {}

    /** A shape. */
    public record Circle(double radius) implements Shape {}

    /** Anything at all in a field. */
    public static class Holder {
        public Object value;
        public Map<String, Object> map;

        public Holder(Object value) {
            this.value = value;
        }
    }

    /** An inner class. */
    @SuppressWarnings("ClassCanBeStatic") // it must not be: inner classes are refused
    public class Inner {}
}
