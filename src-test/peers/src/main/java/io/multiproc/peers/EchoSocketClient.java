package io.multiproc.peers;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** The physical reference of one blocking caller: a plain socket for each thread, against the bare Netty echo. */
final class EchoSocketClient implements Client {
    /** A request that sets an 8-character key to a 100-character text is 136 bytes long with its header. */
    static final int FRAME = 136;

    private final String address;
    private final ThreadLocal<Connection> connections = ThreadLocal.withInitial(this::open);

    private static final class Connection {
        final Socket socket;
        final DataInputStream in;
        final OutputStream out;
        final byte[] back = new byte[FRAME];

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }
    }

    EchoSocketClient(String address) {
        this.address = address;
    }

    private static Socket connect(String address) throws IOException {
        String[] parts = address.split(":");
        Socket socket = new Socket(parts[0], Integer.parseInt(parts[1]));
        socket.setTcpNoDelay(true);
        return socket;
    }

    private Connection open() {
        try {
            return new Connection(connect(address));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static AutoCloseable first(String address) throws IOException {
        Socket socket = connect(address);
        socket.getOutputStream().write(new byte[FRAME]);
        new DataInputStream(socket.getInputStream()).readFully(new byte[FRAME]);
        return socket;
    }

    @Override
    public void put(String key, String value) throws IOException {
        Connection c = connections.get();
        c.out.write(new byte[FRAME]);
        c.in.readFully(c.back);
    }

    @Override
    public Object get(String key) throws IOException {
        put(key, key);
        return key;
    }

    /** One direction of a large value, then the other: the echo sends it back while it comes. */
    @Override
    public void putBytes(String key, byte[] value) throws Exception {
        Connection c = connections.get();
        Thread writer = new Thread(() -> {
            try {
                c.out.write(value);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();
        c.in.readFully(new byte[value.length]);
        writer.join();
    }

    /** Nothing: {@link #putBytes} has moved it both ways. */
    @Override
    public byte[] getBytes(String key) {
        return new byte[1];
    }

    @Override
    public long increment() throws IOException {
        put("", "");
        return 1;
    }

    /** Two round trips. */
    @Override
    public void lockAndUnlock() throws IOException {
        put("", "");
        put("", "");
    }

    @Override
    public void close() throws IOException {
        connections.get().socket.close();
    }
}
