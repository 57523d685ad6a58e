package io.multiproc.server.state;

import static io.multiproc.server.state.Coded.Special.PARKED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many sessions at one queue: no item is lost or doubled, and the order of acceptance is kept through returns. */
class QueueRunTest {
    private final Bench bench = new Bench();
    private final Random random = new Random();
    private final List<Long> live = new ArrayList<>();
    /** Item to the order of its acceptance. */
    private final Map<Long, Integer> accepted = new HashMap<>();

    /** Acknowledged or removed. */
    private final Set<Long> acknowledged = new HashSet<>();
    /** The items that a parked or running put holds. */
    private final Map<Long, List<Long>> puts = new HashMap<>();

    private String trace = "";
    private long queue;

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45, 46})
    void nothingIsLostDoubledOrOutOfOrder(long seed) {
        random.setSeed(seed);
        live.add(bench.open());
        queue = bench.openNamed(live.get(0), ObjectType.QUEUE, "q", 3 + (int) (seed % 3) * 20);
        long item = 0;
        for (int step = 0; step < 3_000; step++) {
            trace = "seed " + seed + " step " + step;
            long session = live.get(random.nextInt(live.size()));
            int timeout = new int[] {0, -1, 3, 30}[random.nextInt(4)];
            switch (random.nextInt(13)) {
                case 0, 1, 2 -> put(session, QueueOp.PUT, List.of(++item), timeout);
                case 3 -> {
                    put(session, QueueOp.ADD_ALL, List.of(item + 1, item + 2, item + 3), 0);
                    item += 3;
                }
                case 4, 5, 6 -> received(session, bench.request + 1, bench.call(session, queue, QueueOp.TAKE, timeout));
                case 7 -> received(session, bench.request + 1, bench.call(session, queue, QueueOp.DRAIN, 2));
                case 8 -> acknowledge(session);
                case 9 -> remove(session);
                case 11 -> giveBack(session);
                case 10 -> {
                    bench.tick(random.nextInt(10));
                    long[] parked = session(session).parked.sortedKeys();
                    if (parked.length > 0 && random.nextInt(4) == 0) {
                        bench.cancel(session, parked[random.nextInt(parked.length)]);
                    }
                }
                default -> {
                    if (live.size() > 1 && random.nextInt(3) == 0) {
                        live.remove(session);
                        bench.close(session);
                    } else if (live.size() < 5) {
                        live.add(bench.open());
                    }
                }
            }
            completions();
            check();
        }
        assertTrue(acknowledged.size() > 100, trace);
    }

    private SessionState session(long id) {
        SessionState session = bench.state.session(id);
        assertNotNull(session);
        return session;
    }

    private void put(long session, QueueOp op, List<Long> items, int timeout) {
        long request = bench.request + 1;
        puts.put(request, items);
        Object reply = op == QueueOp.PUT
                ? bench.call(session, queue, op, items.get(0), timeout)
                : bench.call(session, queue, op, items);
        if (Boolean.TRUE.equals(reply)) {
            for (Long i : items) {
                accept(i);
            }
        } else {
            assertTrue(reply == PARKED || Boolean.FALSE.equals(reply), trace);
        }
    }

    private void accept(Long item) {
        accepted.putIfAbsent(item, accepted.size());
    }

    private void completions() {
        for (Bench.Done d : bench.done) {
            assertTrue(live.contains(d.session()), trace);
            List<Long> items = puts.get(d.request());
            if (items == null) {
                received(d.session(), d.request(), d.reply());
            } else if (Boolean.TRUE.equals(d.reply())) {
                accept(items.get(0));
            }
        }
        bench.done.clear();
    }

    private void received(long session, long request, @Nullable Object reply) {
        List<?> items = reply instanceof Long l ? List.of(l) : reply instanceof List<?> l ? l : List.of();
        for (Object i : items) {
            accept((Long) i);
            assertNotNull(session(session).deliveries.get(request), trace);
        }
    }

    private void remove(long session) {
        if (bench.call(session, queue, QueueOp.SLICE, 0, 100) instanceof List<?> items && !items.isEmpty()) {
            Long item = (Long) items.get(random.nextInt(items.size()));
            assertEquals(true, bench.call(session, queue, QueueOp.REMOVE_VALUE, item), trace);
            assertTrue(acknowledged.add(item), trace);
        }
    }

    private void acknowledge(long session) {
        long[] requests = session(session).deliveries.sortedKeys();
        if (requests.length > 0) {
            long request = requests[random.nextInt(requests.length)];
            for (byte[] i : session(session).deliveries.present(request).items()) {
                assertTrue(acknowledged.add((Long) Coded.value(i)), trace);
            }
            bench.acknowledge(session, request);
        }
    }

    private void giveBack(long session) {
        long[] requests = session(session).deliveries.sortedKeys();
        if (requests.length > 0) {
            long request = requests[random.nextInt(requests.length)];
            bench.giveBack(session, request);
            assertNull(session(session).deliveries.get(request), trace);
        }
    }

    private void check() {
        ObjectState object = bench.state.object(queue);
        assertNotNull(object);
        Set<Object> all = new HashSet<>(acknowledged);
        int count = acknowledged.size();
        long before = -1;
        if (Coded.value(object.describe(1 << 20)) instanceof List<?> items) {
            for (Object i : items) {
                Integer order = accepted.get((Long) i);
                assertNotNull(order, trace);
                assertTrue(order > before, trace);
                before = order;
                all.add((Long) i);
                count++;
            }
        }
        for (long session : live) {
            for (long request : session(session).deliveries.sortedKeys()) {
                for (byte[] i : session(session).deliveries.present(request).items()) {
                    all.add((Long) Coded.value(i));
                    count++;
                }
            }
        }
        assertEquals(accepted.keySet(), all, trace);
        assertEquals(accepted.size(), count, trace);
    }
}
