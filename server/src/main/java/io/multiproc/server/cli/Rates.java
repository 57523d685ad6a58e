package io.multiproc.server.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The age and the operations per second of objects, added to their rows. */
final class Rates {
    private Map<Object, Long> before = Map.of();
    private long lookedAt;

    /**
     * @param rows with id, created (milliseconds) and operations
     * @param now the server's time in milliseconds
     * @param nanos this process's
     * @return the rows with age (milliseconds) and rate; that is null at the first look and for objects that are new since
     */
    List<Map<String, @Nullable Object>> of(List<Map<String, @Nullable Object>> rows, long now, long nanos) {
        Map<Object, Long> seen = new HashMap<>();
        List<Map<String, @Nullable Object>> out = new ArrayList<>();
        double seconds = (nanos - lookedAt) / 1e9;
        for (Map<String, @Nullable Object> row : rows) {
            Map<String, @Nullable Object> more = new LinkedHashMap<>(row);
            long operations = number(row.get("operations"));
            Object id = String.valueOf(row.get("id"));
            seen.put(id, operations);
            more.put("age", Math.max(0, now - number(row.get("created"))));
            Long earlier = before.get(id);
            more.put("rate", earlier == null || seconds <= 0 ? null : Math.round((operations - earlier) / seconds));
            out.add(more);
        }
        before = seen;
        lookedAt = nanos;
        return out;
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number n ? n.longValue() : 0;
    }
}
