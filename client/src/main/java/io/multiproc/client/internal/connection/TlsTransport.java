package io.multiproc.client.internal.connection;

import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/** The transport that encrypts what another one carries: TLS 1.3 by the authkey or by certificates. */
final class TlsTransport implements Transport {
    private final Transport wire;
    private final TlsChannel channel;

    private TlsTransport(Transport wire, TlsEngine engine) {
        this.wire = wire;
        channel = new TlsChannel(
                new TlsChannel.Carrier() {
                    @Override
                    public int read(ByteBuffer to) throws IOException {
                        return wire.read(to);
                    }

                    @Override
                    public int write(ByteBuffer from) throws IOException {
                        return wire.write(from);
                    }
                },
                engine);
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
        while (!channel.advance()) {
            if (channel.hasUnsent()) {
                wire.awaitWritable(left(deadlineNanos));
            } else {
                wire.awaitReadable(left(deadlineNanos));
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new SocketTimeoutException("interrupted");
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
        return channel.binding();
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return channel.read(to);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return channel.write(from);
    }

    @Override
    public void awaitReadable(long timeoutMillis) throws IOException {
        if (!holdsBytes()) {
            wire.awaitReadable(timeoutMillis);
        }
    }

    @Override
    public boolean holdsBytes() {
        return channel.holdsBytes();
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
        channel.end();
        wire.close();
    }
}
