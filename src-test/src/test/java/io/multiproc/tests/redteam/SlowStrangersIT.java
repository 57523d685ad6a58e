package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.CounterProxy;
import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of strangers that say a byte now and then, or prove a wrong key: the calls of a client all succeed, new ones connect. */
@Tag("alone")
@Timeout(300)
class SlowStrangersIT {
    /** How long a run takes; with {@code -Dredteam.whole=true} long enough for several handshakes' times. */
    private static final Duration RUN = Duration.ofSeconds(Boolean.getBoolean("redteam.whole") ? 30 : 4);

    private static final int LORIS = 2000;
    private static final int WRONG_KEYS = 1000;

    private static TestServer start() {
        return TestServer.start(o -> o.withHandshakeTimeout(Duration.ofSeconds(5)));
    }

    /** Calls for a while; returns how long they took in nanoseconds, in order. */
    private static long[] calls(Manager manager) {
        CounterProxy counter = manager.counter("calls");
        List<Long> took = new ArrayList<>();
        long before = counter.get();
        long until = System.nanoTime() + RUN.toNanos();
        while (System.nanoTime() < until) {
            long begun = System.nanoTime();
            counter.incrementAndGet();
            took.add(System.nanoTime() - begun);
        }
        assertEquals(before + took.size(), counter.get());
        long[] sorted = took.stream().mapToLong(Long::longValue).sorted().toArray();
        assertTrue(sorted.length > 0);
        return sorted;
    }

    private static String shown(long[] took) {
        return took.length + " calls, p50 " + TimeUnit.NANOSECONDS.toMicros(took[took.length / 2]) + " µs, p99 "
                + TimeUnit.NANOSECONDS.toMicros(took[took.length * 99 / 100]) + " µs, most "
                + TimeUnit.NANOSECONDS.toMillis(took[took.length - 1]) + " ms";
    }

    private static void connects(TestServer server) {
        for (int i = 0; i < 20; i++) {
            try (Manager m = Manager.connect(server.options())) {
                m.counter("connected").incrementAndGet();
            }
        }
    }

    @Test
    void slowLoris() throws Exception {
        try (TestServer server = start()) {
            Manager manager = server.connect();
            long[] warm = calls(manager);
            long[] quiet = calls(manager);
            AtomicBoolean over = new AtomicBoolean();
            // 2000 at a time, a byte each now and then, and a new one for each that the server has closed
            Thread drips = new Thread(() -> drip(server.uri(), over), "drips");
            drips.start();
            try {
                long[] loud = calls(manager);
                connects(server);
                System.out.println(LORIS + " slow ones: " + shown(loud) + "; quiet " + shown(quiet));
                assertTrue(warm.length > 0);
            } finally {
                over.set(true);
                Await.end(drips);
            }
        }
    }

    private static void drip(String uri, AtomicBoolean over) {
        Wire[] all = new Wire[LORIS];
        int i = 0;
        while (!over.get()) {
            try {
                if (all[i] == null) {
                    all[i] = Wire.to(uri);
                }
                all[i].drip();
            } catch (IOException e) {
                close(all[i]);
                all[i] = null;
            }
            i = (i + 1) % LORIS;
            if (i % 100 == 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
        Arrays.stream(all).forEach(SlowStrangersIT::close);
    }

    private static void close(@org.jspecify.annotations.Nullable Wire wire) {
        try {
            if (wire != null) {
                wire.close();
            }
        } catch (IOException e) {
            // closed already
        }
    }

    /** The same attack on a server that the client does not use shows what attacker and machine alone make of the client's calls. */
    @Test
    void wrongKeys() throws Exception {
        try (TestServer server = start();
                TestServer other = start()) {
            Manager manager = server.connect();
            long[] warm = calls(manager);
            long[] quiet = calls(manager);
            long[] elsewhere = whileFlooded(other, manager);
            long[] loud = whileFlooded(server, manager);
            connects(server);
            System.out.println(WRONG_KEYS + " wrong keys a second: " + shown(loud) + "; at another server: "
                    + shown(elsewhere) + "; quiet " + shown(quiet));
            assertTrue(warm.length > 0);
        }
    }

    private static long[] whileFlooded(TestServer target, Manager manager) throws InterruptedException {
        // an answer of the right form, so that it costs the server a proof
        byte[] answer = new byte[40];
        System.arraycopy("{sha256}".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, answer, 0, 8);
        try (Strangers flood = new Strangers(target.uri(), WRONG_KEYS, 200, wire -> wire.send(answer), "127.0.0.1")) {
            long[] took = calls(manager);
            System.out.println(flood.made() + " strangers in " + RUN.toSeconds() + " s");
            assertTrue(flood.made() > RUN.toSeconds() * 100, "there was an attack");
            return took;
        }
    }
}
