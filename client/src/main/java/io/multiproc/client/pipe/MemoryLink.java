package io.multiproc.client.pipe;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One end of a pipe whose ends are both in this process. The monitor of the two is the pair. */
final class MemoryLink implements Link {
    /** As large as a system's pipe, or one frame. */
    private static final int ROOM = 1 << 16;

    /** The state that two ends share. */
    static final class Pair {
        final MemoryLink a = new MemoryLink(this);
        final MemoryLink b = new MemoryLink(this);
        /** Held while one of the ends changes hands. */
        final Object transfer = new Object();

        private final List<Runnable> watchers = new ArrayList<>();

        synchronized void watch(Runnable watcher, boolean on) {
            if (on) {
                watchers.add(watcher);
            } else {
                watchers.remove(watcher);
            }
        }

        synchronized void signal() {
            changed();
        }

        /** The caller has the monitor. */
        void changed() {
            notifyAll();
            watchers.forEach(Runnable::run);
        }
    }

    final Pair pair;
    /** What was sent to this end and not received. */
    final Deque<byte[]> inbox = new ArrayDeque<>();

    private @Nullable Connection owner;
    private int bytes;
    private boolean closed;
    private boolean replaced;

    private MemoryLink(Pair pair) {
        this.pair = pair;
    }

    Connection owner() {
        return java.util.Objects.requireNonNull(owner);
    }

    void owner(Connection end) {
        owner = end;
    }

    MemoryLink other() {
        return this == pair.a ? pair.b : pair.a;
    }

    @Override
    public boolean send(byte[] frame, int from, int length) throws IOException, InterruptedException {
        synchronized (pair) {
            MemoryLink to = other();
            while (true) {
                if (replaced) {
                    return false;
                }
                if (closed) {
                    throw Connection.closedHere();
                }
                if (to.closed) {
                    throw Connection.otherEndClosed(null);
                }
                if (to.inbox.isEmpty() || to.bytes + length <= ROOM) {
                    break;
                }
                pair.wait();
            }
            to.inbox.add(Arrays.copyOfRange(frame, from, from + length));
            to.bytes += length;
            pair.changed();
            return true;
        }
    }

    @Override
    public byte @Nullable [] receive(long nanos, boolean look) throws IOException, InterruptedException {
        long start = System.nanoTime();
        synchronized (pair) {
            while (true) {
                if (replaced) {
                    return null;
                }
                if (closed) {
                    throw Connection.closedHere();
                }
                byte[] frame = look ? inbox.peek() : inbox.poll();
                if (frame != null) {
                    if (!look) {
                        bytes -= frame.length;
                        pair.changed();
                    }
                    return frame;
                }
                if (other().closed) {
                    throw new EOFException("the other end of the pipe was closed");
                }
                long left = nanos == Long.MAX_VALUE ? nanos : nanos - (System.nanoTime() - start);
                if (left <= 0) {
                    return null;
                }
                TimeUnit.NANOSECONDS.timedWait(pair, Math.max(left, 1_000_000));
            }
        }
    }

    /** Ends this link for one that takes its place; who waits in it goes there. The caller has the monitor. */
    void replace() {
        replaced = true;
        pair.changed();
    }

    @Override
    public void close() {
        synchronized (pair) {
            closed = true;
            inbox.clear();
            bytes = 0;
            pair.changed();
        }
    }
}
