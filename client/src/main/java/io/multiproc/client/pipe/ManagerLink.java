package io.multiproc.client.pipe;

import io.multiproc.client.AsyncLock;
import io.multiproc.client.ManagerException;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.Tuple;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One end of a pipe on a manager. What both ends share is a dict, see {@link SharedPipe}: a queue for each direction, and for each end who has it.
 *
 * <p>A frame is an item, a byte array. False is the end of the stream, and a call to look again.
 */
final class ManagerLink implements Link {
    private enum State {
        /** It came from elsewhere and was not used yet. */
        ARRIVED,
        HERE,
        /** It was written into something that travels. Here again if nobody takes it and it is reclaimed. */
        OFFERED,
        CLOSED
    }

    private final SharedPipe shared;
    private final int side;

    /** Guarded by this. */
    private State state;

    private SharedPipe.@Nullable Holding holding;
    private @Nullable CompletableFuture<?> takenAway;
    private long generation;
    private boolean watching;

    /** Completed when nobody has the other end any more. */
    private final CompletableFuture<Boolean> otherGone = new CompletableFuture<>();

    /** Received and only looked at. Guarded by the connection's lock for reading, as the next two. */
    private byte @Nullable [] looked;

    private boolean ended;
    private @Nullable CompletableFuture<Object> coming;

    private final Set<Runnable> watchers = ConcurrentHashMap.newKeySet();

    private ManagerLink(SharedPipe shared, int side, State state, long generation) {
        this.shared = shared;
        this.side = side;
        this.state = state;
        this.generation = generation;
    }

    /** An end of a new pipe, which this process has. */
    static ManagerLink opened(SharedPipe shared, int side) {
        ManagerLink link = new ManagerLink(shared, side, State.HERE, 0);
        synchronized (link) {
            link.holding = shared.occupy(side);
        }
        return link;
    }

    /** An end that came from elsewhere. Calls nobody. */
    static ManagerLink arrived(SharedPipe shared, int side, long generation, byte @Nullable [] looked) {
        ManagerLink link = new ManagerLink(shared, side, State.ARRIVED, generation);
        link.looked = looked;
        return link;
    }

    private static IOException failed(ManagerException e) {
        return new IOException("the manager that carries this pipe fails: " + e.getMessage(), e);
    }

    int side() {
        return side;
    }

    // ---- whose it is

    /** Makes it this process's, if it came from elsewhere. */
    synchronized void claim() {
        if (state == State.ARRIVED) {
            SharedPipe.Holding mine = shared.take(side, generation);
            if (mine == null) {
                throw new IllegalStateException("the end of the pipe cannot be taken: another process has it, it was"
                        + " closed, or the process that gave it away has ended");
            }
            holding = mine;
            generation++;
            state = State.HERE;
        }
    }

    private synchronized void enter() throws IOException {
        if (state == State.OFFERED) {
            throw EndTransfer.gone();
        }
        if (state == State.CLOSED) {
            throw Connection.closedHere();
        }
        try {
            claim();
            if (!watching) {
                watching = true;
                shared.watch(1 - side, otherGone, shared.inbox(side));
            }
        } catch (IllegalStateException e) {
            throw new IOException(e.getMessage(), e);
        } catch (ManagerException e) {
            throw failed(e);
        }
    }

    /** What travels in this end's place; from now on it is the receiver's. The caller reads, so that nobody else does. */
    synchronized Tuple offer(Object blueprint) {
        if (state == State.CLOSED) {
            throw new IllegalStateException("this end of the pipe was closed");
        }
        CompletableFuture<Object> f = coming;
        if (f != null && !f.cancel(false)) {
            keep(f);
        }
        coming = null;
        SharedPipe.Holding mine = holding;
        if (state == State.HERE && mine != null) {
            state = State.OFFERED;
        }
        if (state == State.OFFERED && mine != null && takenAway == null) {
            AsyncLock life = mine.owner();
            takenAway = mine.taken().async().await().thenAccept(yes -> {
                // the other end waits for it, and then looks who has this end now
                var unused = life.unlock();
            });
        }
        byte[] early = looked;
        return Tuple.of(blueprint, shared.shared(), generation, early == null ? List.of() : List.of(early));
    }

