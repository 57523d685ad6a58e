package io.multiproc.engines;

import io.multiproc.tests.linearizability.Checker;
import io.multiproc.tests.linearizability.Spec;
import io.multiproc.tests.linearizability.Specs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers that go on whatever happens: some change registers, of which histories are kept, some add 1 to a counter. A request without an answer is
 * sent again under its number, to the next node; now and then its caller gives it up, as if it had died.
 */
final class Workload {
    static final int COUNTER = 1;

    private static final int KEYS = 3;
    private static final int LENGTH = 80;
    private static final long ATTEMPT_MILLIS = 1000;
    private static final long CHECK_SECONDS = 15;

    private final Cluster cluster;
    private final AtomicLong ticks = new AtomicLong();
    private final AtomicLong clients = new AtomicLong(1);
    private final Map<Integer, List<Checker.Operation>> histories = new ConcurrentHashMap<>();
    private final AtomicInteger turns = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private final Set<Integer> sums = ConcurrentHashMap.newKeySet();
    private final AtomicLong lastAnswer = new AtomicLong(System.nanoTime());
    private final AtomicLong longest = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    final AtomicInteger added = new AtomicInteger();
    final AtomicInteger unknown = new AtomicInteger();
    final AtomicInteger doubled = new AtomicInteger();
    private volatile boolean stop;
    private volatile boolean giveUp;
    private volatile int leader;

    Workload(Cluster cluster, long seed) {
        this.cluster = cluster;
        for (int i = 0; i < 4; i++) {
            int id = i;
            start(() -> registers(id, new Random(seed + id)));
            start(() -> counter(new Random(seed + 100 + id)));
        }
    }

    private void start(Runnable work) {
        Thread t = new Thread(work, "caller");
        t.setDaemon(true);
        threads.add(t);
        t.start();
    }

    // what the callers do

    private final class Caller {
        private final Random random;
        private long client = clients.incrementAndGet();
        private long request;
        private int node = leader;

        Caller(Random random) {
            this.random = random;
        }

        /** The answer, or null if it was given up. */
        Integer call(byte operation, int key, int a, int b) {
            byte[] command = Registers.command(client, ++request, operation, key, a, b);
            boolean doubtful = false;
            while (true) {
                Link.Reply r = cluster.call(node, command, ATTEMPT_MILLIS);
                if (r != null && r.status() == Node.DONE) {
                    leader = node;
                    answered();
                    return r.number();
                }
                doubtful |= r == null || r.status() != Node.NOT_LEADER;
                if (giveUp || doubtful && random.nextInt(10) == 0) {
                    client = clients.incrementAndGet();
                    request = 0;
                    return null;
                }
                node = node == leader ? random.nextInt(cluster.size()) : leader;
                sleep(5 + random.nextInt(10));
            }
        }
    }

    private void answered() {
        long now = System.nanoTime();
        longest.accumulateAndGet(now - lastAnswer.getAndSet(now), Math::max);
        answered.incrementAndGet();
    }

    static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void counter(Random random) {
        Caller caller = new Caller(random);
        while (!stop) {
            Integer sum = caller.call(Registers.ADD, COUNTER, 1, 0);
            if (sum == null) {
                unknown.incrementAndGet();
            } else {
                added.incrementAndGet();
                if (!sums.add(sum)) {
                    doubled.incrementAndGet();
                }
            }
            sleep(random.nextInt(8));
        }
    }

    private void registers(int id, Random random) {
        Caller caller = new Caller(random);
        while (!stop) {
            int turn = turns.getAndIncrement();
            int key = 100 + turn / (KEYS * LENGTH) * KEYS + turn % KEYS;
            int a = random.nextInt(4);
            int b = random.nextInt(4);
            int kind = random.nextInt(10);
            byte operation =
                    kind < 4 ? Registers.GET : kind < 6 ? Registers.SET : kind < 9 ? Registers.CAS : Registers.ADD;
            long called = ticks.incrementAndGet();
            Integer answer = caller.call(operation, key, a, b);
            long returned = answer == null ? Checker.NEVER : ticks.incrementAndGet();
            Checker.Operation o =
                    new Checker.Operation(call(id, operation, a, b), answer(operation, answer), called, returned);
            if (answer != null || operation != Registers.GET) {
                List<Checker.Operation> history = histories.computeIfAbsent(key, k -> new ArrayList<>());
                synchronized (history) {
                    history.add(o);
                }
            }
            sleep(random.nextInt(12));
        }
    }

    private static Spec.Call call(int id, byte operation, int a, int b) {
        return switch (operation) {
            case Registers.GET -> new Spec.Call(id, "get", List.of());
            case Registers.SET -> new Spec.Call(id, "set", List.of(a));
            case Registers.CAS -> new Spec.Call(id, "compareAndSet", List.of(a, b));
            default -> new Spec.Call(id, "addAndGet", List.of(a));
        };
    }

    private static Object answer(byte operation, Integer answer) {
        if (answer == null) {
            return Specs.NONE;
        }
        return switch (operation) {
            case Registers.SET -> Specs.NONE;
            case Registers.CAS -> answer == 1;
            default -> answer;
        };
    }

    // what the campaign asks

    long answers() {
        return answered.get();
    }

    /** Forgets the longest time without an answer. */
    void beginOutage() {
        lastAnswer.set(System.nanoTime());
        longest.set(0);
    }

    /** The longest time without an answer since then, the present one included. */
    long outageMillis() {
        return Math.max(longest.get(), System.nanoTime() - lastAnswer.get()) / 1_000_000;
    }

    /** Lets each caller end its call; gives up what is not answered in time. */
    void stop(long millis) {
        stop = true;
        long end = System.nanoTime() + millis * 1_000_000;
        for (Thread t : threads) {
            try {
                t.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
                giveUp |= t.isAlive();
                t.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    record Verdict(int good, int bad, int undecided, String example) {}

    /** Checks the histories. */
    Verdict check() {
        int good = 0;
        int bad = 0;
        int undecided = 0;
        String example = "";
        for (Map.Entry<Integer, List<Checker.Operation>> e : histories.entrySet()) {
            FutureTask<Boolean> task =
                    new FutureTask<>(() -> Checker.isLinearizable(Specs.spec("value"), e.getValue()));
            Thread t = new Thread(null, task, "checker", 256 << 20);
            t.setDaemon(true);
            t.start();
            try {
                if (task.get(CHECK_SECONDS, TimeUnit.SECONDS)) {
                    good++;
                } else {
                    bad++;
                    example = "key " + e.getKey() + ": " + e.getValue();
                }
            } catch (TimeoutException x) {
                undecided++;
            } catch (InterruptedException | ExecutionException x) {
                throw new IllegalStateException(x);
            }
        }
        return new Verdict(good, bad, undecided, example);
    }
}
