package io.multiproc.client.pool;

import io.multiproc.client.AsyncLock;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.Tuple;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pool's own objects on the manager, which its owner made: what a worker needs to join, under the pool's name if it has one. */
final class PoolObjects {
    private final Manager manager;
    private final QueueProxy<Object> events;
    private final LockProxy owner;
    private final AsyncLock ownership;
    private final Tuple travelling;
    private final @Nullable NamedPool name;

    /**
     * Makes them, and holds the owner's lock until {@link #close} or the end of this process.
     *
     * @throws IllegalStateException if the name is in use
     */
    PoolObjects(Manager manager, @Nullable String text, Map<Object, @Nullable Object> configuration) {
        this.manager = manager;
        events = manager.queue();
        owner = manager.lock();
        ownership = owner.async();
        Object ignored = ownership.lock().join();
        try {
            travelling = Tuple.of(events, owner, configuration);
            name = text == null ? null : NamedPool.claim(manager, text, travelling);
        } catch (RuntimeException e) {
            release();
            throw e;
        }
    }

    private void release() {
        var unused = ownership.unlock().exceptionally(e -> null);
        events.close();
        owner.close();
    }

    QueueProxy<Object> events() {
        return events;
    }

    /** (queue of events, owner's lock, configuration). */
    Tuple travelling() {
        return travelling;
    }

    /** Tells the workers that the pool is over. */
    void close() {
        try {
            if (manager.isOpen()) {
                if (name != null) {
                    name.release();
                }
                release();
            }
        } catch (ManagerException e) {
            // it ended in between: what was on it is gone, too
        }
    }
}
