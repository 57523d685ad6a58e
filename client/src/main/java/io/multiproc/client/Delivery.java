package io.multiproc.client;

/**
 * One delivery of one item of a joinable queue. Immutable.
 *
 * @param item the item; null if a Python program has put {@code None}
 * @param deliveries how often the item has been handed out, this time included: 1 for the first time, more if an earlier taker
 *     ended, or took too long, without reporting it as processed
 * @param number what {@link JoinableQueueProxy#done(long)} finishes exactly this delivery with; no two of a queue are the same
 */
public record Delivery<E>(E item, int deliveries, long number) {
    /** {@return whether an earlier taker may have done a part of the work} */
    public boolean isRedelivery() {
        return deliveries > 1;
    }
}