    /** Whether it is here again, or was never given away. */
    synchronized boolean reclaim() {
        if (state != State.OFFERED) {
            return true;
        }
        SharedPipe.Holding mine = java.util.Objects.requireNonNull(holding);
        try {
            if (!shared.renew(side, generation, mine)) {
                return false;
            }
        } catch (ManagerException e) {
            return false;
        }
        generation++;
        state = State.HERE;
        return true;
    }

    synchronized boolean isOffered() {
        return state == State.OFFERED;
    }

    // ---- frames

    @Override
    public boolean send(byte[] frame, int from, int length) throws IOException, InterruptedException {
        enter();
        byte[] item =
                from == 0 && length == frame.length ? frame : java.util.Arrays.copyOfRange(frame, from, from + length);
        if (otherGone.isDone()) {
            throw Connection.otherEndClosed(null);
        }
        try {
            QueueProxy<Object> to = shared.inbox(1 - side);
            if (to.offer(item)) {
                return true;
            }
            CompletableFuture<Boolean> put = to.async().put(item);
            try {
                Object ignored = CompletableFuture.anyOf(put, otherGone).get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof ManagerException m) {
                    throw m;
                }
                throw new IOException("a message cannot be sent: " + e.getCause(), e.getCause());
            } finally {
                boolean ignored = put.cancel(false);
            }
            if (put.isCancelled()) {
                enter();
                throw Connection.otherEndClosed(null);
            }
            return true;
        } catch (ManagerException e) {
            throw failed(e);
        }
    }

    @Override
    public byte @Nullable [] receive(long nanos, boolean look) throws IOException, InterruptedException {
        enter();
        long start = System.nanoTime();
        while (looked == null) {
            if (ended) {
                throw new EOFException("the other end of the pipe was closed, or its process has ended");
            }
            long left = nanos == Long.MAX_VALUE ? nanos : Math.max(0, nanos - (System.nanoTime() - start));
            Object item = item(left);
            if (item == null) {
                return null;
            }
            accept(item);
        }
        byte[] frame = looked;
        if (!look) {
            looked = null;
        }
        return frame;
    }

    private void accept(Object item) throws IOException {
        if (item instanceof byte[] frame) {
            looked = frame;
        } else {
            // the other end's end, or this one was closed while it waited
            synchronized (this) {
                if (state == State.CLOSED) {
                    throw Connection.closedHere();
                }
            }
            ended = otherGone.isDone();
        }
    }

    private @Nullable Object item(long nanos) throws IOException, InterruptedException {
        try {
            CompletableFuture<Object> f = coming;
            if (f == null) {
                QueueProxy<Object> inbox = shared.inbox(side);
                return nanos == Long.MAX_VALUE ? inbox.take() : inbox.poll(Duration.ofNanos(nanos));
            }
            Object item = nanos == Long.MAX_VALUE ? f.get() : f.get(nanos, java.util.concurrent.TimeUnit.NANOSECONDS);
            coming = null;
            return item;
        } catch (java.util.concurrent.TimeoutException e) {
            return null;
        } catch (ExecutionException | CancellationException e) {
            coming = null;
            throw new IOException("the manager that carries this pipe fails: " + e.getMessage(), e);
        } catch (ManagerException e) {
            throw failed(e);
        }
    }

    private void keep(CompletableFuture<Object> f) {
        try {
            accept(f.join());
        } catch (IOException | CompletionException | CancellationException e) {
            // there is nothing to keep
        }
    }

    /** Runs something when a frame or the end may have come. The caller reads. */
    void watch(Runnable wake) throws IOException {
        enter();
        watchers.add(wake);
        if (looked == null && !ended && coming == null) {
            coming = shared.inbox(side).async().take();
            var unused = coming.whenComplete((item, failure) -> watchers.forEach(Runnable::run));
        }
    }

    void unwatch(Runnable wake) {
        watchers.remove(wake);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (state == State.OFFERED || state == State.CLOSED) {
                return;
            }
            try {
                claim();
            } catch (IllegalStateException | ManagerException e) {
                // it is not ours
            }
            state = State.CLOSED;
            boolean ignored = otherGone.complete(true);
            SharedPipe.Holding mine = holding;
            try {
                if (mine != null) {
                    // the other end waits for this
                    var unused = mine.owner().unlock();
                }
                // who waits here is to look
                var unused = shared.inbox(side).async().offer(false);
            } catch (IOException | ManagerException e) {
                // with the manager all ends are gone
            }
        }
    }
}
