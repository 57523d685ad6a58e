package io.multiproc.server.state;

/**
 * How much a state may hold. What would exceed it is refused with BUSY before anything has changed; what a snapshot brings back, or
 * goes back to its queue, is not refused.
 *
 * @param objects live objects
 * @param entries entries, elements, attributes, or items and items in progress, of one object
 * @param waiters parked requests of one object
 */
public record StateLimits(long objects, long entries, long waiters) {
    /** What a server has that is told nothing else. */
    public static final StateLimits DEFAULT = new StateLimits(10_000_000, 100_000_000, 100_000);
}
