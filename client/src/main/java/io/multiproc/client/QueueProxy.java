package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.session.Session;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.QueueOp;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A shared queue: a {@link BlockingQueue} that lives on the manager, first in first out, bounded or not. Who waits is served
 * in order of arrival, whatever process it is in.
 *
 * <p>Every method is atomic and one round trip unless it says otherwise, and may be called by any number of threads and
 * processes. Waiting costs no thread and no polling on the manager. A Java program cannot put null. One that a Python program has put ({@code
 * None}) is an item: {@code take}, {@code get}, {@code remove()}, {@code element}, {@code drainTo} and iterators give it as null, and {@code poll} and {@code peek},
 * whose null means that the queue is empty, throw {@link NullItemException} and leave it.
 *
 * <p>An item leaves the queue for good when this process has acknowledged it, which the client does by itself right after
 * receiving it. If the process dies before that the item returns to the head of the queue, so nothing vanishes with a dead
 * consumer; a consumer killed within half a second of receiving an item may therefore see it given to another.
 *
 * <p>An item that this program cannot read ({@link SerializationException}), or that is not of the proxy's type ({@link ClassCastException}, {@link
 * ArithmeticException}), is not taken: the call throws, and the item is back at its place, for programs that can read it. For the moment until the manager
 * has it back, others may see the one behind it. It stands before all others, so who asks again gets it again;
 * {@code queue.remove(exception.value())} removes it.
 *
 * <p>A thread interrupted while it waits cancels its request. Should an item have been handed to it in the same moment, the
 * item is returned and the interrupt stays set. Every method throws {@link NoSuchObjectException} if the queue was deleted,
 * also while waiting. {@link Proxy} says what happens when the connection breaks. After a {@link
 * ConnectionLostException} a {@code put} may have taken effect or not; an item on its way to a {@code take} returns to the queue.
 *
 * <p>Once a queue was {@linkplain #shutdown shut down}, all methods that add items ({@code put}, {@code offer}, {@code add}, {@code addAll})
 * throw {@link QueueShutDownException}, and so do those that take the head ({@code take}, {@code get}, {@code poll}, {@code remove()})
 * when the queue is empty, waiting or not. All others go on; {@code drainTo} finds nothing then.
 */
public sealed class QueueProxy<E> extends AbstractQueue<E> implements BlockingQueue<E>, SharedObject, AutoCloseable
        permits JoinableQueueProxy, PriorityQueueProxy {
    final ObjectHandle handle;
    private final Class<E> type;
    /** Of a joinable queue: which thread has taken what. */
    private final @Nullable Takings takings;

    private final QueueOp take;
    private final Session.Decoder<E> taken;
    private final Session.Decoder<E> polled;

    QueueProxy(ObjectHandle handle, Class<E> type) {
        this.handle = handle;
        this.type = type;
        takings = takings(handle);
        take = takings == null ? QueueOp.TAKE : QueueOp.TAKE_DELIVERY;
        taken = decoder(ItemDecoder.Null.IS_ITEM);
        polled = decoder(ItemDecoder.Null.IS_NONE);
    }

    /** Of a joinable queue; null for the others, which forget what has been taken. */
    static @Nullable Takings takings(ObjectHandle handle) {
        return handle.type() == ObjectType.JOINABLE_QUEUE
                ? handle.attached(
                        Takings.class,
                        () -> new Takings(() -> handle.session().server().session()))
                : null;
    }

    private ItemDecoder<E> decoder(ItemDecoder.Null meaning) {
        return new ItemDecoder<>(type, meaning, takings, handle.session()::holder);
    }

    @Override
    public final int typeCode() {
        return handle.type().code();
    }

    @Override
    public final long objectId() {
        return handle.id();
    }

    @Override
    public final String typeId() {
        return handle.type().wireName();
    }

    @Override
    public final void close() {
        handle.release();
    }

    final Class<E> type() {
        return type;
    }

    /** The item, which may not be null: some come from other languages to put one as the last. */
    static <T> T present(@Nullable T item) {
        if (item == null) {
            throw new NullPointerException(
                    "a queue takes no null: to tell the takers that nothing more comes, use shutdown(false),"
                            + " or an item of your own that means the end");
        }
        return item;
    }

    /** Appends an item, waiting as long as it takes for room. */
    @Override
    public final void put(E item) throws InterruptedException {
        handle.callInterruptibly(QueueOp.PUT, present(item), ReplyValues.FOREVER);
    }

    /** Appends an item if there is room at once. */
    @Override
    public final boolean offer(E item) {
        return ReplyValues.bool(handle.call(QueueOp.PUT, present(item), ReplyValues.NOW));
    }

    /** Appends an item, waiting up to the given time for room. Times are rounded up to milliseconds. */
    @Override
    public final boolean offer(E item, long timeout, TimeUnit unit) throws InterruptedException {
        return ReplyValues.bool(
                handle.callInterruptibly(QueueOp.PUT, present(item), ReplyValues.millis(timeout, unit)));
    }

    /**
     * As {@link #offer(Object, long, TimeUnit)}.
     *
     * @param item the item
     * @param timeout how long, at most
     * @return as {@link #offer(Object, long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     */
    public final boolean offer(E item, Duration timeout) throws InterruptedException {
        return ReplyValues.bool(handle.callInterruptibly(QueueOp.PUT, present(item), ReplyValues.millis(timeout)));
    }

    /**
     * Appends all items as one step.
     *
     * @throws IllegalStateException if there is no room for all; none is appended
     * @throws IllegalArgumentException if the items are this queue
     */
    @Override
    public final boolean addAll(Collection<? extends E> items) {
        if (isSame(items)) {
            throw new IllegalArgumentException("a queue cannot be added to itself");
        }
        items.forEach(QueueProxy::present);
        List<E> copy = List.copyOf(items);
        if (!ReplyValues.bool(handle.call(QueueOp.ADD_ALL, copy))) {
            throw new IllegalStateException("Queue full");
        }
        return !copy.isEmpty();
    }

    /** Whether it is a proxy of this queue, perhaps of another session. */
    private boolean isSame(Collection<?> other) {
        return other instanceof QueueProxy<?> q
                && q.handle.id() == handle.id()
                && q.handle.session().server().epoch()
                        == handle.session().server().epoch();
    }

    /** Takes the head, waiting as long as it takes for one. */
    @Override
    public final E take() throws InterruptedException {
        return ReplyValues.result(handle.callInterruptibly(taken, take, ReplyValues.FOREVER));
    }

    /**
     * As {@link #take}: Python's {@code get}.
     *
     * @return as {@link #take}
     * @throws InterruptedException if this thread is interrupted
     */
    public final E get() throws InterruptedException {
        return take();
    }

    /**
     * Takes the head, or returns null if the queue is empty.
     *
     * @throws NullItemException if the head is a null that a Python program has put; it stays
     */
    @Override
    public final @Nullable E poll() {
        return handle.call(polled, take, ReplyValues.NOW);
    }

    /**
     * Takes the head, waiting up to the given time for one; null if there was none. Times are rounded up to milliseconds.
     *
     * @throws NullItemException as {@link #poll()}
     */
    @Override
    public final @Nullable E poll(long timeout, TimeUnit unit) throws InterruptedException {
        return handle.callInterruptibly(polled, take, ReplyValues.millis(timeout, unit));
    }

    /**
     * As {@link #poll(long, TimeUnit)}.
     *
     * @param timeout how long, at most
     * @return as {@link #poll(long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     */
    public final @Nullable E poll(Duration timeout) throws InterruptedException {
        return handle.callInterruptibly(polled, take, ReplyValues.millis(timeout));
    }

    /**
     * Takes the head. One round trip; does not wait.
     *
     * @throws NoSuchElementException if the queue is empty
     */
    @Override
    public final E remove() {
        return ReplyValues.result(handle.call(decoder(ItemDecoder.Null.IS_ITEM_OF_SOME), take, ReplyValues.NOW));
    }

    /**
     * Returns the head, which stays. One round trip.
     *
     * @throws NoSuchElementException if the queue is empty
     */
    @Override
    public final E element() {
        return ReplyValues.result(handle.call(new ItemDecoder<>(type, ItemDecoder.Null.IS_ITEM_OF_SOME), QueueOp.PEEK));
    }

    /**
     * Returns the head, which stays, or null if the queue is empty.
     *
     * @throws NullItemException if the head is a null that a Python program has put
     */
    @Override
    public final @Nullable E peek() {
        return handle.call(new ItemDecoder<>(type, ItemDecoder.Null.IS_NONE), QueueOp.PEEK);
    }

    /** Returns how many items wait in the queue: Python's {@code qsize}. */
    @Override
    public final int size() {
        return ReplyValues.size(handle.call(QueueOp.SIZE));
    }

    @Override
    public final boolean isEmpty() {
        return size() == 0;
    }

    /** {@return whether no item waits in the queue at this moment} Python's {@code empty}. One round trip. */
    public final boolean empty() {
        return isEmpty();
    }

    /** {@return whether the queue has as many items as its bound allows at this moment; false without a bound} Python's {@code full}. One round trip. */
    public final boolean full() {
        return remainingCapacity() == 0;
    }

    @Override
    public final int remainingCapacity() {
        return ReplyValues.size(handle.call(QueueOp.REMAINING_CAPACITY));
    }

    @Override
    public final int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    /**
     * Moves up to a number of items into a local collection as one step. One round trip. If the collection refuses one, what it throws is thrown, and all
     * return to the queue; those that the collection has taken before are in both.
     *
     * @throws IllegalArgumentException if the collection is this queue, by whatever proxy
     */
    @Override
    public final int drainTo(Collection<? super E> target, int limit) {
        Objects.requireNonNull(target, "target");
        if (isSame(target)) {
            throw new IllegalArgumentException("a queue cannot be drained into itself");
        }
        if (limit <= 0) {
            return 0;
        }
        if (takings != null) {
            try {
                Drained<E> drained = new Drained<>(type, takings, handle.session()::holder, target::addAll);
                return ReplyValues.list(handle.call(drained, QueueOp.DRAIN_DELIVERIES, (long) limit))
                        .size();
            } catch (RequestRejectedException e) {
                Queries.olderServer(e);
            }
        }
        return ReplyValues.size(handle.call(v -> moved(v, target), QueueOp.DRAIN, (long) limit));
    }

    /** What throws here sends the items back. */
    private Integer moved(@Nullable Object items, Collection<? super E> target) {
        List<E> all = ReplyValues.listOf(items, type);
        target.addAll(all);
        return all.size();
    }

    /** Decoder of the deliveries of a joinable queue that came together. */
    static final class Drained<E> implements Session.Decoder<List<E>> {
        private final Class<E> type;
        private final Takings takings;
        private final LongSupplier holder;
        private final Consumer<List<E>> target;
        private final List<Long> noted = new ArrayList<>();

        /** @param target gets the items; what it throws sends them back */
        Drained(Class<E> type, Takings takings, LongSupplier holder, Consumer<List<E>> target) {
            this.type = type;
            this.takings = takings;
            this.holder = holder;
            this.target = target;
        }

        @Override
        public List<E> decode(@Nullable Object value) {
            List<E> items = new ArrayList<>();
            for (Object delivery : ReplyValues.list(value)) {
                items.add(ReplyValues.element(ReplyValues.list(delivery).get(0), type));
            }
            target.accept(items);
            for (Object delivery : ReplyValues.list(value)) {
                long number = ReplyValues.integer(ReplyValues.list(delivery).get(2));
                takings.add(number, holder.getAsLong());
                noted.add(number);
            }
            return items;
        }

        @Override
        public void dropped() {
            noted.forEach(takings::remove);
        }
    }

    @Override
    public final boolean contains(@Nullable Object item) {
        try {
            return ReplyValues.bool(handle.call(QueueOp.CONTAINS, item));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    @Override
    public final boolean remove(@Nullable Object item) {
        try {
            return ReplyValues.bool(handle.call(QueueOp.REMOVE_VALUE, item));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return false;
        }
    }

    @Override
    public final boolean removeAll(Collection<?> items) {
        try {
            return ReplyValues.bool(handle.call(QueueOp.REMOVE_ALL, new ArrayList<>(items)));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return ReplyValues.bool(handle.call(QueueOp.REMOVE_ALL, Queries.present(items, this::contains)));
        }
    }

    @Override
    public final boolean retainAll(Collection<?> items) {
        try {
            return ReplyValues.bool(handle.call(QueueOp.RETAIN_ALL, new ArrayList<>(items)));
        } catch (ManagerException e) {
            Queries.orThrow(e);
            return ReplyValues.bool(handle.call(QueueOp.RETAIN_ALL, Queries.present(items, this::contains)));
        }
    }

    @Override
    public final void clear() {
        handle.call(QueueOp.CLEAR);
    }

    /**
     * Shuts the queue down, for all processes and for good: nothing can be put into it any more, and who waits for room gets
     * {@link QueueShutDownException} at once, as does who waits for an item. The items in the queue can still be taken, and so can
     * those that come back to it because their taker died or was late; once it is empty, taking throws {@link
     * QueueShutDownException}. Reporting items as processed, waiting for that and looking at the queue go on. One
     * step for everybody, does not block, one round trip. May be called again, also to make it immediate, and need not be
     * repeated after a broken connection: the client does that. Only deleting the queue and making another one opens it again. The
     * shutdown is part of snapshots. Python's {@code Queue.shutdown}, of 3.13.
     *
     * @param immediate whether to drop the items in the queue, and from now on those that come back, too. Each counts as
     *     processed, which may let {@link JoinableQueueProxy#join} return; items that were taken stay their takers' until they
     *     report them. An immediate shutdown stays one
     * @throws NoSuchObjectException if the queue was deleted
     * @throws ConnectionLostException if the connection broke for good: the queue may be shut down or not
     */
    public final void shutdown(boolean immediate) {
        handle.call(QueueOp.SHUTDOWN, immediate);
    }

    /** {@return whether the queue was {@linkplain #shutdown shut down}, immediately or not, empty or not} One round trip. */
    public final boolean isShutdown() {
        return ReplyValues.bool(handle.call(QueueOp.IS_SHUTDOWN));
    }

    /** Does not know its size, which others may change. */
    @Override
    public final Spliterator<E> spliterator() {
        return DictViews.unsized(iterator(), Spliterator.ORDERED);
    }

    /** Walks the items without taking them, in chunks; weakly consistent by position. */
    @Override
    public final Iterator<E> iterator() {
        return new ChunkedQueueIterator<>(handle, type);
    }

    /** {@return a copy of the items waiting now, which stay} One round trip, O(n) bytes. */
    public final List<E> snapshot() {
        return ReplyValues.listOf(handle.call(QueueOp.SLICE, 0L, (long) Integer.MAX_VALUE), type);
    }

    @Override
    public final @Nullable Object[] toArray() {
        return snapshot().toArray();
    }

    @Override
    public final <T> T[] toArray(T[] array) {
        return snapshot().toArray(array);
    }

    /** {@return the same operations without blocking} */
    public AsyncQueue<E> async() {
        return new AsyncQueue<>(handle, type);
    }
}
