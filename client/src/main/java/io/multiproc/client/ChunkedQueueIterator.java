package io.multiproc.client;

import io.multiproc.client.internal.session.Encoded;
import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.QueueOp;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Walks a queue by position without taking anything. */
final class ChunkedQueueIterator<E> implements Iterator<E> {
    private static final Long CHUNK = 1000L;

    private final ObjectHandle handle;
    private final Class<E> type;
    private List<E> chunk = List.of();
    /** The same items as the server sent them: an object of a user class may be encoded otherwise next time. */
    private @Nullable Encoded encoded;

    private int at;
    private long start;
    private boolean done;
    private boolean canRemove;

    /** The item returned last and its position, when its chunk has gone. */
    private @Nullable Encoded kept;

    private long keptPosition;

    ChunkedQueueIterator(ObjectHandle handle, Class<E> type) {
        this.handle = handle;
        this.type = type;
    }

    @Override
    public boolean hasNext() {
        if (at == chunk.size() && !done) {
            if (canRemove) {
                kept = last();
                keptPosition = start - 1;
            }
            Encoded received = handle.callEncoded(QueueOp.SLICE, start, CHUNK);
            chunk = ReplyValues.listOf(
                    received == null ? null : handle.session().decode(received), type);
            encoded = received;
            start += chunk.size();
            at = 0;
            done = chunk.isEmpty();
        }
        return at < chunk.size();
    }

    @Override
    public E next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        canRemove = true;
        return chunk.get(at++);
    }

    /** Removes the item returned last, or of those equal to it the one nearest to where it was; nothing if there is none any more. */
    @Override
    public void remove() {
        if (!canRemove) {
            throw new IllegalStateException("next() first, and once for each remove()");
        }
        Encoded item = at == 0 ? kept : last();
        long position = at == 0 ? keptPosition : start - chunk.size() + at - 1;
        canRemove = false;
        if (removeNear(position, item)) {
            start--;
        }
    }

    private @Nullable Encoded last() {
        return encoded == null ? null : encoded.element(at - 1);
    }

    private boolean removeNear(long position, @Nullable Encoded item) {
        try {
            return ReplyValues.integer(handle.call(QueueOp.REMOVE_NEAR, position, item)) >= 0;
        } catch (RequestRejectedException e) {
            Queries.olderServer(e);
            return ReplyValues.bool(handle.call(QueueOp.REMOVE_VALUE, item));
        }
    }
}
