package io.multiproc.tests.redteam;

import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A connection of an attacker within TLS: frames as they are. */
final class TlsWire implements AutoCloseable {
    private final Wire wire;
    private final TlsEngine engine;
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();

    TlsWire(String uri, TlsEngine engine) throws IOException {
        this.engine = engine;
        wire = Wire.to(uri, "127.0.0.1");
        flush();
        while (!engine.isOpen()) {
            if (!fill()) {
                throw new IOException("no TLS");
            }
        }
    }

    byte[] binding() {
        return engine.binding();
    }

    private void flush() throws IOException {
        byte[] b = new byte[engine.pending()];
        int n = engine.drain(b, 0, b.length);
        if (n > 0) {
            wire.raw(b);
        }
    }

    private boolean fill() throws IOException {
        byte[] b = wire.some();
        if (b.length == 0) {
            return false;
        }
        engine.receive(b, 0, b.length);
        flush();
        byte[] read = new byte[engine.available()];
        int n = engine.read(read, 0, read.length);
        plain.write(read, 0, n);
        return true;
    }

    void send(byte[] payload) throws IOException {
        byte[] frame = ByteBuffer.allocate(4 + payload.length)
                .putInt(payload.length)
                .put(payload)
                .array();
        engine.write(frame, 0, frame.length);
        flush();
    }

    /** The next frame, or null at the end, however that came. */
    byte @Nullable [] receive() throws IOException {
        while (true) {
            byte[] have = plain.toByteArray();
            int length = have.length < 4 ? -1 : ByteBuffer.wrap(have).getInt();
            if (length >= 0 && have.length >= 4 + length) {
                byte[] payload = java.util.Arrays.copyOfRange(have, 4, 4 + length);
                plain.reset();
                plain.write(have, 4 + length, have.length - 4 - length);
                return payload;
            }
            try {
                if (!fill()) {
                    return null;
                }
            } catch (TlsException e) {
                return null;
            }
        }
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
