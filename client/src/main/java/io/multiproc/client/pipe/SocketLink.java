package io.multiproc.client.pipe;

import io.multiproc.client.internal.connection.CutOffException;
import io.multiproc.client.internal.connection.TlsChannel;
import io.multiproc.protocol.idle.AdaptiveSpin;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Frames over a socket, encrypted or not: a 32-bit length, big-endian, or -1 and a 64-bit one, then the bytes. As CPython's. */
final class SocketLink implements Link {
    private static final int CHUNK = 1 << 17;
    /** Many pipes carry a few small messages: the memory for more is taken when more comes. */
    private static final int FIRST_CHUNK = 1 << 13;
    /** Memory for a message is taken at once up to here; beyond, it follows what has arrived. */
    private static final int TRUSTED = 4 << 20;

    private static final int HEAD = 4;
    private static final long SPIN_NANOS = 50_000;
    private static final int LARGEST = Integer.MAX_VALUE - 64;

    final SocketChannel channel;
    /** Null if nothing is encrypted. */
    private final @Nullable TlsChannel tls;

    /** What was in memory when the pipe got this socket: comes before what the socket brings. */
    private final Deque<byte[]> backlog = new ArrayDeque<>();

    private final Selector readable;
    private final AdaptiveSpin spin = new AdaptiveSpin(SPIN_NANOS);
    private final AdaptiveSpin spinForRoom = new AdaptiveSpin(SPIN_NANOS);
    private @Nullable Selector writable;
    private ByteBuffer netIn = ByteBuffer.allocateDirect(FIRST_CHUNK);
    private ByteBuffer netOut = ByteBuffer.allocateDirect(FIRST_CHUNK);
    private byte[] in = new byte[4096];
    private int start;
    private int end;
    /** A message larger than a chunk goes straight to where it stays. */
    private byte @Nullable [] large;

    private int largeLength;
    private int largeHas;
    private byte @Nullable [] looked;
    private boolean ended;
    /** The stream has ended, and the other side did not say so where it would have. */
    private @Nullable CutOffException cutOff;

    private volatile int maxFrame = LARGEST;
    private volatile boolean closed;

    SocketLink(SocketChannel channel) throws IOException {
        this(channel, null);
    }

    /** @param tls what encrypts the bytes of the channel, its handshake complete, or null */
    SocketLink(SocketChannel channel, @Nullable TlsChannel tls) throws IOException {
        this.channel = channel;
        this.tls = tls;
        channel.configureBlocking(false);
        readable = Selector.open();
        channel.register(readable, SelectionKey.OP_READ);
    }

    void backlog(Deque<byte[]> frames) {
        backlog.addAll(frames);
    }

    void maxFrame(int bytes) {
        maxFrame = bytes;
    }

    void noMaxFrame() {
        maxFrame = LARGEST;
    }

    // ---- sending

    @Override
    public boolean send(byte[] frame, int from, int length) throws IOException, InterruptedException {
        if (length > netOut.capacity() - HEAD) {
            netOut = grown(netOut);
        }
        netOut.clear();
        netOut.putInt(length);
        int put = Math.min(length, netOut.remaining());
        netOut.put(frame, from, put);
        flush(false);
        int sent = put;
        while (sent < length) {
            put = Math.min(length - sent, CHUNK);
            netOut.clear();
            netOut.put(frame, from + sent, put);
            // half a frame cannot be taken back: an interrupt waits
            flush(true);
            sent += put;
        }
        return true;
    }

    private static ByteBuffer grown(ByteBuffer b) {
        return b.capacity() < CHUNK ? ByteBuffer.allocateDirect(CHUNK) : b;
    }

