package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.ValueProxy;
import io.multiproc.client.WrongTypeException;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.ChildJvm;
import io.multiproc.tests.fixtures.Script;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Python and Java processes on the same objects, and what becomes of those of a killed Python process. */
@Tag("jdk")
@Timeout(300)
class PythonSharingIT {
    private static final int ROUNDS = 200;
    private static final int JOBS = 800;

    /** What worker.py does, in a JVM. */
    static final class Worker implements Script {
        @Override
        public Object run(Manager manager, String... words) throws Exception {
            DictProxy<String, Long> total = manager.dict("mixed_total", String.class, Long.class);
            DictProxy<Long, Long> seen = manager.dict("mixed_seen", Long.class, Long.class);
            JoinableQueueProxy<Object> jobs = manager.joinableQueue("mixed_jobs", Object.class, 0);
            LockProxy guard = manager.rlock("mixed_guard");
            for (int i = 0; i < ROUNDS; i++) {
                guard.lock();
                try {
                    total.set("n", total.getOrDefault("n", 0L) + 1);
                } finally {
                    guard.unlock();
                }
            }
            int done = 0;
            while (true) {
                Object job = jobs.take();
                if (job.equals("end")) {
                    jobs.taskDone();
                    return done;
                }
                long n = ((Number) job).longValue();
                seen.set(n, seen.getOrDefault(n, 0L) + 1);
                jobs.taskDone();
                done++;
            }
        }
    }

    @Test
    void fourPythonAndFourJavaProcessesShareADictAQueueAndALock() throws Exception {
        List<Python> pythons = Python.all();
        try (TestServer server = TestServer.start()) {
            Manager manager = server.connect();
            DictProxy<String, Long> total = manager.dict("mixed_total", String.class, Long.class);
            DictProxy<Long, Long> seen = manager.dict("mixed_seen", Long.class, Long.class);
            JoinableQueueProxy<Object> jobs = manager.joinableQueue("mixed_jobs", Object.class, 0);
            manager.rlock("mixed_guard");
            List<Python.Running> running = new ArrayList<>();
            List<ChildJvm> jvms = new ArrayList<>();
            try {
                for (int i = 0; i < 4; i++) {
                    String[] at = Python.at(server);
                    running.add(pythons.get(i % pythons.size())
                            .start("worker.py", at[0], at[1], at[2], "python" + i, Integer.toString(ROUNDS)));
                    jvms.add(server.child(Worker.class));
                }
                for (ChildJvm jvm : jvms) {
                    jvm.ready().send("work");
                }
                for (long job = 0; job < JOBS; job++) {
                    jobs.put(job);
                }
                jobs.join();
                assertEquals(JOBS, seen.size());
                assertTrue(seen.snapshot().values().stream().allMatch(n -> n == 1), "each job once");
                // a word that ends a Python worker and one that ends a Java worker: whoever is not meant passes it on
                for (int i = 0; i < 8; i++) {
                    jobs.put("end");
                }
                long done = 0;
                for (ChildJvm jvm : jvms) {
                    done += Long.parseLong(jvm.answer());
                }
                for (Python.Running python : running) {
                    done += Long.parseLong(python.output().strip().replace("done ", ""));
                }
                assertEquals(JOBS, done);
                assertEquals(8L * ROUNDS, total.get("n"));
            } finally {
                running.forEach(Python.Running::close);
                jvms.forEach(ChildJvm::close);
            }
        }
    }

    /** Java relies on the type code, CPython's server ignores it. */
    @Test
    void aValueThatPythonSetToSomethingElseSaysSo() throws Exception {
        try (TestServer server = TestServer.start();
                Python.Running python = Python.newest().start("sets_any.py", Python.at(server))) {
            ValueProxy<Integer> value = server.connect().value("shared", "i", 3);
            python.say("begin");
            python.heard("3");
            python.heard("True");
            assertEquals(1, value.get());
            python.say("next");
            python.heard("'idle'");
            WrongTypeException text = assertThrows(WrongTypeException.class, value::get);
            assertTrue(String.valueOf(text.getMessage()).contains("set it to one of its type code"), text::toString);
            assertThrows(WrongTypeException.class, () -> value.addAndGet(1));
            python.say("next");
            python.heard("1099511627776");
            assertThrows(IllegalArgumentException.class, value::get);
            python.say("next");
            python.heard("None");
            assertThrows(WrongTypeException.class, value::get);
            value.set(4);
            assertEquals(4, value.get());
            python.say("next");
            python.heard("5");
            assertEquals(6, value.addAndGet(1));
            python.say("end");
            python.heard("6");
        }
    }

    @Test
    void aKilledProcessLosesNothingForOthers() throws Exception {
        try (TestServer server = TestServer.start(o -> o.withAway(Duration.ofMillis(200)))) {
            Manager manager = server.connect();
            DictProxy<String, Object> shared = manager.dict("victim", String.class, Object.class);
            for (Python python : Python.all()) {
                try (Python.Running victim = python.start("victim.py", Python.at(server))) {
                    victim.say("share dict");
                    victim.heard("shared");
                    victim.say("acquire rlock");
                    victim.heard("acquired");
                    LockProxy rlock = (LockProxy) shared.get("rlock");
                    assertNotNull(rlock);
                    assertTrue(rlock.isLocked(), "held by the victim");
                    @SuppressWarnings("unchecked")
                    QueueProxy<Object> queue = (QueueProxy<Object>) shared.get("queue");
                    victim.say("get queue");
                    victim.heard("getting");
                    long before = manager.numberOfObjects();
                    victim.kill();
                    // the lock is free, nobody waits any more
                    assertTrue(rlock.tryLock(Await.LONG), "granted after the death");
                    rlock.unlock();
                    Await.until("the wait is forgotten", () -> waiters(manager, "queue") == 0);
                    queue.put("item");
                    assertEquals("item", queue.poll(Duration.ZERO), "no ghost took it");
                    // its dict was held by it alone: it goes when its host has been away
                    Await.until("what only it held is freed", () -> manager.numberOfObjects() < before);
                }
            }
        }
    }

    private static int waiters(Manager manager, String type) {
        return manager.objects().stream()
                .filter(o -> o.toString().contains(type))
                .mapToInt(o -> {
                    var m = java.util.regex.Pattern.compile("waiters[=: ]+(\\d+)")
                            .matcher(o.toString());
                    return m.find() ? Integer.parseInt(m.group(1)) : 0;
                })
                .sum();
    }
}
