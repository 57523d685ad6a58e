package io.multiproc.client.internal.session;

import io.multiproc.client.internal.value.Conversions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Decoded replies as the types that the operation table promises, and Java's times as the wire's milliseconds. */
public final class ReplyValues {
    /** A timeout without limit. */
    public static final Long FOREVER = -1L;
    /** A timeout of nothing: do not wait. */
    public static final Long NOW = 0L;

    private ReplyValues() {}

    public static boolean bool(@Nullable Object v) {
        return Boolean.TRUE.equals(v);
    }

    public static long integer(@Nullable Object v) {
        return v == null ? 0 : ((Number) v).longValue();
    }

    /** A size, cut to what an int holds, as {@link java.util.Collection#size} wants it. */
    public static int size(@Nullable Object v) {
        return (int) Math.min(integer(v), Integer.MAX_VALUE);
    }

    public static List<?> list(@Nullable Object v) {
        return v == null ? List.of() : (List<?>) v;
    }

    /** The value as the proxy's element type; see {@link Conversions}. */
    public static <T> @Nullable T as(@Nullable Object v, Class<T> type) {
        return Conversions.convert(v, type);
    }

    /** A list with every element as the element type. */
    public static <T> List<T> listOf(@Nullable Object v, Class<T> type) {
        List<?> from = list(v);
        List<T> to = new ArrayList<>(from.size());
        for (Object e : from) {
            to.add(element(e, type));
        }
        return to;
    }

    /** As {@link #as}, for places whose generic type does not say that null is possible. */
    @SuppressWarnings("NullAway")
    public static <T> T element(@Nullable Object v, Class<T> type) {
        return as(v, type);
    }

    /** As it is, for places whose generic type does not say that null is possible. */
    @SuppressWarnings("NullAway")
    public static <T> T result(@Nullable T v) {
        return v;
    }

    /** Milliseconds for the wire: rounded up, so that a short time does not become none. Zero or less does not wait. */
    public static Long millis(long time, TimeUnit unit) {
        long nanos = unit.toNanos(time);
        return nanos <= 0 ? NOW : (nanos - 1) / 1_000_000 + 1;
    }

    public static Long millis(Duration time) {
        if (time.compareTo(Duration.ofMillis(Long.MAX_VALUE / 2)) > 0) {
            return Long.MAX_VALUE / 2;
        }
        return time.isNegative() || time.isZero()
                ? NOW
                : time.plusNanos(999_999).toMillis();
    }
}
