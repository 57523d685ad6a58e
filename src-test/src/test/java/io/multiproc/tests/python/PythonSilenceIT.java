package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.LockInfo;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A CPython process that is stopped while it holds a lock. It sends no heartbeats, so it looks like one that works; people can tell and help. */
@Timeout(120)
class PythonSilenceIT {
    @Test
    void aPausedHolderIsSeenAndItsLockCanBeTaken() throws Exception {
        try (TestServer server = TestServer.start(
                        o -> o.withLease(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(60)));
                Manager manager = server.connect()) {
            LockProxy guard = manager.rlock("guard");
            DictProxy<String, Object> shared = manager.dict("silent", String.class, Object.class);
            shared.put("guard", guard);
            String[] at = Python.at(server);
            try (Python.Running holder = Python.newest().start("silent.py", at[0], at[1], at[2])) {
                holder.heard("True");
                signal(holder, "STOP");
                try {
                    // longer than its lease
                    assertFalse(guard.tryLock(Duration.ofSeconds(3)), "its kernel says that it lives");
                    LockInfo info = manager.locks().stream()
                            .filter(l -> "guard".equals(l.name()))
                            .findFirst()
                            .orElseThrow();
                    String client = info.owners().get(0).client();
                    assertTrue(client.contains("python"), client);
                    assertTrue(manager.forceRelease(guard));
                    assertTrue(guard.tryLock(Await.LONG));
                    guard.unlock();
                } finally {
                    signal(holder, "CONT");
                }
            }
            assertEquals(
                    List.of(),
                    manager.locks().stream()
                            .filter(l -> "guard".equals(l.name()))
                            .toList());
        }
    }

    private static void signal(Python.Running python, String name) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + name, Long.toString(python.process.pid()))
                        .start()
                        .waitFor());
    }
}
