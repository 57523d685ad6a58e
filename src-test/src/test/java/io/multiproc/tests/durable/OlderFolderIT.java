package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ServerRestartedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed and started again with an older copy of its data folder, as after a machine that has lost the end of its log. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OlderFolderIT {
    @TempDir
    Path folder;

    private static long token(Manager m) throws InterruptedException {
        LockProxy lock = m.lock("lock");
        assertTrue(lock.tryLock(Duration.ofSeconds(30)));
        long token = lock.fencingToken();
        lock.unlock();
        return token;
    }

    private static long highestId(Manager m) {
        long highest = 0;
        for (var object : m.objects()) {
            highest = Math.max(highest, object.id());
        }
        for (var session : m.sessions()) {
            highest = Math.max(highest, session.id());
        }
        return highest;
    }

    private static void assertWentBack(Manager m, String why) {
        ServerRestartedException e =
                assertThrows(ServerRestartedException.class, () -> m.dict("d").put("k", "v"));
        assertTrue(e.getMessage().contains("was started with an older state, which " + why), e.getMessage());
    }

    /** The disk has all but the last record. */
    @Test
    void aLogThatLostItsEndIsToldOf() throws Exception {
        try (DataServer server = new DataServer(folder, "--fsync", "never", "--grace", "120", "--lease", "300");
                Manager m = server.connect();
                Manager other = server.connect()) {
            // both are used later, so that none is given back meanwhile: that would be the last record
            DictProxy<Object, Object> theirs = other.dict("d");
            DictProxy<Object, Object> mine = m.dict("d");
            theirs.put("first", 1);
            mine.put("second", 2);
            server.kill();
            loseLastRecord(server.data());
            server.start();
            assertWentBack(m, "has not all that its client was answered");
            assertThrows(ServerRestartedException.class, () -> mine.get("second"));
            assertEquals(1, theirs.get("first"));
            assertNull(theirs.get("second"));
            String log = server.log();
            assertTrue(log.contains("with --fsync never this may have been answered"), log);
            assertTrue(log.lines().anyMatch(l -> l.contains("WARN") && l.contains("was cut off")), log);
        }
    }

    private static void loseLastRecord(Path data) throws IOException {
        Path last;
        try (Stream<Path> files = Files.list(data)) {
            last = files.filter(f -> f.toString().endsWith(".log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(last);
        int end = bytes.length - 1;
        while (bytes[end] == 0) {
            end--;
        }
        bytes[end] ^= 1;
        Files.write(last, bytes);
    }

    @Test
    void nothingIsGivenAgainAndWhoKnowsMoreIsTold() throws Exception {
        try (DataServer server = new DataServer(folder, "--fsync", "never", "--grace", "120", "--lease", "300");
                Manager quiet = server.connect();
                Manager reader = server.connect()) {
            CounterProxy counter = quiet.counter("n");
            assertEquals(0, counter.getAndIncrement());
            long last = token(quiet);
            assertTrue(last < 100, "a first start has small numbers: " + last);
            DictProxy<Object, Object> view = reader.dict("d");
            for (int round = 0; round < 2; round++) {
                Manager busy = server.connect();
                DictProxy<Object, Object> dict = busy.dict("d");
                dict.put("early" + round, 1);
                LockProxy held = busy.lock("held");
                held.lock();
                Path older = server.copyTo("older" + round);
                dict.put("late", 1);
                assertEquals(1, view.get("late"));
                Manager late = server.connect();
                assertNull(late.dict().put("k", "v"));
                last = Math.max(token(late), highestId(late));

                server.killAndReplaceBy(older);
                server.start();
                assertWentBack(busy, "has not all that its client was answered");
                assertWentBack(late, "does not know it");
                assertTrue(server.log().contains("WARN"), server::log);
                long newest = last;
                try (Manager fresh = server.connect()) {
                    assertTrue(token(fresh) > last, "fencing tokens grow");
                    assertTrue(highestId(fresh) > last);
                    DictProxy<Object, Object> again = fresh.dict();
                    again.put("k", "v");
                    assertTrue(fresh.objects().stream().anyMatch(o -> o.name() == null && o.id() > newest));
                    assertEquals(1, fresh.dict("d").get("early" + round));
                    assertNull(fresh.dict("d").get("late"));
                    // its owner's session was ended, and not only after the grace
                    assertTrue(fresh.lock("held").tryLock(Duration.ofSeconds(60)));
                    fresh.lock("held").unlock();
                    last = Math.max(token(fresh), highestId(fresh));
                }
                // those whose answers the server knows of go on
                assertEquals(1, counter.get());
                assertTrue(token(quiet) > last);
                assertEquals(1, view.get("early" + round));
                busy.close();
                late.close();
            }
        }
    }
}
