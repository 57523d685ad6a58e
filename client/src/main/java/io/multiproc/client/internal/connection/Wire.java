package io.multiproc.client.internal.connection;

import io.multiproc.protocol.idle.AdaptiveSpin;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Messages;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Frames over a {@link Transport}: cuts the bytes that arrive into frames, and hands bytes over for sending.
 *
 * <p>One thread at a time may read and one may write; the {@link Connection} sees to it. Buffers grow as data arrives, never
 * by a declared length.
 */
final class Wire {
    /** Most bytes that one system call moves. */
    private static final int CHUNK = 128 << 10;
    /** What a connection starts with; most never need more. */
    private static final int FIRST_CHUNK = 1 << 10;

    /** What it has after that, and how often it reads and writes before it gets memory outside the heap, which only the collector gives back. */
    private static final int SECOND_CHUNK = 8 << 10;

    private static final int SHORT_LIFE = 32;

    /** How long a writer waits for room before it looks round. */
    private static final long WRITE_WAIT_MILLIS = 100;

    /** A frame of this and more is read into an array of its own, which its receiver need not copy. */
    private static final int LARGE = 64 << 10;

    /** An array of more is not kept for the next frame; and one has room for that much before its bytes have arrived. */
    private static final int MOST_KEPT = 4 << 20;

    private final Transport transport;

    private byte[] in = new byte[FIRST_CHUNK];
    private ByteBuffer netIn = ByteBuffer.allocate(FIRST_CHUNK);
    private ByteBuffer netOut = ByteBuffer.allocate(FIRST_CHUNK);
    private int reads;
    private int writes;
    private int start;
    private int end;
    /** Where the frame at the cursor is. */
    private byte[] array = in;

    private int frame;
    /** The large frame that is being read, how much of it is there, and how much there will be. */
    private byte @Nullable [] large;

    private int largeEnd;
    private int largeLength;
    /** If the large frame is the reply that a byte array is: what comes before its bytes, which {@link #large} then holds alone. */
    private byte @Nullable [] largeHead;
    /** The bytes of the frame at the cursor that have an array of their own, or null. */
    private byte @Nullable [] tail;

    /** An array that a receiver no longer needs: the next frame is often as large. */
    private volatile byte @Nullable [] spare;

    private int maxFrame;

    /** @param maxFrame the largest payload accepted until {@link #maxFrame(int)} changes it */
    Wire(Transport transport, int maxFrame) {
        this.transport = transport;
        this.maxFrame = maxFrame;
    }

    /** As {@link Transport#binding}. */
    byte @Nullable [] binding() {
        return transport.binding();
    }

    void maxFrame(int bytes) {
        maxFrame = bytes;
    }

    // ---- reading

    /** As {@link Transport#awaitReadable}. */
    void awaitReadable(long timeoutMillis) throws IOException {
        transport.awaitReadable(timeoutMillis);
    }

    /** Reads what is there into the buffer and returns how much: 0 for nothing, -1 at the end of the stream. */
    int fill() throws IOException {
        int n = fillOnce();
        int more = n;
        while (more > 0 && transport.holdsBytes()) {
            more = fillOnce();
            n += Math.max(more, 0);
        }
        return n;
    }

    private int fillOnce() throws IOException {
        netIn.clear();
        int n = transport.read(netIn);
        if (n <= 0) {
            return n;
        }
        netIn.flip();
        byte[] own = large;
        if (own != null) {
            int part = Math.min(n, largeLength - largeEnd);
            if (own.length - largeEnd < part) {
                own = Arrays.copyOf(own, Limits.room(largeLength, largeEnd + part, MOST_KEPT));
                large = own;
            }
            netIn.get(own, largeEnd, part);
            largeEnd += part;
        }
        int rest = netIn.remaining();
        if (in.length - end < rest) {
            makeRoom(rest);
        }
        netIn.get(in, end, rest);
        end += rest;
        if (n == netIn.capacity() && n < CHUNK) {
            // there is more where this came from
            netIn = ByteBuffer.allocateDirect(n < SECOND_CHUNK ? SECOND_CHUNK : CHUNK);
        } else if (reads < SHORT_LIFE && ++reads == SHORT_LIFE && !netIn.isDirect()) {
            netIn = ByteBuffer.allocateDirect(SECOND_CHUNK);
        }
        return n;
    }

    /** Looks for something to read for a moment if that is worth it, else sleeps until there is something; and reads it. */
    int fill(long timeoutMillis, AdaptiveSpin spin) throws IOException {
        int n = spin.look(this::fill);
        if (n != 0) {
            return n;
        }
        transport.awaitReadable(timeoutMillis);
        return fill();
    }

    private void makeRoom(int n) {
        int have = end - start;
        // the start of a frame that is not large, and at most what one system call gives
        byte[] to = in.length - have < n ? new byte[Math.max(2 * in.length, have + n)] : in;
        System.arraycopy(in, start, to, 0, have);
        in = to;
        start = 0;
        end = have;
    }

