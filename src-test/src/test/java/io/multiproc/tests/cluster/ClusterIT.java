package io.multiproc.tests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in processes of their own: one is killed, paused, ended or missing, and clients go on. */
@Tag("jdk")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClusterIT {
    @TempDir
    Path folder;

    private static FutureTask<Object> taking(QueueProxy<Object> queue) {
        FutureTask<Object> task = new FutureTask<>(queue::take);
        Thread thread = new Thread(task, "taker");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Test
    void theOthersGoOnWhenTheLeaderIsKilled() throws Exception {
        try (ClusterServers cluster = ClusterServers.three(folder);
                Manager manager = cluster.connect();
                Manager other = cluster.connect()) {
            LockProxy lock = manager.lock("lock");
            lock.lock();
            long token = lock.fencingToken();
            DictProxy<Object, Object> dict = other.dict("dict");
            dict.put("k", "v");
            FutureTask<Object> taken = taking(other.queue("queue"));
            Await.until("it waits", () -> other.objects().stream().anyMatch(o -> o.waiters() == 1));

            ClusterServers.Node first = cluster.leader();
            first.kill();
            long begun = System.nanoTime();
            assertEquals("v", dict.get("k"));
            System.out.println("ClusterIT: first answer " + (System.nanoTime() - begun) / 1_000_000
                    + " ms after the leader was killed");
            assertTrue(other.lock("lock").isLocked());
            manager.queue("queue").put("item");
            assertEquals("item", taken.get(60, TimeUnit.SECONDS));
            lock.unlock();
            LockProxy again = other.lock("lock");
            again.lock();
            assertTrue(again.fencingToken() > token);
            again.unlock();

            // and once more, with the first one back
            first.start();
            ClusterServers.Node second = cluster.leader();
            assertNotEquals(first.name(), second.name());
            CounterProxy counter = manager.counter("n");
            assertEquals(1, counter.incrementAndGet());
            Await.until("all have the log", () -> manager.cluster().members().stream()
                    .allMatch(m -> m.lag() != null && m.lag() == 0));
            second.kill();
            assertEquals(2, counter.incrementAndGet());
            assertEquals("v", dict.get("k"));
        }
    }

    @Test
    void aLeaderThatSleptAnswersNothingOld() throws Exception {
        try (ClusterServers cluster = ClusterServers.three(folder);
                Manager manager = cluster.connect()) {
            DictProxy<Object, Object> dict = manager.dict("dict");
            dict.put("k", 1);
            ClusterServers.Node asleep = cluster.leader();
            try (Manager there = cluster.connect(asleep.uri())) {
                DictProxy<Object, Object> same = there.dict("dict");
                assertEquals(1, same.get("k"));
                asleep.signal("STOP");
                dict.put("k", 2);
                FutureTask<Object> asked = new FutureTask<>(() -> same.get("k"));
                Thread thread = new Thread(asked, "asks who sleeps");
                thread.setDaemon(true);
                thread.start();
                asleep.signal("CONT");
                assertEquals(2, asked.get(60, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void allEndAndAllComeBack() throws Exception {
        try (ClusterServers cluster = ClusterServers.three(folder);
                Manager manager = cluster.connect()) {
            LockProxy lock = manager.lock("lock");
            lock.lock();
            manager.dict("dict").put("k", 1);
            List<ClusterServers.Node> all = new ArrayList<>(cluster.all());
            for (ClusterServers.Node node : all) {
                node.kill();
            }
            // in another order
            for (int i = all.size() - 1; i >= 0; i--) {
                all.get(i).start();
            }
            assertEquals(1, manager.dict("dict").get("k"));
            assertTrue(lock.isLocked());
            lock.unlock();
        }
    }

    @Test
    void withoutAMajorityCallsWait() throws Exception {
        try (ClusterServers cluster = ClusterServers.three(folder);
                Manager manager = cluster.connect()) {
            CounterProxy counter = manager.counter("n");
            assertEquals(1, counter.incrementAndGet());
            ClusterServers.Node left = cluster.leader();
            List<ClusterServers.Node> others =
                    cluster.all().stream().filter(n -> n != left).toList();
            for (ClusterServers.Node node : others) {
                node.kill();
            }
            FutureTask<Long> asked = new FutureTask<>(counter::incrementAndGet);
            Thread thread = new Thread(asked, "caller");
            thread.setDaemon(true);
            thread.start();
            Await.until("it gives up to lead", () -> !left.leads());
            assertFalse(asked.isDone());
            others.get(0).start();
            assertEquals(2, asked.get(60, TimeUnit.SECONDS));
            assertEquals(2, counter.get());
        }
    }

    @Test
    void aLeaderThatIsEndedHandsOver() throws Exception {
        try (ClusterServers cluster = ClusterServers.three(folder);
                Manager manager = cluster.connect()) {
            CounterProxy counter = manager.counter("n");
            assertEquals(1, counter.incrementAndGet());
            ClusterServers.Node leader = cluster.leader();
            assertEquals(0, leader.terminate(), leader::log);
            long begun = System.nanoTime();
            assertEquals(2, counter.incrementAndGet());
            System.out.println("ClusterIT: first answer " + (System.nanoTime() - begun) / 1_000_000
                    + " ms after the leader had ended");
            assertNull(manager.cluster().why());
        }
    }
}
