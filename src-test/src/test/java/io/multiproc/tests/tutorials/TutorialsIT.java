package io.multiproc.tests.tutorials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ConditionProxy;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.client.Tuple;
import io.multiproc.client.ValueProxy;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.ChildJvm;
import io.multiproc.tests.fixtures.Script;
import io.multiproc.tests.fixtures.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processes that share: each test is one of the tutorials' programs. */
@Tag("jdk")
@Timeout(240)
class TutorialsIT {
    private TestServer server;
    private Manager manager;
    private final List<ChildJvm> children = new ArrayList<>();

    @BeforeEach
    void start() {
        server = TestServer.start();
        manager = server.connect();
    }

    @AfterEach
    void stop() {
        children.forEach(ChildJvm::close);
        server.close();
    }

    /** Starts processes, all connected when this returns. */
    private List<ChildJvm> processes(int n) {
        for (int i = 0; i < n; i++) {
            children.add(server.child(Worker.class));
        }
        children.forEach(ChildJvm::ready);
        return children;
    }

    private static void all(List<ChildJvm> processes, String command) {
        for (int i = 0; i < processes.size(); i++) {
            processes.get(i).send(command + " " + i);
        }
        processes.forEach(ChildJvm::answer);
    }

    /** What the processes do. */
    static final class Worker implements Script {
        @Override
        public Object run(Manager m, String... words) throws Exception {
            int me = Integer.parseInt(words[1]);
            switch (words[0]) {
                case "fill" -> {
                    m.list("list").append(me);
                    m.dict("dict").put(me, "process " + me);
                }
                case "square" -> m.list("squares").append((long) me * me);
                case "insert" -> m.list("records").append(Tuple.of("name " + me, me));
                case "print" -> {
                    for (Object r : m.list("records")) {
                        Script.say(r);
                    }
                }
                case "account" -> {
                    ValueProxy<Integer> balance = m.value("balance", "i", 100);
                    LockProxy lock = balance.getLock();
                    for (int i = 0; i < 100; i++) {
                        lock.lock();
                        try {
                            balance.set(balance.get() + (me % 2 == 0 ? 1 : -1));
                        } finally {
                            lock.unlock();
                        }
                    }
                }
                case "semaphore" -> {
                    SemaphoreProxy semaphore = m.semaphore("three", 3);
                    CounterProxy inside = m.counter("inside");
                    for (int i = 0; i < 20; i++) {
                        semaphore.acquire();
                        m.set("seen", Long.class).add(inside.incrementAndGet());
                        inside.decrementAndGet();
                        semaphore.release();
                    }
                }
                case "produce" -> {
                    for (int i = 0; i < 50; i++) {
                        m.joinableQueue("jobs").put(me * 1000 + i);
                    }
                }
                case "consume" -> {
                    JoinableQueueProxy<Object> jobs = m.joinableQueue("jobs");
                    Object job;
                    while (!(job = jobs.take()).equals("end")) {
                        m.counter("done").incrementAndGet();
                        m.set("results").add(job);
                        jobs.taskDone();
                    }
                    jobs.taskDone();
                }
                case "event" -> {
                    m.event("go").await();
                    m.counter("started").incrementAndGet();
                }
                case "condition" -> {
                    ConditionProxy turn = m.condition("turn");
                    CounterProxy whose = m.counter("whose");
                    turn.acquire();
                    try {
                        turn.waitFor(() -> whose.get() == me);
                        m.list("order").append(me);
                        whose.incrementAndGet();
                        turn.signalAll();
                    } finally {
                        turn.release();
                    }
                }
                case "barrier" -> {
                    for (int round = 0; round < 5; round++) {
                        m.counter("arrived " + round).incrementAndGet();
                        m.barrier("all", 3).await();
                        if (m.counter("arrived " + round).get() != 3) {
                            throw new IllegalStateException("somebody was let through in round " + round);
                        }
                    }
                }
                default -> throw new IllegalArgumentException(words[0]);
            }
            return "done";
        }
    }

    @Test
    void fourProcessesFillOneListAndOneDict() {
        all(processes(4), "fill");
        assertEquals(
                new TreeSet<>(List.of(0, 1, 2, 3)),
                new TreeSet<>(manager.list("list", Integer.class).snapshot()));
        DictProxy<Integer, String> dict = manager.dict("dict", Integer.class, String.class);
        assertEquals(4, dict.size());
        assertEquals("process 3", dict.get(3));
    }

    @Test
    void squaresByEightProcesses() {
        all(processes(8), "square");
        assertEquals(
                List.of(0L, 1L, 4L, 9L, 16L, 25L, 36L, 49L),
                manager.list("squares", Long.class).snapshot().stream().sorted().toList());
    }

    @Test
    void recordsAreInsertedByOneProcessAndPrintedByAnother() {
        ListProxy<Tuple> records = manager.list("records", Tuple.class);
        records.addAll(List.of(Tuple.of("sam", 10), Tuple.of("adam", 9)));
        List<ChildJvm> two = processes(2);
        two.get(0).ask("insert 7");
        two.get(1).ask("print 0");
        List<String> printed =
                IntStream.range(0, 3).mapToObj(i -> two.get(1).heard()).toList();
        assertTrue(printed.get(2).contains("name 7"), printed::toString);
    }

    @Test
    void theBalanceIsStillOneHundred() {
        ValueProxy<Integer> balance = manager.value("balance", "i", 100);
        all(processes(4), "account");
        assertEquals(100, balance.get());
    }

    @Test
    void threePermitsNeverLetAFourthIn() {
        all(processes(5), "semaphore");
        assertFalse(manager.set("seen", Long.class).contains(4L));
        assertEquals(3, manager.semaphore("three", 3).availablePermits());
    }

    @Test
    void producersAndConsumers() throws Exception {
        List<ChildJvm> four = processes(4);
        four.get(2).send("consume 2");
        four.get(3).send("consume 3");
        all(four.subList(0, 2), "produce");
        JoinableQueueProxy<Object> jobs = manager.joinableQueue("jobs");
        jobs.join();
        assertEquals(100, manager.counter("done").get());
        assertEquals(100, manager.set("results").size());
        jobs.put("end");
        jobs.put("end");
        four.get(2).answer();
        four.get(3).answer();
        assertTrue(jobs.isEmpty());
    }

    @Test
    void anEventStartsAll() {
        List<ChildJvm> three = processes(3);
        for (ChildJvm c : three) {
            c.send("event 0");
        }
        Await.until("all wait", () -> waiters("go") == 3);
        assertEquals(0, manager.counter("started").get());
        manager.event("go").set();
        three.forEach(ChildJvm::answer);
        assertEquals(3, manager.counter("started").get());
    }

    private long waiters(String name) {
        return manager.objects().stream()
                .filter(o -> name.equals(o.name()))
                .mapToLong(o -> o.waiters())
                .sum();
    }

    @Test
    void aConditionHandsOver() {
        List<ChildJvm> three = processes(3);
        for (int i = 2; i >= 0; i--) {
            three.get(i).send("condition " + i);
        }
        three.forEach(ChildJvm::answer);
        assertEquals(List.of(0, 1, 2), manager.list("order", Integer.class).snapshot());
    }

    @Test
    void aBarrierInRounds() {
        all(processes(3), "barrier");
        assertEquals(0, manager.barrier("all", 3).getNumberWaiting());
    }
}
