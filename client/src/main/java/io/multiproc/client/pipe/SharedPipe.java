package io.multiproc.client.pipe;

import io.multiproc.client.AsyncLock;
import io.multiproc.client.DictProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.Tuple;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The state that both ends of a pipe on a manager share, in a dict of the manager: a queue for each direction, and who has each end. Side 0 is the first end.
 *
 * <p>Who has an end holds a lock, which the manager releases however the holder ends. Who takes an end from its holder brings a lock of its own,
 * puts it in the place of the holder's in one step, and sets the holder's event; the holder then lets go. Who waits for the end of an end waits for
 * its lock, and looks whether the end has another holder since.
 */
final class SharedPipe {
    /** How many messages wait before who sends waits. */
    private static final int ROOM = 64;

    private static final String ENDED = "ended";

    private final DictProxy<Object, Object> shared;
    private final @Nullable QueueProxy<Object>[] inboxes = queues();

    /** That a process has an end: it holds the lock through a view, and learns by the event that another took the end. */
    record Holding(Tuple entry, AsyncLock owner, EventProxy taken) {}

    SharedPipe(DictProxy<Object, Object> shared) {
        this.shared = shared;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static @Nullable QueueProxy<Object>[] queues() {
        return new QueueProxy[2];
    }

    static SharedPipe create(Manager manager) {
        DictProxy<Object, Object> d = manager.dict();
        d.put("to 0", manager.queue(Object.class, ROOM));
        d.put("to 1", manager.queue(Object.class, ROOM));
        return new SharedPipe(d);
    }

    @SuppressWarnings("unchecked") // what it holds is looked at
    static SharedPipe of(DictProxy<?, ?> shared) {
        return new SharedPipe((DictProxy<Object, Object>) shared);
    }

    DictProxy<Object, Object> shared() {
        return shared;
    }

    private Manager manager() {
        return Manager.of(shared);
    }

    @SuppressWarnings("unchecked") // the items are looked at
    synchronized QueueProxy<Object> inbox(int side) throws IOException {
        QueueProxy<Object> q = inboxes[side];
        if (q == null) {
            if (!(shared.get("to " + side) instanceof QueueProxy<?> found)) {
                throw new IOException("this is no pipe of a manager");
            }
            q = (QueueProxy<Object>) found;
            inboxes[side] = q;
        }
        return q;
    }

    private Holding holding(long generation) {
        LockProxy life = manager().lock();
        AsyncLock owner = life.async();
        Object ignored = owner.lock().join();
        EventProxy taken = manager().event();
        return new Holding(Tuple.of(generation, life, taken), owner, taken);
    }

    Holding occupy(int side) {
        Holding mine = holding(0);
        shared.put(side, mine.entry);
        return mine;
    }

    /** Takes an end from its holder; null if somebody else did, or the holder is gone. */
    @Nullable
    Holding take(int side, long generation) {
        if (!(shared.get(side) instanceof Tuple before) || !isGeneration(before, generation)) {
            return null;
        }
        Holding mine = holding(generation + 1);
        if (!shared.replace(side, before, mine.entry)) {
            var unused = mine.owner.unlock();
            return null;
        }
        if (before.get(2) instanceof EventProxy taken) {
            taken.set();
        }
        return mine;
    }

    private static boolean isGeneration(Tuple entry, long generation) {
        return entry.size() == 3 && entry.get(0) instanceof Long g && g == generation;
    }

    /** The holder takes back what it offered. */
    boolean renew(int side, long generation, Holding mine) {
        return shared.get(side) instanceof Tuple now
                && isGeneration(now, generation)
                && shared.replace(side, now, Tuple.of(generation + 1, now.get(1), now.get(2)));
    }

    /** Waits, on nobody's thread, until an end has no holder; then says so, and puts the end into a queue, behind all that was sent. */
    void watch(int side, CompletableFuture<Boolean> gone, QueueProxy<Object> inbox) {
        var unused = shared.async().get(side).whenComplete((entry, failure) -> {
            if (failure != null) {
                end(gone, inbox);
            } else {
                watch(entry, side, gone, inbox);
            }
        });
    }

    private void watch(@Nullable Object entry, int side, CompletableFuture<Boolean> gone, QueueProxy<Object> inbox) {
        if (!(entry instanceof Tuple holder) || !(holder.get(holder.size() - 2) instanceof LockProxy life)) {
            end(gone, inbox);
            return;
        }
        AsyncLock view = life.async();
        var unused = view.lock().whenComplete((token, failure) -> {
            if (failure != null) {
                end(gone, inbox);
                return;
            }
            // it stays ended, whoever comes: unless another process has the end since
            var ended = shared.async().replace(side, entry, Tuple.of(ENDED, ENDED, ENDED));
            var ignored = ended.whenComplete((yes, why) -> {
                var unusedRelease = view.unlock();
                if (why != null || yes) {
                    end(gone, inbox);
                } else {
                    watch(side, gone, inbox);
                }
            });
        });
    }

    private static void end(CompletableFuture<Boolean> gone, QueueProxy<Object> inbox) {
        boolean ignored = gone.complete(true);
        try {
            var unused = inbox.async().put(false);
        } catch (ManagerException e) {
            // who waits learns it from its own call
        }
    }
}
