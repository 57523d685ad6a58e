package io.multiproc.client.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link Pool#imap} and {@link Pool#imapUnordered} as they come. The items are read as results are taken, by the thread that
 * takes them, so they may be endless. A task that threw makes {@code next} throw that, and the results after it can still be taken.
 * Closing drops what has not begun. For one thread at a time.
 *
 * <p>It can stand in a {@code for} statement, as Python's iterators: {@code for (int n : pool.imap(Jobs::square, items))}. A second one goes on where the first was left.
 */
@SuppressWarnings("IterableAndIterator") // Python's are both, and there is nothing to begin anew
public final class TaskIterator<R extends @Nullable Object> implements Iterator<R>, Iterable<R>, AutoCloseable {
    private record Outcome(@Nullable Object value, @Nullable Throwable thrown) {}

    private final Iterator<?> items;
    private final int chunkSize;
    private final int window;
    private final int low;
    private final boolean ordered;
    private final Sink sink = new Sink();
    private final Consumer<List<Slice>> submit;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    /** By index if ordered, else by arrival. Guarded by the lock. */
    private final Map<Integer, Outcome> outcomes = new HashMap<>();

    private int arrivals;
    private int sent;
    private int taken;
    private volatile boolean closed;

    /**
     * So many items are given away and not taken as the window says; when as few are left as {@code low} says, more are
     * given away.
     */
    TaskIterator(Iterable<?> items, int chunkSize, int window, int low, boolean ordered, Start start) {
        this.items = items.iterator();
        this.chunkSize = chunkSize;
        this.window = window;
        this.low = low;
        this.ordered = ordered;
        submit = start.with(sink);
        submit.accept(more());
    }

    /** Some items in a row, and the index of the first. */
    record Slice(int from, List<@Nullable Object> items) {}

    /** Makes what submits chunks for a sink. */
    @FunctionalInterface
    interface Start {
        Consumer<List<Slice>> with(Job.Sink sink);
    }

    private final class Sink implements Job.Sink {
        private void arrive(int index, Outcome o) {
            lock.lock();
            try {
                outcomes.put(ordered ? index : arrivals++, o);
                arrived.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void value(int index, @Nullable Object value) {
            arrive(index, new Outcome(value, null));
        }

        @Override
        public void values(int from, List<? extends @Nullable Object> values) {
            lock.lock();
            try {
                for (int i = 0; i < values.size(); i++) {
                    outcomes.put(ordered ? from + i : arrivals++, new Outcome(values.get(i), null));
                }
                arrived.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void failure(int index, Throwable thrown) {
            arrive(index, new Outcome(null, thrown));
        }

        @Override
        public void settled() {}

        @Override
        public boolean dropped() {
            return closed;
        }
    }

    /** Unless a program says otherwise when half of the window is taken: many items in a message cost little more than one. */
    private void refill() {
        if (sent - taken > low || closed || !items.hasNext()) {
            return;
        }
        send(more());
    }

    private List<Slice> more() {
        List<Slice> slices = new ArrayList<>();
        while (!closed && sent - taken < window && items.hasNext()) {
            List<@Nullable Object> chunk = new ArrayList<>(chunkSize);
            while (chunk.size() < chunkSize && items.hasNext()) {
                chunk.add(items.next());
            }
            slices.add(new Slice(sent, chunk));
            sent += chunk.size();
        }
        return slices;
    }

    /** What cannot be sent fails in its turn, and takes nothing else with it. */
    private void send(List<Slice> slices) {
        try {
            submit.accept(slices);
        } catch (RuntimeException e) {
            if (slices.size() > 1) {
                slices.forEach(slice -> send(List.of(slice)));
            } else {
                Slice slice = slices.get(0);
                for (int i = 0; i < slice.items().size(); i++) {
                    sink.failure(slice.from() + i, e);
                }
            }
        }
    }

    /** {@return this} */
    @Override
    public Iterator<R> iterator() {
        return this;
    }

    @Override
    public boolean hasNext() {
        return !closed && (taken < sent || items.hasNext());
    }

    /**
     * Waits for the next result.
     *
     * @throws NoSuchElementException if there is no further item
     * @throws java.util.concurrent.CancellationException if this thread is interrupted; its interrupt stays set
     */
    @Override
    public R next() {
        try {
            return next(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.util.concurrent.CancellationException("interrupted while waiting for a result");
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * As {@link #next()}, up to a time.
     *
     * @param timeout how long, at most
     * @return as {@link #next()}
     * @throws TimeoutException if it has not come by then; it comes with the next call
     * @throws InterruptedException if this thread is interrupted
     */
    public R next(Duration timeout) throws InterruptedException, TimeoutException {
        return next(timeout.toNanos());
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what the code gave
    private R next(long nanos) throws InterruptedException, TimeoutException {
        refill();
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Outcome o;
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while ((o = outcomes.remove(taken)) == null) {
                if (left <= 0) {
                    throw new TimeoutException("no result within the time");
                }
                if (nanos == Long.MAX_VALUE) {
                    arrived.await();
                } else {
                    left = arrived.awaitNanos(left);
                }
            }
            taken++;
        } finally {
            lock.unlock();
        }
        refill();
        if (o.thrown() != null) {
            throw ExceptionCodec.unchecked(new ExecutionException(o.thrown()));
        }
        return (R) o.value();
    }

    /** Drops what has not begun. */
    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "TaskIterator[" + taken + " of " + sent + " taken]";
    }
}
