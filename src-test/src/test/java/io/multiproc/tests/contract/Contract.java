package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Two clients of one server; each contract runs once for each transport. */
@Tag("alone")
@ParameterizedClass
@EnumSource(Transport.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class Contract {
    @Parameter
    Transport transport;

    /** Most calls go through this one. */
    Manager manager;

    /** A second session, as another process would have it. */
    Manager other;

    private final List<Thread> threads = new ArrayList<>();

    @BeforeEach
    void connect() {
        manager = Manager.connect(options(transport.options()));
        other = Manager.connect(options(transport.options()));
    }

    ManagerOptions options(ManagerOptions base) {
        return base;
    }

    @AfterEach
    void disconnect() throws InterruptedException {
        manager.close();
        other.close();
        for (Thread t : threads) {
            t.interrupt();
            t.join(10_000);
            assertTrue(!t.isAlive(), "a thread of the test goes on after its connection was closed: " + t);
        }
    }

    static String uniqueName() {
        return UUID.randomUUID().toString();
    }

    /** Runs a task in a thread of its own. */
    <T> Task<T> start(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = new Thread(future, "contract");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return new Task<>(future, thread);
    }

    record Task<T>(Future<T> future, Thread thread) {
        T get() throws Exception {
            try {
                return future.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw e;
            }
        }
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Asserts that a future fails with an exception of the type. */
    static <X extends Throwable> X failure(Class<X> type, CompletableFuture<?> future) {
        try {
            Object got = future.get(30, TimeUnit.SECONDS);
            return fail("expected " + type.getName() + ", got " + got);
        } catch (ExecutionException e) {
            assertTrue(type.isInstance(e.getCause()), () -> "expected " + type.getName() + ", got " + e.getCause());
            return type.cast(e.getCause());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Asks again until it holds; each question is a round trip. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, () -> "never came true: " + what);
            Thread.onSpinWait();
        }
    }

    /** How many requests wait on the object of a name. */
    long waiters(String name) {
        for (var facts : manager.objects()) {
            if (name.equals(facts.name())) {
                return facts.waiters();
            }
        }
        return 0;
    }

    static void assertMentions(String text, Executable action, Class<? extends Throwable> type) {
        Throwable e = org.junit.jupiter.api.Assertions.assertThrows(type, action);
        assertTrue(String.valueOf(e.getMessage()).contains(text), () -> "no '" + text + "' in: " + e.getMessage());
    }
}
