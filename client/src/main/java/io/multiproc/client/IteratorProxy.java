package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.protocol.op.IteratorOp;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A shared place in a dict, a list or a set: who takes a step takes it for all that hold the iterator, so that each element is
 * given once, to one of them. Of a dict it gives the keys. It keeps its collection alive.
 *
 * <p>{@link #next()} is one round trip for each element; {@link #next(int)} brings many. Both are atomic. Like in CPython, a step
 * throws {@link IllegalStateException} if a dict or set has changed its size since the first one, and sees what has been
 * appended to a list. At the end it stays at the end. When the outcome of a call is unknown, so is whether a step was
 * taken. A step whose elements this program cannot read is taken: the {@link SerializationException} has them. Every method throws {@link NoSuchObjectException} if the collection was deleted.
 */
public final class IteratorProxy<E> extends RemoteObject implements Iterator<E>, AutoCloseable {
    private final Class<E> type;
    private @Nullable List<E> ahead;

    IteratorProxy(ObjectHandle handle, Class<E> type) {
        super(handle);
        this.type = type;
    }

    /**
     * Takes up to so many steps and returns the elements; none at the end.
     *
     * @param most the most of them
     * @return the elements; none at the end
     */
    public synchronized List<E> next(int most) {
        List<E> out = new ArrayList<>();
        if (ahead != null) {
            out.addAll(ahead);
            ahead = null;
        }
        if (out.size() < most) {
            out.addAll(step((long) most - out.size()));
        }
        return out;
    }

    private List<E> step(long most) {
        return ReplyValues.result(handle.call(v -> ReplyValues.listOf(v, type), IteratorOp.NEXT, most));
    }

    /** Whether there is a next element; takes the step, whose element the next call of this proxy then gives. */
    @Override
    public synchronized boolean hasNext() {
        if (ahead == null) {
            List<E> step = step(1L);
            if (step.isEmpty()) {
                return false;
            }
            ahead = step;
        }
        return true;
    }

    @Override
    public synchronized E next() {
        List<E> step = next(1);
        if (step.isEmpty()) {
            throw new NoSuchElementException();
        }
        return step.get(0);
    }

    /**
     * Without blocking: up to so many next elements. Does not see what {@link #hasNext} has taken.
     *
     * @param most the most of them
     * @return a future of the result
     */
    public CompletableFuture<List<E>> nextAsync(int most) {
        return handle.callAsync(v -> ReplyValues.listOf(v, type), IteratorOp.NEXT, (long) most);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IteratorProxy<?> p && p.handle.equals(handle);
    }

    @Override
    public int hashCode() {
        return handle.hashCode();
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
