package io.multiproc.client.pool;

import io.multiproc.client.AsyncLock;
import io.multiproc.client.DictProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.Tuple;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A pool's name on the manager: a dict with one entry, the pool's objects (queue of events, the owner's lock, configuration). Who changes or
 * deletes it holds the owner's lock, so a new owner, and the workers of a dead one, cannot take it from each other.
 */
final class NamedPool {
    static final String PREFIX = "multiproc.pool.";
    private static final String OBJECTS = "entrance";
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Manager manager;
    private final String name;

    private NamedPool(Manager manager, String name) {
        this.manager = manager;
        this.name = name;
    }

    /**
     * Takes a name for a pool, also that of a dead owner.
     *
     * @throws IllegalStateException if a pool of the name lives
     */
    static NamedPool claim(Manager manager, String name, Tuple objects) {
        while (true) {
            DictProxy<String, Object> dict = manager.dict(PREFIX + name, String.class, Object.class);
            try {
                if (dict.putIfAbsent(OBJECTS, objects) == null || takeOver(dict, name, objects)) {
                    return new NamedPool(manager, name);
                }
            } catch (NoSuchObjectException e) {
                // deleted in between: look again
            }
        }
    }

    private static boolean takeOver(DictProxy<String, Object> dict, String name, Tuple objects) {
        LockProxy lock = owner(dict);
        if (lock == null) {
            return false;
        }
        AsyncLock view = lock.async();
        if (!view.tryLock(PATIENCE).join()) {
            throw new IllegalStateException("a pool named '" + name + "' is at work on this manager");
        }
        try {
            LockProxy now = owner(dict);
            if (now == null || now.objectId() != lock.objectId()) {
                return false;
            }
            dict.set(OBJECTS, objects);
            return true;
        } finally {
            var unused = view.unlock().join();
        }
    }

    private static @Nullable LockProxy owner(DictProxy<String, Object> dict) {
        return dict.get(OBJECTS) instanceof Tuple t && t.get(1) instanceof LockProxy l ? l : null;
    }

    /** Where workers of a pool come in, or null if there is none of the name. */
    static @Nullable Tuple find(Manager manager, String name) {
        try {
            return manager.find(PREFIX + name) instanceof DictProxy<?, ?> d && d.get(OBJECTS) instanceof Tuple t
                    ? t
                    : null;
        } catch (NoSuchObjectException e) {
            return null;
        }
    }

    /** Removes a name whose owner is dead; the caller holds the owner's lock. */
    static void forget(Manager manager, String name, LockProxy owner) {
        Tuple t = find(manager, name);
        if (t != null && t.get(1) instanceof LockProxy l && l.objectId() == owner.objectId()) {
            boolean ignored = manager.delete(PREFIX + name);
        }
    }

    /** By the owner, which still holds its lock. */
    void release() {
        boolean ignored = manager.delete(PREFIX + name);
    }
}
