package io.multiproc.server.table;

import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Values;
import java.util.Arrays;

/**
 * A hash table of encoded keys and values that keeps the order of insertion, laid out as CPython's dict: a sparse table of
 * positions and dense, parallel arrays of entries. An entry is one array, the encoded key followed by the encoded value: two
 * would cost a header and a reference more. An entry is addressed by its position, which is valid until the next
 * insertion or removal; its sequence number stays the same for as long as the entry exists and is never used again.
 */
public final class OrderedTable {
    private static final int EMPTY = -1;
    private static final int DELETED = -2;
    private static final int LEAST = 8;
    private static final byte[] NONE = {};
    private static final int[] NO_NUMBERS = {};
    private static final long[] NO_SEQUENCES = {};
    private static final byte[][] NO_ENTRIES = {};
    /** One free slot, which never gets filled: room is made before. */
    private static final int[] NOTHING_INDEXED = {EMPTY};

    /** A reference, a hash, a sequence number and up to three places of the index. */
    private static final int BYTES_OF_ENTRY = 8 + 4 + 8 + 3 * 4;

    private int[] index;
    private int filled; // slots of the index that are not EMPTY
    private byte[][] entries; // NONE where an entry was removed
    private int[] hashes;
    private long[] sequences; // ascending
    private int used; // entries, removed ones included; the last one is never a removed one
    private int live;
    private long nextSequence = 1;

    /** An empty table takes no memory of its own: there may be a million of them. */
    public OrderedTable() {
        index = NOTHING_INDEXED;
        entries = NO_ENTRIES;
        hashes = NO_NUMBERS;
        sequences = NO_SEQUENCES;
    }

    /** A copy that can be walked, but neither searched nor changed. Keys and values are shared. */
    private OrderedTable(OrderedTable other) {
        index = NO_NUMBERS;
        hashes = NO_NUMBERS;
        entries = Arrays.copyOf(other.entries, other.used);
        sequences = Arrays.copyOf(other.sequences, other.used);
        used = other.used;
        live = other.live;
        nextSequence = other.nextSequence;
    }

    public OrderedTable walkableCopy() {
        return new OrderedTable(this);
    }

    private void allocate(int capacity) {
        // all of them before any is put in place: memory may run out at each
        int[] newIndex = emptyIndex(capacity);
        byte[][] newEntries = new byte[capacity][];
        int[] newHashes = new int[capacity];
        long[] newSequences = new long[capacity];
        index = newIndex;
        entries = newEntries;
        hashes = newHashes;
        sequences = newSequences;
        filled = 0;
        used = 0;
        live = 0;
    }

    private static int[] emptyIndex(int capacity) {
        // at most two thirds full
        int[] out = new int[Integer.highestOneBit(Math.max(LEAST, capacity + capacity / 2) - 1) * 2];
        Arrays.fill(out, EMPTY);
        return out;
    }

    public int size() {
        return live;
    }

    /** The position of the entry whose key equals the value at an offset of a buffer, or -1. */
    public int find(byte[] b, int from, int hash) {
        int mask = index.length - 1;
        int perturb = hash;
        int i = hash & mask;
        while (true) {
            int at = index[i];
            if (at == EMPTY) {
                return -1;
            }
            if (at >= 0 && hashes[at] == hash && Equality.equal(entries[at], 0, b, from)) {
                return at;
            }
            perturb >>>= 5;
            i = (i * 5 + perturb + 1) & mask;
        }
    }

    /** The key and, from {@link #valueStart} on, the value. */
    public byte[] entry(int at) {
        return entries[at];
    }

    /** Where the value of an entry starts. */
    public static int valueStart(byte[] entry) {
        return Values.skip(entry, 0);
    }

    public long sequence(int at) {
        return sequences[at];
    }

    /** Puts another entry of an equal key in place of one. */
    public void setEntry(int at, byte[] entry) {
        entries[at] = entry;
    }

