package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.multiproc.client.AsyncLock;
import io.multiproc.client.AuthenticationException;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.Outcome;
import io.multiproc.client.ProtocolException;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.RegistryMismatchException;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.SerializationException;
import io.multiproc.client.WrongTypeException;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a program does wrong has an exception and a text of its own, and harms nobody else. */
@Timeout(120)
class BadInputIT {
    private TestServer server;
    private Manager manager;
    private Manager other;

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

    private static <E extends Throwable> E fails(Class<E> type, String text, Executable action) {
        E e = assertThrowsExactly(type, action);
        assertTrue(
                e.getMessage() != null && e.getMessage().contains(text),
                () -> "'" + e.getMessage() + "' does not say '" + text + "'");
        return e;
    }

    /** As {@link #fails}, for what another thread throws. */
    private static <E extends Throwable> E endsWith(Class<E> type, String text, Background background)
            throws InterruptedException {
        Await.end(background.thread);
        return fails(type, text, () -> {
            throw background.failure.get();
        });
    }

    /** A thread, and how its call ended. */
    private static final class Background {
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final AtomicReference<Object> result = new AtomicReference<>();
        private final Thread thread;

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
    private interface Call {
        Object call() throws Exception;
    }

    private static Call action(Executable e) {
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

    private void untilWaiting(int n) {
        Await.until(
                n + " wait",
                () -> other.objects().stream()
                                .mapToLong(o -> ((Number) o.get("waiters")).longValue())
                                .sum()
                        == n);
    }

    // ---- connecting

    @Test
    void wrongKey() {
        ManagerOptions wrong = server.options().withAuthkey("wrong".getBytes(StandardCharsets.UTF_8));
        fails(AuthenticationException.class, server.uri(), () -> server.connect(wrong));
    }

    @Test
    void noKey(@TempDir Path home) throws Exception {
        // another JVM, for another environment
        ProcessBuilder b = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        NoKey.class.getName(),
                        server.uri())
                .redirectErrorStream(true);
        b.environment().keySet().removeIf(k -> k.startsWith("MULTIPROC_"));
        b.environment().put("XDG_CONFIG_HOME", home.toString());
        Process p = b.start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        p.waitFor();
        assertTrue(out.contains("IllegalArgumentException"), out);
        for (String place : List.of(
                "--authkey-file",
                "MULTIPROC_AUTHKEY_FILE",
                "MULTIPROC_AUTHKEY",
                home.resolve("multiproc/authkey").toString())) {
            assertTrue(out.contains(place), () -> out + " does not name " + place);
        }
    }

    /** Connects without a key. */
    static final class NoKey {
        public static void main(String[] args) {
            try (Manager m = Manager.connect(args[0])) {
                System.out.println("connected");
            } catch (RuntimeException e) {
                System.out.println(e);
            }
        }
    }

    @Test
    void missingKeyFile() {
        fails(
                IllegalArgumentException.class,
                "/no/such/file does not exist",
                () -> Manager.connect(ManagerOptions.defaults().withAuthkeyFile(Path.of("/no/such/file"))));
    }

    @Test
    void emptyKeyFile(@TempDir Path home) throws IOException {
        Path file = Files.writeString(home.resolve("key"), "\n");
        fails(
                IllegalArgumentException.class,
                "is empty",
                () -> Manager.connect(ManagerOptions.defaults().withAuthkeyFile(file)));
    }

    private interface Peer {
        void serve(Socket socket) throws IOException;
    }

