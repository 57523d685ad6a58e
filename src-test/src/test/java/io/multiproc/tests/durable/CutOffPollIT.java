package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Saboteur;
import io.multiproc.tests.fixtures.Saboteur.Breakage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A wait with a time limit that runs out, by the client's clock, while there is no connection: what the server has given to it meanwhile, even if it was killed since then, goes
 * back when the client is there again.
 */
@Tag("jdk")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CutOffPollIT {
    private static final int WAIT_SECONDS = 6;

    @TempDir
    Path folder;

    @Test
    void whatItWasGivenGoesBack() throws Exception {
        try (DataServer server = new DataServer(folder, "--grace", "120");
                Saboteur cable = new Saboteur(server.uri(), (connection, toServer) -> Breakage.NONE);
                Manager near = server.connect();
                Manager far = Manager.connect(
                        ManagerOptions.defaults().withAddress(cable.uri()).withAuthkey(server.key()))) {
            List<QueueProxy<String>> items = queues(near);
            List<QueueProxy<String>> theirs = queues(far);
            List<FutureTask<String>> polls = new ArrayList<>();
            for (QueueProxy<String> queue : theirs) {
                FutureTask<String> poll = new FutureTask<>(() -> queue.poll(WAIT_SECONDS, TimeUnit.SECONDS));
                new Thread(poll, "poll").start();
                polls.add(poll);
            }
            Await.until("both wait", () -> near.sessions().stream().anyMatch(s -> s.waits() == 2));
            cable.down();
            for (QueueProxy<String> queue : items) {
                queue.put("one");
                assertEquals(0, queue.size(), "it is given to the one who waits");
            }
            server.kill();
            server.start();
            for (FutureTask<String> poll : polls) {
                assertNull(poll.get(), "its time is over");
            }
            for (QueueProxy<String> queue : items) {
                assertNull(queue.poll(), "it belongs to a session that may come back");
            }
            cable.up();
            for (int i = 0; i < items.size(); i++) {
                assertEquals("one", items.get(i).poll(Await.LONG.toSeconds(), TimeUnit.SECONDS));
                assertNull(theirs.get(i).poll());
                assertNull(items.get(i).poll());
            }
        }
    }

    private static List<QueueProxy<String>> queues(Manager manager) {
        return List.of(manager.queue("plain", String.class), manager.joinableQueue("joinable", String.class));
    }
}
