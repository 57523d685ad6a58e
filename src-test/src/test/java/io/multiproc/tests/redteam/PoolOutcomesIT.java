package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.CounterProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.pool.WorkerDiedException;
import io.multiproc.client.process.Task;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks whose results and exceptions cannot be reported as they are: each fails alone, and no worker ends for it. */
@Tag("once")
@Timeout(180)
class PoolOutcomesIT {
    private static final int CAUSES = 20_000;

    /** An exception whose own methods fail. */
    static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String which;

        Hostile(String which) {
            this.which = which;
        }

        private void fail(String method) {
            if (which.equals(method)) {
                throw new IllegalStateException("in " + method);
            }
        }

        @Override
        public String getMessage() {
            fail("getMessage");
            return which.equals("long") ? "x".repeat(20_000_000) : "a hostile one";
        }

        @Override
        public String toString() {
            fail("toString");
            return super.toString();
        }

        @Override
        public synchronized @Nullable Throwable getCause() {
            fail("getCause");
            return which.equals("circle") ? this : super.getCause();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            fail("getStackTrace");
            return super.getStackTrace();
        }
    }

    static int throwing(String which) {
        if (which.equals("causes")) {
            Exception e = new IllegalArgumentException("the first");
            for (int i = 0; i < CAUSES; i++) {
                e = new IllegalStateException("one more", e);
            }
            throw (IllegalStateException) e;
        }
        if (which.equals("suppressed")) {
            Exception e = new IllegalArgumentException("the first");
            for (int i = 0; i < CAUSES; i++) {
                Exception next = new IllegalStateException("one more");
                next.addSuppressed(e);
                e = next;
            }
            throw (IllegalStateException) e;
        }
        if (which.equals("overflow")) {
            return throwing(which) + 1;
        }
        throw new Hostile(which);
    }

    static Object returning(String which) {
        return switch (which) {
            case "get" -> new AbstractList<Object>() {
                @Override
                public Object get(int index) {
                    throw new UnsupportedOperationException("get of a returned list");
                }

                @Override
                public int size() {
                    return 3;
                }
            };
            case "size" -> new AbstractList<Object>() {
                @Override
                public Object get(int index) {
                    return index;
                }

                @Override
                public int size() {
                    throw new AssertionError("size of a returned list");
                }
            };
            case "entries" -> new AbstractMap<Object, Object>() {
                @Override
                public Set<Map.Entry<Object, Object>> entrySet() {
                    throw new NullPointerException("entries of a returned map");
                }
            };
            case "endless" -> new AbstractList<Object>() {
                @Override
                public Object get(int index) {
                    return 1L;
                }

                @Override
                public int size() {
                    return Integer.MAX_VALUE;
                }
            };
            case "deep" -> {
                List<Object> deep = new ArrayList<>();
                for (int i = 0; i < 200_000; i++) {
                    deep = new ArrayList<>(List.of(deep));
                }
                yield deep;
            }
            case "self" -> {
                List<Object> self = new ArrayList<>();
                self.add(self);
                yield self;
            }
            case "thread" -> Thread.currentThread();
            default -> throw new AssertionError(which);
        };
    }

    /** Its first task interrupts itself, which a task may do with its thread. */
    static int interrupting(int n) {
        Thread.currentThread().interrupt();
        return n;
    }

    static void counts(CounterProxy started) {
        started.incrementAndGet();
    }

    @Test
    void theTaskFailsAndItsWorkerGoesOn() throws Exception {
        try (TestServer server = TestServer.start(o -> o.withMaxFrame(4 << 20));
                Manager manager = server.connect()) {
            CounterProxy started = manager.counter();
            try (Pool pool = new Pool(PoolOptions.defaults()
                    .withManager(manager)
                    .withProcesses(2)
                    .withMaxAttempts(2)
                    .withInitializer(PoolOutcomesIT::counts, started))) {
                for (String which : List.of(
                        "getMessage",
                        "toString",
                        "getCause",
                        "getStackTrace",
                        "circle",
                        "long",
                        "causes",
                        "suppressed",
                        "overflow")) {
                    fails(pool, PoolOutcomesIT::throwing, which);
                }
                for (String which : List.of("get", "size", "entries", "endless", "deep", "self", "thread")) {
                    fails(pool, PoolOutcomesIT::returning, which);
                }
                for (int i = 0; i < 10; i++) {
                    assertEquals(
                            i, pool.applyAsync(PoolOutcomesIT::interrupting, i).get(Await.LONG));
                }
                // those of one chunk fail alone
                List<String> words = List.of("a", "bb", "ccc");
                assertEquals(List.of(1, 2, 3), pool.map(String::length, words));
                assertEquals(2, pool.workers());
            }
            assertEquals(2, started.get(), "each worker started once");
        }
    }

    private static <R> void fails(Pool pool, Task.Of1<String, R> task, String which) {
        ExecutionException e = assertThrows(
                ExecutionException.class, () -> pool.applyAsync(task, which).get(Await.LONG), which);
        assertTrue(!(e.getCause() instanceof WorkerDiedException), which + ": " + e.getCause());
        System.out.println(which + ": " + e.getCause().getClass().getName() + ": "
                + abbreviated(String.valueOf(e.getCause().getMessage())));
    }

    private static String abbreviated(String text) {
        return text.lines()
                .findFirst()
                .orElse("")
                .substring(0, Math.min(120, text.lines().findFirst().orElse("").length()));
    }

    /** A task that ends its worker from inside the work is tried as often as was asked for. */
    @Test
    void anEndOfTheWorkerCountsAsAnAttempt() throws Exception {
        try (TestServer server = TestServer.start();
                Manager manager = server.connect()) {
            CounterProxy started = manager.counter();
            try (Pool pool = new Pool(PoolOptions.defaults()
                    .withManager(manager)
                    .withProcesses(1)
                    .withMaxAttempts(2)
                    .withInitializer(PoolOutcomesIT::counts, started))) {
                WorkerDiedException died = assertInstanceOf(
                        WorkerDiedException.class,
                        assertThrows(ExecutionException.class, () -> pool.applyAsync(PoolOutcomesIT::closing, 1)
                                        .get(Await.LONG))
                                .getCause());
                assertEquals(2, died.attempts());
                assertEquals(3, pool.applyAsync(String::length, "abc").get(Await.LONG));
                assertEquals(3, started.get());
            }
        }
    }

    /** Takes the worker's own manager away. */
    static int closing(int n) {
        io.multiproc.client.process.ManagedProcess.currentManager()
                .orElseThrow()
                .close();
        return n;
    }
}
