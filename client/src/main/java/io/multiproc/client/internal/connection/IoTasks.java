package io.multiproc.client.internal.connection;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;

/** Queue of tasks for a connection's I/O thread: completions of futures, then chores. Thread-safe. */
final class IoTasks {
    private final Queue<Runnable> completions = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> chores = new ConcurrentLinkedQueue<>();
    private final IoThread io;
    private volatile boolean finished;

    IoTasks(IoThread io) {
        this.io = io;
    }

    boolean isEmpty() {
        return completions.isEmpty() && chores.isEmpty();
    }

    void addChore(Runnable chore) {
        chores.add(chore);
        io.wake();
    }

    /** Adds something that is done even if the connection has ended. */
    void addCompletion(Runnable completion) {
        completions.add(completion);
        if (finished) {
            // added after the thread's last look; never on a caller's thread, which may hold locks
            Thread rest = new Thread(() -> run(org.slf4j.LoggerFactory.getLogger(IoTasks.class)), io.name() + " end");
            rest.setDaemon(true);
            rest.start();
        } else {
            io.wake();
        }
    }

    void run(Logger log) {
        Runnable r;
        while ((r = completions.poll()) != null || (r = chores.poll()) != null) {
            try {
                r.run();
            } catch (RuntimeException e) {
                log.warn("a task of {} failed", io.name(), e);
            }
        }
    }

    /** The thread is about to end. */
    void finish(Logger log) {
        finished = true;
        run(log);
    }
}
