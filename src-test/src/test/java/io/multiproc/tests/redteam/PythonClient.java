package io.multiproc.tests.redteam;

import io.multiproc.protocol.pickle.Pickler;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Unpickler;
import io.multiproc.protocol.wire.ByteWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A connection that speaks as CPython's {@code multiprocessing} of 3.12 does, and reads when it is told to. */
final class PythonClient implements AutoCloseable {
    private static final byte[] CHALLENGE = "#CHALLENGE#".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] WELCOME = "#WELCOME#".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DIGEST = "{sha256}".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private PythonClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** A connection that has proved the key and has had the server prove it. */
    static PythonClient connect(String uri, byte[] key) throws IOException, GeneralSecurityException {
        PythonClient client = new PythonClient(new Socket("127.0.0.1", URI.create(uri).getPort()));
        byte[] challenge = client.receive();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        client.send(concat(
                DIGEST, mac.doFinal(Arrays.copyOfRange(challenge, CHALLENGE.length, challenge.length))));
        if (!Arrays.equals(WELCOME, client.receive())) {
            throw new IOException("not welcome");
        }
        client.send(concat(CHALLENGE, DIGEST, new byte[40]));
        byte[] unused = client.receive();
        client.send(WELCOME);
        return client;
    }

    /** A data connection. */
    static PythonClient open(String uri, byte[] key) throws IOException, GeneralSecurityException {
        PythonClient client = connect(uri, key);
        client.request(Py.NONE, "accept_connection", "redteam");
        Object unused = client.result();
        return client;
    }

    /** The ident of a shared object of a name, and a reference to it. */
    static String ident(String uri, byte[] key, String name) throws IOException, GeneralSecurityException {
        try (PythonClient control = connect(uri, key)) {
            control.request(Py.NONE, "create", name);
            Py.PyTuple token = (Py.PyTuple) control.result();
            return (String) token.items.get(0);
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteWriter out = new ByteWriter();
        for (byte[] part : parts) {
            out.raw(part);
        }
        return out.toByteArray();
    }

    private void send(byte[] payload) throws IOException {
        out.write(new ByteWriter().i32(payload.length).raw(payload).toByteArray());
        out.flush();
    }

    private byte[] receive() throws IOException {
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        return payload;
    }

    /** Sends a request and reads nothing. */
    void request(Object ident, String method, Object... args) throws IOException {
        send(Pickler.write(Py.tuple(ident, method, Py.tuple(args), new Py.PyDict())));
    }

    /** Reads a reply; one that is no result is an error. */
    Object result() throws IOException {
        Py.PyTuple reply = (Py.PyTuple) Unpickler.read(receive());
        if (!reply.items.get(0).equals("#RETURN")) {
            throw new IOException(reply.items.toString());
        }
        return reply.items.get(1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
