package io.multiproc.server.cli;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.auth.ServerHandshake;
import io.multiproc.protocol.error.ErrorCode;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A node that never leads: it proves the key and refuses each client, with what a test has it say. */
final class FakeFollower implements AutoCloseable {
    private static final int MOST_MILLIS = 20_000;

    private final Authkey key;
    private final ServerSocket listener;
    private final AtomicInteger refused = new AtomicInteger();
    private volatile HelloRefused says = new HelloRefused(ErrorCode.NOT_LEADER, "nobody leads");

    FakeFollower(Authkey key) {
        this.key = key;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::serve, "follower");
        thread.setDaemon(true);
        thread.start();
    }

    String uri() {
        return "tcp://127.0.0.1:" + listener.getLocalPort();
    }

    void says(String text, HelloRefused.Nodes nodes) {
        says = new HelloRefused(ErrorCode.NOT_LEADER, text, nodes);
    }

    void leads(String uri) {
        says("another node leads", new HelloRefused.Nodes(List.of(uri), List.of(uri(), uri), new byte[0]));
    }

    /** How many clients it has refused. */
    int refused() {
        return refused.get();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                socket.setSoTimeout(MOST_MILLIS);
                refuse(socket);
            } catch (IOException | HandshakeException e) {
                // the client, or the test, is gone
            }
        }
    }

    private void refuse(Socket socket) throws IOException, HandshakeException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        ServerHandshake handshake = new ServerHandshake(key, AuthPolicy.SHA256_OR_BETTER, NonceSource.secure());
        write(out, handshake.start());
        while (!handshake.isDone()) {
            write(out, handshake.receive(read(in)));
        }
        var unused = handshake.receiveHello(read(in));
        write(out, List.of(says.encode()));
        refused.incrementAndGet();
        while (in.read() >= 0) {
            // the client closes
        }
    }

    private static byte[] read(DataInputStream in) throws IOException {
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        return payload;
    }

    private static void write(DataOutputStream out, List<byte[]> payloads) throws IOException {
        for (byte[] payload : payloads) {
            out.writeInt(payload.length);
            out.write(payload);
        }
        out.flush();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
