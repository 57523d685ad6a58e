package io.multiproc.client.internal.connection;

import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsKey;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The encryption of one connection, at a client or at a server: plain bytes here, records on a {@link Carrier}. No call waits. Thread-safe: who reads and
 * who writes exclude each other while records are made or taken apart.
 */
public final class TlsChannel {
    /** Whole records of what a writer hands over in one go, most often. */
    private static final int CHUNK = 64 << 10;

    /** What carries the records, as a socket that does not block. */
    public interface Carrier {
        int read(ByteBuffer to) throws IOException;

        int write(ByteBuffer from) throws IOException;
    }

    private final Carrier carrier;
    private final TlsEngine engine;
    /** Records on their way out, between position and limit. */
    private ByteBuffer out = ByteBuffer.allocate(2 << 10).limit(0);

    private ByteBuffer in = ByteBuffer.allocate(2 << 10);
    /** For bytes that come in a direct buffer: made when the first do. */
    private byte[] plain = {};

    /** Bytes that are encrypted, of which the caller has not heard that they have left. */
    private int unreported;

    private boolean ended;

    /** A channel whose {@link #advance handshake} is still to come. */
    public TlsChannel(Carrier carrier, TlsEngine engine) {
        this.carrier = carrier;
        this.engine = engine;
    }

    /** The end of a client whose server has the key. */
    public static TlsChannel client(Carrier carrier, TlsKey key) {
        return new TlsChannel(carrier, TlsEngine.client(key));
    }

    /**
     * Takes the steps of the handshake that are possible now.
     *
     * @return whether it is complete; else the caller waits until {@link #hasUnsent records can leave}, or some arrive
     * @throws TlsException if the other side has another key or does not speak TLS
     * @throws EOFException if it closed the connection
     */
    public synchronized boolean advance() throws IOException {
        while (flushed()) {
            if (engine.isOpen()) {
                return true;
            }
            int n = receive();
            if (n < 0) {
                throw new EOFException("the other side closed the connection during the TLS handshake");
            }
            if (n == 0) {
                return false;
            }
        }
        return false;
    }

    /** Whether records wait for room. */
    public synchronized boolean hasUnsent() {
        return out.hasRemaining() || engine.pending() > 0;
    }

    /** What only the two ends of this connection know. */
    public byte[] binding() {
        return engine.binding();
    }

    /** Takes what has arrived and returns how much: 0 for nothing, -1 at the end of the stream. */
    private int receive() throws IOException {
        in.clear();
        int n = carrier.read(in);
        if (n > 0) {
            try {
                engine.receive(in.array(), 0, n);
            } catch (TlsException e) {
                // the other side is to know why
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
            if (carrier.write(out) == 0) {
                return false;
            }
        }
    }

    /**
     * Moves what has arrived into the buffer, as much as fits, and returns how much: 0 for nothing, -1 if the other side has ended the connection, or this one.
     *
     * @throws CutOffException if the stream ends and the other side has not said so: what came before may not be all
     */
    public synchronized int read(ByteBuffer to) throws IOException {
        int n = engine.read(to);
        while (n == 0 && to.hasRemaining()) {
            int arrived = engine.isClosed() ? -1 : receive();
            if (arrived < 0 && !ended && !engine.isEnded()) {
                throw new CutOffException();
            }
            if (arrived <= 0) {
                return arrived;
            }
            n = engine.read(to);
            if (engine.pending() > 0) {
                // the other side renews its keys, and wants an answer
                boolean ignored = flushed();
            }
        }
        return n;
    }

    /** As {@link Transport#write}: what it has not reported comes again, at the start of the next call's buffer. */
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

    /** Whether it holds plain bytes that {@link #read} has not given yet. */
    public synchronized boolean holdsBytes() {
        return engine.available() > 0;
    }

    /** Says that nothing more comes, if there is room for that: the other side can tell this end from a cut. */
    public synchronized void end() {
        if (ended) {
            return;
        }
        ended = true;
        if (!engine.isOpen()) {
            return;
        }
        engine.close();
        try {
            boolean ignored = flushed();
        } catch (IOException e) {
            // it has gone
        }
    }
}
