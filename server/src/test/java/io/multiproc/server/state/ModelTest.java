package io.multiproc.server.state;

import static io.multiproc.server.state.Bench.assertFails;
import static io.multiproc.server.state.Coded.Special.ABSENT;
import static io.multiproc.server.state.Coded.tup;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations of one session against java.util. */
class ModelTest {
    private static final int STEPS = 3_000;

    private final Bench bench = new Bench();
    private final long session = bench.open();
    private String trace = "";

    private void check(@Nullable Object expected, @Nullable Object actual) {
        assertEquals(expected, actual, trace);
    }

    private static Object orAbsent(@Nullable Object v) {
        return v == null ? ABSENT : v;
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void dict(long seed) {
        Random random = new Random(seed);
        long dict = bench.create(session, ObjectType.DICT);
        long lock = bench.create(session, ObjectType.LOCK);
        long token = bench.call(session, lock, LockOp.ACQUIRE, 1, 0) instanceof Long granted ? granted : -1;
        Map<Object, Object> model = new LinkedHashMap<>();
        for (int i = 0; i < STEPS; i++) {
            DictOp op = DictOp.values()[random.nextInt(DictOp.values().length)];
            trace = "seed " + seed + " step " + i + " " + op;
            long n = random.nextInt(60);
            Object key = n % 3 == 0 ? "k" + n : Long.valueOf(n);
            // the same number in another spelling
            Object spelled = key instanceof Long l && random.nextBoolean() ? (Object) (double) l : key;
            Long value = (long) random.nextInt(5);
            Object[] args =
                    switch (op) {
                        case GET, CONTAINS_KEY, REMOVE -> new Object[] {spelled};
                        case GET_MANY -> new Object[] {List.of(spelled, "none")};
                        case CONTAINS_VALUE -> new Object[] {value};
                        case SIZE, POP_ITEM, CLEAR, SNAPSHOT -> new Object[] {};
                        case REPLACE_IF -> new Object[] {spelled, value, value + 1};
                        case PUT_ALL -> new Object[] {Map.of(key, value)};
                        case CHUNK -> new Object[] {0, 100, 2};
                        case SET_FENCED -> new Object[] {
                            model.containsKey(key) ? spelled : key, value, lock, value % 2 == 0 ? token : token + 1
                        };
                        default -> new Object[] {model.containsKey(key) ? spelled : key, value};
                    };
            if (op == DictOp.CLEAR && random.nextInt(50) > 0) {
                continue;
            }
            Object reply = bench.call(session, dict, op, args);
            @Nullable Object old = model.get(key);
            switch (op) {
                case GET -> check(orAbsent(old), reply);
                case GET_MANY -> check(List.of(orAbsent(old), ABSENT), reply);
                case CONTAINS_KEY -> check(old != null, reply);
                case CONTAINS_VALUE -> check(model.containsValue(value), reply);
                case SIZE -> check((long) model.size(), reply);
                case SET, PUT_ALL -> {
                    check(null, reply);
                    model.put(key, value);
                }
                case SET_FENCED -> {
                    if (value % 2 == 0) {
                        check(null, reply);
                        model.put(key, value);
                    } else {
                        assertFails(ErrorCode.STALE_TOKEN, reply);
                    }
                }
                case PUT -> check(orAbsent(model.put(key, value)), reply);
                case PUT_IF_ABSENT -> check(orAbsent(model.putIfAbsent(key, value)), reply);
                case REMOVE -> check(orAbsent(model.remove(key)), reply);
                case REMOVE_IF -> check(model.remove(key, value), reply);
                case REPLACE -> check(orAbsent(model.replace(key, value)), reply);
                case REPLACE_IF -> check(model.replace(key, value, value + 1), reply);
                case POP_ITEM -> {
                    Object last = ABSENT;
                    for (Object k : model.keySet()) {
                        last = k;
                    }
                    check(last == ABSENT ? ABSENT : tup(last, orAbsent(model.remove(last))), reply);
                }
                case ADD -> check(model.merge(key, value, (a, b) -> (Long) a + (Long) b), reply);
                case CLEAR -> model.clear();
                case SNAPSHOT -> {
                    check(model, reply);
                    check(
                            new ArrayList<>(model.keySet()),
                            reply instanceof Map<?, ?> m ? new ArrayList<>(m.keySet()) : null);
                }
                case CHUNK -> {
                    List<Object> pairs = new ArrayList<>();
                    model.forEach((k, v) -> pairs.add(tup(k, v)));
                    check(tup(-1L, pairs), reply);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void list(long seed) {
        Random random = new Random(seed);
        long list = bench.create(session, ObjectType.LIST);
        List<Object> model = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            int size = model.size();
            Long v = (long) random.nextInt(8);
            int at = size == 0 ? 0 : random.nextInt(size);
            List<Object> values = List.of((Object) v, v + 1);
            int kind = size > 60 ? 12 + random.nextInt(4) : random.nextInt(17);
            trace = "seed " + seed + " step " + i + " kind " + kind;
            switch (kind) {
                case 0, 1 -> {
                    check(null, bench.call(session, list, ListOp.ADD, v));
                    model.add(v);
                }
                case 2 -> {
                    check(null, bench.call(session, list, ListOp.ADD_AT, at, v));
                    model.add(at, v);
                }
                case 3 -> {
                    check(null, bench.call(session, list, ListOp.ADD_ALL_AT, at, values));
                    model.addAll(at, values);
                }
                case 4 -> check((long) model.indexOf(v), bench.call(session, list, ListOp.INDEX_OF, v));
                case 5 -> check((long) model.lastIndexOf(v), bench.call(session, list, ListOp.LAST_INDEX_OF, v));
                case 6 -> check((long) Collections.frequency(model, v), bench.call(session, list, ListOp.COUNT, v));
                case 7 -> {
                    if (size > 0) {
                        check(model.set(at, v), bench.call(session, list, ListOp.SET, at - size, v));
                    }
                }
                case 8 -> check(model.containsAll(values), bench.call(session, list, ListOp.CONTAINS_ALL, values));
                case 9 -> {
                    boolean reverse = random.nextBoolean();
                    check(null, bench.call(session, list, ListOp.SORT, reverse));
                    model.sort((a, b) -> (reverse ? -1 : 1) * Long.compare((Long) a, (Long) b));
                }
                case 10 -> {
                    check(null, bench.call(session, list, ListOp.REVERSE));
                    Collections.reverse(model);
                }
                case 11 -> {
                    check(null, bench.call(session, list, ListOp.SET_SLICE, at, at + 2, ABSENT, values));
                    model.subList(at, Math.min(size, at + 2)).clear();
                    model.addAll(at, values);
                }
                case 12 -> {
                    if (size > 0) {
                        check(model.remove(at), bench.call(session, list, ListOp.REMOVE_AT, at));
                    }
                }
                case 13 -> check(model.remove(v), bench.call(session, list, ListOp.REMOVE_VALUE, v));
                case 14 -> check(model.removeAll(values), bench.call(session, list, ListOp.REMOVE_ALL, values));
                case 15 -> {
                    check(null, bench.call(session, list, ListOp.DELETE_SLICE, at, at + 5));
                    model.subList(at, Math.min(size, at + 5)).clear();
                }
                default -> {
                    List<Object> keep = List.of(v, 0L, 1L, 2L, 3L, 4L);
                    check(model.retainAll(keep), bench.call(session, list, ListOp.RETAIN_ALL, keep));
                }
            }
            check(model, bench.call(session, list, ListOp.SLICE));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34})
    void queue(long seed) {
        Random random = new Random(seed);
        long queue = bench.create(session, ObjectType.QUEUE, 20);
        ArrayDeque<Object> model = new ArrayDeque<>();
        for (int i = 0; i < STEPS; i++) {
            int kind = random.nextInt(12);
            trace = "seed " + seed + " step " + i + " kind " + kind;
            Long v = (long) random.nextInt(8);
            List<Object> values = List.of((Object) v, v + 1);
            switch (kind) {
                case 0, 1, 2 -> {
                    boolean room = model.size() < 20;
                    check(room, bench.call(session, queue, QueueOp.PUT, v, 0));
                    if (room) {
                        model.add(v);
                    }
                }
                case 3 -> {
                    check(orAbsent(model.poll()), bench.call(session, queue, QueueOp.TAKE, 0));
                    bench.acknowledge(session, bench.request);
                }
                case 4, 5 -> {
                    boolean room = model.size() <= 18;
                    check(room, bench.call(session, queue, QueueOp.ADD_ALL, values));
                    if (room) {
                        model.addAll(values);
                    }
                }
                case 6 -> {
                    List<Object> out = new ArrayList<>();
                    while (out.size() < 3 && !model.isEmpty()) {
                        out.add(model.remove());
                    }
                    check(out, bench.call(session, queue, QueueOp.DRAIN, 3));
                    bench.acknowledge(session, bench.request);
                }
                case 7 -> check(orAbsent(model.peek()), bench.call(session, queue, QueueOp.PEEK));
                case 8 -> check(model.contains(v), bench.call(session, queue, QueueOp.CONTAINS, v));
                case 9 -> check(model.remove(v), bench.call(session, queue, QueueOp.REMOVE_VALUE, v));
                case 10 -> check(model.removeAll(values), bench.call(session, queue, QueueOp.REMOVE_ALL, values));
                default -> {
                    List<Object> keep = List.of(v, 0L, 1L, 2L, 3L, 4L, 5L);
                    check(model.retainAll(keep), bench.call(session, queue, QueueOp.RETAIN_ALL, keep));
                }
            }
            check(new ArrayList<>(model), bench.call(session, queue, QueueOp.SLICE, 0, 100));
            check(20L - model.size(), bench.call(session, queue, QueueOp.REMAINING_CAPACITY));
        }
    }
}
