package io.multiproc.server.python;

import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyObject;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.wire.Work;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Iterators that pickle travels with as recipes over data: zip, map, enumerate and those of itertools, begun or not. They are run where all that they call
 * is known ({@link Functions}).
 */
final class Recipes {
    private static final int MOST = 10_000_000;

    private final MethodCall c;
    private final Functions functions;

    Recipes(MethodCall c) {
        this.c = c;
        functions = new Functions(c);
    }

    /** The items, or null if it is no such iterator. */
    @Nullable
    List<Object> items(PyObject o) {
        List<Object> a = o.arguments();
        Object state = o.state();
        return switch (o.className()) {
            case "builtins.iter" -> a.isEmpty() ? List.of() : from(a.get(0), state);
            case "builtins.reversed" -> backwards(a.get(0), state);
            case "builtins.zip" -> zipped(a, null);
            case "itertools.zip_longest" -> zipped(a, state);
            case "builtins.enumerate" -> a.size() == 2 ? numbered(all(a.get(0)), PyNumbers.integer(a.get(1))) : null;
            case "builtins.map" -> mapped(a.get(0), zipped(a.subList(1, a.size()), null));
            case "itertools.starmap" -> mapped(a.get(0), all(a.get(1)));
            case "builtins.filter" -> filtered(a.get(0), all(a.get(1)), true);
            case "itertools.filterfalse" -> filtered(a.get(0), all(a.get(1)), false);
            case "itertools.takewhile" -> PyNumbers.truth(state) ? List.of() : prefix(a.get(0), all(a.get(1)), true);
            case "itertools.dropwhile" -> PyNumbers.truth(state)
                    ? all(a.get(1))
                    : prefix(a.get(0), all(a.get(1)), false);
            case "itertools.chain" -> chained(a, state);
            case "itertools.islice" -> sliced(a, state);
            case "itertools.repeat" -> repeated(a);
            case "itertools.compress" -> compressed(all(a.get(0)), all(a.get(1)));
            case "itertools.accumulate" -> accumulated(a, state);
            case "itertools.product" -> product(a, state);
            case "itertools.combinations" -> chosen(all(a.get(0)), count(a.get(1)), state, 1);
            case "itertools.combinations_with_replacement" -> chosen(all(a.get(0)), count(a.get(1)), state, 0);
            case "itertools.permutations" -> permuted(all(a.get(0)), count(a.get(1)), state);
            case "itertools.count", "itertools.cycle" -> throw PyError.of("MemoryError", "an iterator without an end");
            default -> null;
        };
    }

    private List<Object> all(Object v) {
        return Iterables.items(c, v);
    }

    private static int count(Object v) {
        return (int) Math.min(PyNumbers.integer(v), Integer.MAX_VALUE);
    }

    private void grow(List<Object> out, Object item) {
        if (out.size() >= MOST) {
            throw PyError.of("MemoryError", "an iterator of more than " + MOST + " items; send them in parts");
        }
        c.hub.work().spend(Work.ELEMENT);
        out.add(item);
    }

    private List<Object> from(Object v, Object state) {
        List<Object> items = all(v);
        return state instanceof Long at && at >= 0
                ? items.subList((int) Math.min(at, items.size()), items.size())
                : items;
    }

    private List<Object> backwards(Object v, Object state) {
        List<Object> items = all(v);
        int end = state instanceof Long at ? (int) Math.max(0, Math.min(at + 1, items.size())) : items.size();
        List<Object> out = new ArrayList<>(items.subList(0, end));
        java.util.Collections.reverse(out);
        return out;
    }

    /** Tuples of the items at each place: as many as the shortest has, or with a filler as the longest. */
    private List<Object> zipped(List<Object> sources, @Nullable Object filler) {
        List<List<Object>> columns = new ArrayList<>();
        int n = filler == null ? Integer.MAX_VALUE : 0;
        if (sources.size() > 1
                && filler == null
                && sources.get(0) instanceof PyObject o
                && o.isA("builtins", "iter")
                && sources.stream().allMatch(s -> s == o)) {
            return inTurn(all(o), sources.size());
        }
        for (Object source : sources) {
            List<Object> column =
                    filler == null && source instanceof PyObject o && isEndless(o) ? endless(o) : all(source);
            columns.add(column);
            n = filler == null ? Math.min(n, column.size()) : Math.max(n, column.size());
        }
        List<Object> out = new ArrayList<>();
        for (int i = 0; i < n && !columns.isEmpty(); i++) {
            List<Object> row = new ArrayList<>(columns.size());
            for (List<Object> column : columns) {
                row.add(i < column.size() ? column.get(i) : filler == null ? Py.NONE : filler);
            }
            grow(out, new PyTuple(row));
        }
        return out;
    }

