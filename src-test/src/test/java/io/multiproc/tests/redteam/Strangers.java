package io.multiproc.tests.redteam;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Connections that somebody without the key makes, so many a second, until it is closed. The last ones are kept open. */
final class Strangers implements AutoCloseable {
    /** What is done with each connection. */
    interface Deed {
        void to(Wire wire) throws IOException;
    }

    private final Thread thread;
    private final AtomicInteger made = new AtomicInteger();
    private volatile boolean over;

    Strangers(String uri, int perSecond, int kept, Deed deed, String... from) {
        thread = new Thread(() -> run(uri, perSecond, kept, deed, from), "strangers");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(String uri, int perSecond, int kept, Deed deed, String... from) {
        Deque<Wire> open = new ArrayDeque<>();
        long begun = System.nanoTime();
        for (int i = 0; !over; i++) {
            long due = begun + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
            while (!over && System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            try {
                Wire wire = Wire.to(uri, from[i % from.length]);
                open.add(wire);
                deed.to(wire);
            } catch (IOException e) {
                // refused, or dropped in the middle
            }
            made.incrementAndGet();
            if (open.size() > kept) {
                close(open.remove());
            }
        }
        open.forEach(Strangers::close);
    }

    private static void close(Wire wire) {
        try {
            wire.close();
        } catch (IOException e) {
            // closed already
        }
    }

    /** How many connections there were so far. */
    int made() {
        return made.get();
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        thread.join();
    }
}
