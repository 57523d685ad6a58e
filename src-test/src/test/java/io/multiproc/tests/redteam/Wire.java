package io.multiproc.tests.redteam;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A connection of an attacker: frames as they are, over TCP or a Unix socket. */
final class Wire implements AutoCloseable {
    private final SocketChannel channel;
    private final DataInputStream in;
    private final OutputStream out;

    Wire(SocketChannel channel) {
        this.channel = channel;
        InputStream input = Channels.newInputStream(channel);
        in = new DataInputStream(input);
        out = Channels.newOutputStream(channel);
    }

    static Wire to(String uri) throws IOException {
        if (uri.startsWith("unix://")) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(uri.substring("unix://".length())));
            return new Wire(channel);
        }
        return to(uri, null);
    }

    /** From an address of this machine's, as a host of that address would. */
    static Wire to(String uri, @Nullable String from) throws IOException {
        SocketChannel channel = SocketChannel.open();
        if (from != null) {
            channel.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        }
        channel.connect(new InetSocketAddress(
                InetAddress.getByName("127.0.0.1"), URI.create(uri).getPort()));
        return new Wire(channel);
    }

    void send(byte[] payload) throws IOException {
        out.write(ByteBuffer.allocate(4 + payload.length)
                .putInt(payload.length)
                .put(payload)
                .array());
    }

    /** Says a byte: of the length of a frame, then of the frame. */
    void drip() throws IOException {
        out.write(0);
    }

    /** The next frame, or null at the end, however that came. */
    byte @Nullable [] receive() throws IOException {
        try {
            byte[] payload = new byte[in.readInt()];
            in.readFully(payload);
            return payload;
        } catch (EOFException | SocketException e) {
            return null;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("reset")) {
                return null;
            }
            throw e;
        }
    }

    /** Bytes as they are. */
    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** What comes next, of any length; empty at the end. */
    byte[] some() throws IOException {
        byte[] b = new byte[16 << 10];
        int n = in.read(b);
        return n < 0 ? new byte[0] : Arrays.copyOf(b, n);
    }

    /** All that comes until the end, however that comes. */
    byte[] rest() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            for (byte[] b = some(); b.length > 0; b = some()) {
                all.write(b, 0, b.length);
            }
        } catch (IOException e) {
            // reset
        }
        return all.toByteArray();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
