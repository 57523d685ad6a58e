package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.tests.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server with very many of something that costs it memory and no time: idle connections, waiters, objects. Prints the round trips of another client beside those before; its
 * memory keeps its bound, and SIGTERM ends it.
 */
@org.junit.jupiter.api.Tag("alone")
@org.junit.jupiter.api.Tag("once")
@Timeout(300)
class CrowdIT {
    private static final boolean WHOLE = Boolean.getBoolean("redteam.whole");
    private static final int SHARE = WHOLE ? 1 : 10;
    private static final int BATCH = 500;
    private static final byte[] NO_ARGUMENTS = Values.container(Tag.LIST, List.of());

    private static final Duration LOOK = Duration.ofSeconds(WHOLE ? 10 : 1);

    /** What the server's heap may be, and what its process may have besides. */
    private static final int HEAP_MIB = 640;

    private static final int BESIDES_MIB = 256;

    enum Crowd {
        IDLE_CONNECTIONS(10_000) {
            @Override
            void gather(ServeProcess server, Flood flood, int n, List<AutoCloseable> kept) throws Exception {
                for (int i = 0; i < n; i++) {
                    kept.add(Flood.open(server.uri(), ServeProcess.KEY));
                }
            }
        },
        WAITERS(24_000) {
            @Override
            void gather(ServeProcess server, Flood flood, int n, List<AutoCloseable> kept) throws Exception {
                Manager owner = server.connect();
                kept.add(owner);
                owner.lock("held").lock();
                long lock = owner.objects().stream()
                        .filter(o -> "held".equals(o.name()))
                        .findFirst()
                        .orElseThrow()
                        .id();
                for (int i = 0; i < n; i++) {
                    flood.add(LockOp.ACQUIRE, lock, Values.ofInteger(i), Values.ofInteger(-1));
                    if (i % BATCH == BATCH - 1) {
                        assertEquals(0, flood.refused());
                    }
                }
                assertEquals(0, flood.refused());
                Await.until("all wait", () -> owner.objects().stream()
                        .anyMatch(o -> "held".equals(o.name()) && o.waiters() == n));
            }
        },
        OBJECTS(1_000_000) {
            @Override
            void gather(ServeProcess server, Flood flood, int n, List<AutoCloseable> kept) throws Exception {
                byte[] type = Values.ofText("dict");
                for (int i = 0; i < n; i++) {
                    flood.add(ManagerOp.CREATE, 0, type, NO_ARGUMENTS);
                    if (i % BATCH == BATCH - 1) {
                        assertEquals(0, flood.refused());
                    }
                }
                assertEquals(0, flood.refused());
            }
        };

        private final int size;

        Crowd(int size) {
            this.size = size;
        }

        abstract void gather(ServeProcess server, Flood flood, int n, List<AutoCloseable> kept) throws Exception;
    }

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @EnumSource
    void othersAreServedOn(Crowd crowd) throws Exception {
        List<AutoCloseable> kept = new ArrayList<>();
        try (ServeProcess server = new ServeProcess(
                        folder,
                        List.of("-Xmx" + HEAP_MIB + "m", "-XX:+UseSerialGC"),
                        "--max-connections",
                        "20000",
                        "--max-objects",
                        "2000000",
                        "--max-waits",
                        "100000",
                        "--max-waiters",
                        "100000");
                Manager good = server.connect()) {
            String quiet = trips(good);
            int n = crowd.size / SHARE;
            Flood flood = Flood.open(server.uri(), ServeProcess.KEY);
            kept.add(flood);
            crowd.gather(server, flood, n, kept);
            System.out.println(crowd + " " + n + ": " + trips(good) + "; before: " + quiet + "; resident "
                    + residentMib(server.pid()) + " MiB");
            assertTrue(
                    residentMib(server.pid()) < HEAP_MIB + BESIDES_MIB,
                    "resident " + residentMib(server.pid()) + " MiB");
            System.out.println(crowd + ": SIGTERM took " + server.terminate() + " ms");
            assertEquals(0, server.exitValue(), server::toString);
        } finally {
            for (AutoCloseable each : kept) {
                each.close();
            }
        }
    }

    /** What a client does that behaves, for a while. */
    private static String trips(Manager manager) {
        DictProxy<String, Long> dict = manager.dict("trips", String.class, Long.class);
        long[] took = new long[1 << 20];
        int n = 0;
        long end = System.nanoTime() + LOOK.toNanos();
        long at = System.nanoTime();
        while (at < end && n < took.length) {
            dict.put("k", at);
            long now = System.nanoTime();
            took[n++] = now - at;
            at = now;
        }
        Arrays.sort(took, 0, n);
        return String.format(
                "%d round trips, median %.3f ms, p99 %.3f ms", n, took[n / 2] / 1e6, took[n * 99 / 100] / 1e6);
    }

    static long residentMib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
