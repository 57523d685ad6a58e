package io.multiproc.client;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A live object of a manager, as it was when {@link Manager#objects} asked.
 *
 * @param id the object's number, as {@link Proxy#objectId}
 * @param type the type's name, as {@link Proxy#typeId}
 * @param name the object's name; null if it is anonymous
 * @param size the number of its elements; of a queue, its depth
 * @param references how many references to it sessions and other objects hold
 * @param waiters how many calls wait on it
 * @param created when it was made, by the server's clock
 * @param operations how many operations were asked of it
 * @param shutdown whether it is a queue that was shut down
 * @param holder of a lock that is held, the number of the session that holds it; else null
 * @param token of a lock that is held, its fencing token; else null
 * @param details everything that the server said, by its own key, in its order: what has no component here is in it. Unmodifiable
 */
public record ObjectInfo(
        long id,
        String type,
        @Nullable String name,
        long size,
        long references,
        long waiters,
        Instant created,
        long operations,
        boolean shutdown,
        @Nullable Long holder,
        @Nullable Long token,
        Map<String, @Nullable Object> details) {
    static ObjectInfo of(Facts f) {
        return new ObjectInfo(
                f.number("id"),
                f.text("type"),
                f.optionalText("name"),
                f.number("size"),
                f.number("references"),
                f.number("waiters"),
                f.instant("created"),
                f.number("operations"),
                f.flag("shutdown"),
                f.optionalNumber("holder"),
                f.optionalNumber("token"),
                f.all());
    }
}
