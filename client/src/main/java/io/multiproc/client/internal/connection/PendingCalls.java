package io.multiproc.client.internal.connection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Table of the calls that await a reply, by request id.
 *
 * <p>Open addressing with backward-shift deletion, so that neither a million calls in turn nor one that
 * waits for hours leaves anything behind. Ids come in a row, so slots are scattered: in a row they would be one long run, to be walked
 * to its end at each removal.
 *
 * <p>Guarded by its connection's lock, but for {@link #areRepliesDue}.
 */
final class PendingCalls {
    private @Nullable Call[] slots = new @Nullable Call[64];
    private int size;
    private int immediate;
    private long lastId;

    /** How many replies are due. Written once for each change, as threads look at it all the time. */
    private volatile int due;

    /** Without the lock: whether somebody has to read. */
    boolean areRepliesDue() {
        return due > 0;
    }

    int size() {
        return size;
    }

    /** How many are {@link Call#isImmediate}. */
    int immediate() {
        return immediate;
    }

    private void count(Call call, int change) {
        size += change;
        if (call.isImmediate()) {
            immediate += change;
        }
    }

    /** Gives a call the next request id. */
    void number(Call call) {
        call.id = ++lastId;
    }

    /** Adds a call that has its id. */
    void add(Call call) {
        if (size * 2 >= slots.length) {
            grow();
        }
        insert(call);
        count(call, 1);
        due = size;
    }

    /** Puts a call in the place of the one with its id, if that is still there. */
    boolean replace(Call call) {
        int i = find(call.id);
        Call old = slots[i];
        if (old == null) {
            return false;
        }
        slots[i] = call;
        count(old, -1);
        count(call, 1);
        return true;
    }

    private static int home(long id, int mask) {
        return (int) (id * 0x9E3779B97F4A7C15L >>> 32) & mask;
    }

    private void insert(Call call) {
        int mask = slots.length - 1;
        int i = home(call.id, mask);
        while (slots[i] != null) {
            i = (i + 1) & mask;
        }
        slots[i] = call;
    }

    private void grow() {
        @Nullable Call[] old = slots;
        slots = new @Nullable Call[old.length * 2];
        for (Call c : old) {
            if (c != null) {
                insert(c);
            }
        }
    }

    /** The slot of an id, or the empty one where it is not. */
    private int find(long id) {
        int mask = slots.length - 1;
        int i = home(id, mask);
        Call found;
        while ((found = slots[i]) != null && found.id != id) {
            i = (i + 1) & mask;
        }
        return i;
    }

    @Nullable
    Call get(long id) {
        return slots[find(id)];
    }

    /** Removes the call whose reply has come; null if there is none. */
    @Nullable
    Call remove(long id) {
        int i = find(id);
        Call found = slots[i];
        if (found != null) {
            close(i, slots.length - 1);
            count(found, -1);
            due = size;
        }
        return found;
    }

    private void close(int hole, int mask) {
        int i = hole;
        while (true) {
            slots[hole] = null;
            Call c;
            int home;
            do {
                i = (i + 1) & mask;
                c = slots[i];
                if (c == null) {
                    return;
                }
                home = home(c.id, mask);
                // stays where it is if its home lies cyclically within (hole, i]
            } while (hole <= i ? hole < home && home <= i : hole < home || home <= i);
            slots[hole] = c;
            hole = i;
        }
    }

    void forEach(Consumer<Call> action) {
        for (Call c : slots) {
            if (c != null) {
                action.accept(c);
            }
        }
    }

    /** The lowest id of calls in frames with higher numbers than this; one above all ids if there is none. */
    long lowestAfter(long frame) {
        long lowest = lastId + 1;
        for (Call c : slots) {
            if (c != null && c.frameNumber > frame && c.id < lowest) {
                lowest = c.id;
            }
        }
        return lowest;
    }

    /** All, in order of id. */
    List<Call> list() {
        List<Call> all = new ArrayList<>(size);
        forEach(all::add);
        all.sort((a, b) -> Long.compare(a.id, b.id));
        return all;
    }

    /** Removes and returns all, in order of id. */
    List<Call> drain() {
        List<Call> all = list();
        Arrays.fill(slots, null);
        size = 0;
        immediate = 0;
        due = 0;
        return all;
    }
}
