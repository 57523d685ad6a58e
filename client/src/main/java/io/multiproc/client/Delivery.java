package io.multiproc.client;

import java.util.Objects;

/**
 * One delivery of one item of a joinable queue. Immutable.
 *
 * @param item the item
 * @param deliveries how often the item has been handed out, this time included: 1 for the first time, more if an earlier taker
 *     ended, or took too long, without reporting it as processed
 * @param number what {@link JoinableQueueProxy#done(long)} finishes exactly this delivery with; no two of a queue are the same
 */
public record Delivery<E>(E item, int deliveries, long number) {
    /**
     * For the library.
     *
     * @param item the item
     * @param number the number of this delivery
     * @param deliveries how often the item has been delivered, this time included
     */
    public Delivery {
        Objects.requireNonNull(item, "item");
    }

    /** {@return whether an earlier taker may have done a part of the work} */
    public boolean isRedelivery() {
        return deliveries > 1;
    }
}
