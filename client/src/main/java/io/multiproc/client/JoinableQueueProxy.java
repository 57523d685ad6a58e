package io.multiproc.client;

import io.multiproc.client.internal.session.ObjectHandle;
import io.multiproc.client.internal.session.ReplyValues;
import io.multiproc.client.internal.session.Session;
import io.multiproc.protocol.op.QueueOp;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A queue that knows when all its items have been processed: Python's {@code JoinableQueue}.
 *
 * <p>An item that was taken belongs to the process that took it, until that reports it as processed. If the process ends or is
 * declared dead before, the item returns to the head of the queue, in its old place, still unfinished, and is delivered again:
 * work that a consumer may have begun must bear being done twice, or look at {@link Delivery#deliveries}. An item that
 * is never reported stays with its taker; {@link #configure} sets a limit to that, and to the number of deliveries.
 */
public final class JoinableQueueProxy<E> extends QueueProxy<E> {
    private final Takings takings;

    JoinableQueueProxy(ObjectHandle handle, Class<E> type) {
        super(handle, type);
        takings = Objects.requireNonNull(takings(handle), "a joinable queue");
    }

    /**
     * Reports one item as processed: of those that this thread has taken, by whatever method and proxy, and not reported, the one that it took first. Call it
     * once for each item taken, when its work is done. One round trip. For an item that went back because its time was up this does
     * nothing.
     *
     * <p>A thread that has taken none reports for others: first what futures have brought, which no thread takes, then the item that this process took first. So one thread may take
     * and others report; where they do so at the same time, and it matters which item is done, report {@linkplain #takeDelivery
     * deliveries}. Items of a thread that has ended stay this process's, and are such. If the process has none, the item is reported that was taken first of all,
     * in whatever process.
     *
     * @throws IllegalStateException if more items are reported than were put
     */
    public void taskDone() {
        Takings.Taking taking = takings.next(handle.session().holder());
        if (taking == null) {
            handle.call(QueueOp.TASK_DONE);
            return;
        }
        try {
            if (isOfThisSession(taking)) {
                handle.call(QueueOp.TASK_DONE, taking.number());
            } else {
                // it went back when its session ended, and may have been delivered to others
                handle.call(QueueOp.DONE, taking.number());
            }
        } catch (IllegalStateException e) {
            takings.putBack(taking);
            throw e;
        } catch (ManagerException e) {
            if (e.outcome() == Outcome.NOT_APPLIED) {
                takings.putBack(taking);
            }
            throw e;
        }
    }

    private boolean isOfThisSession(Takings.Taking taking) {
        return taking.session() == handle.session().server().session();
    }

    /**
     * Takes the head with the number of its deliveries, waiting up to the given time for one; null if there was none. Times
     * are rounded up to milliseconds. Interruptible, as {@link #poll(Duration)}.
     *
     * @param timeout how long, at most
     * @return null if there was none
     * @throws QueueShutDownException if the queue was {@linkplain #shutdown shut down} and is empty, also while waiting
     * @throws InterruptedException if this thread is interrupted
     */
    public @Nullable Delivery<E> takeDelivery(Duration timeout) throws InterruptedException {
        return handle.callInterruptibly(
                new DeliveryDecoder(handle.session()::holder), QueueOp.TAKE_DELIVERY, ReplyValues.millis(timeout));
    }

    /** Decoder of one call. */
    private final class DeliveryDecoder implements Session.Decoder<Delivery<E>> {
        private final LongSupplier holder;
        private long noted;

        DeliveryDecoder(LongSupplier holder) {
            this.holder = holder;
        }

        @Override
        public Delivery<E> decode(@Nullable Object reply) {
            List<?> fields = ReplyValues.list(reply);
            Delivery<E> delivery = new Delivery<>(
                    ReplyValues.element(fields.get(0), type()),
                    ReplyValues.size(fields.get(1)),
                    ReplyValues.integer(fields.get(2)));
            noted = delivery.number();
            takings.add(noted, holder.getAsLong());
            return delivery;
        }

        @Override
        public @Nullable Delivery<E> none() {
            return null;
        }

        @Override
        public void dropped() {
            takings.remove(noted);
        }
    }

    /**
     * Reports the item of one delivery as processed. May be called by any process, and again. One round trip.
     *
     * @param number the number
     * @return false, and nothing happens, if the delivery is over: it was reported before, or the item went back because its time
     *     was up or its taker ended
     */
    public boolean done(long number) {
        boolean done = ReplyValues.bool(handle.call(QueueOp.DONE, number));
        takings.remove(number);
        return done;
    }

    /**
     * As {@link #done(long)} with the delivery's number.
     *
     * @param delivery the delivery
     * @return as {@link #done(long)}
     */
    public boolean done(Delivery<E> delivery) {
        return done(delivery.number());
    }

    /**
     * Sets how items that were taken and not reported are delivered again, for all processes that use the queue, from now on, items
     * taken already included. The settings are part of the queue, and of snapshots. A queue that was never configured
     * delivers again when a taker ends, as often as it takes. One round trip.
     *
     * @param visibility how long an item may take to be reported, rounded up to milliseconds; after that it returns to the
     *     head of the queue; zero for no limit
     * @param deliveries after how many deliveries without a report an item goes to the dead-letter queue instead of back,
     *     counting here as processed; zero for no limit
     * @param deadLetter a queue, joinable queue or simple queue of the same manager, which takes such items even
     *     if it is full; null exactly if there is no limit. Items go on being delivered when it has been deleted or
     *     shut down
     * @throws IllegalArgumentException if a number is negative, or the limit and the dead-letter queue do not go together
     */
    public void configure(Duration visibility, int deliveries, @Nullable Proxy deadLetter) {
        if (visibility.isNegative()) {
            throw new IllegalArgumentException("a visibility timeout is not negative");
        }
        handle.call(QueueOp.CONFIGURE, ReplyValues.millis(visibility), (long) deliveries, deadLetter);
    }

    /** {@return how many items were taken and neither reported as processed nor gone back} */
    public int inProgress() {
        return ReplyValues.size(handle.call(QueueOp.IN_PROGRESS));
    }

    /**
     * Waits until every item put has been reported as processed. Interruptible.
     *
     * @throws InterruptedException if this thread is interrupted
     */
    public void join() throws InterruptedException {
        handle.callInterruptibly(QueueOp.JOIN, ReplyValues.FOREVER);
    }

    /**
     * As {@link #join()}, up to the given time; false if items were still unfinished then.
     *
     * @param timeout how long, at most
     * @param unit the unit of the time
     * @return false if items were still unfinished then
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean join(long timeout, TimeUnit unit) throws InterruptedException {
        return ReplyValues.bool(handle.callInterruptibly(QueueOp.JOIN, ReplyValues.millis(timeout, unit)));
    }

    /**
     * As {@link #join(long, TimeUnit)}.
     *
     * @param timeout how long, at most
     * @return as {@link #join(long, TimeUnit)}
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean join(Duration timeout) throws InterruptedException {
        return ReplyValues.bool(handle.callInterruptibly(QueueOp.JOIN, ReplyValues.millis(timeout)));
    }

    /** {@return how many items were put and not yet reported as processed} */
    public int unfinished() {
        return ReplyValues.size(handle.call(QueueOp.UNFINISHED));
    }

    /**
     * Without blocking, and for no thread: reports what {@link #taskDone} reports for a thread that has taken none.
     *
     * @return a future of its end
     */
    public CompletableFuture<@Nullable Void> taskDoneAsync() {
        Takings.Taking taking = takings.next(Takings.NOBODY);
        return taking == null
                ? handle.callAsync(v -> null, QueueOp.TASK_DONE)
                : handle.callAsync(
                        v -> null, isOfThisSession(taking) ? QueueOp.TASK_DONE : QueueOp.DONE, taking.number());
    }

    /**
     * Without blocking: the head as soon as there is one; see {@link #takeDelivery}.
     *
     * @return a future of the result
     */
    public CompletableFuture<@Nullable Delivery<E>> takeDeliveryAsync() {
        return handle.callAsync(new DeliveryDecoder(() -> Takings.NOBODY), QueueOp.TAKE_DELIVERY, ReplyValues.FOREVER);
    }

    /**
     * Without blocking: see {@link #done(long)}.
     *
     * @param number the number
     * @return a future of the result
     */
    public CompletableFuture<Boolean> doneAsync(long number) {
        takings.remove(number);
        return handle.callAsync(ReplyValues::bool, QueueOp.DONE, number);
    }

    /**
     * Without blocking: true when every item has been processed.
     *
     * @return a future of the result
     */
    public CompletableFuture<Boolean> joinAsync() {
        return handle.callAsync(ReplyValues::bool, QueueOp.JOIN, ReplyValues.FOREVER);
    }
}
