package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Backup;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with the heap that a container of 512 MiB gives it, half full, which writes images while clients change what is in them. */
@Tag("jdk")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmallHeapImageIT {
    private static final int MIB = 1 << 20;
    private static final int HEAP = 256;
    private static final int CLIENTS = 4;
    private static final int DICTS = 64;
    private static final int ENTRIES = 9_500;

    @TempDir
    Path folder;

    @Test
    void imagesAreWrittenAndNobodyIsRefused() throws Exception {
        try (DataServer server = DataServer.withHeap(HEAP + "m", folder, "--fsync", "never");
                Manager manager = server.connect()) {
            fill(manager);
            long used = ((Number) manager.info().details().get("heap_used")).longValue();
            System.out.println("SmallHeapImageIT: " + used / MIB + " MiB in use");
            AtomicBoolean enough = new AtomicBoolean();
            List<FutureTask<Long>> writers = new ArrayList<>();
            for (int c = 0; c < CLIENTS; c++) {
                int client = c;
                FutureTask<Long> writer = new FutureTask<>(() -> write(server, client, enough));
                new Thread(writer, "writer " + c).start();
                writers.add(writer);
            }
            for (int i = 0; i < 3; i++) {
                read(manager.beginBackup());
            }
            enough.set(true);
            long[] written = new long[CLIENTS];
            for (int c = 0; c < CLIENTS; c++) {
                written[c] = writers.get(c).get();
                assertTrue(written[c] > 0, "client " + c);
            }
            assertFalse(server.log().contains("ERROR"), server::log);
            Map<String, Object> facts = manager.info().details();
            assertTrue(((Number) facts.get("image_bytes")).longValue() > HEAP / 4L * MIB, facts::toString);

            server.kill();
            server.start();
            for (int c = 0; c < CLIENTS; c++) {
                assertEquals(written[c], manager.counter("count " + c).get());
            }
            assertEquals(DICTS * ENTRIES, size(manager));
        }
    }

    private static void read(Backup backup) {
        for (long at = 0; at < backup.size(); ) {
            at += backup.read(at).length;
        }
    }

    /** Many objects of some size: each is copied before it changes while an image is written. */
    private static void fill(Manager manager) {
        String text = "x".repeat(130);
        for (int d = 0; d < DICTS; d++) {
            Map<Object, Object> entries = new HashMap<>();
            for (int i = 0; i < ENTRIES; i++) {
                entries.put((long) i, text + i);
            }
            manager.dict("dict " + d).putAll(entries);
        }
    }

    private static long size(Manager manager) {
        long sum = 0;
        for (int d = 0; d < DICTS; d++) {
            sum += manager.dict("dict " + d).size();
        }
        return sum;
    }

    private static long write(DataServer server, int client, AtomicBoolean enough) {
        try (Manager manager = server.connect()) {
            CounterProxy count = manager.counter("count " + client);
            List<DictProxy<Object, Object>> dicts = new ArrayList<>();
            for (int d = 0; d < DICTS; d++) {
                dicts.add(manager.dict("dict " + d));
            }
            String text = "y".repeat(130);
            long n = 0;
            while (!enough.get()) {
                dicts.get((int) (n % DICTS)).put((n * 31 + client) % ENTRIES, text + n);
                n++;
                assertEquals(n, count.incrementAndGet());
            }
            return n;
        }
    }
}
