package io.multiproc.client.pipe;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.internal.connection.Address;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsKey;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Waits for connections of clients: Python's {@code multiprocessing.connection.Listener}, for {@link Client} and for Python's {@code Client} of 3.8 and newer.
 * On {@code tls://} it is for {@link Client} only, and encrypts. Thread-safe.
 */
public final class Listener implements AutoCloseable {
    /** Connections whose other side has not proved the key yet; beyond, the oldest goes. */
    private static final int MOST_PENDING = 64;

    private final ServerSocketChannel server;
    private final Selector selector;
    private final String address;
    private final @Nullable Path file;
    private final byte @Nullable [] authkey;
    /** Null if nothing is encrypted. */
    private final @Nullable TlsKey psk;

    private final Lock accepting = new ReentrantLock();
    /** The oldest first. Belongs to whoever has the lock. */
    private final Deque<Pending> pending = new ArrayDeque<>();

    private volatile String lastAccepted = "";

    private record Pending(SocketHandshake.Accepting handshake, SelectionKey readable, String from) {
        void close() {
            handshake.close();
        }
    }

    /**
     * Listens at an address.
     *
     * @param address {@code tls://host:port}, {@code tcp://host:port} (port 0 for any) or {@code unix:///path}
     * @param authkey the key that both sides must know, or null to take anybody who can reach the address, which cannot be one of {@code tls://}
     * @throws IOException if the address is in use or cannot be
     * @throws IllegalArgumentException if it is one of {@code tls://} and there is no key, or other machines can reach it and the key has less than 16 bytes
     */
    public Listener(String address, byte @Nullable [] authkey) throws IOException {
        Address at = Address.parse(address);
        psk = at.isEncrypted() ? psk(at, address, authkey) : null;
        this.authkey = authkey == null ? null : authkey.clone();
        ServerSocketChannel opened =
                at.path() == null ? ServerSocketChannel.open() : ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean done = false;
        try {
            if (at.path() != null) {
                file = Path.of(at.path());
                opened.bind(UnixDomainSocketAddress.of(file));
                this.address = address;
            } else {
                file = null;
                opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                opened.bind(new InetSocketAddress(at.host(), at.port()));
                int port = ((InetSocketAddress) opened.getLocalAddress()).getPort();
                this.address = (psk == null ? "tcp://" : "tls://")
                        + (at.host().contains(":") ? "[" + at.host() + "]" : at.host()) + ":" + port;
            }
            opened.configureBlocking(false);
            selector = Selector.open();
            opened.register(selector, SelectionKey.OP_ACCEPT);
            server = opened;
            done = true;
        } catch (BindException e) {
            throw new IOException("cannot listen at " + address + ": " + e.getMessage(), e);
        } finally {
            if (!done) {
                opened.close();
            }
        }
    }

    /** The key of an encrypted connection. */
    static Authkey keyOf(String address, byte @Nullable [] authkey) {
        if (authkey == null) {
            throw new IllegalArgumentException(
                    address + " is encrypted by the authkey: give one, or write tcp:// or unix://");
        }
        return Authkey.of(authkey);
    }

    private static TlsKey psk(Address at, String address, byte @Nullable [] authkey) throws IOException {
        Authkey key = keyOf(address, authkey);
        if (!key.isStrong() && !InetAddress.getByName(at.host()).isLoopbackAddress()) {
            throw new IllegalArgumentException("an authkey of " + key.length() + " bytes is too short for " + address
                    + ", which other machines can reach: use at least " + Authkey.LEAST_STRONG
                    + " random bytes, or listen on 127.0.0.1");
        }
        return TlsKey.of(key);
    }

    /**
     * Where it listens, with the port that it got.
     *
     * @return the address
     */
    public String address() {
        return address;
    }

    /**
     * Who made the last connection that was accepted; empty before, and for Unix sockets.
     *
     * @return the address
     */
    public String lastAccepted() {
        return lastAccepted;
    }

    /**
     * Waits for the next connection whose other side has proved the key. Others that are silent do not hold it up; each has 20 seconds.
     *
     * @return the connection
     * @throws AuthenticationException if a client has not the key, or its time is up; call again for the next one
     * @throws IOException if the listener was closed
     * @throws InterruptedException if this thread is interrupted
     */
    public Connection accept() throws IOException, InterruptedException {
        accepting.lockInterruptibly();
        try {
            while (server.isOpen()) {
                Connection open = acceptAll();
                Connection proved = open == null ? advance() : open;
                if (proved != null) {
                    return proved;
                }
                await();
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            throw closed(null);
        } finally {
            if (!server.isOpen()) {
                dropAll();
            }
            accepting.unlock();
        }
    }

    /** Takes all that have connected; without a key only one, which is returned. */
    private @Nullable Connection acceptAll() throws IOException, InterruptedException {
        byte[] key = authkey;
        SocketChannel channel = server.accept();
        while (channel != null) {
            String from = "";
            if (file == null) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                from = String.valueOf(channel.getRemoteAddress());
            }
            if (key == null) {
                lastAccepted = from;
                return SocketHandshake.accepted(channel);
            }
            if (pending.size() >= MOST_PENDING) {
                // whoever has been silent for longest
                pending.remove().close();
            }
            SocketHandshake.Accepting handshake = new SocketHandshake.Accepting(channel, key, psk);
            SelectionKey readable = channel.register(selector, SelectionKey.OP_READ);
            pending.add(new Pending(handshake, readable, from));
            channel = server.accept();
        }
        return null;
    }

    /** The connection of the first that has proved the key, or null. */
    private @Nullable Connection advance() throws InterruptedException {
        Iterator<Pending> all = pending.iterator();
        while (all.hasNext()) {
            Pending p = all.next();
            try {
                Connection proved = p.handshake.advance();
                if (proved != null) {
                    p.readable.cancel();
                    all.remove();
                    lastAccepted = p.from;
                    return proved;
                }
            } catch (AuthenticationException e) {
                all.remove();
                p.close();
                throw e;
            }
        }
        return null;
    }

    /** Waits until something arrives, or somebody's time is up. */
    private void await() throws IOException {
        long millis = 0;
        for (Pending p : pending) {
            long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(p.handshake.left()));
            millis = millis == 0 ? left : Math.min(millis, left);
        }
        try {
            // 0 is for ever
            int ignored = selector.select(k -> {}, millis);
        } catch (ClosedSelectorException e) {
            throw closed(e);
        }
    }

    private static IOException closed(@Nullable Exception cause) {
        return new IOException("the listener was closed", cause);
    }

    private void dropAll() {
        pending.forEach(Pending::close);
        pending.clear();
    }

    /** Stops listening and removes the file of a Unix socket. Connections stay. */
    @Override
    public void close() {
        SocketLink.close(server);
        SocketLink.close(selector);
        // or the thread that accepts does it
        if (accepting.tryLock()) {
            try {
                dropAll();
            } finally {
                accepting.unlock();
            }
        }
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // somebody else's folder by now
            }
        }
    }
}
