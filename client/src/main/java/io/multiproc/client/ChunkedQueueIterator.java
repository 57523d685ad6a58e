package io.multiproc.client;

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
    private int at;
    private long start;
    private boolean done;
    private @Nullable E last;

    ChunkedQueueIterator(ObjectHandle handle, Class<E> type) {
        this.handle = handle;
        this.type = type;
    }

    @Override
    public boolean hasNext() {
        if (at == chunk.size() && !done) {
            chunk = ReplyValues.listOf(handle.call(QueueOp.SLICE, start, CHUNK), type);
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
        E item = chunk.get(at++);
        last = item;
        return item;
    }

    /** Removes the first item equal to the last one returned, if it is still there. */
    @Override
    public void remove() {
        E item = last;
        if (item == null) {
            throw new IllegalStateException("next() first, and once for each remove()");
        }
        last = null;
        if (ReplyValues.bool(handle.call(QueueOp.REMOVE_VALUE, item))) {
            start--;
        }
    }
}
