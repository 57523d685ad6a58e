package io.multiproc.server.raft;

import io.microraft.executor.RaftNodeExecutor;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The log's one thread. The consensus engine's seconds are {@link #FASTER} times shorter on it. */
final class RaftLoop implements RaftNodeExecutor {
    /** The engine counts heartbeats in whole seconds, which is too slow for a group on one network. */
    static final int FASTER = 4;

    private record Timer(long due, long number, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer o) {
            int c = Long.signum(due - o.due);
            return c != 0 ? c : Long.compare(number, o.number);
        }
    }

    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Consumer<Throwable> failed;
    private final Thread thread;
    private long timersMade;
    private volatile boolean parked;
    private volatile boolean closed;

    /** @param failed gets what a task throws */
    RaftLoop(Consumer<Throwable> failed) {
        this.failed = failed;
        thread = new Thread(this::run, "multiproc-raft");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    boolean isOnThread() {
        return Thread.currentThread() == thread;
    }

    /** At once if this is the loop's thread. */
    @Override
    public void execute(Runnable task) {
        if (isOnThread()) {
            task.run();
        } else {
            submit(task);
        }
    }

    @Override
    public void submit(Runnable task) {
        tasks.add(task);
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void schedule(Runnable task, long delay, TimeUnit unit) {
        after(unit.toNanos(delay) / FASTER, task);
    }

    /** Runs a task after a time that is not shortened. */
    void after(long nanos, Runnable task) {
        long due = System.nanoTime() + nanos;
        execute(() -> timers.add(new Timer(due, timersMade++, task)));
    }

    private void run() {
        while (!closed) {
            try {
                turn();
            } catch (Throwable e) { // NOPMD all of it ends the log
                failed.accept(e);
            }
        }
    }

    private void turn() {
        Runnable task = tasks.poll();
        Timer first = timers.peek();
        if (first != null && first.due - System.nanoTime() <= 0) {
            timers.poll();
            first.task.run();
        }
        if (task != null) {
            task.run();
        } else if (first == null || first.due - System.nanoTime() > 0) {
            park(first);
        }
    }

    private void park(@org.jspecify.annotations.Nullable Timer first) {
        parked = true;
        if (tasks.isEmpty() && !closed) {
            LockSupport.parkNanos(first == null ? Long.MAX_VALUE : first.due - System.nanoTime());
        }
        parked = false;
    }

    /** Drops what waits. */
    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /** Waits until nothing runs any more. */
    void join() throws InterruptedException {
        if (!isOnThread()) {
            thread.join();
        }
    }
}
