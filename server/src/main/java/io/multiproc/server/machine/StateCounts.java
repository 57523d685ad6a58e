package io.multiproc.server.machine;

import io.multiproc.protocol.op.ObjectType;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts of objects, waits and deliveries at one moment.
 *
 * @param objects live objects by type; types without any may be missing
 * @param waits requests that wait
 * @param undelivered deliveries of queue items that their consumers have not acknowledged
 */
public record StateCounts(Map<ObjectType, Integer> objects, long waits, long undelivered) {
    public static final StateCounts NONE = new StateCounts(new EnumMap<>(ObjectType.class), 0, 0);
}
