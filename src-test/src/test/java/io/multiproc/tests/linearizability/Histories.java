package io.multiproc.tests.linearizability;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.protocol.op.ObjectType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Histories of clients that call one object at random, each in a thread of its own, and the check that an order explains them. */
public final class Histories {
    /** How many clients there are, each a session. */
    public static final int CLIENTS = 4;

    private static final int CALLS = 16;

    private final long seed;
    private final ExecutorService threads;
    private final AtomicLong clock = new AtomicLong();

    /** @param threads at least one for each client */
    public Histories(long seed, ExecutorService threads) {
        this.seed = seed;
        this.threads = threads;
    }

    /** Grows with each call that is made, and with each that is answered. */
    public long progress() {
        return clock.get();
    }

    /** Fails unless each of so many histories can be explained, and calls overlapped. */
    public void check(ObjectType type, List<Manager> clients, int rounds, String prefix) throws Exception {
        String wireName = type.wireName();
        boolean overlapped = false;
        for (int round = 0; round < rounds; round++) {
            long ofRound = seed + round;
            String trace = prefix + wireName + " with seed " + seed + " in round " + round;
            List<Checker.Operation> history = history(clients, wireName, trace, ofRound);
            history.sort(Comparator.comparingLong(Checker.Operation::called));
            assertTrue(
                    Checker.isLinearizable(Specs.spec(wireName), history),
                    () -> trace + "\n"
                            + String.join(
                                    "\n", history.stream().map(String::valueOf).toList()));
            for (int i = 1; i < history.size(); i++) {
                overlapped |= history.get(i).called() < history.get(i - 1).returned();
            }
        }
        assertTrue(overlapped, "no two calls overlapped: nothing was tested");
    }

    private List<Checker.Operation> history(List<Manager> clients, String type, String name, long ofRound)
            throws Exception {
        Subjects.prepare(type, clients.get(0), name);
        CyclicBarrier together = new CyclicBarrier(CLIENTS);
        List<Future<List<Checker.Operation>>> parts = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            parts.add(threads.submit(() -> {
                Random random = new Random(ofRound * CLIENTS + client);
                Subjects.Subject subject = Subjects.open(type, clients.get(client), name);
                List<Checker.Operation> mine = new ArrayList<>();
                together.await(60, TimeUnit.SECONDS);
                for (int n = 0; n < CALLS; n++) {
                    Spec.Call call = Subjects.random(type, client, random);
                    long called = clock.incrementAndGet();
                    Object answer = answer(subject, call);
                    long returned = clock.incrementAndGet();
                    if (answer != Subjects.NOT_CALLED) {
                        mine.add(new Checker.Operation(call, answer, called, returned));
                    }
                }
                return mine;
            }));
        }
        List<Checker.Operation> all = new ArrayList<>();
        for (Future<List<Checker.Operation>> part : parts) {
            all.addAll(part.get(120, TimeUnit.SECONDS));
        }
        clients.get(0).delete(name);
        return all;
    }

    private static Object answer(Subjects.Subject subject, Spec.Call call) {
        try {
            Object answer = subject.make(call);
            return answer == null ? Specs.NONE : answer;
        } catch (Exception e) {
            return e.getClass().getSimpleName();
        }
    }
}
