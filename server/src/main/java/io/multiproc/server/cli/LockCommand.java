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
import java.util.Map;
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
                        + " command has ended, or when this process has died. SIGTERM is passed on to the command, SIGINT is its own business."
                        + " If the session ends"
                        + " meanwhile, which frees the lock, the command gets SIGTERM and the exit code is 1. The variable"
                        + " MULTIPROC_FENCING_TOKEN of the command is a number that grows with each owner; permits and shared locks have none.",
                "Write '--' before the command. Exit code 127: it was not found, 126: it may not be run.");
    }

    private static final String TOKEN = "MULTIPROC_FENCING_TOKEN";

    /** In which the launcher keeps the user's own value of the variable that it sets for the JVM. */
    private static final String OWN_LOCALE = "MULTIPROC_LC_ALL";

    private static final int TERMINATED = 143;
    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_FOUND = 127;

    private final ConnectOptions connect = new ConnectOptions(inputs);
    private final Input<@Nullable Double> wait = inputs.option(
            "wait", "SECONDS", Kind.SECONDS, "How long to wait for the lock; 0: not at all. Default: for ever.");
    private final Input<Boolean> shared = inputs.flag(
            "shared", "Takes it beside others that take it shared: NAME is a read-write lock, made if absent.");
    private final Input<Integer> conflict = inputs.option(
            "conflict-exit-code",
            "N",
            Kind.between(1, 255),
            Multiproc.FAILED,
            "The exit code if the lock is not had in time (1 to 255).");
    private final Input<String> name = inputs.parameter("NAME");
    private final Input<List<String>> command = inputs.command("COMMAND...");

    /** Guarded by itself: the command while it runs, and whether it must end, or this process does. */
    private final Object guard = new Object();

    private @Nullable Process process;
    private boolean lost;
    private boolean leaving;

    @Override
    int run(PrintStream out) throws IOException, InterruptedException {
        Double seconds = wait.get();
        Duration patience = seconds == null ? null : Queues.duration(seconds);
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
        } catch (ManagerException | IllegalStateException e) {
            synchronized (guard) {
                if (leaving) {
                    // it only says that a signal has closed the manager, and the JVM's own code is the signal's
                    return TERMINATED;
                }
            }
            throw e;
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
        environment(builder.environment(), token(manager));
        Process started;
        synchronized (guard) {
            if (leaving) {
                return TERMINATED;
            }
            Interrupts.leaveToCommand();
            try {
                started = builder.start();
            } catch (IOException e) {
                return notStarted(e);
            }
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

    /** That of this process, with the token if there is one: another's is of no use here. */
    static void environment(Map<String, String> variables, @Nullable Long token) {
        variables.remove(TOKEN);
        if (token != null) {
            variables.put(TOKEN, token.toString());
        }
        String own = variables.remove(OWN_LOCALE);
        if (own != null) {
            variables.remove("LC_ALL");
            if (!own.isEmpty()) {
                variables.put("LC_ALL", own);
            }
        }
    }

    /** With the exit codes of a shell. */
    private int notStarted(IOException e) {
        String program = command.get().get(0);
        // as the JVM writes the error: …: error=2, No such file or directory, or: error: 2 (…
        boolean missing = String.valueOf(e.getMessage()).matches("(?s).*error[=:] ?2\\b.*");
        System.err.println("multiproc: "
                + Shown.escaped("'" + program + "' "
                        + (missing
                                ? "was not found: give a path, or a program of the PATH"
                                : "could not be run: is it executable, and a program of this machine?")));
        return missing ? NOT_FOUND : NOT_EXECUTABLE;
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
            leaving = true;
            end();
            p = process;
        }
        int code = 0;
        try {
            if (p != null) {
                code = p.waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        manager.close();
        if (p != null) {
            // otherwise it would be that of the signal
            Runtime.getRuntime().halt(code);
        }
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
