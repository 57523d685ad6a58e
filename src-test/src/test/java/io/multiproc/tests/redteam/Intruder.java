package io.multiproc.tests.redteam;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.pickle.Pickler;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.pickle.Py.PyDict;
import io.multiproc.protocol.pickle.Py.PyTuple;
import io.multiproc.protocol.pickle.Unpickler;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

/** A client with the key that sends any values, in the native or in Python's dialect, and looks at nothing that it gets. */
final class Intruder implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private ClientHandshake handshake = new ClientHandshake(Authkey.ofText("none"));
    private long request;
    private byte[] value = Values.NULL;
    private String said = "";

    private Intruder(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        out = socket.getOutputStream();
    }

    private static Intruder connect(String uri, byte[] key, AuthPolicy policy) throws IOException {
        URI address = URI.create(uri);
        Intruder intruder = new Intruder(new Socket(address.getHost(), address.getPort()));
        try {
            ClientHandshake handshake =
                    new ClientHandshake(Authkey.of(key), policy, NonceSource.secure(), Digest.SHA256);
            while (!handshake.isDone()) {
                for (byte[] payload : handshake.receive(intruder.frame())) {
                    intruder.send(payload, payload.length);
                }
            }
            intruder.handshake = handshake;
        } catch (HandshakeException e) {
            throw new IOException(e);
        }
        return intruder;
    }

    /** A native session. */
    static Intruder toNative(String uri, byte[] key) throws IOException {
        Intruder intruder = connect(uri, key, AuthPolicy.NATIVE);
        byte[] hello = intruder.handshake.hello(Hello.named("intruder"));
        intruder.send(hello, hello.length);
        byte[] unused = intruder.frame();
        return intruder;
    }

    /** A data connection of Python's. */
    static Intruder toPython(String uri, byte[] key) throws IOException {
        Intruder intruder = connect(uri, key, AuthPolicy.ANY);
        Object unused = intruder.call(Py.NONE, "accept_connection", Py.tuple("intruder"));
        return intruder;
    }

    /** Makes an object of Python's: its ident and the names of its methods, or None and none. */
    static PyTuple create(String uri, byte[] key, Object... args) throws IOException {
        try (Intruder intruder = connect(uri, key, AuthPolicy.ANY)) {
            PyTuple reply = (PyTuple) intruder.call(Py.NONE, "create", Py.tuple(args));
            return reply.items.get(1) instanceof PyTuple made ? made : Py.tuple(Py.NONE, Py.EMPTY_TUPLE);
        }
    }

    private void send(byte[] payload, int length) throws IOException {
        out.write(new ByteWriter(4).i32(length).toByteArray());
        out.write(payload, 0, length);
        out.flush();
    }

    private byte[] frame() throws IOException {
        int length = in.readInt();
        byte[] payload = new byte[length < 0 ? Math.toIntExact(in.readLong()) : length];
        in.readFully(payload);
        return payload;
    }

    /** Calls a method as Python does; (kind, result). */
    Object call(Object ident, String method, PyTuple args) throws IOException {
        return call(Pickler.write(Py.tuple(ident, method, args, new PyDict())));
    }

    Object call(byte[] pickle) throws IOException {
        send(pickle, pickle.length);
        byte[] reply = frame();
        // replies of megabytes are read and forgotten
        return reply.length > 1 << 16 ? Py.tuple("#RETURN", Py.NONE) : Unpickler.read(reply);
    }

    /** Does an operation; true if it was answered and not parked. What it says is kept in {@link #said}. */
    boolean invoke(Op op, long object, byte[]... values) throws IOException {
        ByteWriter message = new ByteWriter(64);
        int mark = Messages.beginRequest(message, ++request, op.code(), object);
        message.u8(values.length);
        Messages.endFrame(message, mark);
        byte[] head = message.toByteArray();
        int length = head.length - 4;
        for (byte[] v : values) {
            length += v.length;
        }
        out.write(new ByteWriter(4).i32(length).toByteArray());
        out.write(head, 4, head.length - 4);
        for (byte[] v : values) {
            out.write(v);
        }
        // the answer to it comes behind that of the request
        out.write(new ByteWriter().i32(9).u8(Messages.PING).i64(request).toByteArray());
        out.flush();
        boolean answered = false;
        while (true) {
            byte[] b = frame();
            if (b[0] == Messages.PONG) {
                said = answered ? said : "parked";
                return answered;
            }
            if (b[0] == Messages.GOODBYE) {
                throw new IOException("goodbye");
            }
            if (b[0] == Messages.REPLY && Messages.id(b, 0) == request) {
                answered = true;
                boolean error = Messages.status(b, 0) != 0;
                value = error ? Values.NULL : Arrays.copyOfRange(b, Messages.REPLY_HEADER, b.length);
                said = error ? Messages.errorText(b, 10, b.length) : "done";
            }
        }
    }

    String said() {
        return said;
    }

    /** Makes an anonymous object. */
    long make(String type, byte[]... arguments) throws IOException {
        if (!invoke(ManagerOp.CREATE, 0, Values.ofText(type), Values.container(Tag.LIST, List.of(arguments)))
                || !said.equals("done")) {
            throw new IOException(type + ": " + said);
        }
        return Values.refId(value, 0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
