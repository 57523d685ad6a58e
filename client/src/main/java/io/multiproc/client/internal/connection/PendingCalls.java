package io.multiproc.client.internal.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls by request id: open addressing with backward-shift deletion, so that neither a million calls in turn nor one that
 * waits for hours leaves anything behind. Ids come in a row, so slots are scattered: in a row they would be one long run, to be walked
 * to its end at each removal. Guarded by its connection's lock.
 */
final class PendingCalls {
    private @Nullable Call[] slots = new @Nullable Call[64];
    private int size;
    private int swift;

    int size() {
        return size;
    }

    /** How many are {@link Call#isSwift}. */
    int swift() {
        return swift;
    }

    private void count(Call call, int change) {
        size += change;
        if (call.isSwift()) {
            swift += change;
        }
    }

    void put(Call call) {
        if (size * 2 >= slots.length) {
            grow();
        }
        insert(call);
        count(call, 1);
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

    @Nullable
    Call get(long id) {
        int mask = slots.length - 1;
        int i = home(id, mask);
        Call found;
        while ((found = slots[i]) != null && found.id != id) {
            i = (i + 1) & mask;
        }
        return found;
    }

    @Nullable
    Call remove(long id) {
        int mask = slots.length - 1;
        int i = home(id, mask);
        Call found;
        while ((found = slots[i]) != null) {
            if (found.id == id) {
                close(i, mask);
                count(found, -1);
                return found;
            }
            i = (i + 1) & mask;
        }
        return null;
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

    /** Removes and returns all, in order of id. */
    List<Call> drain() {
        List<Call> all = new ArrayList<>(size);
        for (int i = 0; i < slots.length; i++) {
            Call c = slots[i];
            if (c != null) {
                all.add(c);
                slots[i] = null;
            }
        }
        size = 0;
        swift = 0;
        all.sort((a, b) -> Long.compare(a.id, b.id));
        return all;
    }
}
