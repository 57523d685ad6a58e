package io.multiproc.server.engine;

import java.util.function.LongSupplier;

/**
 * A guard of the heap: it refuses operations that store while the heap is nearly full, so that memory does not run out in the middle of a change, and
 * reading and removing go on. Looks at the heap only now and then; one thread.
 */
final class HeapGuard {
    /** The heap of this JVM, or of a test. */
    interface Heap {
        long max();

        /** What is in use, garbage that was not collected yet included. */
        long used();

        void collect();
    }

    /** How many bytes may be stored between two looks at the heap. */
    private static final long LOOK_EVERY = 64 << 10;
    /** Collections take at most one part in this many of the time. */
    private static final int COLLECT_SHARE = 10;

    private static final long LEAST_PAUSE = 20_000_000;
    /** A stored value is at times copied once more on its way. */
    private static final int COPIES = 3;
    /** What an entry costs besides its bytes. */
    private static final int OVERHEAD = 64;
    /** What a delivery, a grant or a session takes, at most. */
    private static final int SMALL = 1 << 10;

    private static final int HEADROOM = 64 << 10;
    private static final byte[] NOTHING = {};

    private final Heap heap;
    /** Of another process with the same content. */
    private LongSupplier smallest = () -> Long.MAX_VALUE;

    private final LongSupplier nanoTime;
    /** Kept free. */
    private final int reservePercent;

    private long stored;
    /** In use after the last collection, and what was stored since: the rest of what is in use is garbage. */
    private long live;

    private long storedSince;
    /** Counted by {@link #admitsSmall} since the last look. */
    private long small;

    private boolean full;
    private boolean scarce;
    /** A field that others could see, so that the array is really made. */
    private volatile byte[] headroom = NOTHING;

    private boolean collected;
    private long collectAgain;

    HeapGuard(Heap heap, LongSupplier nanoTime, int reservePercent) {
        this.heap = heap;
        this.nanoTime = nanoTime;
        this.reservePercent = reservePercent;
    }

    static HeapGuard ofThisJvm(int reservePercent) {
        Runtime runtime = Runtime.getRuntime();
        return new HeapGuard(
                new Heap() {
                    @Override
                    public long max() {
                        return runtime.maxMemory();
                    }

                    @Override
                    public long used() {
                        return runtime.totalMemory() - runtime.freeMemory();
                    }

                    @Override
                    public void collect() {
                        System.gc();
                    }
                },
                System::nanoTime,
                reservePercent);
    }

    /** What is stored is stored elsewhere, too, where there may be less memory: bytes of the smallest heap. */
    void boundBy(LongSupplier smallestHeap) {
        smallest = smallestHeap;
    }

    private long max() {
        return Math.min(heap.max(), smallest.getAsLong());
    }

    /** Whether a request of this many bytes may store them. */
    boolean admits(long bytes) {
        return admits(bytes, 0);
    }

    /** Whether a request of this many bytes may store them and make what is stored grow by so many more. */
    boolean admits(long bytes, long growth) {
        long cost = bytes + growth + OVERHEAD;
        stored += cost;
        if (!full && stored < LOOK_EVERY) {
            storedSince += cost;
            return true;
        }
        stored = 0;
        long needed = reserve() + COPIES * bytes + growth;
        full = !hasRoom(needed) && !makesRoom(needed);
        if (!full) {
            storedSince += cost;
        }
        return !full;
    }

    /**
     * Whether there is room for what reading and removing take: a session, a delivery that waits for its acknowledgement, a lock's owner. It may take half
     * of the reserve.
     */
    boolean admitsSmall() {
        // most of it is given back soon, so little of it counts as stored
        storedSince += SMALL / 8;
        small += SMALL;
        if (!scarce && small < LOOK_EVERY) {
            return true;
        }
        small = 0;
        long needed = reserve() / 2;
        scarce = !hasRoom(needed) && !makesRoom(needed);
        return !scarce;
    }

    /** Whether there is room to receive a request of this size and to read it; whether it may store anything is decided when it is there. */
    boolean hasRoomFor(long bytes) {
        long needed = reserve() / 2 + 2 * bytes;
        return hasRoom(needed) || makesRoom(needed);
    }

    /** So much was taken without having been asked for: it is looked at the heap the sooner. */
    void taken(long bytes) {
        small += bytes;
    }

    /**
     * Fails unless a change of the state finds memory for the little that it takes besides what it was admitted with: while the heap is full, an
     * array is made and given up again, so the collector has at least that much to find. Only one thread changes the state.
     *
     * @throws OutOfMemoryError before anything has changed
     */
    void probe() {
        if (full || scarce) {
            headroom = new byte[HEADROOM];
            if (headroom.length > 0) {
                headroom = NOTHING;
            }
        }
    }

    private long reserve() {
        return max() / 100 * reservePercent;
    }

    private boolean hasRoom(long bytes) {
        return max() - heap.used() >= bytes;
    }

    /** What is in use may be garbage: the JVM itself would collect it before long. */
    private boolean makesRoom(long bytes) {
        long start = nanoTime.getAsLong();
        if (collected && start - collectAgain < 0) {
            return max() - live - storedSince >= bytes;
        }
        heap.collect();
        live = heap.used();
        storedSince = 0;
        long end = nanoTime.getAsLong();
        collected = true;
        collectAgain = end + Math.max(LEAST_PAUSE, COLLECT_SHARE * (end - start));
        return hasRoom(bytes);
    }

    /** For people. */
    String describe() {
        return (heap.used() >> 20) + " of " + (max() >> 20) + " MiB";
    }
}
