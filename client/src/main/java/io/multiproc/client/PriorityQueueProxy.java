package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import java.util.concurrent.BlockingQueue;

/**
 * A shared priority queue: a {@link BlockingQueue} that gives the least item first, and equal ones in order of arrival.
 *
 * <p>The priority is the item itself or, of a {@link Tuple} or a list, its first element: a number, a text or bytes, the same
 * kind for all items that the queue ever sees; numbers are compared by value across their widths, texts by code points. What has
 * no place in that order is refused with {@link ClassCastException}, and nothing is stored. Finding the place of an item takes
 * logarithmic time. Otherwise as {@link QueueProxy}: an item whose consumer died comes back before others of its priority,
 * unless the queue was {@linkplain #shutdown shut down} immediately.
 */
public final class PriorityQueueProxy<E> extends QueueProxy<E> {
    PriorityQueueProxy(ObjectHandle handle, Class<E> type) {
        super(handle, type);
    }
}
