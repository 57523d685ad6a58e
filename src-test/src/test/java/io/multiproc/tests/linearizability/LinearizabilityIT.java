package io.multiproc.tests.linearizability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.tests.fixtures.TestServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Four clients, each a session with a thread of its own, call one object at random: the history has an order that explains it. */
@Timeout(240)
class LinearizabilityIT {
    private static final int CLIENTS = 4;
    private static final int ROUNDS = 12;
    private static final int CALLS = 16;
    private static final long SEED = new Random().nextLong();

    private static TestServer server;
    private static ExecutorService threads;
    private static final List<Manager> managers = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();

    @BeforeAll
    static void start() {
        server = TestServer.start();
        threads = Executors.newFixedThreadPool(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
            managers.add(server.connect());
        }
    }

    @AfterAll
    static void stop() {
        managers.clear();
        threads.shutdownNow();
        server.close();
    }

    /** A service is called through its instances. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SERVICE")
    void concurrentHistories(ObjectType type) throws Exception {
        String wireName = type.wireName();
        boolean overlapped = false;
        for (int round = 0; round < ROUNDS; round++) {
            long seed = SEED + round;
            String trace = wireName + " with seed " + SEED + " in round " + round;
            List<Checker.Operation> history = history(wireName, trace, seed);
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

    private List<Checker.Operation> history(String type, String name, long seed) throws Exception {
        Subjects.prepare(type, managers.get(0), name);
        CyclicBarrier together = new CyclicBarrier(CLIENTS);
        List<Future<List<Checker.Operation>>> parts = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            parts.add(threads.submit(() -> {
                Random random = new Random(seed * CLIENTS + client);
                Subjects.Subject subject = Subjects.open(type, managers.get(client), name);
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
        managers.get(0).delete(name);
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

    @org.junit.jupiter.api.Test
    void everyTypeIsKnown() {
        assertEquals(
                List.of(ObjectType.SERVICE),
                Arrays.stream(ObjectType.values())
                        .filter(t -> {
                            try {
                                return Specs.spec(t.wireName()) == null;
                            } catch (IllegalArgumentException e) {
                                return true;
                            }
                        })
                        .toList());
    }
}
