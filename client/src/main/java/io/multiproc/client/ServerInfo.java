package io.multiproc.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Facts of a server, as they were when {@link Manager#info} asked.
 *
 * @param version of the server program
 * @param protocol the version of the protocol that it speaks
 * @param pid its process id
 * @param started when it was started, by its own clock
 * @param uptime how long it has run
 * @param sessions how many sessions there are
 * @param objects how many live objects there are, named and anonymous
 * @param java the version of its JVM
 * @param heapUsed bytes of its heap in use
 * @param heapMax the most bytes that its heap may have
 * @param maxFrame the most bytes of one request
 * @param allowShutdown whether {@link Manager#shutdownServer} ends it
 * @param listeners the addresses at which it listens
 * @param details everything that the server said, by its own key, in its order, what has no component here among it, as facts of snapshots.
 *     Unmodifiable
 */
public record ServerInfo(
        String version,
        long protocol,
        long pid,
        Instant started,
        Duration uptime,
        long sessions,
        long objects,
        String java,
        long heapUsed,
        long heapMax,
        long maxFrame,
        boolean allowShutdown,
        List<String> listeners,
        Map<String, @Nullable Object> details) {
    static ServerInfo of(Facts f) {
        return new ServerInfo(
                f.text("version"),
                f.number("protocol"),
                f.number("pid"),
                f.instant("started"),
                Duration.ofMillis(f.number("uptime_ms")),
                f.number("sessions"),
                f.number("objects"),
                f.text("java"),
                f.number("heap_used"),
                f.number("heap_max"),
                f.number("max_frame"),
                f.flag("allow_shutdown"),
                f.all().get("listeners") instanceof List<?> l
                        ? l.stream().map(String::valueOf).toList()
                        : List.of(),
                f.all());
    }
}
