package io.multiproc.protocol.pickle;

import io.multiproc.protocol.pickle.Py.Node;
import io.multiproc.protocol.pickle.Py.PyBytearray;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.wire.Work;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Predicate;

/** Measurements of a graph, taken in one walk without recursion, in time and memory linear in the graph as it is shared. */
final class Graph {
    /** Whether a value holds itself. */
    boolean recursive;
    /** Whether something that can change is referred to twice. */
    boolean sharesMutable;
    /** How deep it is; meaningless when recursive. */
    int depth;
    /** How many values it would be as a tree; meaningless when recursive. */
    double unshared;

    private record Found(int depth, double size) {}

    private static final class Visit {
        final Object node;
        final List<Object> children;
        int next;
        int depth;
        double size = 1;

        Visit(Object node) {
            this.node = node;
            this.children = children(node);
        }
    }

    private Graph() {}

    /**
     * Looks at a graph.
     *
     * @param each what a value costs
     * @param leaf tells which objects count as plain values
     */
    static Graph of(Object root, int each, Work work, Predicate<PyObject> leaf) {
        Graph g = new Graph();
        IdentityHashMap<Object, Found> done = new IdentityHashMap<>();
        IdentityHashMap<Object, Boolean> open = new IdentityHashMap<>();
        ArrayList<Visit> path = new ArrayList<>();
        path.add(new Visit(Py.tuple(root)));
        while (true) {
            Visit v = path.get(path.size() - 1);
            if (v.next < v.children.size()) {
                Object child = v.children.get(v.next++);
                work.spend(child instanceof Node ? each : Work.LOOK);
                boolean counted = child instanceof PyBytearray
                        || (child instanceof Node
                                && child != Py.EMPTY_TUPLE
                                && !(child instanceof PyObject o && leaf.test(o)));
                Found before = counted ? done.get(child) : null;
                if (!counted) {
                    v.size++;
                } else if (before != null) {
                    g.sharesMutable |= !(child instanceof PyTuple) && !(child instanceof PySet s && s.frozen);
                    v.depth = Math.max(v.depth, before.depth);
                    v.size += before.size;
                } else if (open.containsKey(child)) {
                    g.recursive = true;
                } else {
                    open.put(child, true);
                    path.add(new Visit(child));
                }
                continue;
            }
            path.remove(path.size() - 1);
            if (path.isEmpty()) {
                g.depth = v.depth;
                g.unshared = v.size;
                return g;
            }
            open.remove(v.node);
            done.put(v.node, new Found(v.depth + 1, v.size));
            Visit parent = path.get(path.size() - 1);
            parent.depth = Math.max(parent.depth, v.depth + 1);
            parent.size += v.size;
        }
    }

    static List<Object> children(Object node) {
        if (node instanceof PyList l) {
            return l.items;
        } else if (node instanceof PyTuple t) {
            return t.items;
        } else if (node instanceof PySet s) {
            return s.items;
        } else if (node instanceof PyDict d) {
            return d.pairs;
        } else if (node instanceof PyObject o) {
            List<Object> all = new ArrayList<>(o.values.size() + 3);
            all.add(o.callable);
            all.add(o.args);
            all.add(o.kwargs);
            all.addAll(o.values);
            return all;
        }
        return List.of();
    }
}
