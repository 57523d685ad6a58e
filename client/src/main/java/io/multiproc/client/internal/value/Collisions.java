package io.multiproc.client.internal.value;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A watch on hash tables that are built from what others have sent. Java's tables find a key among others of the same hash code in logarithmic time if its
 * class is comparable with itself, else in linear time, so that keys which somebody has chosen cost the square of their number. Such keys are counted, once
 * building takes long: how long it takes is no sign of it by itself. Not thread-safe; for one message.
 */
public final class Collisions {
    /** What a message may cost, in comparisons of keys: under a second. */
    private static final long MOST = 20_000_000;

    private static final long PATIENCE_NANOS = 500_000_000;
    private static final int CLOCK_INTERVAL = 256;
    /** Tables of fewer keys cost little even if all of them collide. */
    private static final int SMALL = 64;

    /** Whether a class implements {@code Comparable} of itself, which is what {@link java.util.HashMap} makes use of. */
    private static final ClassValue<Boolean> COMPARABLE = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            for (Type t : type.getGenericInterfaces()) {
                if (t instanceof ParameterizedType p
                        && p.getRawType() == Comparable.class
                        && p.getActualTypeArguments()[0] == type) {
                    return true;
                }
            }
            return false;
        }
    };

    private final long started = System.nanoTime();
    private long looked = started;
    private long comparisons;
    private int added;

    /**
     * Notes that a key was put into a table.
     *
     * @return whether the keys collide so much that building should be given up
     */
    public boolean added(Collection<?> keys) {
        if (++added % CLOCK_INTERVAL != 0) {
            return false;
        }
        long now = System.nanoTime();
        if (now - looked < Math.max(PATIENCE_NANOS, looked - started)) {
            return false;
        }
        looked = now;
        return comparisons + comparisons(keys) > MOST;
    }

    /**
     * Notes that a table is complete.
     *
     * @return whether the keys of all tables together collide so much that building should be given up
     */
    public boolean complete(Collection<?> keys) {
        if (keys.size() >= SMALL && System.nanoTime() - started >= PATIENCE_NANOS) {
            comparisons += comparisons(keys);
        }
        return comparisons > MOST;
    }

    /** How often keys had to be compared with others in vain. */
    private static long comparisons(Collection<?> keys) {
        int[] codes = new int[keys.size()];
        int n = 0;
        for (@Nullable Object key : keys) {
            if (key != null && n < codes.length && !COMPARABLE.get(key.getClass())) {
                codes[n++] = key.hashCode();
            }
        }
        Arrays.sort(codes, 0, n);
        long sum = 0;
        long before = 0;
        for (int i = 1; i < n; i++) {
            before = codes[i] == codes[i - 1] ? before + 1 : 0;
            sum += before;
        }
        return sum;
    }
}
