package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What tests of misuse share: a server, a client that does wrong, and another one that must not notice. */
@Timeout(120)
abstract class Misuse {
    TestServer server;
    Manager manager;
    Manager other;

    @BeforeEach
    void start() {
        server = TestServer.start(o -> o.withMaxFrame(1 << 20));
        manager = server.connect();
        other = server.connect();
    }

    /** Each test ends with the server serving another client. */
    @AfterEach
    void stillServes() {
        try {
            if (other.isOpen()) {
                DictProxy<String, Long> dict = other.dict("still serving", String.class, Long.class);
                dict.put("n", 1L);
                assertEquals(1L, dict.get("n"));
            }
        } finally {
            server.close();
        }
    }

    static <E extends Throwable> E fails(Class<E> type, String text, Executable action) {
        E e = assertThrowsExactly(type, action);
        assertTrue(
                e.getMessage() != null && e.getMessage().contains(text),
                () -> "'" + e.getMessage() + "' does not say '" + text + "'");
        return e;
    }

    /** As {@link #fails}, for what another thread throws. */
    static <E extends Throwable> E endsWith(Class<E> type, String text, Background background)
            throws InterruptedException {
        Await.end(background.thread);
        return fails(type, text, () -> {
            throw background.failure.get();
        });
    }

    /** A thread, and how its call ended. */
    static final class Background {
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final AtomicReference<Object> result = new AtomicReference<>();
        final Thread thread;

        Background(Call call) {
            thread = new Thread(() -> {
                try {
                    result.set(call.call());
                    failure.set(new AssertionError("ended without an exception: " + result.get()));
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            thread.start();
        }
    }

    @FunctionalInterface
    interface Call {
        Object call() throws Exception;
    }

    static Call action(Executable e) {
        return () -> {
            try {
                e.execute();
                return null;
            } catch (Exception | Error x) {
                throw x;
            } catch (Throwable x) {
                throw new AssertionError(x);
            }
        };
    }

    void untilWaiting(int n) {
        Await.until(
                n + " wait",
                () -> other.objects().stream().mapToLong(o -> o.waiters()).sum() == n);
    }
}
