package io.multiproc.tests.redteam;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;

/** A native client with a session that sends many requests at once and never says that it has received a reply. */
final class Flood implements AutoCloseable {
    /** What a frame of a reply that is an error holds before its code. */
    private static final int ERROR = 10;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private long lastRequest;

    private Flood(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    }

    static Flood open(String uri, byte[] key) throws IOException, HandshakeException {
        Flood flood = new Flood(new Socket("127.0.0.1", URI.create(uri).getPort()));
        ClientHandshake handshake = new ClientHandshake(Authkey.of(key));
        while (!handshake.isDone()) {
            for (byte[] payload : handshake.receive(flood.receive())) {
                flood.frame(payload);
            }
            flood.out.flush();
        }
        flood.frame(handshake.hello(Hello.named("flood")));
        flood.out.flush();
        Object unused = handshake.receiveAck(flood.receive());
        return flood;
    }

    private void frame(byte[] payload) throws IOException {
        out.write(new ByteWriter().i32(payload.length).raw(payload).toByteArray());
    }

    private byte[] receive() throws IOException {
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        return payload;
    }

    /** Adds a request to those that are sent next. */
    void add(Op op, long object, byte[]... values) throws IOException {
        ByteWriter frame = new ByteWriter();
        int mark = Messages.beginRequest(frame, ++lastRequest, op.code(), object);
        frame.u8(values.length);
        for (byte[] v : values) {
            frame.raw(v);
        }
        Messages.endFrame(frame, mark);
        out.write(frame.array(), 0, frame.size());
    }

    /** Sends what was added and reads nothing. */
    void send() throws IOException {
        out.flush();
    }

    /** Sends what was added and reads all that is answered at once; returns how many requests were refused as the memory is full. */
    int refused() throws IOException {
        add(ManagerOp.NUMBER_OF_OBJECTS, 0);
        long last = lastRequest;
        out.flush();
        int refused = 0;
        while (true) {
            byte[] payload = receive();
            if (payload[0] == Messages.GOODBYE) {
                throw new IOException("goodbye: " + Messages.errorText(payload, 1, payload.length));
            }
            if (payload[0] != Messages.REPLY) {
                continue;
            }
            // an object whose creation was refused is not there for the next request
            if (Messages.status(payload, 0) != 0 && Messages.errorCode(payload, ERROR) == ErrorCode.BUSY) {
                refused++;
            }
            if (Messages.id(payload, 0) == last) {
                return refused;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
