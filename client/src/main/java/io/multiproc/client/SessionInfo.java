package io.multiproc.client;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session of a manager, as it was when {@link Manager#sessions} asked.
 *
 * @param id the session's number
 * @param name what the client calls itself, as {@link ManagerOptions#withName}
 * @param address where the client connected from
 * @param connected whether it has a connection now
 * @param opened when the session began, by the server's clock
 * @param holds how many objects it holds references to
 * @param locks how many locks, semaphores and read-write locks it owns
 * @param waits how many of its calls wait
 * @param undelivered how many items of queues were sent to it and not acknowledged yet
 * @param inProgress how many items of joinable queues it has taken and not finished
 * @param details everything that the server said, by its own key, in its order: what has no component here is in it. Unmodifiable
 */
public record SessionInfo(
        long id,
        String name,
        String address,
        boolean connected,
        Instant opened,
        long holds,
        long locks,
        long waits,
        long undelivered,
        long inProgress,
        Map<String, @Nullable Object> details) {
    static SessionInfo of(Facts f) {
        return new SessionInfo(
                f.number("id"),
                f.text("name"),
                f.text("address"),
                f.flag("connected"),
                f.instant("opened"),
                f.number("holds"),
                f.number("locks"),
                f.number("waits"),
                f.number("undelivered"),
                f.number("in_progress"),
                f.all());
    }
}
