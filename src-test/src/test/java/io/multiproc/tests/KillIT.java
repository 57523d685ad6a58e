package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.ChildJvm;
import io.multiproc.tests.fixtures.Script;
import io.multiproc.tests.fixtures.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM is killed with SIGKILL in the middle of something: what it owned comes back, and nobody waits for the dead. */
@Tag("jdk")
@Timeout(240)
class KillIT {
    private TestServer server;
    private Manager manager;
    private final List<ChildJvm> children = new ArrayList<>();

    @BeforeEach
    void start() {
        server = TestServer.start(o -> o.withGrace(Await.BRIEF));
        manager = server.connect();
    }

    @AfterEach
    void stop() {
        children.forEach(ChildJvm::close);
        server.close();
    }

    private ChildJvm child() {
        ChildJvm child = server.child(Victim.class);
        children.add(child);
        return child;
    }

    /** What a JVM does until it is killed. */
    static final class Victim implements Script {
        @Override
        public Object run(Manager m, String... words) throws Exception {
            return switch (words[0]) {
                case "lock" -> {
                    LockProxy lock = m.lock("lock");
                    lock.lock();
                    yield lock.fencingToken();
                }
                case "rlock" -> {
                    LockProxy lock = m.rlock("lock");
                    lock.lock();
                    lock.lock();
                    yield lock.fencingToken();
                }
                case "unlock" -> {
                    m.lock("lock").unlock();
                    yield "unlocked";
                }
                case "await" -> {
                    LockProxy lock = m.lock("lock");
                    lock.lock();
                    lock.condition("c").await();
                    lock.unlock();
                    yield "woken";
                }
                case "take" -> m.queue("queue").take();
                case "put" -> {
                    m.queue("queue").put(words[1]);
                    yield "put";
                }
                case "join" -> {
                    m.joinableQueue("jobs").join();
                    yield "joined";
                }
                case "anonymous" -> {
                    DictProxy<Object, Object> dict = m.dict();
                    dict.put("list", m.list(List.of("x", m.queue())));
                    yield dict;
                }
                case "consume" -> {
                    QueueProxy<Integer> queue = m.queue("queue", Integer.class, 0);
                    int item;
                    while ((item = queue.take()) >= 0) {
                        Script.say(item);
                    }
                    yield "all";
                }
                default -> throw new IllegalArgumentException(words[0]);
            };
        }
    }

    @Test
    void theHolderOfALockDies() {
        ChildJvm holder = child();
        ChildJvm next = child().ready();
        holder.ready();
        LockProxy lock = manager.lock("lock");
        long first = Long.parseLong(holder.ask("lock"));
        next.send("lock");
        Await.until("the next one waits", () -> lock.getQueueLength() == 1);
        holder.kill();
        long second = Long.parseLong(next.answer());
        assertTrue(second > first, () -> second + " after " + first);
        next.kill();
        Await.until("the lock is free", () -> !lock.isLocked());
        assertTrue(lock.tryLock());
        assertTrue(lock.fencingToken() > second);
        lock.unlock();
    }

    @Test
    void theHolderOfSeveralLevelsDies() {
        ChildJvm holder = child().ready();
        long first = Long.parseLong(holder.ask("rlock"));
        CompletableFuture<Long> mine = manager.rlock("lock").async().lock();
        holder.kill();
        assertTrue(mine.orTimeout(60, TimeUnit.SECONDS).join() > first);
    }

    @Test
    void aWaiterForALockDies() {
        LockProxy lock = manager.lock("lock");
        lock.lock();
        ChildJvm dead = child();
        ChildJvm live = child().ready();
        dead.ready();
        dead.send("lock");
        Await.until("the first one waits", () -> lock.getQueueLength() == 1);
        live.send("lock");
        Await.until("the second one waits", () -> lock.getQueueLength() == 2);
        dead.kill();
        Await.until("only the second one waits", () -> lock.getQueueLength() == 1);
        lock.unlock();
        live.answer();
        assertFalse(lock.tryLock());
        live.ask("unlock");
        assertTrue(lock.tryLock());
        lock.unlock();
        assertFalse(lock.isLocked());
    }

    @Test
    void theOnlyWaiterForALockDiesAndTheLockIsFree() {
        LockProxy lock = manager.lock("lock");
        lock.lock();
        ChildJvm dead = child().ready();
        dead.send("lock");
        Await.until("it waits", () -> lock.getQueueLength() == 1);
        dead.kill();
        lock.unlock();
        // whichever the server hears of first, the unlock or the death
        Await.until("the lock is free", () -> !lock.isLocked());
    }

    @Test
    void aWaiterOnAConditionDies() throws Exception {
        LockProxy lock = manager.lock("lock");
        ChildJvm dead = child();
        ChildJvm live = child().ready();
        dead.ready();
        dead.send("await");
        Await.until("the first one waits", () -> waiters("lock") == 1);
        live.send("await");
        Await.until("the second one waits", () -> waiters("lock") == 2);
        dead.kill();
        Await.until("only the second one waits", () -> waiters("lock") == 1);
        lock.lock();
        lock.condition("c").signal();
        lock.unlock();
        assertEquals("woken", live.answer());
        Await.until("the lock is free", () -> !lock.isLocked());
    }

