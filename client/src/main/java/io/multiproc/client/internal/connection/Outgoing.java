package io.multiproc.client.internal.connection;

import io.multiproc.protocol.wire.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Queue of a session's frames on their way to the server, kept until the server is known to have them. Frames have numbers, from 1 on, in
 * the order in which they were added; the server applies them in that order. Guarded by its connection's lock.
 *
 * <p>Frames are collected in a chunk, which is written as a whole and then kept as it is: keeping costs no copy. A chunk whose
 * frames have all arrived is used again. The end of a chunk's last frame may be borrowed: a large array of the program's, which does not
 * change while its caller waits for the reply, and the reply shows that the frame has arrived. If its caller goes without one, it is {@link #copyBorrowed copied} first.
 */
final class Outgoing {
    private static final int CHUNK = 4096;
    private static final int MOST_SPARE = 8;

    /** A larger array is not kept for later: room for a value of 1 MiB and what comes with it. */
    static final int MOST_KEPT = (1 << 20) + (64 << 10);

    /** A frame of this size is not copied. */
    static final int LARGE = 64 << 10;

    /** A run of frames, written as one. */
    static final class Chunk implements Wire.Source {
        private final ByteWriter bytes = new ByteWriter(CHUNK);
        /** The end of the last frame; volatile, as it may be replaced by an equal one while somebody writes. */
        private volatile byte @Nullable [] borrowed;

        private long first;
        private long last;
        private int from;
        private boolean writing;

        byte[] array() {
            return bytes.array();
        }

        /** Where the frames start that are to be written. */
        int from() {
            return from;
        }

        /** Where they end. */
        @Override
        public int end() {
            byte[] rest = borrowed;
            return bytes.size() + (rest == null ? 0 : rest.length);
        }

        @Override
        public void copy(int at, ByteBuffer to) {
            int own = Math.max(0, Math.min(bytes.size() - at, to.remaining()));
            to.put(bytes.array(), Math.min(at, bytes.size()), own);
            byte[] rest = borrowed;
            if (rest != null && to.hasRemaining()) {
                int start = at + own - bytes.size();
                to.put(rest, start, Math.min(rest.length - start, to.remaining()));
            }
        }
    }

    private Chunk filling = new Chunk();
    private final ArrayDeque<Chunk> sent = new ArrayDeque<>();
    private final ArrayDeque<Chunk> spare = new ArrayDeque<>();
    /** Has the array of a large frame that has arrived, for whoever makes another one; or a small one. */
    private final ByteWriter largeSpare = new ByteWriter(0);

    private long last;
    private long confirmed;

    /** Where to write the next frame; call {@link #added} after each. */
    ByteWriter bytes() {
        byte[] rest = filling.borrowed;
        if (rest != null) {
            // it is not the last any more
            filling.bytes.raw(rest);
            filling.borrowed = null;
        }
        return filling.bytes;
    }

    /**
     * Adds a frame and returns its number; what its writer holds afterwards is of no use.
     *
     * @param borrowed how the frame goes on after what its writer holds: an array that nobody changes before the frame has arrived
     */
    long add(ByteWriter frame, byte @Nullable [] borrowed) {
        ByteWriter bytes = bytes();
        filling.borrowed = borrowed;
        if (frame.size() >= LARGE && bytes.size() == 0) {
            filling.bytes.swap(frame);
            if (isLarge(largeSpare)) {
                frame.swap(largeSpare);
            }
        } else {
            bytes.raw(frame.array(), 0, frame.size());
        }
        return added();
    }

    /** One whole frame was written; returns its number. */
    long added() {
        last++;
        if (filling.first == 0) {
            filling.first = last;
        }
        filling.last = last;
        return last;
    }

    /** The number of the frame added last. */
    long last() {
        return last;
    }

    /** How many bytes have not been taken yet. */
    int waiting() {
        return filling.end();
    }

    /** Whether the frame added last is borrowed in part: another one would have to copy that. */
    boolean isBorrowing() {
        return filling.borrowed != null;
    }

    /** What a frame has borrowed may change from now on. */
    void copyBorrowed(long number) {
        sent.forEach(c -> copyBorrowed(c, number));
        copyBorrowed(filling, number);
    }

    private static void copyBorrowed(Chunk chunk, long number) {
        byte[] rest = chunk.borrowed;
        if (rest != null && chunk.last == number) {
            chunk.borrowed = rest.clone();
        }
    }

    /** Takes all frames that have not been taken, for writing. They are not used again before {@link #written}. */
    Chunk take() {
        Chunk taken = filling;
        taken.writing = true;
        sent.add(taken);
        Chunk next = spare.poll();
        filling = next == null ? new Chunk() : next;
        return taken;
    }

    /** The writer is done with a chunk, whether or not all of it has left. */
    void written(Chunk chunk) {
        chunk.writing = false;
        recycle();
    }

    /** The server has all frames up to a number. */
    void confirm(long number) {
        if (number > confirmed) {
            confirmed = number;
            recycle();
        }
    }

    private void recycle() {
        Chunk c;
        while ((c = sent.peek()) != null && !c.writing && c.last <= confirmed) {
            sent.remove();
            c.borrowed = null;
            int room = c.bytes.array().length;
            if (isLarge(c.bytes) && room <= MOST_KEPT && !isLarge(largeSpare)) {
                c.bytes.swap(largeSpare);
            }
            if (isLarge(c.bytes) ? room <= MOST_KEPT && spare.isEmpty() : spare.size() < MOST_SPARE) {
                c.bytes.reset();
                c.first = 0;
                c.last = 0;
                c.from = 0;
                spare.add(c);
            }
        }
    }

    private static boolean isLarge(ByteWriter writer) {
        return writer.array().length >= LARGE;
    }

    /** The number of the last frame that the server is known to have. All later ones are kept. */
    long confirmed() {
        return confirmed;
    }

    /** Whether the server can have said that it has so many frames. */
    boolean admits(long number) {
        return confirmed <= number && number <= last;
    }

    /**
     * The chunks with frames that were taken and have not arrived, to be written once more, each from {@link Chunk#from} on.
     *
     * @param received how many frames have arrived; they are kept all the same until they are confirmed, as a server that is started again may lose the answers to reads
     */
    List<Chunk> unreceived(long received) {
        List<Chunk> out = new ArrayList<>();
        for (Chunk c : sent) {
            if (c.last <= received) {
                continue;
            }
            out.add(c);
            c.writing = true;
            long number = c.first;
            int at = 0;
            while (number <= received) {
                at += 4 + ByteWriter.i32(c.array(), at);
                number++;
            }
            c.from = at;
        }
        return out;
    }

    /** How many chunks are kept for a server that may not have them, for tests. */
    int kept() {
        return sent.size();
    }
}
