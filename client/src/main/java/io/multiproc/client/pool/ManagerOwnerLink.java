package io.multiproc.client.pool;

import io.multiproc.client.AsyncLock;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.Tuple;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Through a manager: an inbox and a lock of this worker's, the pool's queue of events, and the owner's lock, whose grant is the pool's end. */
final class ManagerOwnerLink implements OwnerLink {
    private final Manager manager;
    private final QueueProxy<Object> events;
    private final LockProxy owner;
    private final String pool;
    private final QueueProxy<Object> inbox;
    private final LockProxy life;
    private final AsyncLock alive;
    private final AsyncLock overseer;

    /** With the queue of events and the owner's lock of a pool of that name, or of none. */
    @SuppressWarnings("unchecked") // the pool's own queue
    ManagerOwnerLink(Manager manager, Tuple objects, String pool) {
        this.manager = manager;
        events = (QueueProxy<Object>) objects.toArray()[0];
        owner = (LockProxy) objects.toArray()[1];
        this.pool = pool;
        inbox = manager.queue();
        life = manager.lock();
        alive = life.async();
        overseer = owner.async();
    }

    /** Runs something when the pool is over, because its owner ended it or is dead. */
    void watchOwner(Runnable then) {
        var unused = overseer.lock().whenComplete((token, failure) -> {
            // not on the client's own thread, which the calls need
            Thread t = new Thread(
                    () -> {
                        try {
                            if (failure == null) {
                                NamedPool.forget(manager, pool, owner);
                                var ignored = overseer.unlock().join();
                            }
                        } catch (ManagerException | CompletionException e) {
                            // the manager is gone, too
                        }
                        then.run();
                    },
                    "multiproc-pool-over");
            t.setDaemon(true);
            t.start();
        });
    }

    @Override
    public Manager manager() {
        return manager;
    }

    @Override
    public void open() {
        Object ignored = alive.lock().join();
    }

    @Override
    public void join(String key, String name) throws InterruptedException {
        events.put(Tuple.of("join", key, inbox, life, name));
    }

    @Override
    public CompletableFuture<Boolean> send(Tuple event) {
        return events.async().put(event);
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
