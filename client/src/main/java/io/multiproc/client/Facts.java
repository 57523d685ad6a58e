package io.multiproc.client;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A dict that the server sent of itself, read with care: another version of it may leave out keys and add others. */
record Facts(Map<String, @Nullable Object> all) {
    /** @param reply a dict with texts as keys */
    @SuppressWarnings("unchecked")
    static Facts of(@Nullable Object reply) {
        return new Facts(
                reply instanceof Map<?, ?> m
                        ? Collections.unmodifiableMap((Map<String, @Nullable Object>) m)
                        : Map.of());
    }

    /** The elements of a list of dicts. */
    static <T> List<T> list(@Nullable Object reply, Function<Facts, T> of) {
        return reply instanceof List<?> l ? l.stream().map(e -> of.apply(of(e))).toList() : List.of();
    }

    String text(String key) {
        Object v = all.get(key);
        return v == null ? "" : v.toString();
    }

    @Nullable
    String optionalText(String key) {
        return all.get(key) instanceof String s ? s : null;
    }

    long number(String key) {
        return all.get(key) instanceof Number n ? n.longValue() : 0;
    }

    @Nullable
    Long optionalNumber(String key) {
        return all.get(key) instanceof Number n ? n.longValue() : null;
    }

    boolean flag(String key) {
        return Boolean.TRUE.equals(all.get(key));
    }

    Instant instant(String key) {
        return Instant.ofEpochMilli(number(key));
    }
}
