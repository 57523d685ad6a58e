package io.multiproc.client.pipe;

import static org.junit.jupiter.api.Assertions.*;

import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EndTransferTest {
    /** Both ends of a pipe are taken at the same moment, as by two child processes that start together: they are still the two ends of one pipe. */
    @Test
    void bothEndsAreTakenAtOnce() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        CyclicBarrier both = new CyclicBarrier(2);
        try {
            for (int i = 0; i < 300; i++) {
                Pipe pipe = Pipe.open(true);
                pipe.first().send("early " + i);
                String first = EndTransfer.offer(pipe.first());
                String second = EndTransfer.offer(pipe.second());
                Future<Connection> other = thread.submit(() -> {
                    both.await();
                    return EndTransfer.take(second);
                });
                both.await();
                try (Connection a = EndTransfer.take(first);
                        Connection b = other.get()) {
                    a.send("to the second");
                    b.send("to the first");
                    assertTrue(b.poll(Duration.ofSeconds(20)), "nothing came to the second end");
                    assertEquals("early " + i, b.recv());
                    assertEquals("to the second", b.recv());
                    assertTrue(a.poll(Duration.ofSeconds(20)), "nothing came to the first end");
                    assertEquals("to the first", a.recv());
                }
            }
        } finally {
            thread.shutdownNow();
        }
    }
}