    /** Appends an entry whose key is not in the table. */
    public void insert(int hash, byte[] entry) {
        insert(hash, entry, nextSequence);
    }

    /** Appends an entry under a sequence number not below {@link #nextSequence}. */
    public void insert(int hash, byte[] entry, long sequence) {
        if (used == entries.length || filled * 3L >= index.length * 2L) {
            makeRoom(1);
        }
        entries[used] = entry;
        hashes[used] = hash;
        sequences[used] = sequence;
        enter(hash, used);
        used++;
        live++;
        nextSequence = sequence + 1;
    }

    public void remove(int at) {
        int mask = index.length - 1;
        int hash = hashes[at];
        int perturb = hash;
        int i = hash & mask;
        while (index[i] != at) {
            perturb >>>= 5;
            i = (i * 5 + perturb + 1) & mask;
        }
        index[i] = DELETED;
        entries[at] = NONE;
        live--;
        while (used > 0 && entries[used - 1] == NONE) {
            used--;
        }
        if (used - live > Math.max(32, live)) {
            try {
                compact(live);
            } catch (OutOfMemoryError e) {
                // what was removed is removed: only room that could be saved stays in use
            }
        }
    }

    /** The position of the entry inserted last, or -1. */
    public int last() {
        return used - 1;
    }

    /** The first position from {@code at} on that holds an entry, or -1. */
    public int from(int at) {
        int i = at;
        while (i < used && entries[i] == NONE) {
            i++;
        }
        return i < used ? i : -1;
    }

    /** The position of the first entry with a higher sequence number, or -1. */
    public int after(long sequence) {
        int low = 0;
        int high = used;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sequences[middle] <= sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return from(low);
    }

    /** The sequence number of the next insertion. */
    public long nextSequence() {
        return nextSequence;
    }

    public void clear() {
        allocate(LEAST);
    }

    public void restoreSequence(long next) {
        nextSequence = next;
    }

    private void enter(int hash, int at) {
        int mask = index.length - 1;
        int perturb = hash;
        int i = hash & mask;
        while (index[i] != EMPTY) {
            perturb >>>= 5;
            i = (i * 5 + perturb + 1) & mask;
        }
        index[i] = at;
        filled++;
    }

    /** How many bytes making room for so many more entries takes, at most. */
    public long growth(int more) {
        if (entries.length - used >= more && (filled + (long) more) * 3 <= index.length * 2L) {
            return 0;
        }
        return (long) BYTES_OF_ENTRY * capacityFor(more);
    }

    private int capacityFor(int more) {
        // big tables grow by a quarter, so that little is unused
        return live + Math.max(Math.max(LEAST, more), live < 1 << 16 ? live : live >> 2);
    }

    /** Makes sure that this many entries can be inserted without memory running out between two of them. */
    public void reserve(int more) {
        if (entries.length - used < more || (filled + (long) more) * 3 > index.length * 2L) {
            makeRoom(more);
        }
    }

    private void makeRoom(int more) {
        int capacity = capacityFor(more);
        if (used == live && filled * 3L < index.length * 2L && capacity * 3L <= index.length * 2L) {
            byte[][] newEntries = Arrays.copyOf(entries, capacity);
            int[] newHashes = Arrays.copyOf(hashes, capacity);
            long[] newSequences = Arrays.copyOf(sequences, capacity);
            entries = newEntries;
            hashes = newHashes;
            sequences = newSequences;
        } else {
            compact(capacity);
        }
    }

    private void compact(int capacity) {
        byte[][] oldEntries = entries;
        int[] oldHashes = hashes;
        long[] oldSequences = sequences;
        int oldUsed = used;
        allocate(Math.max(LEAST, capacity));
        for (int i = 0; i < oldUsed; i++) {
            if (oldEntries[i] != NONE) {
                entries[used] = oldEntries[i];
                hashes[used] = oldHashes[i];
                sequences[used] = oldSequences[i];
                enter(oldHashes[i], used);
                used++;
                live++;
            }
        }
    }
}
