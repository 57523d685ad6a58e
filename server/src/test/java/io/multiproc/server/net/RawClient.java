package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** A blocking client that says exactly what a test tells it to. */
public final class RawClient implements AutoCloseable {
    public static final Authkey KEY = Authkey.ofText("the key of these tests");

    private final AutoCloseable socket;
    private final DataInputStream in;
    private final OutputStream out;

    private RawClient(AutoCloseable socket, InputStream in, OutputStream out) {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(in, 1 << 16));
        this.out = out;
    }

    /** Connects and says nothing. */
    public static RawClient connect(String uri) throws IOException {
        ListenAddress address = ListenAddress.parse(uri);
        if (address.isUnix()) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(address.path()));
            return new RawClient(channel, Channels.newInputStream(channel), Channels.newOutputStream(channel));
        }
        Socket socket = new Socket(address.host(), address.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(15_000);
        return new RawClient(socket, socket.getInputStream(), socket.getOutputStream());
    }

    /** Connects and opens a session. */
    public static RawClient open(String uri, String name) throws IOException, HandshakeException {
        RawClient client = connect(uri);
        client.greet(Hello.named(name));
        return client;
    }

    public HelloAck greet(Hello hello) throws IOException, HandshakeException {
        ClientHandshake handshake = authenticate(KEY);
        send(handshake.hello(hello));
        return handshake.receiveAck(receive());
    }

    /** The handshake up to and including #WELCOME#. */
    public ClientHandshake authenticate(Authkey key) throws IOException, HandshakeException {
        return authenticate(new ClientHandshake(key));
    }

    ClientHandshake authenticate(ClientHandshake handshake) throws IOException, HandshakeException {
        while (!handshake.isDone()) {
            ByteWriter flight = new ByteWriter();
            for (byte[] payload : handshake.receive(receive())) {
                flight.i32(payload.length).raw(payload);
            }
            raw(flight.toByteArray());
        }
        return handshake;
    }

    public void raw(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Sends one frame. */
    public void send(byte... payload) throws IOException {
        raw(frame(payload));
    }

    public static byte[] frame(byte... payload) {
        return new ByteWriter().i32(payload.length).raw(payload).toByteArray();
    }

    /** Receives one frame. */
    public byte[] receive() throws IOException {
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        return payload;
    }

    public static byte[] request(long id, Op op, long object, byte[]... values) {
        return request(id, op.code(), object, values);
    }

    public static byte[] request(long id, int op, long object, byte[]... values) {
        ByteWriter frame = new ByteWriter();
        int mark = Messages.beginRequest(frame, id, op, object);
        frame.u8(values.length);
        for (byte[] v : values) {
            frame.raw(v);
        }
        Messages.endFrame(frame, mark);
        return frame.toByteArray();
    }

    /** Sends a request and returns the value of its reply. */
    public byte[] call(long id, Op op, long object, byte[]... values) throws IOException {
        raw(request(id, op, object, values));
        return value(id);
    }

    /** Receives a successful reply. */
    public byte[] value(long id) throws IOException {
        byte[] payload = receive();
        assertEquals(Messages.REPLY, payload[0]);
        assertEquals(id, Messages.id(payload, 0));
        if (Messages.status(payload, 0) != 0) {
            fail(Messages.errorText(payload, 10, payload.length));
        }
        return Arrays.copyOfRange(payload, Messages.REPLY_HEADER, payload.length);
    }

    /** Receives an error reply and returns its text. */
    public String error(long id, ErrorCode code) throws IOException {
        byte[] payload = receive();
        assertEquals(Messages.REPLY, payload[0]);
        assertEquals(id, Messages.id(payload, 0));
        assertEquals(1, Messages.status(payload, 0));
        assertEquals(code, Messages.errorCode(payload, 10));
        return Messages.errorText(payload, 10, payload.length);
    }

    /** Receives a goodbye and the end of the connection; returns the goodbye's text. */
    public String goodbye(ErrorCode code) throws IOException {
        byte[] payload = receive();
        assertEquals(Messages.GOODBYE, payload[0], () -> Arrays.toString(payload));
        assertEquals(code, Messages.errorCode(payload, 1));
        assertClosed();
        return Messages.errorText(payload, 1, payload.length);
    }

    /** Whether the server has closed without another byte; waits a moment for that. */
    public boolean isClosed() throws IOException {
        Socket tcp = (Socket) socket;
        int timeout = tcp.getSoTimeout();
        tcp.setSoTimeout(20);
        try {
            assertEquals(-1, in.read());
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            // a reset is an end, too
            return true;
        } finally {
            tcp.setSoTimeout(timeout);
        }
    }

    /** The server closes without another byte. */
    public void assertClosed() {
        int b;
        try {
            b = in.read();
        } catch (java.net.SocketTimeoutException e) {
            fail("still open");
            return;
        } catch (IOException e) {
            // a reset is an end, too
            return;
        }
        assertEquals(-1, b);
    }

    @Override
    public void close() throws IOException {
        try {
            socket.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