    /** One iterator, of which each row takes several items. */
    private List<Object> inTurn(List<Object> items, int each) {
        List<Object> out = new ArrayList<>();
        for (int i = 0; i + each <= items.size(); i += each) {
            grow(out, new PyTuple(new ArrayList<>(items.subList(i, i + each))));
        }
        return out;
    }

    private static boolean isEndless(PyObject o) {
        return o.isA("itertools", "count")
                || o.isA("itertools", "repeat") && o.arguments().size() == 1;
    }

    /** As many items as anybody asks for. */
    private static List<Object> endless(PyObject o) {
        List<Object> a = o.arguments();
        boolean counts = o.isA("itertools", "count");
        long start = counts ? PyNumbers.integer(a.get(0)) : 0;
        long step = counts && a.size() > 1 ? PyNumbers.integer(a.get(1)) : 1;
        return new java.util.AbstractList<>() {
            @Override
            public Object get(int i) {
                return counts ? (Object) (start + i * step) : a.get(0);
            }

            @Override
            public int size() {
                return Integer.MAX_VALUE;
            }
        };
    }

    private List<Object> numbered(List<Object> items, long from) {
        List<Object> out = new ArrayList<>();
        for (Object item : items) {
            grow(out, Py.tuple(from + out.size(), item));
        }
        return out;
    }

    private List<Object> mapped(Object function, List<Object> rows) {
        List<Object> out = new ArrayList<>();
        for (Object row : rows) {
            grow(out, functions.apply(function, all(row)));
        }
        return out;
    }

    private boolean holds(Object function, Object item) {
        return PyNumbers.truth(function == Py.NONE ? item : functions.apply(function, List.of(item)));
    }

    private List<Object> filtered(Object function, List<Object> items, boolean wanted) {
        List<Object> out = new ArrayList<>();
        for (Object item : items) {
            if (holds(function, item) == wanted) {
                grow(out, item);
            }
        }
        return out;
    }

    /** The items for which it holds at first, or those after them. */
    private List<Object> prefix(Object function, List<Object> items, boolean first) {
        int n = 0;
        while (n < items.size() && holds(function, items.get(n))) {
            n++;
        }
        return first ? items.subList(0, n) : items.subList(n, items.size());
    }

    private List<Object> chained(List<Object> a, Object state) {
        List<Object> out = new ArrayList<>();
        a.forEach(part -> all(part).forEach(item -> grow(out, item)));
        if (state instanceof PyTuple t && !t.items.isEmpty()) {
            if (t.items.size() > 1) {
                all(t.items.get(1)).forEach(item -> grow(out, item));
            }
            all(t.items.get(0)).forEach(part -> all(part).forEach(item -> grow(out, item)));
        }
        return out;
    }

    private @Nullable List<Object> sliced(List<Object> a, Object state) {
        if (a.size() != 4) {
            return a.size() == 2 ? List.of() : null;
        }
        List<Object> items = all(a.get(0));
        long done = state instanceof Long n ? n : 0;
        long stop = a.get(2) == Py.NONE ? Long.MAX_VALUE : PyNumbers.integer(a.get(2));
        long step = Math.max(1, PyNumbers.integer(a.get(3)));
        List<Object> out = new ArrayList<>();
        for (long at = PyNumbers.integer(a.get(1)); at < stop && at - done < items.size(); at += step) {
            if (at >= done) {
                grow(out, items.get((int) (at - done)));
            }
        }
        return out;
    }

    private List<Object> repeated(List<Object> a) {
        if (a.size() < 2) {
            throw PyError.of("MemoryError", "an iterator without an end");
        }
        List<Object> out = new ArrayList<>();
        for (long i = PyNumbers.integer(a.get(1)); i > 0; i--) {
            grow(out, a.get(0));
        }
        return out;
    }

    private List<Object> compressed(List<Object> items, List<Object> chosen) {
        List<Object> out = new ArrayList<>();
        for (int i = 0; i < Math.min(items.size(), chosen.size()); i++) {
            if (PyNumbers.truth(chosen.get(i))) {
                grow(out, items.get(i));
            }
        }
        return out;
    }

