package io.multiproc.server.engine;

import io.multiproc.server.access.Audit;
import io.multiproc.server.machine.Settings;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The options of the engine: what it tells clients and what it allows.
 *
 * @param version the server's version
 * @param maxFrame the largest payload of a frame
 * @param allowShutdown whether clients may end the server
 * @param listeners the addresses, asked each time
 * @param facts more for {@code manager.info}: texts, integers (Long) and nulls, asked each time
 * @param memoryReserve percent of the heap kept free
 * @param audit gets what an audit is to know
 * @param settings what the state shall go by; null for what it was made with
 */
public record EngineOptions(
        String version,
        int maxFrame,
        boolean allowShutdown,
        Supplier<List<String>> listeners,
        Supplier<Map<String, @Nullable Object>> facts,
        int memoryReserve,
        Audit audit,
        @Nullable Settings settings) {
    /** Without more facts. */
    public EngineOptions(String version, int maxFrame, boolean allowShutdown, Supplier<List<String>> listeners) {
        this(version, maxFrame, allowShutdown, listeners, Map::of, 8, Audit.NONE, null);
    }
}
