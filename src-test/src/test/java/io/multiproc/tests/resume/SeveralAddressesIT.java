package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Folders;
import io.multiproc.tests.fixtures.ServerJvm;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that know several addresses of a manager: it dies, and goes on from its log at another one. */
@Timeout(120)
class SeveralAddressesIT {
    private static final Duration GRACE = Duration.ofSeconds(60);

    private final Path data = Folders.temporary("moved");

    private static String free() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void theSessionGoesOnAtTheOtherAddress() throws Exception {
        String other = free();
        try (ServerJvm server = new ServerJvm(GRACE, data)) {
            Manager m = server.connect(server.uri() + "," + other);
            Manager waiting = server.connect("tcp://" + other + "," + server.uri());
            LockProxy lock = m.lock("l");
            lock.lock();
            long token = lock.fencingToken();
            FutureTask<Long> next = new FutureTask<>(() -> {
                LockProxy theirs = waiting.lock("l");
                theirs.lock();
                return theirs.fencingToken();
            });
            Thread thread = new Thread(next, "waits");
            thread.setDaemon(true);
            thread.start();
            Await.until("somebody waits", () -> m.lock("l").getQueueLength() == 1);

            server.killAndStart(GRACE, data, "tcp://" + other);

            assertTrue(lock.isHeldByCurrentThread());
            lock.unlock();
            assertTrue(next.get(60, TimeUnit.SECONDS) > token);
            assertEquals(2, m.sessions().size());
        }
    }
}
