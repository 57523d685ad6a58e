package io.multiproc.tests.pipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SerializationException;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Connections;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pipes through a manager: between sessions, and between real processes. */
@Tag("jdk")
@Timeout(240)
class ManagerPipeIT {
    private TestServer server;
    private Manager manager;

    @BeforeEach
    void start() {
        server = TestServer.start(o -> o.withGrace(Await.BRIEF));
        manager = server.connect();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Object next(Connection c) throws Exception {
        assertTrue(c.poll(Await.LONG), "nothing came");
        return c.recv();
    }

    private static void ends(ManagedProcess p) throws InterruptedException {
        assertTrue(p.join(Await.LONG), p::toString);
        assertEquals(OptionalInt.of(0), p.exitCode(), () -> p.failure().orElse("no failure"));
    }

    /** What another session receives of a queue. */
    private static Connection carried(Manager from, Manager to, Connection end) throws Exception {
        QueueProxy<Object> q = from.queue("carrier");
        q.put(end);
        return (Connection) to.queue("carrier").poll(Await.LONG);
    }

    @Test
    void valuesBothWaysAndTheEnd() throws Exception {
        Pipe pipe = Pipe.open(manager, true);
        pipe.first().send("sent before it travels");
        Connection far = carried(manager, server.connect(), pipe.second());
        assertEquals("sent before it travels", next(far));
        for (Object v : Arrays.asList(1, "x", List.of(1, Map.of("k", 2.5)), true)) {
            far.send(v);
            assertEquals(v, next(pipe.first()));
        }
        far.send(null);
        assertNull(next(pipe.first()));
        byte[] large = new byte[3_000_000];
        Arrays.fill(large, (byte) 7);
        pipe.first().sendBytes(large, 1, large.length - 1);
        assertArrayEquals(Arrays.copyOfRange(large, 1, large.length), far.recvBytes());
        assertFalse(far.poll());
        assertFalse(far.poll(Duration.ofMillis(20)));
        // it was given away
        var gone = assertThrows(IOException.class, () -> pipe.second().send(1));
        assertTrue(gone.getMessage().contains("passed to another process"), gone.getMessage());
        pipe.second().close();
        pipe.first().send("last");
        pipe.first().close();
        assertEquals("last", next(far));
        assertThrows(EOFException.class, far::recv);
        assertTrue(far.poll());
        assertThrows(EOFException.class, far::recv);
        assertThrows(IOException.class, () -> far.send(1));
        assertThrows(IOException.class, pipe.first()::recv);
        assertThrows(IllegalStateException.class, () -> manager.queue().put(pipe.first()));
    }

    @Test
    void theEndOfASessionIsTheEndOfThePipe() throws Exception {
        Manager other = server.connect();
        Pipe pipe = Pipe.open(manager, true);
        Connection far = carried(manager, other, pipe.second());
        far.send("hello");
        assertEquals("hello", next(pipe.first()));
        far.send("the last word");
        // one that waits for room, and one that waits for the end
        CompletableFuture<Object> full = CompletableFuture.supplyAsync(() -> {
            try {
                while (true) {
                    pipe.first().send(1);
                }
            } catch (Exception e) {
                return e;
            }
        });
        Await.until("the pipe is full", () -> !full.isDone() && isIn("send", true));
        other.close();
        assertEquals("the last word", next(pipe.first()));
        assertThrows(EOFException.class, pipe.first()::recv);
        Object why = full.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        assertTrue(why instanceof IOException && why.toString().contains("other end"), why::toString);
    }

    private static boolean isIn(String method, boolean waits) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(e -> !waits || e.getKey().getState() == Thread.State.WAITING)
                .anyMatch(e -> Arrays.stream(e.getValue())
                        .anyMatch(f -> f.getClassName().endsWith(".ManagerLink")
                                && f.getMethodName().equals(method)));
    }

    @Test
    void anEndThatNobodyTookEndsWithItsGiver() throws Exception {
        Manager giver = server.connect();
        Manager third = server.connect();
        Pipe pipe = Pipe.open(giver, true);
        Connection first = carried(giver, manager, pipe.first());
        Connection second = carried(giver, third, pipe.second());
        first.claim();
        giver.close();
        assertThrows(EOFException.class, first::recv);
        var late = assertThrows(IOException.class, second::recv);
        assertTrue(late.getMessage().contains("has ended"), late.getMessage());
        assertThrows(IllegalStateException.class, second::claim);
        assertThrows(IOException.class, () -> first.send(1));
    }

    @Test
    void theGiverMayEndWhenBothEndsAreTaken() throws Exception {
        Manager giver = server.connect();
        Manager third = server.connect();
        Pipe pipe = Pipe.open(giver, true);
        // the other end is waited for before it moves: twice, once unused in between
        pipe.first().send("one");
        Connection first = carried(giver, manager, pipe.first());
        Connection second = carried(giver, server.connect(), pipe.second());
        assertEquals("one", next(second));
        second.send("two");
        assertEquals("two", next(first));
        giver.close();
        Connection moved = carried(manager, third, first);
        second.send("three");
        assertEquals("three", next(moved));
        moved.send("four");
        assertEquals("four", next(second));
        third.close();
        assertThrows(EOFException.class, second::recv);
    }

