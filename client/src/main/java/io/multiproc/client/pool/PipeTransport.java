package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Over a pipe for each worker, as Python's pools have: no manager and no server. A pipe's end is the worker's death. */
final class PipeTransport implements PoolTransport {
    private final Map<Object, @Nullable Object> configuration;
    private final BlockingQueue<Tuple> events = new LinkedBlockingQueue<>();
    private final Map<String, Worker> workers = new ConcurrentHashMap<>();
    private volatile boolean closed;

    PipeTransport(Map<Object, @Nullable Object> configuration) {
        this.configuration = configuration;
    }

    @Override
    public @Nullable Manager manager() {
        return null;
    }

    @Override
    public void post(Tuple event) {
        events.add(event);
    }

    @Override
    public Object take() throws InterruptedException {
        return events.take();
    }

    @Override
    public Line joined(String key, Tuple joining) {
        return Objects.requireNonNull(workers.get(key));
    }

    @Override
    public ManagedProcess process(String key) {
        Pipe pipe = Pipe.open(true);
        Worker worker = new Worker(key, pipe);
        workers.put(key, worker);
        daemon("multiproc-pool-" + key, worker::listen);
        if (closed) {
            worker.close();
        }
        // as a text: an end itself is an argument for Kryo, whose start costs each side 50 ms
        return new ManagedProcess(WorkerLoop::piped, key, pipe.second().token(), configuration);
    }

    @Override
    public void ended(String key, Tuple event) {
        Worker worker = workers.remove(key);
        if (worker == null) {
            post(event);
            return;
        }
        worker.reclaim();
        var unused = worker.end.thenRun(() -> {
            worker.close();
            post(event);
        });
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
        workers.values().forEach(Worker::close);
    }

    private static void daemon(String name, Runnable work) {
        Thread t = new Thread(work, name);
        t.setDaemon(true);
        t.start();
    }

    private record Outgoing(Tuple message, CompletableFuture<Boolean> sent) {}

    private static final Outgoing LAST = new Outgoing(Tuple.of(), new CompletableFuture<>());

    private final class Worker implements Line {
        private final String key;
        private final Connection connection;
        private final Connection other;
        private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        private final BlockingQueue<Outgoing> waiting = new LinkedBlockingQueue<>();
        private boolean sending;

        Worker(String key, Pipe pipe) {
            this.key = key;
            connection = pipe.first();
            other = pipe.second();
        }

        /** An end that the process never took: then nobody else closes it. */
        void reclaim() {
            if (other.reclaim()) {
                other.close();
            }
        }

        private void listen() {
            try {
                while (true) {
                    if (connection.recv() instanceof Tuple event) {
                        post(event);
                    }
                }
            } catch (IOException | InterruptedException | SerializationException e) {
                // its end, or as good as that
            }
            post(Tuple.of("gone", key));
            end.complete(null);
        }

        /** By a thread of its own: a worker that is stopped and does not read must not stop its pool. */
        @Override
        public CompletableFuture<Boolean> send(Tuple message) {
            Outgoing out = new Outgoing(message, new CompletableFuture<>());
            waiting.add(out);
            synchronized (this) {
                if (!sending) {
                    sending = true;
                    daemon("multiproc-pool-to-" + key, this::sendAll);
                }
            }
            return out.sent;
        }

        private void sendAll() {
            try {
                Outgoing out;
                while ((out = waiting.take()) != LAST) {
                    send(out);
                }
            } catch (InterruptedException e) {
                // nobody has a reason to
            }
        }

        private void send(Outgoing out) throws InterruptedException {
            try {
                connection.send(out.message);
                out.sent.complete(true);
            } catch (IOException e) {
                // it is dead: who listens says so, behind what it said before
                out.sent.complete(false);
            } catch (RuntimeException | OutOfMemoryError e) {
                out.sent.completeExceptionally(e);
            }
        }

        @Override
        public void close() {
            waiting.add(LAST);
            connection.close();
        }
    }
}
