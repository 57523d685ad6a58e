package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.QueueShutDownException;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A queue that Java and Python share is shut down by one while the other waits; with and without {@code queue.ShutDown}. */
@Timeout(120)
class PythonShutdownIT {
    static List<Python> versions() {
        return Python.extremes();
    }

    private static long waiters(Manager manager, String name) {
        return manager.objects().stream()
                .filter(row -> name.equals(row.name()))
                .mapToLong(row -> row.waiters())
                .sum();
    }

    private static void assertShutDown(CompletableFuture<?> future) throws Exception {
        ExecutionException e =
                assertThrows(ExecutionException.class, () -> future.get(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        Throwable cause = e.getCause() instanceof CompletionException c ? c.getCause() : e.getCause();
        assertTrue(cause instanceof QueueShutDownException, String.valueOf(cause));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void eachEndsTheWaitsOfTheOther(Python python) throws Exception {
        try (TestServer server = TestServer.start()) {
            Manager manager = server.connect();
            QueueProxy<Object> theirs = manager.queue("theirs", Object.class, 0);
            QueueProxy<Object> full = manager.queue("full", Object.class, 1);
            JoinableQueueProxy<Object> ours = manager.joinableQueue("ours", Object.class, 0);
            full.put("first");
            try (Python.Running running = python.start("shutdown_mixed.py", Python.at(server))) {
                running.heard("ready");
                Await.until("Python waits for an item", () -> waiters(manager, "theirs") == 1);
                theirs.shutdown(false);
                running.heard("get -> " + error(python, "queue 'theirs' was shut down and has no items left"));
                Await.until("Python waits for room", () -> waiters(manager, "full") == 1);
                full.shutdown(false);
                running.heard("put -> " + error(python, "queue 'full' was shut down and takes no items any more"));
                running.heard("left -> ('first', 0) tuple");
                running.heard("get timeout -> " + error(python, "queue 'full' was shut down and has no items left"));

                CompletableFuture<Object> take = ours.async().take();
                Await.until("Java waits for an item", () -> waiters(manager, "ours") == 1);
                running.say("shut down");
                running.heard("shutdown -> None NoneType");
                assertShutDown(take);
                assertThrows(QueueShutDownException.class, () -> ours.offer("a"));

                running.say("shut down immediately");
                running.output();
                ours.join();
                assertTrue(ours.isShutdown());
            }
        }
    }

    /** Of 3.13 its own exception, which has no text; earlier ones have no such class. */
    private static String error(Python python, String text) {
        return python.minor() >= 13 ? "queue.ShutDown ()" : "builtins.ValueError (\"" + text + "\",)";
    }
}