    @Test
    void anEndIsTakenOnceAndMayBeTakenBack() throws Exception {
        Manager other = server.connect();
        Pipe pipe = Pipe.open(manager, true);
        Connection one = carried(manager, other, pipe.second());
        Connection two = carried(manager, other, pipe.second());
        two.send(2);
        assertEquals(2, next(pipe.first()));
        assertThrows(IOException.class, () -> one.send(1));
        assertFalse(pipe.second().reclaim());
        // what was looked at travels along
        two.send("looked at");
        assertTrue(pipe.first().poll(Await.LONG));
        Connection back = carried(manager, other, pipe.first());
        assertTrue(pipe.first().reclaim());
        assertThrows(IOException.class, back::recv);
        Connection again = carried(manager, other, pipe.first());
        assertEquals("looked at", next(again));
    }

    @Test
    void waitingForSeveral() throws Exception {
        Pipe one = Pipe.open(manager, false);
        Pipe two = Pipe.open(manager, false);
        Pipe local = Pipe.open(true);
        List<Connection> all = List.of(one.first(), two.first(), local.first());
        assertEquals(List.of(), Connections.waitFor(all, Duration.ofMillis(20)));
        Connection far = carried(manager, server.connect(), two.second());
        CompletableFuture<List<Connection>> ready = CompletableFuture.supplyAsync(() -> {
            try {
                return Connections.waitFor(all, null);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        far.send(5);
        assertEquals(List.of(two.first()), ready.get(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        assertEquals(5, two.first().recv());
        local.second().send(6);
        assertEquals(List.of(local.first()), Connections.waitFor(all, Await.LONG));
        one.second().close();
        Await.until("both are ready", () -> Connections.waitFor(all, null).size() == 2);
        // an end that was waited for loses nothing when it travels
        Connection moved = carried(manager, server.connect(), two.first());
        far.send("after");
        assertEquals("after", next(moved));
        assertThrows(UnsupportedOperationException.class, () -> far.recv());
        assertThrows(UnsupportedOperationException.class, () -> moved.send(1));
    }

    @Test
    void closingEndsAWaitOfThisProcess() throws Exception {
        Pipe pipe = Pipe.open(manager, true);
        CompletableFuture<Object> end = CompletableFuture.supplyAsync(() -> {
            try {
                return pipe.first().recv();
            } catch (Exception e) {
                return e;
            }
        });
        Await.until("it waits", () -> isIn("receive", false));
        var busy =
                assertThrows(IllegalStateException.class, () -> manager.queue().put(pipe.first()));
        assertTrue(busy.getMessage().contains("a thread receives"), busy.getMessage());
        pipe.first().close();
        Object why = end.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        assertTrue(why instanceof IOException && why.toString().contains("this end"), why::toString);
        assertThrows(EOFException.class, pipe.second()::recv);
        assertThrows(SerializationException.class, () -> manager.queue().put(new Programs.Holder(pipe.second())));
    }

    @Test
    void nothingIsLeftOnTheManager() throws Exception {
        Object before = manager.info().objects();
        Manager one = server.connect();
        Manager two = server.connect();
        Pipe pipe = Pipe.open(one, true);
        Connection far = carried(one, two, pipe.second());
        far.send(1);
        assertEquals(1, next(pipe.first()));
        assertNotEquals(before, manager.info().objects());
        one.close();
        two.close();
        assertTrue(manager.delete("carrier"));
        Await.until("all is freed", () -> before.equals(manager.info().objects()));
    }

    @Test
    void processes() throws Exception {
        Manager allowing = server.connect(server.options().allowPackage("io.multiproc.tests.pipe"));
        Pipe pipe = Pipe.open(allowing, true);
        // two generations: the child passes its end on to a child of its own
        ManagedProcess child = new ManagedProcess(Programs::passesOn, pipe.second());
        child.start();
        assertEquals("passing on", next(pipe.first()));
        pipe.first().send(new Programs.Point(1, "p"));
        assertEquals(new Programs.Point(1, "p"), next(pipe.first()));
        pipe.first().close();
        ends(child);
        Pipe ignored = Pipe.open(allowing, true);
        Pipe killed = Pipe.open(allowing, true);
        ManagedProcess ignores = new ManagedProcess(Programs::ignores, ignored.second());
        ManagedProcess waits = new ManagedProcess(Programs::waits, killed.second());
        ignores.start();
        waits.start();
        assertEquals("waits", next(killed.first()));
        waits.kill();
        assertThrows(EOFException.class, killed.first()::recv);
        ends(ignores);
        assertThrows(EOFException.class, ignored.first()::recv);
    }
}
