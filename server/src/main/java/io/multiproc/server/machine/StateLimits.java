package io.multiproc.server.machine;

/**
 * Limits on what a state may hold. A request over a limit is refused with BUSY before anything has changed; objects of a snapshot and items that go
 * back to their queue are not refused.
 *
 * @param objects live objects
 * @param entries entries, elements, attributes, or items and items in progress, of one object
 * @param waiters parked requests of one object
 */
public record StateLimits(long objects, long entries, long waiters) {
    /** The limits of a server without options. */
    public static final StateLimits DEFAULT = new StateLimits(10_000_000, 100_000_000, 100_000);
}
