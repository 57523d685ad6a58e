package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.*;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class IoThreadTest {
    @Test
    void startsOnceWhenThereIsSomethingToDo() throws InterruptedException {
        AtomicInteger starts = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        IoThread[] own = {null};
        IoThread io = new IoThread(
                () -> {
                    starts.incrementAndGet();
                    assertTrue(own[0].isCurrent());
                    end.countDown();
                },
                "io");
        own[0] = io;
        io.wakeIfStarted();
        io.interruptIfStarted();
        assertEquals(0, starts.get());
        assertFalse(io.isCurrent());
        for (int i = 0; i < 3; i++) {
            io.wake();
        }
        assertTrue(end.await(20, TimeUnit.SECONDS));
        assertEquals(1, starts.get());
    }

    @Test
    void endsWhenThereIsNothingToDoAndStartsAgain() throws InterruptedException {
        AtomicInteger starts = new AtomicInteger();
        AtomicInteger work = new AtomicInteger();
        IoThread[] own = {null};
        Thread[] ran = {null};
        CountDownLatch ended = new CountDownLatch(1);
        IoThread io = new IoThread(
                () -> {
                    ran[0] = Thread.currentThread();
                    starts.incrementAndGet();
                    work.decrementAndGet();
                    if (own[0].end(() -> work.get() == 0)) {
                        ended.countDown();
                    }
                },
                "io");
        own[0] = io;
        work.set(1);
        io.wake();
        assertTrue(ended.await(20, TimeUnit.SECONDS));
        ran[0].join();
        work.set(1);
        io.wake();
        ScriptedServer.await("it starts again", () -> starts.get() == 2);
    }

    @Test
    void doesNotEndWhileThereIsSomethingToDo() {
        IoThread io = new IoThread(() -> fail("no other"), "io");
        assertFalse(io.sleep(() -> false), "at once");
        assertFalse(io.end(() -> false));
        assertTrue(io.isCurrent(), "goes on");
        io.wake();
    }

    @Test
    void wakingIsNotLostOnAThreadThatIsAboutToSleep() throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        IoThread io = new IoThread(
                () -> {
                    ready.countDown();
                    LockSupport.park();
                    end.countDown();
                },
                "sleeper");
        io.wake();
        assertTrue(ready.await(20, TimeUnit.SECONDS));
        io.wake();
        assertTrue(end.await(20, TimeUnit.SECONDS));
    }
}
