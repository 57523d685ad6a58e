package io.multiproc.server.state;

import static io.multiproc.server.state.Coded.Special.ABSENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A joinable queue against a model of it: consumers die, give back, are late, report for each other, and in the end it is shut down;
 * every reply is compared.
 */
class JoinableRunTest {
    private static final long VISIBILITY = 20;
    private static final int MOST = 2;

    private static final class Taken {
        final long session;
        final long item;
        final long at;
        final long deliveries;
        boolean late;

        Taken(long session, long item, long at, long deliveries) {
            this.session = session;
            this.item = item;
            this.at = at;
            this.deliveries = deliveries;
        }
    }

    private final Bench bench = new Bench();
    private final Random random = new Random();
    private final List<Long> live = new ArrayList<>();
    // the model: items are numbered in order of arrival, so the queue is sorted
    private final TreeMap<Long, Long> waiting = new TreeMap<>(); // to the number of deliveries
    private final TreeMap<Long, Taken> taken = new TreeMap<>(); // by number
    private final List<Long> dead = new ArrayList<>();
    private final Map<Long, Long> requests = new HashMap<>(); // number to request, while it may be given back
    private final Set<Long> finished = new HashSet<>();
    private long unfinished;
    private boolean shutDown;
    private boolean drops;
    private long queue;
    private long letters;
    private String trace = "";

