package io.multiproc.server.cli;

import io.multiproc.client.Codec;
import io.multiproc.client.ConnectionListener;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.Proxy;
import io.multiproc.client.ReadWriteLockProxy;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.server.cli.Input.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** Runs a command while it holds a lock: {@code flock} across hosts. */
final class LockCommand extends Subcommand {
    LockCommand() {
        super(
                "lock",
                "Runs COMMAND while it holds a lock (made if absent), on any host; its exit code is the command's.",
                "NAME may also be an rlock, a read-write lock or a semaphore, of which it takes a permit. The lock is free again when the"
                        + " command has ended, or when this process has died. SIGTERM is passed on to the command. If the session ends"
                        + " meanwhile, which frees the lock, the command gets SIGTERM and the exit code is 1. The variable"
                        + " MULTIPROC_FENCING_TOKEN of the command is a number that grows with each owner.",
                "Write '--' before the command.");
    }

    private static final String TOKEN = "MULTIPROC_FENCING_TOKEN";

    private final ConnectOptions connect = new ConnectOptions(inputs);
    private final Input<@Nullable Double> wait = inputs.option(
            "wait", "SECONDS", Kind.DECIMAL, "How long to wait for the lock; 0: not at all. Default: for ever.");
    private final Input<Boolean> shared = inputs.flag(
            "shared", "Takes it beside others that take it shared: NAME is a read-write lock, made if absent.");
    private final Input<Integer> conflict = inputs.option(
            "conflict-exit-code", "N", Kind.INT, Multiproc.FAILED, "The exit code if the lock is not had in time.");
    private final Input<String> name = inputs.parameter("NAME");
    private final Input<List<String>> command = inputs.rest("-- COMMAND...", 1);

    /** Guarded by itself: the command while it runs, and whether it must end. */
    private final Object guard = new Object();

    private @Nullable Process process;
    private boolean lost;

    @Override
    int run(PrintStream out) throws IOException, InterruptedException {
        Double seconds = wait.get();
        Duration patience = seconds == null ? null : Queues.duration("--wait", seconds);
        ConnectionListener listener = new ConnectionListener() {
            @Override
            public void ended(Manager manager, ManagerException reason) {
                synchronized (guard) {
                    lost = true;
                    end();
                }
            }
        };
        Manager manager = Manager.connect(connect.options()
                .withCodec(Codec.bytes())
                .withName("multiproc lock " + name.get())
                .withConnectionListener(listener));
        // ends the session, and so frees the lock, at a signal too; but only when the command has ended
        Thread hook = new Thread(() -> leave(manager), "multiproc-leave");
        Runtime.getRuntime().addShutdownHook(hook);
        try (manager) {
            Lock lock = lock(manager);
            if (patience == null) {
                lock.lockInterruptibly();
            } else if (!lock.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println(
                        "multiproc: '" + Shown.escaped(name.get()) + "' is held by others. See 'multiproc locks'");
                return conflict.get();
            }
            return run(manager);
        }
    }

    private Lock lock(Manager manager) {
        Proxy found = manager.find(name.get());
        if (found == null) {
            found = shared.get() ? manager.readWriteLock(name.get()) : manager.lock(name.get());
        }
        if (found instanceof ReadWriteLockProxy both) {
            return shared.get() ? both.readLock() : both.writeLock();
        }
        if (shared.get()) {
            throw new UsageException(
                    "--shared takes a read-write lock, and '" + name.get() + "' is a " + found.typeId());
        }
        if (found instanceof LockProxy lock) {
            return lock;
        }
        if (found instanceof SemaphoreProxy semaphore) {
            return new Permit(semaphore);
        }
        throw new UsageException("'" + name.get() + "' is a " + found.typeId() + ", no lock");
    }

    private @Nullable Long token(Manager manager) {
        Proxy found = manager.find(name.get());
        return found instanceof LockProxy lock
                ? (Long) lock.fencingToken()
                : found instanceof ReadWriteLockProxy both && !shared.get() ? (Long) both.fencingToken() : null;
    }

    private int run(Manager manager) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command.get()).inheritIO();
        Long token = token(manager);
        if (token != null) {
            builder.environment().put(TOKEN, token.toString());
        }
        Process started;
        synchronized (guard) {
            started = builder.start();
            process = started;
            if (lost) {
                end();
            }
        }
        int code = started.waitFor();
        synchronized (guard) {
            process = null;
            if (lost) {
                throw Multiproc.failed("the session ended while the command ran, and the lock '" + name.get()
                        + "' with it. See 'multiproc locks'");
            }
        }
        return code;
    }

    private void end() {
        Process p = process;
        if (p != null) {
            p.destroy();
        }
    }

    private void leave(Manager manager) {
        Process p;
        synchronized (guard) {
            end();
            p = process;
        }
        try {
            if (p != null) {
                int unused = p.waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        manager.close();
    }

    /** A permit as a lock. */
    private record Permit(SemaphoreProxy semaphore) implements Lock {
        @Override
        public void lock() {
            semaphore.acquireUninterruptibly();
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            semaphore.acquire();
        }

        @Override
        public boolean tryLock() {
            return semaphore.tryAcquire();
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            return semaphore.tryAcquire(time, unit);
        }

        @Override
        public void unlock() {
            semaphore.release();
        }

        @Override
        public java.util.concurrent.locks.Condition newCondition() {
            throw new UnsupportedOperationException("a permit has no conditions");
        }
    }
}
