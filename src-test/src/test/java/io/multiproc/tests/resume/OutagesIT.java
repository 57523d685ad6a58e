package io.multiproc.tests.resume;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.ConnectionListener;
import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.CounterProxy;
import io.multiproc.client.Delivery;
import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.Outcome;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.ServerRestartedException;
import io.multiproc.client.SessionExpiredException;
import io.multiproc.client.SessionInfo;
import io.multiproc.client.StaleTokenException;
import io.multiproc.server.ServerOptions;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Saboteur;
import io.multiproc.tests.fixtures.Saboteur.Breakage;
import io.multiproc.tests.fixtures.TestServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What calls, waits, locks and programs see of a connection that breaks. */
@Tag("jdk")
@Timeout(120)
class OutagesIT {
    private TestServer server = TestServer.start(o -> options(o).withGrace(Duration.ofSeconds(60)));
    private Saboteur cable = new Saboteur(server.uri(), (c, to) -> Breakage.NONE);
    private Manager watcher = server.connect();

    /** The transport. */
    String listen() {
        return "tcp://127.0.0.1:0";
    }

    /** What the server is started with. */
    ServerOptions options(ServerOptions o) {
        return o.withListen(listen());
    }

    @AfterEach
    void close() {
        cable.close();
        server.close();
    }

    private void restartWith(Duration lease, Duration grace) {
        close();
        server = TestServer.start(
                o -> options(o).withGrace(grace).withLease(lease, Duration.ofMillis(100), Duration.ofMinutes(1)));
        cable = new Saboteur(server.uri(), (c, to) -> Breakage.NONE);
        watcher = server.connect();
    }

    private Manager connect() {
        return server.connect(server.options().withAddress(cable.uri()).withName("cut"));
    }

    private Optional<SessionInfo> session() {
        return watcher.sessions().stream().filter(s -> s.name().equals("cut")).findFirst();
    }

    private void awaitCutOff() {
        Await.until(
                "the server has noticed",
                () -> session().filter(s -> !s.connected()).isPresent());
    }

    private void awaitWaits(int n) {
        Await.until(n + " wait", () -> session().filter(s -> s.waits() == n).isPresent());
    }

