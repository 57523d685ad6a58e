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
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
    private static final int CLIENTS = Histories.CLIENTS;
    private static final int ROUNDS = 12;
    private static final long SEED = new Random().nextLong();

    private static TestServer server;
    private static ExecutorService threads;
    private static Saboteur cable;
    private static final List<Manager> managers = new ArrayList<>();
    private static final List<Manager> cutOff = new ArrayList<>();
    private final Histories histories = new Histories(SEED, threads);

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
        histories.check(type, managers, ROUNDS, "");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SERVICE")
    void concurrentHistoriesOverConnectionsThatBreak(ObjectType type) throws Exception {
        int before = cable.faults();
        histories.check(type, cutOff, ROUNDS / 2, "cut ");
        assertTrue(cable.faults() > before, "no connection has broken: nothing was tested");
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
