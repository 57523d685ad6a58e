package io.multiproc.protocol.wire;

/**
 * Hashes of containers by their offset, so that those nested in sets within sets are hashed once and not once for each set
 * around them. Small ones are cheaper to hash again than to remember.
 */
final class HashMemo {
    static final int LEAST = 64;

    private int[] keys = {};
    private long[] hashes = {};
    private int size;

    /** The hash, or 0 when it is not known. */
    long get(int at) {
        if (size == 0) {
            return 0;
        }
        int i = slot(at);
        return keys[i] == at + 1 ? hashes[i] : 0;
    }

    void put(int at, long hash) {
        if (size * 2 >= keys.length) {
            int[] oldKeys = keys;
            long[] oldHashes = hashes;
            keys = new int[Math.max(16, oldKeys.length * 2)];
            hashes = new long[keys.length];
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldKeys[i] != 0) {
                    int to = slot(oldKeys[i] - 1);
                    keys[to] = oldKeys[i];
                    hashes[to] = oldHashes[i];
                }
            }
        }
        int i = slot(at);
        keys[i] = at + 1;
        hashes[i] = hash;
        size++;
    }

    /** Where the offset stands, or the free place for it. */
    private int slot(int at) {
        int mask = keys.length - 1;
        int i = (int) Hashing.join(3, at) & mask;
        while (keys[i] != 0 && keys[i] != at + 1) {
            i = i + 1 & mask;
        }
        return i;
    }
}