    private static <T> FutureTask<T> start(java.util.concurrent.Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Test
    void aCallThatWaitsStaysAndIsAnsweredOnce() throws Exception {
        Manager m = connect();
        QueueProxy<Object> queue = m.queue("q");
        FutureTask<Object> taker = start(queue::take);
        CompletableFuture<Object> async = queue.async().take().thenApply(v -> v);
        awaitWaits(2);
        cable.down();
        awaitCutOff();
        Await.until("the client has noticed", () -> m.connectionState().equals("reconnecting"));
        watcher.queue("q").put("while away");
        cable.up();
        watcher.queue("q").put("afterwards");
        assertEquals(
                List.of("afterwards", "while away"),
                List.of(taker.get().toString(), async.get().toString()).stream()
                        .sorted()
                        .toList());
        assertEquals(0, watcher.queue("q").size());
        assertEquals("connected", m.connectionState());
        assertTrue(session().orElseThrow().connected());
    }

    @Test
    void callsMadeDuringTheOutageWait() throws Exception {
        Manager m = connect();
        CounterProxy counter = m.counter("n");
        cable.down();
        awaitCutOff();
        FutureTask<Long> call = start(() -> counter.addAndGet(5));
        CompletableFuture<Long> async = counter.async().addAndGet(7);
        assertFalse(async.isDone());
        cable.up();
        call.get();
        async.get();
        assertEquals(12, watcher.counter("n").get());
    }

    @Test
    void anInterruptEndsAWaitAtOnceAndLosesNothing() throws Exception {
        Manager m = connect();
        QueueProxy<Object> queue = m.queue("q");
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread taker = new Thread(() -> {
            try {
                queue.take();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        taker.start();
        awaitWaits(1);
        cable.down();
        awaitCutOff();
        // delivered to a session that is away
        watcher.queue("q").put("item");
        taker.interrupt();
        interrupted.await();
        cable.up();
        assertEquals("item", watcher.queue("q").take());
    }

    @Test
    void timedWaitsEndInTimeAndWhatTheyGotIsGivenBack() throws Exception {
        Manager m = connect();
        QueueProxy<Object> queue = m.queue("q");
        LockProxy lock = m.lock("l");
        LockProxy other = watcher.lock("l");
        other.lock();
        FutureTask<Object> poll = start(() -> queue.poll(Duration.ofMillis(400)));
        FutureTask<Boolean> tryLock = start(() -> lock.tryLock(Duration.ofMillis(400)));
        awaitWaits(2);
        cable.down();
        awaitCutOff();
        other.unlock(); // granted to who is away
        watcher.queue("q").put("item");
        assertNull(poll.get());
        assertFalse(tryLock.get());
        cable.up();
        assertEquals("item", watcher.queue("q").take());
        other.lock();
        other.unlock();
    }

    @Test
    void theWaitForAConnectionCanBeBounded() throws Exception {
        Manager m = server.connect(
                server.options().withAddress(cable.uri()).withName("cut").withReconnectTimeout(Duration.ofMillis(100)));
        CounterProxy counter = m.counter("n");
        QueueProxy<Object> queue = m.queue("q");
        FutureTask<Object> taker = start(queue::take);
        CompletableFuture<Object> async = queue.async().take().thenApply(v -> v);
        awaitWaits(2);
        cable.down();
        ExecutionException e = assertThrows(ExecutionException.class, taker::get);
        assertEquals(
                Outcome.UNKNOWN,
                assertInstanceOf(ConnectionLostException.class, e.getCause()).outcome());
        e = assertThrows(ExecutionException.class, async::get);
        assertEquals(
                Outcome.UNKNOWN,
                assertInstanceOf(ConnectionLostException.class, e.getCause()).outcome());
        ConnectionLostException now = assertThrows(ConnectionLostException.class, () -> counter.addAndGet(1));
        assertEquals(Outcome.NOT_APPLIED, now.outcome());
        assertTrue(now.getMessage().contains("no connection to " + cable.uri()), now.getMessage());
        // what they got while away comes back
        watcher.queue("q").put(1);
        watcher.queue("q").put(2);
        cable.up();
        Await.until("connected", () -> m.connectionState().equals("connected"));
        assertEquals(1, counter.addAndGet(1));
        assertEquals(
                3,
                ((Number) watcher.queue("q").take()).intValue()
                        + ((Number) watcher.queue("q").take()).intValue());
    }

    /** A large array is sent from where it is. A call that ends without a reply takes a copy, since its request is sent all the same. */
    @Test
    void theArrayOfACallThatFailedIsTheProgramsAgain() throws Exception {
        Manager m = server.connect(
                server.options().withAddress(cable.uri()).withName("cut").withReconnectTimeout(Duration.ofSeconds(1)));
        DictProxy<String, byte[]> values = m.dict("values", String.class, byte[].class);
        byte[] value = new byte[3 << 20];
        Arrays.fill(value, (byte) 1);
        byte[] sent = value.clone();
        cable.down();
        ConnectionLostException e = assertThrows(ConnectionLostException.class, () -> values.set("key", value));
        assertEquals(Outcome.UNKNOWN, e.outcome());
        Arrays.fill(value, (byte) 2);
        cable.up();
        DictProxy<String, byte[]> seen = watcher.dict("values", String.class, byte[].class);
        Await.until("the request was sent", () -> seen.containsKey("key"));
        assertArrayEquals(sent, seen.get("key"));
        values.set("key", value);
        assertArrayEquals(value, seen.get("key"));
    }

    @Test
    void aLockSurvivesACutAndNotTheEndOfTheSession() throws Exception {
        Queue<String> events = new ConcurrentLinkedQueue<>();
        restartWith(Duration.ofSeconds(20), Duration.ofMillis(300));
        Manager m = server.connect(server.options()
                .withAddress(cable.uri())
                .withName("cut")
                .withConnectionListener(new ConnectionListener() {
                    @Override
                    public void disconnected(Manager manager, String reason) {
                        events.add("disconnected");
                    }

                    @Override
                    public void reconnected(Manager manager, Duration outage) {
                        events.add("reconnected");
                    }

                    @Override
                    public void ended(Manager manager, ManagerException reason) {
                        events.add(reason.getClass().getSimpleName());
                    }
                }));
        LockProxy lock = m.lock("l");
        lock.lock();
        cable.cut();
        assertTrue(lock.isHeldByCurrentThread());
        FutureTask<Boolean> next = start(() -> {
            watcher.lock("l").lock();
            return true;
        });
        cable.down();
        assertTrue(next.get(), "granted after the grace");
        cable.up();
        SessionExpiredException e = assertThrows(SessionExpiredException.class, lock::unlock);
        assertTrue(e.getMessage().contains("has ended"), e.getMessage());
        assertFalse(lock.isHeldByCurrentThread());
        assertEquals(
                Outcome.NOT_APPLIED,
                assertThrows(SessionExpiredException.class, lock::unlock).outcome());
        Await.until("all are told", () -> events.contains("SessionExpiredException"));
        assertEquals(
                List.of("disconnected", "reconnected", "disconnected", "SessionExpiredException"), List.copyOf(events));
        assertEquals("ended", m.connectionState());
        assertFalse(m.isOpen());
    }

    @Test
    void aRestartedServerIsNoticed() throws Exception {
        Manager m = connect();
        DictProxy<Object, Object> dict = m.dict("d");
        dict.put("k", 1);
        try (TestServer second = TestServer.startAt(listen(), server.key())) {
            cable.target(second.uri());
            cable.cut();
            ServerRestartedException e = assertThrows(ServerRestartedException.class, () -> {
                while (true) {
                    dict.get("k");
                }
            });
            assertTrue(e.getMessage().contains("does not know"), e.getMessage());
        }
    }

    @Test
    void aRenewedSessionGoesOnWithNamedObjects() throws Exception {
        CountDownLatch renewed = new CountDownLatch(1);
        Manager m = server.connect(server.options().withAddress(cable.uri()).withRenewal(manager -> {
            manager.dict("config").put("made", "again");
            renewed.countDown();
        }));
        DictProxy<Object, Object> config = m.dict("config");
        QueueProxy<Object> bounded = m.queue("bounded", Object.class, 3);
        DictProxy<Object, Object> anonymous = m.dict();
        config.put("made", "first");
        try (TestServer second = TestServer.startAt(listen(), server.key())) {
            cable.target(second.uri());
            cable.cut();
            renewed.await();
            assertEquals("again", config.get("made"));
            assertEquals(3, bounded.remainingCapacity());
            bounded.put(config); // a proxy of the first session as a value in the second
            assertEquals(config, bounded.take());
            NoSuchObjectException e = assertThrows(NoSuchObjectException.class, () -> anonymous.put("k", 1));
            assertTrue(e.getMessage().contains("anonymous"), e.getMessage());
            m.close();
        }
    }

    @Test
    void closingDuringAnOutageEndsIt() throws Exception {
        Manager m = connect();
        QueueProxy<Object> queue = m.queue("q");
        FutureTask<Object> taker = start(queue::take);
        awaitWaits(1);
        cable.down();
        awaitCutOff();
        m.close();
        ExecutionException e = assertThrows(ExecutionException.class, taker::get);
        assertEquals("ManagerClosedException", e.getCause().getClass().getSimpleName());
    }

    @Test
    void aHolderThatWasDeclaredDeadDoesNoHarm() throws Exception {
        restartWith(Duration.ofSeconds(30), Duration.ofMillis(300));
        Manager m = connect();
        LockProxy lock = m.lock("l");
        DictProxy<Object, Object> dict = m.dict("d");
        JoinableQueueProxy<Object> jobs = m.joinableQueue("jobs");
        lock.lock();
        long token = lock.fencingToken();
        dict.putFenced("who", "first", lock, token);
        jobs.put("job");
        long delivery = jobs.takeDelivery(Duration.ZERO).number();
        cable.down();
        // the next in line gets what the dead one had
        LockProxy theirs = watcher.lock("l");
        theirs.lock();
        Delivery<Object> again = watcher.joinableQueue("jobs").takeDelivery(Duration.ofSeconds(30));
        assertEquals("job", again.item());
        assertEquals(2, again.deliveries());
        watcher.dict("d").putFenced("who", "second", theirs, theirs.fencingToken());
        cable.up();
        // as a process that did not notice: by a session of its own
        Manager late = server.connect();
        assertThrows(StaleTokenException.class, () -> late.dict("d").putFenced("who", "dead", late.lock("l"), token));
        assertFalse(late.lock("l").isCurrent(token));
        assertFalse(late.joinableQueue("jobs").done(delivery));
        assertEquals("second", watcher.dict("d").get("who"));
        assertTrue(watcher.joinableQueue("jobs").done(again.number()));
        Await.until("the dead one is told", () -> lock.getHoldCount() == 0);
    }
}
