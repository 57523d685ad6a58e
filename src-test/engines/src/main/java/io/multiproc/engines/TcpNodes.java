package io.multiproc.engines;

import io.multiproc.server.raft.Nodes;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The channel between the campaign's nodes: plain TCP, a connection for each direction, and a byte back for each message. */
final class TcpNodes implements Nodes {
    private static final int SILENCE_MILLIS = 600;
    private static final int MOST = 256;

    private final String name;
    private final String host;
    private final int port;
    private final Map<String, Peer> peers = new ConcurrentHashMap<>();
    private ServerSocket server;
    private Listener listener;
    private volatile boolean closed;

    TcpNodes(String name, String host, int port) {
        this.name = name;
        this.host = host;
        this.port = port;
    }

    private static void thread(String name, Runnable task) {
        Thread t = new Thread(task, name);
        t.setDaemon(true);
        t.start();
    }

    @Override
    public void start(byte[] greeting, Listener to) {
        listener = to;
        try {
            server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        thread("accept", () -> {
            while (!closed) {
                try {
                    Socket s = server.accept();
                    thread("from", () -> read(s));
                } catch (IOException e) {
                    // it is tried again
                }
            }
        });
    }

    private void read(Socket s) {
        try (s) {
            s.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(s.getInputStream(), 1 << 16));
            byte[] who = new byte[in.readInt()];
            in.readFully(who);
            String from = new String(who, StandardCharsets.UTF_8);
            while (!closed) {
                byte[] message = new byte[in.readInt()];
                in.readFully(message);
                s.getOutputStream().write(1);
                listener.received(from, message);
            }
        } catch (IOException e) {
            // it connects again
        }
    }

    private final class Peer {
        final String address;
        final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(MOST);
        final AtomicInteger outstanding = new AtomicInteger();
        volatile boolean connected;
        volatile boolean forgotten;

        Peer(String address) {
            this.address = address;
            thread("to " + address, this::run);
        }

        void run() {
            while (!closed && !forgotten) {
                try (Socket s = new Socket()) {
                    s.setTcpNoDelay(true);
                    s.connect(new InetSocketAddress(address, port), 300);
                    connected = true;
                    outstanding.set(0);
                    thread("acks of " + address, () -> acks(s));
                    write(s);
                } catch (IOException e) {
                    connected = false;
                    queue.clear();
                    pause();
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        void write(Socket s) throws IOException, InterruptedException {
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(s.getOutputStream(), 1 << 16));
            byte[] who = name.getBytes(StandardCharsets.UTF_8);
            out.writeInt(who.length);
            out.write(who);
            while (!closed && !forgotten && !s.isClosed()) {
                byte[] m = queue.poll(100, TimeUnit.MILLISECONDS);
                while (m != null) {
                    outstanding.incrementAndGet();
                    out.writeInt(m.length);
                    out.write(m);
                    m = queue.poll();
                }
                out.flush();
            }
            throw new IOException("closed");
        }

        void acks(Socket s) {
            try (s) {
                s.setSoTimeout(SILENCE_MILLIS);
                byte[] b = new byte[4096];
                while (true) {
                    try {
                        int n = s.getInputStream().read(b);
                        if (n < 0) {
                            return;
                        }
                        outstanding.addAndGet(-n);
                    } catch (java.net.SocketTimeoutException e) {
                        if (outstanding.get() > 0) {
                            return;
                        }
                    }
                }
            } catch (IOException e) {
                // it is closed
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(30);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void greetWith(byte[] greeting) {}

    @Override
    public void known(String node, String address) {
        peers.computeIfAbsent(node, n -> new Peer(address));
    }

    @Override
    public void forget(String node) {
        Peer p = peers.remove(node);
        if (p != null) {
            p.forgotten = true;
        }
    }

    @Override
    public boolean send(String node, byte[]... parts) {
        Peer p = peers.get(node);
        return p != null && p.connected && p.queue.offer(parts[0]);
    }

    @Override
    public long waiting(String node) {
        return 0;
    }

    @Override
    public String trouble(String node) {
        Peer p = peers.get(node);
        return p != null && p.connected ? null : "not connected";
    }

    @Override
    public void close() {
        closed = true;
        try {
            if (server != null) {
                server.close();
            }
        } catch (IOException e) {
            // it is gone
        }
    }
}
