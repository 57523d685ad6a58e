package io.multiproc.tests.pipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ManagerOptions;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pipes, within a process and between real ones. */
@Tag("jdk")
@Timeout(240)
class PipeIT {
    private final List<ManagedProcess> processes = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (ManagedProcess p : processes) {
            if (p.isAlive()) {
                p.kill();
            }
            p.join();
        }
    }

    private ManagedProcess start(ManagedProcess p) {
        processes.add(p);
        p.start();
        return p;
    }

    private static void ends(ManagedProcess p) throws InterruptedException {
        assertTrue(p.join(Await.LONG), p::toString);
        assertEquals(OptionalInt.of(0), p.exitCode(), () -> p.failure().orElse("no failure"));
    }

    private static Object next(Connection c) throws Exception {
        assertTrue(c.poll(Await.LONG), "nothing came");
        return c.recv();
    }

    // ---- the documents' programs

    @Test
    void senderAndReceiverAreTwoProcesses() throws Exception {
        Pipe pipe = Pipe.open(true);
        Pipe report = Pipe.open(false);
        ManagedProcess p1 = start(new ManagedProcess(Programs::sender, pipe.first()));
        ManagedProcess p2 = start(new ManagedProcess(Programs::receiver, pipe.second(), report.second()));
        assertEquals("Hello from sender", next(report.first()));
        assertEquals(List.of(1, 2, 3), next(report.first()));
        assertEquals("sender got Thanks!", next(report.first()));
        assertEquals("end", next(report.first()));
        ends(p1);
        ends(p2);
        assertThrows(EOFException.class, report.first()::recv);
    }

    @Test
    void theSenderMayBeGoneBeforeTheReceiverComes() throws Exception {
        Pipe pipe = Pipe.open(false);
        Pipe report = Pipe.open(true);
        ends(start(new ManagedProcess(Programs::sendsOne, pipe.second())));
        start(new ManagedProcess(
                (Connection c, Connection r) -> {
                    r.send(c.recv());
                    Programs.echo(c.isReadable() ? r : c);
                },
                pipe.first(),
                report.second()));
        assertEquals("1234", next(report.first()));
    }

    @Test
    void theParentKeepsOneEnd() throws Exception {
        Pipe pipe = Pipe.open(true);
        pipe.first().send("sent before the start");
        ManagedProcess child = start(new ManagedProcess(Programs::echo, pipe.second()));
        // Python's habit, which does no harm here
        pipe.second().close();
        assertEquals("sent before the start", next(pipe.first()));
        for (Object v : Arrays.asList(1, "x", List.of(1, Map.of("k", 2.5)), true)) {
            pipe.first().send(v);
            assertEquals(v, next(pipe.first()));
        }
        pipe.first().send(null);
        assertNull(next(pipe.first()));
        pipe.first().close();
        ends(child);
    }

    @Test
    void queueOfTheManager() throws Exception {
        try (TestServer server = TestServer.start(o -> o.withHandshakeTimeout(Await.LONG))) {
            QueueProxy<Object> queue = server.connect().queue();
            Pipe report = Pipe.open(false);
            start(new ManagedProcess(Programs::producer, queue));
            start(new ManagedProcess(Programs::consumer, queue, report.second()));
            assertEquals(List.of(0, 1, 2, 3, 4), next(report.first()));
        }
    }

    // ---- ends that travel

    @Test
    void anEndIsPassedOnByItsReceiver() throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess child = start(new ManagedProcess(Programs::passesOn, pipe.second()));
        assertEquals("passing on", next(pipe.first()));
        byte[] large = new byte[3_000_000];
        Arrays.fill(large, (byte) 7);
        pipe.first().send(large);
        assertArrayEquals(large, (byte[]) next(pipe.first()));
        pipe.first().close();
        ends(child);
    }

    @Test
    void anEndTravelsThroughAQueueOrAPipe() throws Exception {
        try (TestServer server = TestServer.start(o -> o.withHandshakeTimeout(Await.LONG))) {
            QueueProxy<Object> queue = server.connect().queue();
            Pipe pipe = Pipe.open(true);
            queue.put(pipe.second());
            start(new ManagedProcess(Programs::takesFromQueue, queue));
            assertEquals("from the queue", next(pipe.first()));
            Pipe carrier = Pipe.open(true);
            Pipe carried = Pipe.open(true);
            carrier.first().send(carried.first());
            Connection taken = (Connection) carrier.second().recv();
            carried.second().send("through a pipe");
            assertEquals("through a pipe", taken.recv());
            taken.send("and back");
            assertEquals("and back", carried.second().recv());
            IOException gone = assertThrows(IOException.class, carried.first()::recv);
            assertTrue(gone.getMessage().contains("passed to another process"), gone.getMessage());
        }
    }

    @Test
    void anEndIsTakenOnce() throws Exception {
        Pipe pipe = Pipe.open(true);
        String token = pipe.second().token();
        Connection taken = Connection.take(token);
        taken.send(1);
        assertEquals(1, pipe.first().recv());
        assertThrows(IllegalStateException.class, () -> Connection.take(token));
        assertFalse(pipe.second().reclaim());
        Pipe other = Pipe.open(true);
        String revoked = other.first().token();
        assertTrue(other.first().reclaim());
        assertThrows(IllegalStateException.class, () -> Connection.take(revoked));
        other.first().send("still here");
        assertEquals("still here", other.second().recv());
        assertThrows(IllegalArgumentException.class, () -> Connection.take("rw:../../x:y"));
        assertThrows(IllegalStateException.class, () -> Connection.take("rw:7fffffffffffffff:" + "0".repeat(32)));
    }

    @Test
    void objectsOfUserClassesGoWhereTheyAreAllowed() throws Exception {
        Pipe pipe = Pipe.open(true);
        assertThrows(SerializationException.class, () -> pipe.first().send(new Programs.Point(1, "p")));
        pipe.first().allow(ManagerOptions.defaults().allowPackage("io.multiproc.tests.pipe"));
        // the child allows the package of its code
        start(new ManagedProcess(Programs::echoPoint, pipe.second()));
        pipe.first().send(new Programs.Point(1, "p"));
        assertEquals(new Programs.Point(2, "p"), next(pipe.first()));
        try (TestServer server = TestServer.start(o -> o.withHandshakeTimeout(Await.LONG))) {
            QueueProxy<Object> queue = server.connect().queue();
            var e = assertThrows(
                    SerializationException.class, () -> pipe.first().send(List.of(queue)));
            assertTrue(e.getMessage().contains("a proxy travels"), e.getMessage());
        }
    }

    // ---- sizes and order

    @Test
    void manyAndLargeMessagesComeWholeAndInOrder() throws Exception {
        Pipe pipe = Pipe.open(false);
        start(new ManagedProcess(
                (Connection c, Integer n) -> {
                    for (int bytes : new int[] {1, 100, 70_000, 131_068, 131_073, 5_000_000}) {
                        Programs.sendsMany(c, n, bytes);
                    }
                },
                pipe.second(),
                20));
        for (int bytes : new int[] {1, 100, 70_000, 131_068, 131_073, 5_000_000}) {
            for (int i = 0; i < 20; i++) {
                byte[] b = pipe.first().recvBytes();
                assertEquals(bytes, b.length);
                assertEquals(i, b[0]);
                assertEquals(i, b[bytes - 1]);
            }
        }
        assertThrows(EOFException.class, pipe.first()::recvBytes);
    }

    @Test
    void directionsAndLimits() throws Exception {
        Pipe pipe = Pipe.open(false);
        assertThrows(UnsupportedOperationException.class, () -> pipe.first().send(1));
        assertThrows(UnsupportedOperationException.class, () -> pipe.second().recv());
        assertThrows(UnsupportedOperationException.class, () -> pipe.second().poll());
        assertFalse(pipe.first().poll());
        assertFalse(pipe.first().poll(Duration.ofMillis(20)));
        pipe.second().sendBytes(new byte[] {1, 2, 3}, 1, 2);
        assertTrue(pipe.first().poll());
        assertArrayEquals(new byte[] {2, 3}, pipe.first().recvBytes(2));
        pipe.second().sendBytes(new byte[3]);
        assertThrows(IOException.class, () -> pipe.first().recvBytes(2));
        assertTrue(pipe.first().isClosed());
        assertThrows(IndexOutOfBoundsException.class, () -> pipe.second().sendBytes(new byte[1], 0, 2));
        // a pipe that nobody empties fills up, and an interrupt ends the wait
        Pipe full = Pipe.open(true);
        Thread me = Thread.currentThread();
        CompletableFuture.runAsync(() -> {
            Await.until(
                    "it waits",
                    () -> me.getState() == Thread.State.TIMED_WAITING || me.getState() == Thread.State.WAITING);
            me.interrupt();
        });
        assertThrows(InterruptedException.class, () -> {
            while (true) {
                full.first().sendBytes(new byte[10_000]);
            }
        });
        assertEquals(10_000, full.second().recvBytes().length);
    }

    // ---- ends that are closed or die

    @Test
    void aClosedEnd() throws Exception {
        Pipe pipe = Pipe.open(true);
        pipe.first().send("last");
        pipe.first().close();
        pipe.first().close();
        assertEquals("last", pipe.second().recv());
        assertTrue(pipe.second().poll());
        assertThrows(EOFException.class, pipe.second()::recv);
        assertThrows(EOFException.class, pipe.second()::recv);
        assertTrue(assertThrows(IOException.class, () -> pipe.second().send(1))
                .getMessage()
                .contains("other end"));
        assertTrue(
                assertThrows(IOException.class, pipe.first()::recv).getMessage().contains("this end"));
        assertThrows(IOException.class, () -> pipe.first().send(1));
        assertThrows(IllegalStateException.class, pipe.first()::token);
    }

    @Test
    void aKilledProcessIsTheEndOfItsPipe() throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess child = start(new ManagedProcess(Programs::waits, pipe.second()));
        assertEquals("waits", next(pipe.first()));
        CompletableFuture<Object> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return pipe.first().recv();
            } catch (Exception e) {
                return e;
            }
        });
        child.kill();
        Object end = waiting.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        assertEquals(EOFException.class, end.getClass(), end::toString);
        assertThrows(IOException.class, () -> {
            // the first may go into a buffer
            pipe.first().send(1);
            pipe.first().send(2);
        });
    }

    @Test
    void aProcessThatNeverLooksAtItsEnd() throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess child = start(new ManagedProcess(Programs::ignores, pipe.second()));
        ends(child);
        assertThrows(EOFException.class, pipe.first()::recv);
        // and one that died before it could: its main class is not there
        Pipe other = Pipe.open(true);
        ManagedProcess dead = start(new ManagedProcess(Programs::waits, other.second()));
        dead.kill();
        assertTrue(dead.join(Await.LONG));
        assertThrows(EOFException.class, () -> {
            while (true) {
                other.first().recv();
            }
        });
    }

    @Test
    void closingEndsAWaitOfThisProcess() throws Exception {
        Pipe pipe = Pipe.open(true);
        start(new ManagedProcess(Programs::waits, pipe.second()));
        assertEquals("waits", next(pipe.first()));
        Thread waiter = new Thread(() -> assertThrows(IOException.class, pipe.first()::recv));
        List<Throwable> failures = new ArrayList<>();
        waiter.setUncaughtExceptionHandler((t, e) -> failures.add(e));
        waiter.start();
        Await.until("it waits", () -> Arrays.stream(waiter.getStackTrace())
                .anyMatch(f -> f.getMethodName().equals("select")));
        pipe.first().close();
        Await.end(waiter);
        assertEquals(List.of(), failures);
    }

    // ---- several at once

    @Test
    void waitingForSeveral() throws Exception {
        Pipe local = Pipe.open(true);
        Pipe one = Pipe.open(true);
        Pipe two = Pipe.open(true);
        ManagedProcess p1 = start(new ManagedProcess(Programs::waits, one.second()));
        ManagedProcess p2 = start(new ManagedProcess(Programs::echo, two.second()));
        List<Connection> all = List.of(local.first(), one.first(), two.first());
        assertEquals(List.of(one.first()), Connections.waitFor(all, null));
        assertEquals("waits", one.first().recv());
        assertEquals(List.of(), Connections.waitFor(all, Duration.ZERO));
        assertEquals(List.of(), Connections.waitFor(all, Duration.ofMillis(20)));
        two.first().send(5);
        assertEquals(List.of(two.first()), Connections.waitFor(all, Await.LONG));
        CompletableFuture<Void> later = CompletableFuture.runAsync(() -> {
            try {
                assertEquals(5, two.first().recv());
                local.second().send(6);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        later.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        assertEquals(List.of(local.first()), Connections.waitFor(all, Await.LONG));
        p1.kill();
        Await.until("both are ready", () -> Connections.waitFor(all, null).size() == 2);
        assertEquals(List.of(local.first(), one.first()), Connections.waitFor(all, null));
        two.first().close();
        ends(p2);
        assertEquals(List.of(), Connections.waitFor(List.of(), Duration.ZERO));
    }
}
