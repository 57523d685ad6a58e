package io.multiproc.protocol.pickle;

import io.multiproc.protocol.pickle.Py.Maker;
import io.multiproc.protocol.pickle.Py.Node;
import io.multiproc.protocol.pickle.Py.PyBytearray;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyGlobal;
import io.multiproc.protocol.pickle.Py.PyList;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PySet;
import io.multiproc.protocol.pickle.Py.PyTuple;
import java.math.BigInteger;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes graphs as pickles of protocol 4. Nodes that were written are referred to, so sharing and recursion survive; but {@link SmallValues}
 * are written again, so that two objects that were made of equal ones have the same pickle, be it one or two. Equal graphs give equal bytes. Goes as deep as the graph, which {@link Graph} or the reader has bounded. For one pickle.
 */
public final class Pickler {
    private static final int BATCH = 1000;

    private final PickleWriter out;
    private final @Nullable IdentityHashMap<Object, Integer> memo;
    private final boolean tree;
    private boolean refersBack;

    /**
     * A writer to {@code out}.
     *
     * @param remember whether the graph may refer to a node twice; a tree needs no memo
     */
    public Pickler(PickleWriter out, boolean remember) {
        this(out, remember, false);
    }

    private Pickler(PickleWriter out, boolean remember, boolean tree) {
        this.out = out;
        this.memo = remember ? new IdentityHashMap<>() : null;
        this.tree = tree;
    }

    /** A writer of what does not hold itself, as if each part that it refers to twice were two that are equal. */
    static Pickler ofTree(PickleWriter out) {
        return new Pickler(out, true, true);
    }

    /** Whether something that was written has been referred to. */
    boolean refersBack() {
        return refersBack;
    }

    /**
     * A whole pickle.
     *
     * @throws PickleException if an object's own making refers to it
     */
    public static byte[] write(Object value) {
        return write(value, Integer.MAX_VALUE);
    }

    /** As {@link #write(Object)}; a pickle of more than so many bytes is refused with a {@link PickleException}. */
    public static byte[] write(Object value, int maxBytes) {
        PickleWriter out = new PickleWriter(maxBytes).start();
        new Pickler(out, true).save(value);
        return out.stop().toByteArray();
    }

    /** Appends one value, without start and stop. */
    public void save(Object v) {
        if (v instanceof Node n) {
            if (!recalled(n)) {
                node(n);
            }
        } else if (v instanceof String s) {
            out.text(s);
        } else if (v instanceof Long n) {
            out.integer(n);
        } else if (v == Py.NONE) {
            out.none();
        } else if (v instanceof Boolean b) {
            out.bool(b);
        } else if (v instanceof Double d) {
            out.real(d);
        } else if (v instanceof byte[] b) {
            out.bytes(b, 0, b.length);
        } else if (v instanceof BigInteger n) {
            out.integer(n);
        } else if (v instanceof PyGlobal g) {
            out.global(g.module(), g.name());
        } else if (v instanceof PyBytearray a) {
            if (!recalled(a)) {
                out.global("builtins", "bytearray")
                        .bytes(a.bytes(), 0, a.bytes().length)
                        .op(0x85)
                        .op('R');
                remember(a);
            }
        } else {
            throw new PickleException("no pickle of a " + v.getClass().getSimpleName());
        }
    }

    private boolean recalled(Object v) {
        Integer at = memo == null ? null : memo.get(v);
        if (at == null || v == Py.EMPTY_TUPLE || SmallValues.isOne(v)) {
            return false;
        }
        out.get(at);
        refersBack = true;
        return true;
    }

    /** Whether a node of which all parts have been written was written with one of them. */
    private boolean holdsItself(Object v) {
        return memo != null && memo.containsKey(v) && !SmallValues.isOne(v);
    }

    private void remember(Object v) {
        if (tree) {
            out.memoize();
        } else if (memo != null) {
            memo.put(v, out.memoize());
        }
    }

    private void node(Node n) {
        if (n instanceof PyList list) {
            out.op(']');
            remember(list);
            batches(list.items, 'a', 'e');
        } else if (n instanceof PyTuple tuple) {
            tuple(tuple);
        } else if (n instanceof PyDict dict) {
            out.op('}');
            remember(dict);
            setItems(dict.pairs);
        } else if (n instanceof PySet set) {
            set(set);
        } else if (n instanceof PyObject o) {
            object(o);
        }
    }

    private void batches(List<Object> items, int one, int many) {
        for (int from = 0; from < items.size(); from += BATCH) {
            int to = Math.min(items.size(), from + BATCH);
            if (to - from == 1 && one != 0) {
                save(items.get(from));
                out.op(one);
                continue;
            }
            out.op('(');
            for (int i = from; i < to; i++) {
                save(items.get(i));
            }
            out.op(many);
        }
    }

    private void setItems(List<Object> pairs) {
        for (int from = 0; from < pairs.size(); from += 2 * BATCH) {
            int to = Math.min(pairs.size(), from + 2 * BATCH);
            if (to - from > 2) {
                out.op('(');
            }
            for (int i = from; i < to; i++) {
                save(pairs.get(i));
            }
            out.op(to - from > 2 ? 'u' : 's');
        }
    }

    private void tuple(PyTuple tuple) {
        int n = tuple.items.size();
        if (n == 0) {
            out.op(')');
            return;
        }
        if (n > 3) {
            out.op('(');
        }
        for (Object item : tuple.items) {
            save(item);
        }
        if (holdsItself(tuple)) {
            // it holds itself and was finished further down: what lies on the stack is thrown away
            if (n > 3) {
                out.op('1');
            } else {
                for (int i = 0; i < n; i++) {
                    out.op('0');
                }
            }
            recalled(tuple);
            return;
        }
        out.op(n > 3 ? 't' : 0x84 + n);
        remember(tuple);
    }

    private void set(PySet set) {
        if (!set.frozen) {
            out.op(0x8f);
            remember(set);
            batches(set.items, 0, 0x90);
            return;
        }
        out.op('(');
        for (Object item : set.items) {
            save(item);
        }
        if (holdsItself(set)) {
            out.op('1');
            recalled(set);
            return;
        }
        out.op(0x91);
        remember(set);
    }

    private void object(PyObject o) {
        save(o.callable);
        save(o.args);
        if (o.maker == Maker.NEWOBJ_EX) {
            save(o.kwargs);
        }
        if (holdsItself(o)) {
            throw new PickleException("an object's making refers to the object itself");
        }
        out.op(o.maker == Maker.REDUCE ? 'R' : o.maker == Maker.NEWOBJ ? 0x81 : 0x92);
        remember(o);
        int at = 0;
        for (Py.Step step : o.steps) {
            switch (step) {
                case BUILD -> {
                    save(o.values.get(at++));
                    out.op('b');
                }
                case APPEND -> {
                    save(o.values.get(at++));
                    out.op('a');
                }
                case ADD -> {
                    out.op('(');
                    save(o.values.get(at++));
                    out.op(0x90);
                }
                case SETITEM -> {
                    save(o.values.get(at++));
                    save(o.values.get(at++));
                    out.op('s');
                }
            }
        }
    }
}
