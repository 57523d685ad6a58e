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
    void startsByItselfIfItIsStillWanted() throws InterruptedException {
        AtomicInteger starts = new AtomicInteger();
        IoThread unwanted = new IoThread(starts::incrementAndGet, "unwanted");
        unwanted.startSoon();
        unwanted.startNoMore();
        CountDownLatch end = new CountDownLatch(1);
        // begun later with the same delay, so the one above is over when this one runs
        new IoThread(end::countDown, "wanted").startSoon();
        assertTrue(end.await(20, TimeUnit.SECONDS));
        assertEquals(0, starts.get());
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