    /** A server that is none. */
    private void withPeer(Peer peer, java.util.function.Consumer<ManagerOptions> test) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread t = new Thread(() -> {
                while (!listener.isClosed()) {
                    try (Socket s = listener.accept()) {
                        peer.serve(s);
                    } catch (IOException e) {
                        // the test has ended
                    }
                }
            });
            t.setDaemon(true);
            t.start();
            test.accept(server.options()
                    .withAddress("tcp://127.0.0.1:" + listener.getLocalPort())
                    .withConnectTimeout(Duration.ofMillis(500)));
        }
    }

    @Test
    void aServerThatSendsGarbage() throws IOException {
        withPeer(
                s -> {
                    s.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    drain(s.getInputStream());
                },
                o -> fails(ProtocolException.class, "Is it a multiproc server?", () -> Manager.connect(o)));
    }

    @Test
    void aServerThatSendsWellFormedGarbage() throws IOException {
        withPeer(
                s -> {
                    s.getOutputStream().write(new byte[] {0, 0, 0, 5, 'h', 'e', 'l', 'l', 'o'});
                    drain(s.getInputStream());
                },
                o -> fails(ProtocolException.class, o.address(), () -> Manager.connect(o)));
    }

    @Test
    void aServerThatEchoesAndOneThatSaysNothing() throws IOException {
        // a server speaks first, so an echo says nothing either
        withPeer(
                s -> {
                    InputStream in = s.getInputStream();
                    OutputStream out = s.getOutputStream();
                    int b;
                    while ((b = in.read()) >= 0) {
                        out.write(b);
                    }
                },
                o -> fails(ProtocolException.class, "no answer from " + o.address(), () -> Manager.connect(o)));
    }

    @Test
    void aServerThatHangsUp() throws IOException {
        withPeer(s -> {}, o -> {
            ManagerException e = assertThrowsExactly(ConnectionLostException.class, () -> Manager.connect(o));
            assertTrue(e.getMessage().contains("closed the connection during the handshake"), e::getMessage);
        });
    }

    private static void drain(InputStream in) throws IOException {
        while (in.read() >= 0) {
            // until the client hangs up
        }
    }

    @Test
    void nobodyListens() throws IOException {
        int port;
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = s.getLocalPort();
        }
        String uri = "tcp://127.0.0.1:" + port;
        ManagerException e = fails(
                ManagerException.class,
                uri,
                () -> Manager.connect(server.options().withAddress(uri)));
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
    }

    @Test
    void noSuchHost() {
        fails(
                ManagerException.class,
                "no-such-host.invalid",
                () -> Manager.connect(server.options().withAddress("tcp://no-such-host.invalid:1")));
    }

    @Test
    void malformedAddresses() {
        for (String uri :
                List.of("http://127.0.0.1:1", "127.0.0.1:50000", "tcp:", "tcp://", "unix:relative", "", " ")) {
            fails(
                    IllegalArgumentException.class,
                    "is not an address",
                    () -> Manager.connect(server.options().withAddress(uri)));
        }
    }

    // ---- values

    private static List<Object> nested(int depth) {
        List<Object> inner = new ArrayList<>();
        for (int i = 1; i < depth; i++) {
            List<Object> outer = new ArrayList<>();
            outer.add(inner);
            inner = outer;
        }
        return inner;
    }

    @Test
    void nestedTooDeep() {
        DictProxy<Object, Object> dict = manager.dict();
        List<Object> deep = nested(100_000);
        fails(IllegalArgumentException.class, "nested deeper than 100 levels", () -> dict.put("k", deep));
        assertEquals(0, dict.size());
        List<Object> allowed = nested(90);
        dict.put("k", allowed);
        assertEquals(allowed, dict.get("k"));
    }

    @Test
    void containsItself() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        fails(IllegalArgumentException.class, "or contains itself", () -> manager.list(list));
        Map<Object, Object> map = new HashMap<>();
        map.put("self", map);
        fails(IllegalArgumentException.class, "or contains itself", () -> manager.list()
                .add(map));
    }

    /** A class nobody has registered. */
    static final class Unregistered {
        int field = 1;
    }

    /** A class that two clients register differently. */
    static final class Registered {
        int field = 1;
    }

    /** Another one. */
    static final class Another {
        String text = "";
    }

    @Test
    void unregisteredClass() {
        QueueProxy<Object> queue = manager.queue();
        SerializationException e =
                fails(SerializationException.class, "register(", () -> queue.put(new Unregistered()));
        assertTrue(e.getMessage().contains(Unregistered.class.getName()), e::getMessage);
        fails(SerializationException.class, Unregistered.class.getName(), () -> queue.put(List.of(new Unregistered())));
        assertTrue(queue.isEmpty());
    }

    @Test
    void oneIdForTwoClasses() {
        server.connect(server.options().register(1000, Registered.class)).dict();
        fails(
                RegistryMismatchException.class,
                Another.class.getName(),
                () -> server.connect(server.options().register(1000, Another.class)));
        fails(
                RegistryMismatchException.class,
                Registered.class.getName(),
                () -> server.connect(server.options().register(1001, Registered.class)));
    }

    @Test
    void keysThatCannotBe() {
        DictProxy<Object, Object> dict = manager.dict();
        fails(WrongTypeException.class, "list", () -> dict.put(List.of(1), 1));
        fails(WrongTypeException.class, "dict", () -> dict.get(Map.of()));
        fails(WrongTypeException.class, "set", () -> dict.putAll(Map.of("good", 1, Set.of(1), 2)));
        assertEquals(0, dict.size());
    }

    @Test
    void nulls() {
        DictProxy<Object, Object> dict = manager.dict();
        QueueProxy<Object> queue = manager.queue();
        fails(NullPointerException.class, "key", () -> dict.put(null, 1));
        fails(NullPointerException.class, "value", () -> dict.put("k", null));
        fails(NullPointerException.class, "key", () -> dict.get(null));
        fails(NullPointerException.class, "item", () -> queue.put(null));
        fails(NullPointerException.class, "item", () -> queue.offer(null));
        Map<Object, Object> nulls = new HashMap<>();
        nulls.put("k", null);
        assertThrowsExactly(NullPointerException.class, () -> dict.putAll(nulls));
        assertThrowsExactly(NullPointerException.class, () -> queue.addAll(java.util.Arrays.asList(1, null)));
        assertThrowsExactly(NullPointerException.class, () -> dict.async().set("k", null));
        assertThrowsExactly(NullPointerException.class, () -> dict.async().putAll(nulls));
        assertThrowsExactly(NullPointerException.class, () -> queue.async().put(null));
        assertEquals(0, dict.size());
        assertEquals(0, queue.size());
    }

    @Test
    void aRequestLargerThanTheFrameLimit() {
        DictProxy<Object, Object> dict = manager.dict();
        RequestRejectedException e = fails(
                RequestRejectedException.class, "the server takes at most", () -> dict.put("k", new byte[2 << 20]));
        assertEquals(ErrorCode.TOO_LARGE, e.code());
        CompletionException async = assertThrowsExactly(
                CompletionException.class,
                () -> dict.async().put("k", new byte[2 << 20]).join());
        assertEquals(RequestRejectedException.class, async.getCause().getClass());
        assertEquals(0, dict.size());
    }

    @Test
    void aReplyLargerThanTheFrameLimit() {
        ListProxy<byte[]> list = manager.list("l", byte[].class);
        for (int i = 0; i < 3; i++) {
            list.add(new byte[500_000]);
        }
        RequestRejectedException e = assertThrowsExactly(RequestRejectedException.class, list::snapshot);
        assertEquals(ErrorCode.TOO_LARGE, e.code());
        assertEquals(500_000, list.get(2).length);
    }

    // ---- types

    @Test
    void aNameOfAnotherType() {
        manager.dict("name");
        WrongTypeException e =
                fails(WrongTypeException.class, "'name' is a dict, not a list", () -> other.list("name"));
        assertEquals(ErrorCode.NAME_TAKEN, e.code());
        fails(IllegalArgumentException.class, "must not be empty", () -> manager.dict(""));
        fails(RequestRejectedException.class, "exceeds 1024 bytes", () -> manager.dict("x".repeat(2000)));
    }

    @Test
    void contentOfAnotherType() {
        manager.dict("d").put("k", "text");
        fails(ClassCastException.class, "java.lang.String", () -> manager.dict("d", String.class, Long.class)
                .get("k"));
        manager.dict("d").put("n", Long.MAX_VALUE);
        assertThrowsExactly(ArithmeticException.class, () -> manager.dict("d", String.class, Integer.class)
                .get("n"));
        manager.dict("d").put("big", BigInteger.TWO.pow(70));
        assertThrowsExactly(ArithmeticException.class, () -> manager.dict("d", String.class, Long.class)
                .get("big"));
        assertEquals(BigInteger.TWO.pow(70), manager.dict("d").get("big"));
    }

    @Test
    void addingToWhatIsNoNumber() {
        DictProxy<Object, Object> dict = manager.dict();
        dict.put("k", "text");
        assertThrowsExactly(WrongTypeException.class, () -> dict.add("k", 1));
        assertEquals("text", dict.get("k"));
    }

    @Test
    void indices() {
        ListProxy<Object> list = manager.list(List.of(1, 2, 3));
        fails(IndexOutOfBoundsException.class, "list index out of range", () -> list.get(3));
        fails(IndexOutOfBoundsException.class, "-1", () -> list.get(-1));
        assertThrowsExactly(IndexOutOfBoundsException.class, () -> list.set(7, 1));
        assertThrowsExactly(IndexOutOfBoundsException.class, () -> list.remove(3));
        assertThrowsExactly(IndexOutOfBoundsException.class, () -> list.add(4, 1));
        assertThrowsExactly(IndexOutOfBoundsException.class, () -> list.at(-4));
        assertThrowsExactly(
                IndexOutOfBoundsException.class, () -> manager.list().pop());
        assertEquals(List.of(1, 2, 3), list.snapshot());
    }

    @Test
    void sortingWhatHasNoOrder() {
        ListProxy<Object> list = manager.list(List.of(3, "two", 1));
        assertThrowsExactly(ClassCastException.class, () -> list.sort(false));
        assertThrowsExactly(ClassCastException.class, () -> list.sort(null));
        assertEquals(List.of(3, "two", 1), list.snapshot());
    }

    // ---- state

    @Test
    void closedManager() throws Exception {
        QueueProxy<Object> queue = manager.queue("queue");
        Background taker = new Background(queue::take);
        CompletableFuture<Object> future = queue.async().take();
        untilWaiting(2);
        manager.close();
        endsWith(ManagerClosedException.class, "closed", taker);
        assertEquals(
                ManagerClosedException.class,
                assertThrowsExactly(CompletionException.class, future::join)
                        .getCause()
                        .getClass());
        fails(ManagerClosedException.class, "closed", () -> queue.put(1));
        fails(ManagerClosedException.class, "closed", () -> manager.dict());
        assertFalse(manager.isOpen());
        untilWaiting(0);
        assertDoesNotThrow(manager::close);
        queue.close();
    }

    @Test
    void locksOfOthers() throws Exception {
        LockProxy lock = manager.lock("lock");
        fails(IllegalMonitorStateException.class, "not locked", lock::unlock);
        lock.lock();
        fails(IllegalMonitorStateException.class, "held by another", other.lock("lock")::unlock);
        endsWith(IllegalMonitorStateException.class, "held by another", new Background(action(lock::unlock)));
        Condition condition = lock.condition("c");
        endsWith(IllegalMonitorStateException.class, "held by another", new Background(action(condition::await)));
        endsWith(IllegalMonitorStateException.class, "held by another", new Background(action(condition::signal)));
        fails(IllegalMonitorStateException.class, "does not hold", () -> other.lock("lock")
                .fencingToken());
        fails(IllegalStateException.class, "already holds", lock::lock);
        assertFalse(lock.tryLock());
        assertEquals(1, lock.getHoldCount());
        lock.unlock();
        assertFalse(lock.isLocked());
    }

    @Test
    void deletedObjects() throws Exception {
        DictProxy<Object, Object> dict = manager.dict("dict");
        QueueProxy<Object> queue = manager.queue("queue");
        QueueProxy<Object> full = manager.queue("full", Object.class, 1);
        full.put(1);
        JoinableQueueProxy<Object> jobs = manager.joinableQueue("jobs");
        jobs.put(1);
        LockProxy lock = other.lock("lock");
        lock.lock();
        List<Background> waiting = List.of(
                new Background(queue::take),
                new Background(action(() -> full.put(2))),
                new Background(action(jobs::join)),
                new Background(action(manager.lock("lock")::lock)));
        untilWaiting(4);
        for (String name : List.of("dict", "queue", "full", "jobs", "lock")) {
            assertTrue(other.delete(name));
            assertFalse(other.delete(name));
        }
        for (Background b : waiting) {
            endsWith(NoSuchObjectException.class, "deleted", b);
        }
        fails(NoSuchObjectException.class, "deleted", () -> dict.get("k"));
        fails(NoSuchObjectException.class, "deleted", lock::unlock);
        assertNull(manager.find("dict"));
        // the name is free for another type
        assertEquals(0, manager.list("dict").size());
    }

    @Test
    void closedProxies() {
        DictProxy<Object, Object> dict = manager.dict();
        dict.close();
        dict.close();
        fails(NoSuchObjectException.class, "does not exist", () -> dict.put(1, 1));
    }

    @Test
    void queueOverfull() throws Exception {
        QueueProxy<Object> queue = manager.queue(Object.class, 2);
        queue.add(1);
        queue.add(2);
        fails(IllegalStateException.class, "Queue full", () -> queue.add(3));
        fails(IllegalStateException.class, "Queue full", () -> queue.addAll(List.of(3, 4)));
        fails(IllegalArgumentException.class, "itself", () -> queue.drainTo(queue));
        assertFalse(queue.offer(3));
        assertFalse(queue.offer(3, Duration.ofMillis(5)));
        assertEquals(List.of(1, 2), queue.snapshot());
        assertThrowsExactly(
                java.util.NoSuchElementException.class, () -> manager.queue().remove());
        assertThrowsExactly(
                java.util.NoSuchElementException.class, () -> manager.queue().element());
    }

    @Test
    void taskDoneTooOften() throws Exception {
        JoinableQueueProxy<Object> jobs = manager.joinableQueue();
        fails(IllegalStateException.class, "task_done", jobs::taskDone);
        jobs.put(1);
        jobs.taskDone();
        assertThrowsExactly(IllegalStateException.class, jobs::taskDone);
        jobs.join();
    }

    @Test
    void missing() {
        assertThrowsExactly(
                java.util.NoSuchElementException.class, () -> manager.dict().pop("k"));
        assertThrowsExactly(
                java.util.NoSuchElementException.class, () -> manager.dict().popItem());
        fails(
                java.util.NoSuchElementException.class,
                "'Namespace' object has no attribute 'x'",
                () -> manager.namespace().get("x"));
        assertNull(manager.describe("nothing"));
        assertFalse(manager.delete("nothing"));
    }

    // ---- waiting

    private void interrupted(Call call) throws InterruptedException {
        Background b = new Background(call);
        untilWaiting(1);
        b.thread.interrupt();
        Await.end(b.thread);
        assertEquals(InterruptedException.class, b.failure.get().getClass(), () -> "" + b.failure.get());
        untilWaiting(0);
    }

    @Test
    void interruptedTakeAndPut() throws Exception {
        QueueProxy<Object> queue = manager.queue("queue", Object.class, 1);
        interrupted(queue::take);
        interrupted(() -> queue.poll(Duration.ofHours(1)));
        queue.put(1);
        interrupted(action(() -> queue.put(2)));
        interrupted(() -> queue.offer(2, Duration.ofHours(1)));
        assertEquals(1, queue.take());
        assertNull(queue.poll());
        interrupted(manager.simpleQueue("simple", Object.class)::get);
        JoinableQueueProxy<Object> jobs = manager.joinableQueue("jobs");
        jobs.put(1);
        interrupted(action(jobs::join));
    }

    @Test
    void interruptedLocksAndConditions() throws Exception {
        LockProxy lock = manager.lock("lock");
        lock.lock();
        interrupted(action(lock::lockInterruptibly));
        interrupted(() -> lock.tryLock(Duration.ofHours(1)));
        lock.unlock();
        assertFalse(lock.isLocked());
        AtomicReference<Boolean> held = new AtomicReference<>();
        interrupted(() -> {
            lock.lock();
            try {
                lock.condition("c").await();
                return "woken";
            } finally {
                // the contract: who leaves await, by whatever way, holds the lock
                held.set(lock.isHeldByCurrentThread());
                lock.unlock();
            }
        });
        assertEquals(true, held.get());
        assertFalse(lock.isLocked());
        Thread.currentThread().interrupt();
        lock.lock();
        assertTrue(Thread.interrupted(), "lock() keeps the interrupt for later");
        lock.unlock();
    }

    @Test
    void cancelledFutures() throws Exception {
        QueueProxy<Object> queue = manager.queue("queue");
        CompletableFuture<Object> take = queue.async().take();
        untilWaiting(1);
        assertTrue(take.cancel(true));
        untilWaiting(0);
        assertThrowsExactly(CancellationException.class, take::join);
        queue.put("kept");
        assertEquals("kept", queue.take());
        // and when the item is on its way already
        for (int i = 0; i < 200; i++) {
            CompletableFuture<Object> f = queue.async().take();
            other.queue("queue").put(i);
            Object taken = f.cancel(true) ? queue.take() : f.join();
            assertEquals(i, taken);
        }
        assertTrue(queue.isEmpty());

        LockProxy lock = manager.lock("lock");
        lock.lock();
        AsyncLock view = lock.async();
        CompletableFuture<Long> granted = view.lock();
        untilWaiting(1);
        assertTrue(granted.cancel(true));
        untilWaiting(0);
        lock.unlock();
        assertFalse(lock.isLocked());
        for (int i = 0; i < 200; i++) {
            CompletableFuture<Long> f = view.lock();
            if (!f.cancel(true)) {
                f.join();
                view.unlock().join();
            }
            Await.until("the lock is free", () -> !lock.isLocked());
        }
    }

    @Test
    void theServerEndsWhileClientsWait() throws Exception {
        QueueProxy<Object> queue = manager.queue("queue");
        LockProxy lock = other.lock("lock");
        lock.lock();
        Background taker = new Background(queue::take);
        Background locker = new Background(action(manager.lock("lock")::lock));
        CompletableFuture<Object> future = queue.async().take();
        untilWaiting(3);
        server.stop();
        ConnectionLostException e = endsWith(ConnectionLostException.class, server.uri(), taker);
        assertTrue(e.getMessage().contains("ended the session"), e::getMessage);
        endsWith(ConnectionLostException.class, "ended the session", locker);
        try {
            future.join();
            fail("the future completed");
        } catch (CompletionException x) {
            assertEquals(ConnectionLostException.class, x.getCause().getClass());
        }
        fails(ConnectionLostException.class, "ended the session", () -> queue.put(1));
        assertFalse(manager.isOpen());
        // nothing was on its way from this one: it learns the reason with its next call
        fails(ConnectionLostException.class, "ended the session", () -> other.dict());
        assertFalse(other.isOpen());
    }

    @Test
    void aServerThatForbidsShutdown() {
        try (TestServer strict = TestServer.start(o -> o.withAllowShutdown(false))) {
            Manager m = strict.connect();
            RequestRejectedException e = assertThrowsExactly(RequestRejectedException.class, m::shutdownServer);
            assertEquals(ErrorCode.FORBIDDEN, e.code());
            assertEquals(0, m.dict("d").size());
        }
    }
}
