package io.multiproc.server.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.server.machine.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thousand random lives of an object of each type: calls of several sessions, timeouts, cancellations, acknowledgements and
 * ends of sessions, each step compared with a {@link Model}.
 */
@Tag("once")
class SeedsTest {
    private static final int SEEDS = 1_000;
    private static final int STEPS = 40;

    private Random random = new Random();
    private Bench bench = new Bench();
    private Model model = DataModels.of(ObjectType.DICT);
    private final List<Long> live = new ArrayList<>();
    private String life = "";
    private int stepNumber;
    private String what = "";
    private @Nullable Object detail;

    private static Model model(ObjectType type) {
        return switch (type) {
            case EVENT -> new SynchroniserModels.Event();
            case COUNT_DOWN_LATCH -> new SynchroniserModels.Latch();
            case SEMAPHORE -> new SynchroniserModels.Semaphore(false);
            case BOUNDED_SEMAPHORE -> new SynchroniserModels.Semaphore(true);
            case BARRIER -> new SynchroniserModels.Barrier();
            case READ_WRITE_LOCK -> new SynchroniserModels.ReadWriteLock();
            case LOCK, RLOCK, CONDITION -> new LockModel(type);
            case QUEUE, JOINABLE_QUEUE, SIMPLE_QUEUE, PRIORITY_QUEUE -> new QueueModel(type);
            case SERVICE, INSTANCE -> new ServiceModel(type);
            case DICT, LIST, NAMESPACE, VALUE, ARRAY, SET, COUNTER, ITERATOR -> DataModels.of(type);
        };
    }

    @ParameterizedTest
    @EnumSource(ObjectType.class)
    void aThousandLives(ObjectType type) {
        int completions = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            completions += life(type, seed);
        }
        // a type whose requests wait has been waited on
        if (!(model instanceof DataModels)) {
            assertEquals(true, completions > SEEDS, "completions of " + type + ": " + completions);
        }
    }

    private int life(ObjectType type, long seed) {
        random = new Random(seed * 31 + type.code());
        life = type + " seed " + seed;
        bench = new Bench();
        model = model(type);
        live.clear();
        live.add(bench.open());
        live.add(bench.open());
        long object = bench.openNamed(
                live.get(0), type, "o", model.arguments(bench, live.get(0)).toArray());
        model.prepare(bench, live.get(0), object);
        int completions = 0;
        for (int i = 0; i < STEPS; i++) {
            stepNumber = i;
            what = "";
            detail = null;
            step(object);
            if (!model.done.isEmpty() || !bench.done.isEmpty()) {
                assertEquals(sorted(model.done), sorted(bench.done), this::trace);
            }
            completions += bench.done.size();
        }
        byte[] snapshot = bench.snapshot();
        SharedState twin = new SharedState();
        twin.restore(snapshot);
        assertArrayEquals(snapshot, new Bench(twin).snapshot(), this::trace);
        return completions;
    }

    private String trace() {
        Object shown = detail instanceof List<?> l && l.get(2) instanceof Object[] args
                ? l.get(0) + " " + l.get(1) + Arrays.toString(args)
                : detail;
        return life + " step " + stepNumber + " " + what + " " + shown;
    }

    /** Completions of one entry are for different requests: who gets what is compared, not who is told first. */
    private static List<Bench.Done> sorted(List<Bench.Done> done) {
        List<Bench.Done> out = new ArrayList<>();
        for (Bench.Done d : done) {
            out.add(new Bench.Done(d.session(), d.request(), comparable(d.reply())));
        }
        out.sort(Comparator.comparingLong(Bench.Done::request));
        return out;
    }

    private static @Nullable Object comparable(@Nullable Object reply) {
        return reply instanceof Coded.Failure f ? Model.error(f.code()) : reply;
    }

    private void begin() {
        bench.done.clear();
        model.done.clear();
        model.now = bench.time;
        model.index = bench.index + 1;
        model.expire();
    }

    private void step(long object) {
        int kind = random.nextInt(20);
        long session = live.get(random.nextInt(live.size()));
        if (kind == 0) {
            bench.time += 1 + random.nextInt(8);
            begin();
            bench.tick(0);
        } else if (kind == 1 && !model.waits.isEmpty()) {
            Model.Wait w = model.waits.get(random.nextInt(model.waits.size()));
            what = "cancels";
            detail = w.request;
            begin();
            model.cancel(w.request);
            bench.cancel(w.session, w.request);
        } else if (kind == 2 && live.size() < 4) {
            begin();
            live.add(bench.open());
        } else if (kind == 3 && live.size() > 1 && random.nextInt(2) == 0) {
            what = "closes";
            detail = session;
            live.remove(session);
            begin();
            model.close(session);
            bench.close(session);
        } else if (kind <= 5 && !model.unacknowledged().isEmpty()) {
            Map<Long, Long> open = model.unacknowledged();
            long of = new ArrayList<>(open.keySet()).get(random.nextInt(open.size()));
            long receiver = open.getOrDefault(of, 0L);
            boolean kept = random.nextInt(3) > 0;
            what = kept ? "acknowledges" : "gives back";
            detail = of;
            begin();
            model.received(receiver, of, kept);
            model.settle();
            if (kept) {
                bench.acknowledge(receiver, of);
            } else {
                bench.giveBack(receiver, of);
            }
        } else {
            bench.time += random.nextInt(5) == 0 ? 1 : 0;
            call(session, object, model.next(random));
        }
    }

    private void call(long session, long object, Model.Call call) {
        what = "calls";
        detail = List.of(session, call.op(), call.args());
        Args checked;
        try {
            checked = Bench.args(call.op(), call.args());
        } catch (ValueException e) {
            throw new AssertionError(trace(), e);
        }
        begin();
        model.request = ++bench.request;
        Object expected = model.apply(session, call);
        Op op = call.op();
        Object got = Coded.reply(
                bench.apply(session, bench.request, new Command.Invoke(op, model.target(op, object), checked)));
        assertEquals(expected, comparable(got), this::trace);
    }
}
