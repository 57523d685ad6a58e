package io.multiproc.client.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a thread waits for, by its stack. */
@Tag("once")
class TargetThreadTest {
    private static final StackTraceElement USER = frame("shop.Jobs", "sell", 12);

    private static StackTraceElement frame(String type, String method, int line) {
        return new StackTraceElement(type, method, "X.java", line);
    }

    private static StackTraceElement nativeFrame(String type, String method) {
        return frame(type, method, -2);
    }

    private static String waits(Thread.State state, StackTraceElement... stack) {
        return TargetThread.waitsFor(state, stack);
    }

    @Test
    void theMethodThatTheProgramCalled() {
        assertEquals(
                "QueueProxy.take",
                waits(
                        Thread.State.WAITING,
                        nativeFrame("jdk.internal.misc.Unsafe", "park"),
                        frame("java.util.concurrent.locks.LockSupport", "park", 1),
                        frame("io.multiproc.client.internal.connection.Call", "await", 1),
                        frame("io.multiproc.client.QueueProxy", "take", 1),
                        USER,
                        frame("io.multiproc.client.process.ChildMain", "main", 1)));
        assertEquals(
                "Thread.sleep",
                waits(
                        Thread.State.TIMED_WAITING,
                        nativeFrame("java.lang.Thread", "sleep0"),
                        frame("java.lang.Thread", "sleep", 1),
                        USER));
        assertEquals(
                "Outer$Inner.x", "Outer$" + waits(Thread.State.WAITING, frame("java.util.Outer$Inner", "x", 1), USER));
        // of a target that is the JDK's own
        assertEquals(
                "Thread.join",
                waits(
                        Thread.State.WAITING,
                        frame("java.lang.Thread", "join", 1),
                        frame("io.multiproc.client.process.ProcessTask", "run", 1),
                        frame("io.multiproc.client.process.ChildMain", "main", 1)));
        assertEquals("Jobs.sell", waits(Thread.State.BLOCKED, USER));
    }

    @Test
    void inputAndOutputWaitInTheSystem() {
        assertEquals(
                "Connection.recv",
                waits(
                        Thread.State.RUNNABLE,
                        nativeFrame("sun.nio.ch.SocketDispatcher", "read0"),
                        frame("sun.nio.ch.SocketChannelImpl", "read", 1),
                        frame("io.multiproc.client.pipe.Connection", "recv", 1),
                        USER));
        assertEquals("", waits(Thread.State.RUNNABLE, nativeFrame("java.lang.Object", "hashCode"), USER));
        assertEquals("", waits(Thread.State.RUNNABLE, USER));
        assertEquals("", waits(Thread.State.RUNNABLE));
    }
}
