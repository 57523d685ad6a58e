package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.server.ServerOptions;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Relay;
import io.multiproc.tests.fixtures.TestServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Strangers without the key, who connect and say nothing, or the wrong thing: clients connect, and cut ones come back in time. */
@Tag("alone")
@Timeout(120)
class LockedOutIT {
    /** The grace of a server that is told nothing else. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** The handshake's time: so long a silent connection stays. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(5);

    private static final int CUT = 6;

    private static TestServer start(UnaryOperator<ServerOptions> change) {
        return TestServer.start(
                o -> change.apply(o.withHandshakeTimeout(HANDSHAKE).withGrace(GRACE)));
    }

    /**
     * Silence of many, in more connections than there is room for.
     *
     * @param own whether strangers come from the address of the clients, as other users of the same machine do
     */
    @ParameterizedTest
    @CsvSource({
        "64, 256, true",
        "90, 256, true",
        "1000, 1024, true",
        "64, 256, false",
        "90, 256, false",
        "1000, 1024, false"
    })
    void silentStrangers(int perSecond, int halfOpen, boolean own) throws Exception {
        String[] from = own ? new String[] {"127.0.0.1"} : new String[] {"127.0.0.2", "127.0.0.3", "127.0.0.4"};
        try (TestServer server = start(o -> own
                        ? o.withMaxHalfOpen(halfOpen)
                        : o.withMaxHalfOpen(halfOpen).withPenaltyExempt());
                Relay relay = new Relay(server.uri())) {
            List<Manager> cut = new ArrayList<>();
            List<LockProxy> locks = new ArrayList<>();
            for (int i = 0; i < CUT; i++) {
                Manager m = server.connect(server.options().withAddress(relay.uri()));
                LockProxy lock = m.lock("lock " + i);
                lock.lock();
                cut.add(m);
                locks.add(lock);
            }
            List<Long> sessions =
                    server.connect().sessions().stream().map(s -> s.id()).toList();
            long slowest = 0;
            try (Strangers flood = new Strangers(server.uri(), perSecond, 2000, wire -> {}, from)) {
                // until silence is everywhere that there is room for it
                long until = System.nanoTime() + HANDSHAKE.toNanos() + TimeUnit.SECONDS.toNanos(1);
                int clients = 0;
                while (System.nanoTime() < until || flood.made() < 5 * perSecond) {
                    long begun = System.nanoTime();
                    try (Manager m = Manager.connect(server.options())) {
                        m.counter("clients").incrementAndGet();
                    }
                    slowest = Math.max(slowest, System.nanoTime() - begun);
                    clients++;
                }
                relay.cut();
                for (int i = 0; i < CUT; i++) {
                    assertEquals(i, cut.get(i).counter("cut").getAndAdd(1));
                    assertTrue(locks.get(i).isHeldByCurrentThread());
                }
                try (Manager m = Manager.connect(server.options())) {
                    assertEquals(clients, m.counter("clients").get());
                    List<Long> now = m.sessions().stream().map(s -> s.id()).toList();
                    assertTrue(now.containsAll(sessions.subList(0, CUT)), "nobody has lost its session");
                    for (int i = 0; i < CUT; i++) {
                        assertFalse(m.lock("lock " + i).tryLock(), "nor its lock");
                    }
                }
                System.out.println(perSecond + " strangers a second " + Arrays.toString(from) + ": " + clients
                        + " clients in turn, the slowest in " + TimeUnit.NANOSECONDS.toMillis(slowest) + " ms; "
                        + flood.made() + " strangers");
            }
            locks.forEach(LockProxy::unlock);
        }
    }

    /** A stranger with a wrong key is refused for a time, and nobody else is. */
    @Test
    void wrongKeysAreRefusedAtOnceAfterAWhile() throws Exception {
        try (TestServer server = start(UnaryOperator.identity());
                TestServer strict = start(o -> o.withPenaltyExempt())) {
            for (TestServer s : List.of(server, strict)) {
                // 5 s each, less what has passed: a fourth one makes 15
                for (int i = 0; i < 4; i++) {
                    try (Wire wire = Wire.to(s.uri(), "127.0.0.2")) {
                        assertNotNull(wire.receive());
                        wire.send(new byte[40]);
                        assertArrayEquals("#FAILURE#".getBytes(StandardCharsets.US_ASCII), wire.receive());
                        assertNull(wire.receive());
                    }
                }
            }
            try (Wire wire = Wire.to(strict.uri(), "127.0.0.2")) {
                assertNull(wire.receive(), "refused");
            }
            try (Wire wire = Wire.to(server.uri(), "127.0.0.2")) {
                assertNotNull(wire.receive(), "unless the address is exempt");
            }
            try (Wire wire = Wire.to(strict.uri(), "127.0.0.3")) {
                assertNotNull(wire.receive(), "nobody else is");
            }
            strict.connect().counter("n").incrementAndGet();
            // those who have the key are not refused for the faults of others at their address
            for (int i = 0; i < 10; i++) {
                try (Wire wire = Wire.to(strict.uri(), "127.0.0.1")) {
                    assertNotNull(wire.receive());
                    wire.send(new byte[40]);
                }
            }
            Await.until(
                    "all have been refused", () -> strict.connect().counter("n").incrementAndGet() > 0);
        }
    }

    /** What a host does that has the key: neither cap nor penalty, whatever the list of exempt addresses says. */
    @Test
    void aCrowdWithTheKeyIsNoFlood() throws Exception {
        try (TestServer server =
                start(o -> o.withPenaltyExempt().withMaxHalfOpen(64).withMaxHalfOpenPerSource(4))) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                Thread thread = new Thread(() -> {
                    try {
                        for (int i = 0; i < 40; i++) {
                            try (Manager m = Manager.connect(server.options())) {
                                m.counter("n").incrementAndGet();
                            }
                        }
                    } catch (Throwable e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                Await.end(thread);
            }
            assertEquals(List.of(), failures);
            assertEquals(16 * 40, server.connect().counter("n").get());
        }
    }
}
