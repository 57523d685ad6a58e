package io.multiproc.server.table;

import io.multiproc.protocol.wire.Equality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A map from long keys to objects, without boxing and without garbage on look-up, insertion and removal. Its internal order is never observable: a
 * walk asks for the keys in ascending order.
 */
public final class LongMap<V> {
    private static final int BYTES_OF_ENTRY = 8 + 8;

    /** Secrets of this JVM: clients number their requests, and could else choose numbers that collide. */
    private static final long SEED = Equality.secret(0);

    private static final long FACTOR = Equality.secret(1) | 1;
    private static final long FACTOR_2 = Equality.secret(2) | 1;

    // open addressing, linear probing, removal by shifting back; a null value marks a free slot
    private long[] keys = new long[8];
    private @Nullable Object[] values = new Object[8];
    private int size;

    /** What was found last: clients send many requests about one object, and each asks more than once for it and for its session. */
    private long lastKey;

    private @Nullable V last;

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    @Nullable
    public V get(long key) {
        V found = last;
        if (found == null || key != lastKey) {
            found = value(find(key));
            if (found != null) {
                lastKey = key;
                last = found;
            }
        }
        return found;
    }

    /** Sets the value of a key and returns the previous one. */
    @Nullable
    public V put(long key, V value) {
        int at = find(key);
        V old = value(at);
        if (old == null) {
            if ((size + 1) * 3L > keys.length * 2L) {
                grow();
                at = find(key);
            }
            size++;
            keys[at] = key;
        }
        values[at] = value;
        last = null;
        return old;
    }

    /** How many bytes making room for so many more keys takes, at most. */
    public long growth(int more) {
        return (size + (long) more) * 3 <= keys.length * 2L ? 0 : 3L * BYTES_OF_ENTRY * (size + (long) more);
    }

    /** Makes sure that so many keys can be put in without memory running out between two of them. */
    public void reserve(int more) {
        while ((size + (long) more) * 3 > keys.length * 2L) {
            grow();
        }
    }

    /** Removes a key and returns its value. */
    @Nullable
    public V remove(long key) {
        int at = find(key);
        V old = value(at);
        if (old != null) {
            size--;
            last = null;
            close(at);
        }
        return old;
    }

    public void clear() {
        keys = new long[8];
        values = new Object[8];
        size = 0;
        last = null;
    }

    /** A copy that shares the values. */
    public LongMap<V> copy() {
        LongMap<V> out = new LongMap<>();
        out.keys = keys.clone();
        out.values = values.clone();
        out.size = size;
        return out;
    }

    /** All keys, ascending. */
    public long[] sortedKeys() {
        long[] out = keys();
        Arrays.sort(out);
        return out;
    }

    /** All keys, in no order: for callers that sort. */
    public long[] keys() {
        long[] out = new long[size];
        int n = 0;
        for (int i = 0; i < keys.length; i++) {
            if (values[i] != null) {
                out[n++] = keys[i];
            }
        }
        return out;
    }

    /** All values, in no order: for callers that sort. */
    @SuppressWarnings("unchecked") // only V is ever put in
    public List<V> unordered() {
        List<V> out = new ArrayList<>(size);
        for (@Nullable Object v : values) {
            if (v != null) {
                out.add((V) v);
            }
        }
        return out;
    }

    /** The value of a key that is known to be present. */
    public V present(long key) {
        V v = get(key);
        if (v == null) {
            throw new IllegalStateException("no entry for " + key);
        }
        return v;
    }

    private static int home(long key, int mask) {
        long mixed = (key ^ SEED) * FACTOR;
        return (int) ((mixed ^ mixed >>> 32) * FACTOR_2 >>> 32) & mask;
    }

    private int find(long key) {
        int mask = keys.length - 1;
        int i = home(key, mask);
        while (values[i] != null && keys[i] != key) {
            i = (i + 1) & mask;
        }
        return i;
    }

    @SuppressWarnings("unchecked") // only V is ever put in
    private @Nullable V value(int at) {
        return (V) values[at];
    }

    private void close(int at) {
        int mask = keys.length - 1;
        int gap = at;
        int i = at;
        while (true) {
            i = (i + 1) & mask;
            if (values[i] == null) {
                break;
            }
            int home = home(keys[i], mask);
            if (((i - home) & mask) >= ((i - gap) & mask)) {
                keys[gap] = keys[i];
                values[gap] = values[i];
                gap = i;
            }
        }
        values[gap] = null;
    }

    private void grow() {
        long[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        // both before either is put in place: memory may run out at each
        long[] newKeys = new long[oldKeys.length * 2];
        @Nullable Object[] newValues = new Object[newKeys.length];
        keys = newKeys;
        values = newValues;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != null) {
                int at = find(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = oldValues[i];
            }
        }
    }
}
