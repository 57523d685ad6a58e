package io.multiproc.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A lock, semaphore or read-write lock that somebody owns or waits for, as it was when {@link Manager#locks} asked.
 *
 * @param id the object's number, as {@link Proxy#objectId}
 * @param type the type's name, as {@link Proxy#typeId}
 * @param name the object's name; null if it is anonymous
 * @param owners who owns it
 * @param waiting who waits for it, the next one first
 * @param details everything that the server said, by its own key, in its order: what has no component here is in it. Unmodifiable
 */
public record LockInfo(
        long id,
        String type,
        @Nullable String name,
        List<Owner> owners,
        List<Waiter> waiting,
        Map<String, @Nullable Object> details) {
    static LockInfo of(Facts f) {
        return new LockInfo(
                f.number("id"),
                f.text("type"),
                f.optionalText("name"),
                Facts.list(f.all().get("owners"), Owner::of),
                Facts.list(f.all().get("waiting"), Waiter::of),
                f.all());
    }

    /**
     * A thread of a session, or a session as a whole, that owns a lock or permits.
     *
     * @param session the session's number
     * @param client what the client calls itself
     * @param address where the client connected from
     * @param holder the thread's number in its session; 0 for the session as a whole, which owns permits
     * @param levels how many times it has acquired the lock, or how many permits it has
     * @param orphaned how many of these levels or permits were a Python process's that ended: nobody is there to release them
     * @param since when they were orphaned, by the server's clock; null if none are
     */
    public record Owner(
            long session,
            String client,
            String address,
            long holder,
            long levels,
            long orphaned,
            @Nullable Instant since) {
        static Owner of(Facts f) {
            return new Owner(
                    f.number("session"),
                    f.text("client"),
                    f.text("address"),
                    f.number("holder"),
                    f.number("levels"),
                    f.number("orphaned"),
                    f.optionalNumber("since") == null ? null : f.instant("since"));
        }
    }

    /**
     * A thread of a session that waits for a lock or permits.
     *
     * @param session the session's number
     * @param client what the client calls itself
     * @param address where the client connected from
     * @param holder the thread's number in its session
     * @param levels how many times it will have acquired the lock, or how many permits it waits for
     * @param since when it began to wait, by the server's clock
     */
    public record Waiter(long session, String client, String address, long holder, long levels, Instant since) {
        static Waiter of(Facts f) {
            return new Waiter(
                    f.number("session"),
                    f.text("client"),
                    f.text("address"),
                    f.number("holder"),
                    f.number("levels"),
                    f.instant("since"));
        }
    }
}
