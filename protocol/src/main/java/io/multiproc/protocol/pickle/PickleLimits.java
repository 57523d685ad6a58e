package io.multiproc.protocol.pickle;

/**
 * Bounds of one pickle.
 *
 * @param maxDepth how deep values may hold values
 * @param maxWeight memory: a container, global or object counts 8, anything else 1, a memo entry 1. What is announced and
 *     has not arrived costs nothing
 */
public record PickleLimits(int maxDepth, long maxWeight) {
    /** As deep as CPython itself pickles, give or take; a list of ten million numbers. */
    public static final PickleLimits DEFAULT = new PickleLimits(1000, 24_000_000);

    /** Weight in proportion to the heap of this JVM, at most the default. */
    public static PickleLimits ofThisJvm() {
        long weight = Math.min(DEFAULT.maxWeight, Runtime.getRuntime().maxMemory() / 40);
        return new PickleLimits(DEFAULT.maxDepth, Math.max(1 << 16, weight));
    }
}
