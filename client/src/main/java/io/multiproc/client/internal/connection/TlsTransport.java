package io.multiproc.client.internal.connection;

import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/** The transport that encrypts what another one carries: TLS 1.3 by the authkey or by certificates. The threads that read and write exclude each other while records are made or taken apart. */
final class TlsTransport implements Transport {
    /** Whole records of what a writer hands over in one go, most often. */
    private static final int CHUNK = 64 << 10;

    private final Transport wire;
    private final TlsEngine engine;
    /** Records on their way out, between position and limit. */
    private ByteBuffer out = ByteBuffer.allocate(2 << 10).limit(0);

    private ByteBuffer in = ByteBuffer.allocate(2 << 10);
    private byte[] plain = new byte[2 << 10];
    /** Bytes that are encrypted, of which the caller has not heard that they have left. */
    private int unreported;

    private TlsTransport(Transport wire, TlsEngine engine) {
        this.wire = wire;
        this.engine = engine;
    }

    /**
     * Makes an encrypted connection out of a plain one, which is closed if that fails.
     *
     * @param engine the client's end, not yet used
     * @throws TlsException if the server has another key, is refused or refuses, or does not speak TLS
     */
    static TlsTransport over(Transport wire, TlsEngine engine, long deadlineNanos) throws IOException {
        TlsTransport made = new TlsTransport(wire, engine);
        boolean done = false;
        try {
            made.shakeHands(deadlineNanos);
            done = true;
            return made;
        } finally {
            if (!done) {
                wire.close();
            }
        }
    }

    private void shakeHands(long deadlineNanos) throws IOException {
        while (true) {
            while (!flushed()) {
                wire.awaitWritable(left(deadlineNanos));
            }
            if (engine.isOpen()) {
                return;
            }
            wire.awaitReadable(left(deadlineNanos));
            if (Thread.currentThread().isInterrupted()) {
                throw new SocketTimeoutException("interrupted");
            }
            if (receive() < 0) {
                throw new EOFException("the server closed the connection");
            }
        }
    }

    private static long left(long deadlineNanos) throws SocketTimeoutException {
        long left = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        return left;
    }

    @Override
    public byte[] binding() {
        return engine.binding();
    }

    /** Takes what has arrived and returns how much: 0 for nothing, -1 at the end of the stream. */
    private int receive() throws IOException {
        in.clear();
        int n = wire.read(in);
        if (n > 0) {
            try {
                engine.receive(in.array(), 0, n);
            } catch (TlsException e) {
                // the server is to know why
                boolean ignored = flushed();
                throw e;
            }
        }
        if (n == in.capacity() && n < CHUNK) {
            in = ByteBuffer.allocate(CHUNK);
        }
        return n;
    }

    /** Sends the records that wait, and returns whether none is left. */
    private boolean flushed() throws IOException {
        while (true) {
            if (!out.hasRemaining()) {
                int pending = engine.pending();
                if (pending == 0) {
                    return true;
                }
                if (out.capacity() < pending && out.capacity() < CHUNK) {
                    out = ByteBuffer.allocateDirect(CHUNK);
                }
                out.clear();
                int ignored = engine.drain(out);
                out.flip();
            }
            if (wire.write(out) == 0) {
                return false;
            }
        }
    }

    @Override
    public synchronized int read(ByteBuffer to) throws IOException {
        int n = engine.read(to);
        while (n == 0 && to.hasRemaining()) {
            int arrived = engine.isClosed() ? -1 : receive();
            if (arrived <= 0) {
                return arrived;
            }
            n = engine.read(to);
            if (engine.pending() > 0) {
                // the server renews its keys, and wants an answer
                boolean ignored = flushed();
            }
        }
        return n;
    }

    @Override
    public synchronized int write(ByteBuffer from) throws IOException {
        int left = 0;
        while (flushed()) {
            // what the caller heard nothing of stands at the start again
            from.position(from.position() + unreported);
            left += unreported;
            unreported = 0;
            int n = Math.min(from.remaining(), CHUNK);
            if (n == 0) {
                break;
            }
            if (from.hasArray()) {
                engine.write(from.array(), from.arrayOffset() + from.position(), n);
            } else {
                if (plain.length < n) {
                    plain = new byte[Math.max(n, Math.min(CHUNK, 2 * plain.length))];
                }
                from.get(from.position(), plain, 0, n);
                engine.write(plain, 0, n);
            }
            unreported = n;
        }
        return left;
    }

    @Override
    public void awaitReadable(long timeoutMillis) throws IOException {
        if (!holdsBytes()) {
            wire.awaitReadable(timeoutMillis);
        }
    }

    @Override
    public synchronized boolean holdsBytes() {
        return engine.available() > 0;
    }

    @Override
    public void awaitWritable(long timeoutMillis) throws IOException {
        wire.awaitWritable(timeoutMillis);
    }

    @Override
    public boolean awaitReadableOrWritable(long timeoutMillis) throws IOException {
        return holdsBytes() || wire.awaitReadableOrWritable(timeoutMillis);
    }

    @Override
    public @Nullable SelectionKey register(Selector with, Object attachment) throws IOException {
        return wire.register(with, attachment);
    }

    @Override
    public void wakeUp() {
        wire.wakeUp();
    }

    @Override
    public void close() {
        wire.close();
    }
}