    @ParameterizedTest
    @ValueSource(longs = {81, 82, 83, 84, 85, 86})
    void everyReplyIsTheModels(long seed) {
        random.setSeed(seed);
        live.add(bench.open());
        queue = bench.openNamed(live.get(0), ObjectType.JOINABLE_QUEUE, "q");
        letters = bench.openNamed(live.get(0), ObjectType.QUEUE, "letters");
        call(live.get(0), QueueOp.CONFIGURE, VISIBILITY, MOST, new Coded.Ref(ObjectType.QUEUE, letters));
        long item = 0;
        for (int step = 0; step < 3_000; step++) {
            trace = "seed " + seed + " step " + step;
            long session = live.get(random.nextInt(live.size()));
            if (step == 2_700 || step == 2_850) {
                shutDown(session, step == 2_850);
            }
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> {
                    Object reply = call(session, QueueOp.PUT, ++item, 0);
                    if (shutDown) {
                        Bench.assertFails(ErrorCode.QUEUE_SHUT_DOWN, reply);
                    } else {
                        assertEquals(true, reply, trace);
                        waiting.put(item, 0L);
                        unfinished++;
                    }
                }
                case 3, 4, 5 -> take(session);
                case 6, 7 -> taskDone(session);
                case 8 -> done(session);
                case 9 -> giveBack();
                case 10 -> {
                    bench.tick(random.nextInt(25));
                    timeUp();
                }
                default -> {
                    if (live.size() > 1 && random.nextInt(2) == 0) {
                        live.remove(session);
                        bench.close(session);
                        sessionEnds(session);
                    } else if (live.size() < 4) {
                        live.add(bench.open());
                    }
                }
            }
            check();
        }
        assertTrue(finished.size() > 100 && dead.size() > 5, trace + ": " + finished.size() + ", " + dead.size());
    }

    private Object call(long session, QueueOp op, Object... args) {
        return java.util.Objects.requireNonNullElse(bench.call(session, queue, op, args), "nothing");
    }

    private void take(long session) {
        Object reply = call(session, QueueOp.TAKE_DELIVERY, 0);
        Map.Entry<Long, Long> head = waiting.pollFirstEntry();
        if (head == null && shutDown) {
            Bench.assertFails(ErrorCode.QUEUE_SHUT_DOWN, reply);
            return;
        }
        if (head == null) {
            assertEquals(ABSENT, reply, trace);
            return;
        }
        assertTrue(reply instanceof Coded.Tup, trace);
        List<?> fields = ((Coded.Tup) reply).fields();
        assertEquals(List.of(head.getKey(), head.getValue() + 1), fields.subList(0, 2), trace);
        long number = (Long) fields.get(2);
        assertTrue(taken.isEmpty() || number > taken.lastKey(), trace);
        taken.put(number, new Taken(session, head.getKey(), bench.time, head.getValue() + 1));
        requests.put(number, bench.request);
        if (random.nextBoolean()) {
            bench.acknowledge(session, bench.request);
            requests.remove(number);
        }
    }

    private void taskDone(long session) {
        Object reply = call(session, QueueOp.TASK_DONE);
        Long first = oldest(session, true);
        if (first != null && late(first)) {
            taken.remove(first);
            assertEquals("nothing", reply, trace);
            return;
        }
        if (unfinished == 0) {
            Bench.assertFails(ErrorCode.ILLEGAL_STATE, reply);
            return;
        }
        assertEquals("nothing", reply, trace);
        Long number = first != null ? first : oldest(session, false);
        if (number != null) {
            finished.add(java.util.Objects.requireNonNull(taken.remove(number)).item);
        }
        unfinished--;
    }

    private boolean late(long number) {
        return java.util.Objects.requireNonNull(taken.get(number)).late;
    }

    /** Of the session, late ones too; or of all, not late ones. */
    private @org.jspecify.annotations.Nullable Long oldest(long session, boolean own) {
        for (Map.Entry<Long, Taken> e : taken.entrySet()) {
            if (own ? e.getValue().session == session : !e.getValue().late) {
                return e.getKey();
            }
        }
        return null;
    }

    private void done(long session) {
        List<Long> numbers = new ArrayList<>(taken.keySet());
        numbers.add(1L + random.nextInt(1_000));
        long number = numbers.get(random.nextInt(numbers.size()));
        Object reply = call(session, QueueOp.DONE, number);
        Taken t = taken.get(number);
        assertEquals(t != null && !t.late, reply, trace);
        if (t != null && (!t.late || t.session == session)) {
            taken.remove(number);
            if (!t.late) {
                finished.add(t.item);
                unfinished = Math.max(0, unfinished - 1);
            }
        }
    }

    private void giveBack() {
        List<Long> numbers = new ArrayList<>(requests.keySet());
        numbers.retainAll(taken.keySet());
        if (!numbers.isEmpty()) {
            long number = numbers.get(random.nextInt(numbers.size()));
            Taken t = java.util.Objects.requireNonNull(taken.remove(number));
            bench.giveBack(t.session, java.util.Objects.requireNonNull(requests.remove(number)));
            if (!t.late) {
                comeBack(t, t.deliveries - 1);
            }
        }
    }

    private void shutDown(long session, boolean immediate) {
        assertEquals("nothing", call(session, QueueOp.SHUTDOWN, immediate), trace);
        shutDown = true;
        if (immediate) {
            drops = true;
            unfinished = Math.max(0, unfinished - waiting.size());
            finished.addAll(waiting.keySet());
            waiting.clear();
        }
    }

    private void comeBack(Taken t, long deliveries) {
        if (drops) {
            unfinished = Math.max(0, unfinished - 1);
            finished.add(t.item);
        } else {
            waiting.put(t.item, deliveries);
        }
    }

    private void timeUp() {
        for (Taken t : taken.values()) {
            if (!t.late && t.at + VISIBILITY <= bench.time) {
                t.late = true;
                back(t);
            }
        }
    }

    private void sessionEnds(long session) {
        for (Taken t : taken.values()) {
            if (t.session == session && !t.late) {
                back(t);
            }
        }
        taken.values().removeIf(t -> t.session == session);
    }

    private void back(Taken t) {
        if (t.deliveries < MOST) {
            comeBack(t, t.deliveries);
        } else {
            dead.add(t.item);
            unfinished = Math.max(0, unfinished - 1);
        }
    }

    private void check() {
        long session = live.get(0);
        assertEquals(List.copyOf(waiting.keySet()), call(session, QueueOp.SLICE, 0, 10_000), trace);
        assertEquals(dead, bench.call(session, letters, QueueOp.SLICE, 0, 10_000), trace);
        assertEquals(unfinished, call(session, QueueOp.UNFINISHED), trace);
        assertEquals(taken.values().stream().filter(t -> !t.late).count(), call(session, QueueOp.IN_PROGRESS), trace);
        Set<Long> all = new HashSet<>(finished);
        all.addAll(dead);
        all.addAll(waiting.keySet());
        taken.values().stream().filter(t -> !t.late).forEach(t -> all.add(t.item));
        assertEquals(
                waiting.size() + taken.values().stream().filter(t -> !t.late).count() + dead.size() + finished.size(),
                all.size(),
                trace + ": an item in two places");
    }
}
