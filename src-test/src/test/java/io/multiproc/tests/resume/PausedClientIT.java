package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.ChildJvm;
import io.multiproc.tests.fixtures.Script;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that stands still for a while, as one does that is stopped, swapped out or collects garbage. */
@Timeout(120)
class PausedClientIT {
    private static final Duration LEASE = Duration.ofSeconds(4);

    /** Holds a lock and counts. */
    static final class Holder implements Script {
        private LockProxy lock;

        @Override
        public Object run(Manager m, String... words) {
            if (lock == null) {
                lock = m.lock("lock");
            }
            return switch (words[0]) {
                case "pid" -> ProcessHandle.current().pid();
                case "lock" -> {
                    lock.lock();
                    yield lock.fencingToken();
                }
                case "add" -> m.counter("n").addAndGet(1);
                case "held" -> lock.isHeldByCurrentThread();
                default -> {
                    try {
                        lock.unlock();
                        yield "unlocked";
                    } catch (SessionExpiredException e) {
                        yield "expired " + e.outcome();
                    }
                }
            };
        }
    }

    private static void signal(String name, String pid) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start();
        assertTrue(kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0);
    }

    @Test
    void forLessThanItsLeaseLosesNothingAndForMoreLosesItsSession() throws Exception {
        try (TestServer server =
                        TestServer.start(o -> o.withLease(LEASE, Duration.ofSeconds(1), Duration.ofMinutes(1)));
                ChildJvm child = server.child(Holder.class).ready()) {
            Manager watcher = server.connect();
            LockProxy lock = watcher.lock("lock");
            String pid = child.ask("pid");
            long token = Long.parseLong(child.ask("lock"));
            signal("STOP", pid);
            assertFalse(lock.tryLock(1, TimeUnit.SECONDS), "stopped for a quarter of the lease, it holds its lock");
            signal("CONT", pid);
            assertEquals("1", child.ask("add"));
            assertEquals("true", child.ask("held"));

            signal("STOP", pid);
            lock.lock(); // granted when the lease is over
            assertTrue(lock.fencingToken() > token);
            Await.until("its session has ended", () -> watcher.sessions().size() == 1);
            signal("CONT", pid);
            assertEquals("expired UNKNOWN", child.ask("unlock").replace("NOT_APPLIED", "UNKNOWN"));
            assertEquals("false", child.ask("held"));
            assertTrue(lock.isHeldByCurrentThread());
            assertEquals(1, watcher.counter("n").get());
        }
    }
}
