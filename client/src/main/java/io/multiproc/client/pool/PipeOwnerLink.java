package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.Tuple;
import io.multiproc.client.pipe.Connection;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Over a pipe. A thread reads at once what comes, so that the owner's sending does not wait for a task. */
final class PipeOwnerLink implements OwnerLink {
    private final Connection connection;
    private final Runnable lost;
    private final BlockingQueue<Object> inbox = new LinkedBlockingQueue<>();

    private volatile boolean ending;

    /** Runs {@code lost} when the pool is over though it has not told this worker to stop. */
    PipeOwnerLink(Connection connection, Runnable lost) {
        this.connection = connection;
        this.lost = lost;
    }

    @Override
    public @Nullable Manager manager() {
        return null;
    }

    @Override
    public void open() {
        Thread t = new Thread(this::listen, "multiproc-pool-inbox");
        t.setDaemon(true);
        t.start();
    }

    private void listen() {
        try {
            while (true) {
                if (connection.recv() instanceof Tuple message) {
                    ending |= "stop".equals(message.get(0));
                    inbox.add(message);
                }
            }
        } catch (IOException | InterruptedException e) {
            if (!ending) {
                lost.run();
            }
        }
    }

    @Override
    public void join(String key, String name) {
        var unused = send(Tuple.of("join", key, "pipe", "pipe", name));
    }

    @Override
    public CompletableFuture<Boolean> send(Tuple event) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    connection.send(event);
                    return CompletableFuture.completedFuture(true);
                } catch (InterruptedException e) {
                    // a task's doing: nothing was sent
                    interrupted = true;
                }
            }
        } catch (IOException e) {
            // who listens learns it, too
            if (!ending) {
                lost.run();
            }
            return CompletableFuture.completedFuture(false);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Nothing more is said: no thread is left in a call of the system, for which the end of a JVM would wait. */
    void close() {
        ending = true;
        connection.close();
    }

    @Override
    public Object take() throws InterruptedException {
        return inbox.take();
    }

    @Override
    public @Nullable Object poll() {
        return inbox.poll();
    }
}