    /** The length of the next whole frame's payload without its {@link #frameTail}, on which the cursor now stands; -1 when there is none yet. */
    int nextFrame() throws IOException {
        byte[] own = large;
        if (own != null) {
            if (largeEnd < largeLength) {
                return -1;
            }
            large = null;
            frame = 0;
            byte[] head = largeHead;
            largeHead = null;
            tail = head == null ? null : own;
            array = head == null ? own : head;
            return array.length;
        }
        array = in;
        tail = null;
        if (end - start < 4) {
            return -1;
        }
        int length =
                (in[start] << 24) | (in[start + 1] & 0xff) << 16 | (in[start + 2] & 0xff) << 8 | (in[start + 3] & 0xff);
        if (length < 0 || length > maxFrame) {
            throw new IOException("the server announced a frame of " + (length & 0xffffffffL) + " bytes; at most "
                    + maxFrame + " are allowed. Is it a multiproc server?");
        }
        if (end - start - 4 < length) {
            if (length >= LARGE) {
                beginLarge(length);
            }
            return -1;
        }
        frame = start + 4;
        start = frame + length;
        if (start == end) {
            // the bytes stay until the next fill
            start = 0;
            end = 0;
        }
        return length;
    }

    private void beginLarge(int length) {
        int payload = start + 4;
        int head = Messages.startOfBytes(in, payload, end - payload, length);
        byte[] own = spare;
        if (head > 0) {
            // the program's own array: it is not copied again
            largeHead = Arrays.copyOfRange(in, payload, payload + head);
            payload += head;
        }
        largeEnd = end - payload;
        largeLength = length - Math.max(head, 0);
        if (head <= 0 && own != null && own.length == length) {
            spare = null;
        } else {
            own = new byte[Limits.room(largeLength, largeEnd, MOST_KEPT)];
        }
        System.arraycopy(in, payload, own, 0, largeEnd);
        large = own;
        start = 0;
        end = 0;
    }

    /** Takes an array back, from any thread. */
    void giveBack(byte[] own) {
        if (own.length <= MOST_KEPT) {
            spare = own;
        }
    }

    byte[] frameArray() {
        return array;
    }

    /** Whether the frame at the cursor has an array of its own, which whoever handles it may keep. */
    boolean frameIsApart() {
        return array != in;
    }

    /** The rest of the frame at the cursor: the bytes of the byte array that it is a reply with, and nobody else's. Null for all other frames. */
    byte @Nullable [] frameTail() {
        return tail;
    }

    int frameStart() {
        return frame;
    }

    /** Waits for one whole frame, for the handshake. Returns a copy of its payload. */
    byte[] readFrame(long deadlineNanos, AdaptiveSpin spin) throws IOException {
        while (true) {
            int length = nextFrame();
            if (length >= 0) {
                // no reply that could have a tail: the handshake's frames are small
                return Arrays.copyOfRange(array, frame, frame + length);
            }
            long left = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                throw new SocketTimeoutException("no answer in time");
            }
            if (fill(left, spin) < 0) {
                throw new EOFException("the server closed the connection");
            }
        }
    }

    // ---- writing

    /** What is to be written, in as many arrays as it likes. */
    interface Source {
        /** How many bytes it has. */
        int end();

        /** Copies what stands from an offset on, as much as there is room for. */
        void copy(int from, ByteBuffer to);
    }

    /** Writes as much as goes without waiting of what stands from an offset on, and returns how much. */
    int write(Source source, int from) throws IOException {
        int n = source.end() - from;
        if (n > netOut.capacity() && netOut.capacity() < CHUNK) {
            netOut = ByteBuffer.allocateDirect(n > SECOND_CHUNK ? CHUNK : SECOND_CHUNK);
        } else if (writes < SHORT_LIFE && ++writes == SHORT_LIFE && !netOut.isDirect()) {
            netOut = ByteBuffer.allocateDirect(SECOND_CHUNK);
        }
        source.copy(from, netOut.clear());
        return transport.write(netOut.flip());
    }

    /** Writes all of it. */
    void writeFully(byte[] b, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(b, 0, length);
        while (left.hasRemaining()) {
            if (transport.write(left) == 0) {
                awaitWritable();
            }
        }
    }

    /** Waits a short while for room to write. */
    void awaitWritable() throws IOException {
        transport.awaitWritable(WRITE_WAIT_MILLIS);
    }

    /** Waits a short while for room to write or for something to read, and returns whether there may be something to read. */
    boolean awaitReadableOrWritable() throws IOException {
        return transport.awaitReadableOrWritable(WRITE_WAIT_MILLIS);
    }

    /** As {@link Transport#register}. */
    @Nullable
    SelectionKey register(Selector with, Object attachment) throws IOException {
        return transport.register(with, attachment);
    }

    /** Wakes whoever waits for something to read. */
    void wakeUp() {
        transport.wakeUp();
    }

    void close() {
        transport.close();
    }
}