    @Test
    void aTakerDies() throws Exception {
        QueueProxy<Object> queue = manager.queue("queue");
        ChildJvm dead = child();
        ChildJvm live = child().ready();
        dead.ready();
        dead.send("take");
        Await.until("the first one waits", () -> waiters("queue") == 1);
        live.send("take");
        Await.until("the second one waits", () -> waiters("queue") == 2);
        dead.kill();
        Await.until("only the second one waits", () -> waiters("queue") == 1);
        queue.put("one");
        queue.put("two");
        assertEquals("one", live.answer());
        assertEquals("two", queue.take());
    }

    @Test
    void aTakerDiesInTheMomentOfThePut() throws Exception {
        QueueProxy<Object> queue = manager.queue("queue");
        List<ChildJvm> takers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            takers.add(child());
        }
        takers.forEach(ChildJvm::ready);
        for (int i = 0; i < 5; i++) {
            ChildJvm dead = takers.get(i);
            int left = takers.size() - i;
            dead.send("take");
            Await.until("it waits", () -> waiters("queue") == 1);
            CompletableFuture<Boolean> put = queue.async().put("item " + i);
            dead.kill();
            put.join();
            // taken and acknowledged by the dead, or back in the queue: then nobody has seen it
            Await.until(
                    "the server knows of its death", () -> manager.sessions().size() == left);
            Object found = queue.poll();
            assertTrue(found == null || found.equals("item " + i), () -> "found " + found);
            assertNull(queue.poll());
        }
    }

    @Test
    void aPutterDies() throws Exception {
        QueueProxy<String> queue = manager.queue("queue", String.class, 1);
        queue.put("one");
        ChildJvm dead = child().ready();
        dead.send("put two");
        Await.until("it waits", () -> waiters("queue") == 1);
        dead.kill();
        Await.until("nobody waits", () -> waiters("queue") == 0);
        assertEquals("one", queue.take());
        assertNull(queue.poll());
    }

    @Test
    void aJoinerDies() throws Exception {
        JoinableQueueProxy<Object> jobs = manager.joinableQueue("jobs");
        jobs.put("job");
        ChildJvm dead = child();
        ChildJvm live = child().ready();
        dead.ready();
        dead.send("join");
        live.send("join");
        Await.until("both wait", () -> waiters("jobs") == 2);
        dead.kill();
        Await.until("one waits", () -> waiters("jobs") == 1);
        jobs.take();
        jobs.taskDone();
        assertEquals("joined", live.answer());
    }

    @Test
    void theOnlyHolderOfObjectsDies() {
        int before = manager.numberOfObjects();
        ChildJvm dead = child().ready();
        dead.ask("anonymous");
        assertEquals(before + 3, manager.numberOfObjects());
        dead.kill();
        Await.until("all are freed", () -> manager.numberOfObjects() == before);
        assertEquals(1, manager.sessions().size());
    }

    /**
     * A consumer that is killed may have received items it had no time to work on, and worked on items it had no time to
     * acknowledge. None of the first kind is lost; those of the second are seen again.
     */
    @Test
    void consumersAreKilledAtRandomMoments() throws Exception {
        long seed = System.nanoTime();
        System.out.println("consumersAreKilledAtRandomMoments: seed " + seed);
        Random random = new Random(seed);
        int items = 1000;
        int kills = 4;
        QueueProxy<Integer> queue = manager.queue("queue", Integer.class, 0);
        ChildJvm survivor = child();
        List<ChildJvm> victims = new ArrayList<>();
        for (int k = 0; k < kills; k++) {
            victims.add(child());
        }
        survivor.ready();
        victims.forEach(ChildJvm::ready);
        survivor.send("consume");
        List<String> seen = new ArrayList<>();
        int put = 0;
        for (ChildJvm victim : victims) {
            victim.send("consume");
            int until = put + items / (kills + 1);
            while (put < until) {
                queue.put(put++);
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(3000)));
            victim.kill();
            seen.addAll(victim.allHeard());
        }
        while (put < items) {
            queue.put(put++);
        }
        Await.until(
                "only the survivors are connected, and nothing is left",
                () -> queue.isEmpty() && manager.sessions().stream().allMatch(s -> s.undelivered() == 0));
        queue.put(-1);
        assertEquals("all", survivor.answer());
        seen.addAll(survivor.allHeard());
        Map<String, Integer> times = new TreeMap<>();
        seen.forEach(item -> times.merge(item, 1, Integer::sum));
        for (int i = 0; i < items; i++) {
            assertTrue(times.containsKey("" + i), "item " + i + " was lost; seed " + seed);
        }
        assertEquals(items, times.size());
        // a consumer takes one item at a time: what it has received and not acknowledged is one item, or the one before
        // whose acknowledgement was still to travel
        int twice = seen.size() - items;
        assertTrue(twice <= 2 * kills, () -> twice + " items were seen again; seed " + seed);
        assertTrue(times.values().stream().allMatch(n -> n <= 1 + kills));
    }

    private long waiters(String name) {
        return manager.objects().stream()
                .filter(o -> name.equals(o.name()))
                .mapToLong(o -> o.waiters())
                .sum();
    }
}