    private void flush(boolean begun) throws IOException, InterruptedException {
        netOut.flip();
        boolean interrupted = false;
        try {
            while (netOut.hasRemaining()) {
                if (write() == 0 && spinForRoom.look(this::write) == 0) {
                    awaitWritable();
                    if (Thread.interrupted()) {
                        // what is encrypted has begun
                        if (!begun && tls == null && netOut.position() == 0) {
                            throw new InterruptedException();
                        }
                        interrupted = true;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private int write() throws IOException {
        try {
            return tls == null ? channel.write(netOut) : tls.write(netOut);
        } catch (ClosedChannelException e) {
            throw Connection.closedHere();
        } catch (IOException e) {
            throw Connection.otherEndClosed(e);
        }
    }

    private void awaitWritable() throws IOException {
        Selector s = writable;
        if (s == null) {
            s = Selector.open();
            channel.register(s, SelectionKey.OP_WRITE);
            writable = s;
        }
        try {
            s.select(k -> {});
        } catch (ClosedSelectorException e) {
            throw Connection.closedHere();
        }
    }

    // ---- receiving

    @Override
    public byte @Nullable [] receive(long nanos, boolean look) throws IOException, InterruptedException {
        byte[] frame = looked;
        if (frame == null) {
            frame = next(nanos);
        }
        looked = look ? frame : null;
        return frame;
    }

    private byte @Nullable [] next(long nanos) throws IOException, InterruptedException {
        byte[] early = backlog.poll();
        if (early != null) {
            return early;
        }
        long begun = nanos == Long.MAX_VALUE ? 0 : System.nanoTime();
        while (true) {
            if (closed) {
                throw Connection.closedHere();
            }
            byte[] frame = whole();
            if (frame != null) {
                return frame;
            }
            if (fill() > 0) {
                continue;
            }
            if (ended) {
                CutOffException cut = cutOff;
                if (cut != null) {
                    // no EOFException: programs take that for the whole of what was sent
                    throw new IOException(cut.getMessage(), cut);
                }
                throw new EOFException(
                        end > start || large != null
                                ? "the other end went away in the middle of a message"
                                : "the other end was closed, or its process has ended");
            }
            long left = nanos == Long.MAX_VALUE ? nanos : nanos - (System.nanoTime() - begun);
            if (left <= 0) {
                return null;
            }
            if (spin.look(() -> fill() > 0 || ended ? 1 : 0) != 0) {
                continue;
            }
            try {
                if (nanos == Long.MAX_VALUE) {
                    readable.select(k -> {});
                } else {
                    readable.select(k -> {}, Math.max(1, left / 1_000_000));
                }
            } catch (ClosedSelectorException e) {
                throw Connection.closedHere();
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private byte @Nullable [] whole() throws IOException {
        if (large != null) {
            byte[] frame = largeHas == largeLength ? large : null;
            large = frame == null ? large : null;
            return frame;
        }
        int have = end - start;
        if (have < HEAD) {
            return null;
        }
        ByteBuffer head = ByteBuffer.wrap(in, start, have);
        long length = head.getInt();
        if (length == -1) {
            if (have < HEAD + Long.BYTES) {
                return null;
            }
            length = head.getLong();
        }
        if (length < 0 || length > maxFrame) {
            throw new IOException("the other end announced a message of " + length + " bytes; at most " + maxFrame
                    + " are taken. Is it a connection of multiprocessing?");
        }
        if (head.remaining() < length) {
            if (length > CHUNK) {
                largeLength = (int) length;
                largeHas = head.remaining();
                large = new byte[Math.max(largeHas, Math.min(largeLength, TRUSTED))];
                head.get(large, 0, largeHas);
                start = 0;
                end = 0;
            }
            return null;
        }
        byte[] frame = Arrays.copyOfRange(in, head.position(), head.position() + (int) length);
        start = head.position() + (int) length;
        if (start == end) {
            start = 0;
            end = 0;
        }
        return frame;
    }

    private int fill() throws IOException {
        if (ended) {
            return 0;
        }
        netIn.clear();
        if (large != null) {
            netIn.limit(Math.min(netIn.capacity(), largeLength - largeHas));
        }
        int n = read(netIn);
        if (n < 0) {
            ended = true;
            return 0;
        }
        if (n > 0 && large != null) {
            if (large.length - largeHas < n) {
                large = Arrays.copyOf(large, (int) Math.min(2L * large.length, largeLength));
            }
            netIn.flip().get(large, largeHas, n);
            largeHas += n;
        } else if (n > 0) {
            // memory follows what has arrived, not what was announced
            if (in.length - end < n) {
                int have = end - start;
                byte[] to = in.length - have >= n
                        ? in
                        : new byte[(int) Math.min(Math.max(2L * in.length, (long) have + n), Integer.MAX_VALUE - 16)];
                System.arraycopy(in, start, to, 0, have);
                in = to;
                start = 0;
                end = have;
            }
            netIn.flip().get(in, end, n);
            end += n;
        }
        if (n == netIn.capacity()) {
            netIn = grown(netIn);
        }
        return n;
    }

    private int read(ByteBuffer to) throws IOException {
        try {
            return tls == null ? channel.read(to) : tls.read(to);
        } catch (ClosedChannelException e) {
            throw Connection.closedHere();
        } catch (CutOffException e) {
            cutOff = e;
            return -1;
        } catch (IOException e) {
            if (tls != null) {
                throw e;
            }
            // reset: the other process died with unread input
            return -1;
        }
    }

    /** What was read and not received, as bytes of frames: before the channel is passed on. */
    ByteBuffer unread() {
        Deque<byte[]> frames = new ArrayDeque<>();
        if (looked != null) {
            frames.add(looked);
        }
        frames.addAll(backlog);
        int size = end - start + (large == null ? 0 : HEAD + largeHas);
        for (byte[] f : frames) {
            size += HEAD + f.length;
        }
        ByteBuffer b = ByteBuffer.allocate(size);
        frames.forEach(f -> b.putInt(f.length).put(f));
        if (large != null) {
            b.putInt(largeLength).put(large, 0, largeHas);
        }
        return b.put(in, start, end - start).flip();
    }

    /** The channel, which is not encrypted, as a blocking one of somebody else; this link has ended. */
    SocketChannel detach() throws IOException {
        closed = true;
        close(readable);
        close(writable);
        channel.configureBlocking(true);
        return channel;
    }

    @Override
    public void close() {
        closed = true;
        if (tls != null) {
            tls.end();
        }
        // waiting threads leave their selectors, and find it closed
        close(readable);
        close(writable);
        close(channel);
    }

    static void close(@Nullable AutoCloseable c) {
        try {
            if (c != null) {
                c.close();
            }
        } catch (Exception e) {
            // nobody needs it any more
        }
    }
}
