package io.multiproc.tests.linearizability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.tests.fixtures.Saboteur;
import io.multiproc.tests.fixtures.Saboteur.Breakage;
import io.multiproc.tests.fixtures.Saboteur.Fault;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
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

/**
 * Four clients, each a session with a thread of its own, call one object at random: the history has an order that explains it, also
 * when their connections break all the time.
 */
@Timeout(240)
class LinearizabilityIT {
    private static final int CLIENTS = 4;
    private static final int ROUNDS = 12;
    private static final int CALLS = 16;
    private static final long SEED = new Random().nextLong();

    private static TestServer server;
    private static ExecutorService threads;
    private static Saboteur cable;
    private static final List<Manager> managers = new ArrayList<>();
    private static final List<Manager> cutOff = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();

    @BeforeAll
    static void start() {
        server = TestServer.start(o -> o.withGrace(Duration.ofSeconds(30)));
        Random random = new Random(SEED);
        cable = new Saboteur(server.uri(), (connection, toServer) -> {
            synchronized (random) {
                Fault[] faults = {Fault.RESET, Fault.CLOSE, Fault.HALF_CLOSE};
                // a handshake fits into it
                return new Breakage(600 + random.nextInt(1500), faults[random.nextInt(faults.length)]);
            }
        });
        threads = Executors.newFixedThreadPool(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
            managers.add(server.connect());
            cutOff.add(server.connect(server.options().withAddress(cable.uri())));
        }
    }

    @AfterAll
    static void stop() {
        System.out.println("LinearizabilityIT: " + cable.faults() + " connections have broken");
        managers.clear();
        cutOff.clear();
        cable.close();
        threads.shutdownNow();
        server.close();
    }

    /** A service is called through its instances. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SERVICE")
    void concurrentHistories(ObjectType type) throws Exception {
        check(type, managers, ROUNDS, "");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SERVICE")
    void concurrentHistoriesOverConnectionsThatBreak(ObjectType type) throws Exception {
        int before = cable.faults();
        check(type, cutOff, ROUNDS / 2, "cut ");
        assertTrue(cable.faults() > before, "no connection has broken: nothing was tested");
    }

    private void check(ObjectType type, List<Manager> clients, int rounds, String prefix) throws Exception {
        String wireName = type.wireName();
        boolean overlapped = false;
        for (int round = 0; round < rounds; round++) {
            long seed = SEED + round;
            String trace = prefix + wireName + " with seed " + SEED + " in round " + round;
            List<Checker.Operation> history = history(clients, wireName, trace, seed);
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

    private List<Checker.Operation> history(List<Manager> clients, String type, String name, long seed)
            throws Exception {
        Subjects.prepare(type, clients.get(0), name);
        CyclicBarrier together = new CyclicBarrier(CLIENTS);
        List<Future<List<Checker.Operation>>> parts = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            parts.add(threads.submit(() -> {
                Random random = new Random(seed * CLIENTS + client);
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