    private List<Object> accumulated(List<Object> a, Object state) {
        List<Object> out = new ArrayList<>();
        Object function = a.size() > 1 ? a.get(1) : Py.NONE;
        Object total = state == Py.NONE ? null : state;
        for (Object item : all(a.get(0))) {
            total = total == null
                    ? item
                    : function == Py.NONE
                            ? functions.add(total, item)
                            : functions.apply(function, List.of(total, item));
            grow(out, total);
        }
        return out;
    }

    /** The indices of what was given out last, or null if nothing was. */
    private static int @Nullable [] indices(Object state, int n) {
        if (!(state instanceof PyTuple t) || t.items.size() != n) {
            return null;
        }
        return t.items.stream().mapToInt(Recipes::count).toArray();
    }

    private List<Object> product(List<Object> a, Object state) {
        List<List<Object>> pools = new ArrayList<>();
        for (Object pool : a) {
            pools.add(all(pool));
        }
        List<Object> out = new ArrayList<>();
        int[] last = indices(state, pools.size());
        int[] now = last == null ? new int[pools.size()] : last;
        boolean skip = last != null;
        if (pools.stream().anyMatch(List::isEmpty)) {
            return out;
        }
        while (true) {
            if (!skip) {
                List<Object> row = new ArrayList<>();
                for (int i = 0; i < now.length; i++) {
                    row.add(pools.get(i).get(now[i]));
                }
                grow(out, new PyTuple(row));
            }
            skip = false;
            int at = now.length - 1;
            while (at >= 0 && ++now[at] >= pools.get(at).size()) {
                now[at--] = 0;
            }
            if (at < 0) {
                return out;
            }
        }
    }

    private static Object row(List<Object> pool, int[] now, int r) {
        List<Object> row = new ArrayList<>();
        for (int i = 0; i < r; i++) {
            row.add(pool.get(now[i]));
        }
        return new PyTuple(row);
    }

    /** Combinations; an index is at least {@code apart} more than the one before it. */
    private List<Object> chosen(List<Object> pool, int r, Object state, int apart) {
        List<Object> out = new ArrayList<>();
        int n = pool.size();
        if (r < 0 || (apart == 1 && r > n) || (n == 0 && r > 0)) {
            return out;
        }
        int[] last = indices(state, r);
        int[] now = last == null ? new int[r] : last;
        for (int i = 0; i < r && last == null; i++) {
            now[i] = i * apart;
        }
        boolean skip = last != null;
        while (true) {
            if (!skip) {
                grow(out, row(pool, now, r));
            }
            skip = false;
            int at = r - 1;
            while (at >= 0 && now[at] >= n - 1 - (r - 1 - at) * apart) {
                at--;
            }
            if (at < 0) {
                return out;
            }
            now[at]++;
            for (int i = at + 1; i < r; i++) {
                now[i] = now[i - 1] + apart;
            }
        }
    }

    private List<Object> permuted(List<Object> pool, int r, Object state) {
        List<Object> out = new ArrayList<>();
        int n = pool.size();
        if (r < 0 || r > n) {
            return out;
        }
        int[] now = new int[n];
        int[] cycles = new int[r];
        for (int i = 0; i < n; i++) {
            now[i] = i;
        }
        for (int i = 0; i < r; i++) {
            cycles[i] = n - i;
        }
        boolean skip = false;
        if (state instanceof PyTuple t && t.items.size() == 2) {
            int[] oldIndices = indices(t.items.get(0), n);
            int[] oldCycles = indices(t.items.get(1), r);
            if (oldIndices != null && oldCycles != null) {
                now = oldIndices;
                cycles = oldCycles;
                skip = true;
            }
        }
        while (true) {
            if (!skip) {
                grow(out, row(pool, now, r));
            }
            skip = false;
            int at = r - 1;
            while (at >= 0 && --cycles[at] == 0) {
                int moved = now[at];
                System.arraycopy(now, at + 1, now, at, n - at - 1);
                now[n - 1] = moved;
                cycles[at] = n - at;
                at--;
            }
            if (at < 0) {
                return out;
            }
            int other = n - cycles[at];
            int swapped = now[at];
            now[at] = now[other];
            now[other] = swapped;
        }
    }
}
