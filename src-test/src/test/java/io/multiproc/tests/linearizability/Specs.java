package io.multiproc.tests.linearizability;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What each type does, for the calls that {@link Subjects} makes. No answer is {@link #NONE}, an exception its name. */
public final class Specs {
    public static final String NONE = "none";
    static final String NO_OWNER = "IllegalMonitorStateException";
    static final String EMPTY = "NoSuchElementException";
    static final String SHUT_DOWN = "QueueShutDownException";

    static final int CAPACITY = 3;
    static final int PERMITS = 2;
    static final int COUNT = 5;
    static final int SOURCE = 40;

    private Specs() {}

    private record Owned(int client, int levels, List<Integer> readers) {
        static final Owned FREE = new Owned(-1, 0, List.of());
    }

    private record Tasks(List<Integer> items, int unfinished, boolean shutDown) {}

    private static final Tasks NO_TASKS = new Tasks(List.of(), 0, false);

    public static Spec spec(String type) {
        return switch (type) {
            case "dict", "namespace" -> of(Map.of(), Specs::map);
            case "list" -> of(List.of(), Specs::list);
            case "set" -> of(List.of(), Specs::set);
            case "value", "counter" -> of(0, Specs::number);
            case "array" -> of(List.of(0, 0), Specs::array);
            case "queue" -> of(NO_TASKS, (s, c) -> queue(s, c, CAPACITY));
            case "simple_queue", "joinable_queue", "priority_queue" -> of(
                    NO_TASKS, (s, c) -> queue(s, c, Integer.MAX_VALUE));
            case "iterator" -> of(0, Specs::iterator);
            case "event" -> of(false, Specs::event);
            case "count_down_latch" -> of(COUNT, Specs::latch);
            case "semaphore" -> of(List.of(0, 0, 0, 0), (s, c) -> semaphore(s, c, false));
            case "bounded_semaphore" -> of(List.of(0, 0, 0, 0), (s, c) -> semaphore(s, c, true));
            case "barrier" -> of(false, Specs::barrier);
            case "lock" -> of(Owned.FREE, (s, c) -> lock(s, c, false));
            case "rlock", "condition" -> of(Owned.FREE, (s, c) -> lock(s, c, true));
            case "read_write_lock" -> of(Owned.FREE, Specs::readWriteLock);
            case "instance" -> of(0, Specs::number);
            default -> throw new IllegalArgumentException("no spec of " + type);
        };
    }

    private interface Rule {
        Spec.Step apply(Object state, Spec.Call call);
    }

    private static Spec of(Object initial, Rule rule) {
        return new Spec() {
            @Override
            public Object initial() {
                return initial;
            }

            @Override
            public Step apply(Object state, Call call) {
                return rule.apply(state, call);
            }
        };
    }

    private static Spec.Step to(Object state, Object answer) {
        return new Spec.Step(state, answer);
    }

    @SuppressWarnings("unchecked")
    private static <T> T changed(T state, UnaryOperator<T> change) {
        return change.apply(
                state instanceof Map<?, ?> m ? (T) new LinkedHashMap<>(m) : (T) new ArrayList<>((List<?>) state));
    }

    private static Map<Object, Object> with(Map<Object, Object> m, Object key, Object value) {
        return changed(m, copy -> {
            if (value.equals(NONE)) {
                copy.remove(key);
            } else {
                copy.put(key, value);
            }
            return copy;
        });
    }

    private static List<Object> with(List<Object> l, UnaryOperator<List<Object>> change) {
        return changed(l, change);
    }

    private static List<Object> set(List<Object> l, int i, Object value) {
        return with(l, copy -> {
            copy.set(i, value);
            return copy;
        });
    }

    @SuppressWarnings("unchecked")
    private static Spec.Step map(Object state, Spec.Call c) {
        Map<Object, Object> m = (Map<Object, Object>) state;
        if (c.args().isEmpty()) {
            return to(m, m.size());
        }
        Object key = c.args().get(0);
        Object old = m.getOrDefault(key, NONE);
        int number = old instanceof Integer n ? n : 0;
        return switch (c.name()) {
            case "get" -> to(m, old);
            case "put" -> to(with(m, key, c.args().get(1)), old);
            case "set" -> to(with(m, key, c.args().get(1)), NONE);
            case "remove" -> to(with(m, key, NONE), old);
            case "delete" -> to(with(m, key, NONE), !old.equals(NONE));
            case "putIfAbsent" -> to(old.equals(NONE) ? with(m, key, c.args().get(1)) : m, old);
            case "replace" -> {
                boolean equal = old.equals(c.args().get(1));
                yield to(equal ? with(m, key, c.args().get(2)) : m, equal);
            }
            default -> to(with(m, key, number + c.number(1)), number + c.number(1)); // add, merge
        };
    }

    @SuppressWarnings("unchecked")
    private static Spec.Step list(Object state, Spec.Call c) {
        List<Object> l = (List<Object>) state;
        return switch (c.name()) {
            case "append" -> to(
                    with(l, copy -> {
                        copy.add(c.args().get(0));
                        return copy;
                    }),
                    NONE);
            case "insert" -> to(
                    with(l, copy -> {
                        copy.add(0, c.args().get(0));
                        return copy;
                    }),
                    NONE);
            case "pop" -> l.isEmpty()
                    ? to(l, "IndexOutOfBoundsException")
                    : to(l.subList(0, l.size() - 1), l.get(l.size() - 1));
            case "count" -> to(
                    l, (int) l.stream().filter(c.args().get(0)::equals).count());
            case "snapshot" -> to(l, l);
            default -> to(l, l.size());
        };
    }

    @SuppressWarnings("unchecked")
    private static Spec.Step set(Object state, Spec.Call c) {
        List<Object> l = (List<Object>) state;
        Object e = c.args().isEmpty() ? NONE : c.args().get(0);
        boolean has = l.contains(e);
        return switch (c.name()) {
            case "add" -> to(
                    has
                            ? l
                            : with(l, copy -> {
                                copy.add(e);
                                return copy;
                            }),
                    !has);
            case "remove" -> to(
                    with(l, copy -> {
                        copy.remove(e);
                        return copy;
                    }),
                    has);
            case "contains" -> to(l, has);
            case "pop" -> l.isEmpty() ? to(l, EMPTY) : to(l.subList(0, l.size() - 1), l.get(l.size() - 1));
            default -> to(l, l.size());
        };
    }

    private static Spec.Step number(Object state, Spec.Call c) {
        int n = (int) state;
        return switch (c.name()) {
            case "get" -> to(n, n);
            case "set" -> to(c.number(0), NONE);
            case "getAndSet" -> to(c.number(0), n);
            case "compareAndSet" -> to(n == c.number(0) ? c.number(1) : n, n == c.number(0));
            default -> to(n + c.number(0), n + c.number(0)); // addAndGet, update
        };
    }

    @SuppressWarnings("unchecked")
    private static Spec.Step array(Object state, Spec.Call c) {
        List<Object> l = (List<Object>) state;
        if (c.name().equals("getAll")) {
            return to(l, l);
        }
        int i = c.number(0);
        Spec.Step step = number(
                l.get(i),
                new Spec.Call(c.client(), c.name(), c.args().subList(1, c.args().size())));
        return to(set(l, i, step.state()), step.answer());
    }

    private static Spec.Step queue(Object state, Spec.Call c, int capacity) {
        Tasks q = (Tasks) state;
        List<Integer> items = new ArrayList<>(q.items);
        return switch (c.name()) {
            case "offer", "put", "offerSorted" -> {
                if (q.shutDown) {
                    yield to(q, SHUT_DOWN);
                }
                if (items.size() >= capacity) {
                    yield to(q, false);
                }
                int at = items.size();
                while (c.name().equals("offerSorted") && at > 0 && items.get(at - 1) > c.number(0)) {
                    at--;
                }
                items.add(at, c.number(0));
                yield to(new Tasks(items, q.unfinished + 1, false), c.name().equals("put") ? NONE : (Object) true);
            }
            case "poll" -> {
                if (items.isEmpty()) {
                    yield to(q, q.shutDown ? SHUT_DOWN : NONE);
                }
                Object head = items.remove(0);
                yield to(new Tasks(items, q.unfinished, q.shutDown), head);
            }
            case "peek" -> to(q, items.isEmpty() ? NONE : (Object) items.get(0));
            case "isEmpty" -> to(q, items.isEmpty());
            case "taskDone" -> q.unfinished == 0
                    ? to(q, "IllegalStateException")
                    : to(new Tasks(items, q.unfinished - 1, q.shutDown), NONE);
            case "shutdown" -> {
                boolean immediate = c.number(0) == 1;
                int left = immediate ? Math.max(0, q.unfinished - items.size()) : q.unfinished;
                yield to(new Tasks(immediate ? List.of() : items, left, true), NONE);
            }
            case "isShutdown" -> to(q, q.shutDown);
            case "join" -> to(q, q.unfinished == 0);
            case "unfinished" -> to(q, q.unfinished);
            default -> to(q, items.size());
        };
    }

    private static Spec.Step iterator(Object state, Spec.Call c) {
        int from = (int) state;
        int to = Math.min(SOURCE, from + c.number(0));
        List<Object> out = new ArrayList<>();
        for (int i = from; i < to; i++) {
            out.add(i);
        }
        return to(to, out);
    }

    private static Spec.Step event(Object state, Spec.Call c) {
        return switch (c.name()) {
            case "set" -> to(true, NONE);
            case "clear" -> to(false, NONE);
            default -> to(state, state); // isSet, await
        };
    }

    private static Spec.Step latch(Object state, Spec.Call c) {
        int n = (int) state;
        return switch (c.name()) {
            case "countDown" -> to(Math.max(0, n - 1), Math.max(0, n - 1));
            case "await" -> to(n, n == 0);
            default -> to(n, n);
        };
    }

    /** The state is what each client owns. Only what is owned is released. */
    @SuppressWarnings("unchecked")
    private static Spec.Step semaphore(Object state, Spec.Call c, boolean bounded) {
        List<Object> owned = (List<Object>) state;
        int out = owned.stream().mapToInt(n -> (int) n).sum();
        int mine = (int) owned.get(c.client());
        return switch (c.name()) {
            case "tryAcquire" -> out < PERMITS ? to(set(owned, c.client(), mine + 1), true) : to(owned, false);
            case "release" -> mine > 0
                    ? to(set(owned, c.client(), mine - 1), NONE)
                    : to(owned, bounded && out == 0 ? "IllegalStateException" : NONE);
            case "held" -> to(owned, mine);
            default -> to(owned, PERMITS - out);
        };
    }

    private static Spec.Step barrier(Object state, Spec.Call c) {
        return switch (c.name()) {
            case "await" -> to(true, (boolean) state ? "BrokenBarrierException" : "TimeoutException");
            case "reset" -> to(false, NONE);
            case "abort" -> to(true, NONE);
            default -> to(state, state);
        };
    }

    private static Spec.Step lock(Object state, Spec.Call c, boolean reentrant) {
        Owned o = (Owned) state;
        boolean mine = o.client == c.client();
        return switch (c.name()) {
            case "tryLock" -> o.client < 0 || (mine && reentrant)
                    ? to(new Owned(c.client(), o.levels + 1, List.of()), true)
                    : to(o, false);
            case "unlock" -> !mine
                    ? to(o, NO_OWNER)
                    : to(o.levels == 1 ? Owned.FREE : new Owned(c.client(), o.levels - 1, List.of()), NONE);
            case "notify" -> to(o, mine ? (Object) 0 : NO_OWNER);
            default -> to(o, o.client >= 0);
        };
    }

    private static Spec.Step readWriteLock(Object state, Spec.Call c) {
        Owned o = (Owned) state;
        boolean mine = o.client == c.client();
        List<Integer> readers = new ArrayList<>(o.readers);
        readers.sort(null);
        return switch (c.name()) {
            case "tryRead" -> {
                if (o.client >= 0 && !mine) {
                    yield to(o, false);
                }
                readers.add(c.client());
                readers.sort(null);
                yield to(new Owned(o.client, o.levels, readers), true);
            }
            case "tryWrite" -> {
                boolean may = mine || (o.client < 0 && readers.isEmpty());
                yield may ? to(new Owned(c.client(), o.levels + 1, readers), true) : to(o, false);
            }
            case "unlockRead" -> {
                boolean reads = readers.remove((Integer) c.client());
                yield to(new Owned(o.client, o.levels, readers), reads ? NONE : NO_OWNER);
            }
            case "unlockWrite" -> !mine
                    ? to(o, NO_OWNER)
                    : to(new Owned(o.levels == 1 ? -1 : o.client, o.levels - 1, readers), NONE);
            default -> to(o, o.client >= 0);
        };
    }
}
