package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.CounterProxy;
import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.server.ServerOptions;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Saboteur;
import io.multiproc.tests.fixtures.Saboteur.Breakage;
import io.multiproc.tests.fixtures.Saboteur.Fault;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A scripted conversation, cut once at every byte, in both directions: it always says the same. */
@Timeout(300)
class EveryByteIT {
    /** The transport. */
    String listen() {
        return "tcp://127.0.0.1:0";
    }

    /** What the server is started with. */
    ServerOptions options(ServerOptions o) {
        return o.withListen(listen()).withGrace(Duration.ofSeconds(5));
    }

    /** One byte in so many is cut after. */
    int step() {
        return 1;
    }

    static List<Object> script(Manager m) throws InterruptedException {
        List<Object> said = new ArrayList<>();
        DictProxy<Object, Object> dict = m.dict();
        said.add(dict.put("a", 1));
        said.add(dict.add("a", 2));
        ListProxy<Object> list = m.list();
        said.add(list.add("x"));
        list.append("y");
        QueueProxy<Object> queue = m.queue();
        queue.put("first");
        var second = queue.async().put("second");
        var third = queue.async().put("third");
        second.join();
        third.join();
        said.add(queue.take());
        said.add(queue.poll());
        LockProxy lock = m.lock();
        lock.lock();
        said.add(lock.getHoldCount());
        lock.unlock();
        CounterProxy counter = m.counter();
        said.add(counter.incrementAndGet());
        said.add(counter.incrementAndGet());
        said.add(new ArrayList<>(list.snapshot()));
        said.add(Map.copyOf(dict.snapshot()));
        said.add(queue.take());
        said.add(queue.size());
        return said;
    }

    @Test
    void saysTheSameWhereverItIsCut() throws Exception {
        try (TestServer server = TestServer.start(this::options);
                Manager watcher = server.connect();
                Saboteur cable = new Saboteur(server.uri(), (c, to) -> Breakage.NONE)) {
            int objects = watcher.numberOfObjects();
            long[] greeted;
            long[] total;
            List<Object> expected;
            try (Manager m = Manager.connect(server.options().withAddress(cable.uri()))) {
                greeted = new long[] {cable.toServer.get(), cable.fromServer.get()};
                expected = script(m);
                total = new long[] {cable.toServer.get(), cable.fromServer.get()};
            }
            System.out.println("EveryByteIT: " + (total[0] - greeted[0]) + " bytes to the server, "
                    + (total[1] - greeted[1]) + " from it");
            Fault[] faults = {Fault.RESET, Fault.CLOSE};
            int runs = 0;
            for (int direction = 0; direction < 2; direction++) {
                for (long at = greeted[direction]; at < total[direction]; at += step()) {
                    boolean toServer = direction == 0;
                    if (toServer && at == greeted[0]) {
                        continue; // the HelloAck might not get through, and there would be no session yet
                    }
                    Breakage breakage = new Breakage(at, faults[(int) (at % faults.length)]);
                    int first = cable.connections();
                    cable.plan((c, to) -> c == first && to == toServer ? breakage : Breakage.NONE);
                    try (Manager m = Manager.connect(server.options().withAddress(cable.uri()))) {
                        assertEquals(
                                expected,
                                script(m),
                                "cut after byte " + at + (toServer ? " to" : " from") + " the server");
                    }
                    runs++;
                }
            }
            System.out.println("EveryByteIT: " + runs + " cuts, " + cable.faults() + " of them took place");
            assertTrue(cable.faults() > runs * 9 / 10, cable.faults() + " cuts of " + runs);
            // a goodbye may have been cut off, too
            Await.until("all sessions have ended", () -> watcher.sessions().size() == 1);
            assertEquals(objects, watcher.numberOfObjects());
        }
    }
}
