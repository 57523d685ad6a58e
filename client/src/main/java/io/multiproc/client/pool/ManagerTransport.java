package io.multiproc.client.pool;

import io.multiproc.client.AsyncLock;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.Tuple;
import io.multiproc.client.process.ManagedProcess;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Through a manager: a queue of events, and for each worker an inbox and a lock, whose grant is the worker's death. */
final class ManagerTransport implements PoolTransport {
    private final Manager manager;
    private final PoolObjects objects;

    ManagerTransport(Manager manager, @Nullable String name, Map<Object, @Nullable Object> configuration) {
        this.manager = manager;
        objects = new PoolObjects(manager, name, configuration);
    }

    @Override
    public Manager manager() {
        return manager;
    }

    @Override
    public void post(Tuple event) {
        var unused = objects.events().async().put(event);
    }

    @Override
    public Object take() throws InterruptedException {
        return objects.events().take();
    }

    private record ToWorker(QueueProxy<Object> inbox, LockProxy life, AsyncLock watch) implements Line {
        @Override
        public CompletableFuture<Boolean> send(Tuple message) {
            return inbox.async().put(message);
        }

        @Override
        public void close() {
            inbox.close();
            life.close();
        }
    }

    @Override
    @SuppressWarnings("unchecked") // a worker's own queue
    public Line joined(String key, Tuple joining) {
        QueueProxy<Object> inbox = (QueueProxy<Object>) Objects.requireNonNull(joining.get(2));
        LockProxy life = (LockProxy) Objects.requireNonNull(joining.get(3));
        // kept, so that what it waits for is
        AsyncLock watch = life.async();
        var unused = watch.lock().whenComplete((token, failure) -> {
            if (failure == null) {
                post(Tuple.of("gone", key));
            }
        });
        return new ToWorker(inbox, life, watch);
    }

    @Override
    public ManagedProcess process(String key) {
        return new ManagedProcess(WorkerLoop::local, key, objects.travelling()).manager(manager);
    }

    @Override
    public void ended(String key, Tuple event) {
        post(event);
    }

    @Override
    public boolean isOpen() {
        return manager.isOpen();
    }

    @Override
    public void close() {
        objects.close();
    }
}
