package io.multiproc.client.internal.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** The transport of a plain socket, TCP or Unix. It is non-blocking, so that an interrupted reader does not close it. */
final class SocketTransport implements Transport {
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    /** Made when a write has to wait for the first time: most connections never need it. Guarded by this. */
    private @Nullable Selector writeSelector;

    private SocketTransport(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, SelectionKey.OP_READ);
    }

    static SocketTransport connect(Address address, long deadlineNanos) throws IOException {
        return connect(address, 0, deadlineNanos);
    }

    /** @param turn which of the host's addresses comes first: the one with this number, counted round and round */
    static SocketTransport connect(Address address, int turn, long deadlineNanos) throws IOException {
        if (address.path() != null) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            return connect(channel, UnixDomainSocketAddress.of(address.path()), deadlineNanos);
        }
        InetAddress[] hosts;
        try {
            hosts = InetAddress.getAllByName(address.host());
        } catch (UnknownHostException e) {
            throw new IOException("the host name " + address.host() + " is not known", e);
        }
        return connect(hosts, address.port(), turn, deadlineNanos);
    }

    static SocketTransport connect(InetAddress[] hosts, int port, int turn, long deadlineNanos) throws IOException {
        IOException last = new IOException("no address to connect to");
        for (int i = 0; i < hosts.length; i++) {
            InetAddress host = hosts[Math.floorMod(i + turn, hosts.length)];
            long now = System.nanoTime();
            // one that says nothing leaves time for the others
            long until = now + (deadlineNanos - now) / (hosts.length - i);
            try {
                SocketChannel channel = SocketChannel.open();
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                return connect(channel, new InetSocketAddress(host, port), until);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static SocketTransport connect(SocketChannel channel, SocketAddress to, long deadlineNanos)
            throws IOException {
        try {
            channel.configureBlocking(false);
            // a server on this machine has mostly answered already
            if (!channel.connect(to) && !channel.finishConnect()) {
                awaitConnected(channel, deadlineNanos);
            }
            return new SocketTransport(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void awaitConnected(SocketChannel channel, long deadlineNanos) throws IOException {
        try (Selector s = Selector.open()) {
            channel.register(s, SelectionKey.OP_CONNECT);
            while (!channel.finishConnect()) {
                long left = (deadlineNanos - System.nanoTime()) / 1_000_000;
                if (left <= 0 || Thread.currentThread().isInterrupted()) {
                    throw new SocketTimeoutException("no answer in time");
                }
                s.select(left);
            }
        }
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return channel.read(to);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return channel.write(from);
    }

    @Override
    public void awaitReadable(long timeoutMillis) throws IOException {
        try {
            selector.select(k -> {}, timeoutMillis);
        } catch (ClosedSelectorException e) {
            throw new IOException("closed", e);
        }
    }

    @Override
    public void awaitWritable(long timeoutMillis) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            writeSelector().select(k -> {}, timeoutMillis);
        } catch (ClosedSelectorException e) {
            throw new IOException("closed", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized Selector writeSelector() throws IOException {
        Selector s = writeSelector;
        if (s == null) {
            s = Selector.open();
            channel.register(s, SelectionKey.OP_WRITE);
            writeSelector = s;
        }
        return s;
    }

    @Override
    public boolean awaitReadableOrWritable(long timeoutMillis) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            boolean[] readable = {false};
            selector.select(k -> readable[0] |= k.isReadable(), timeoutMillis);
            return readable[0];
        } catch (CancelledKeyException | ClosedSelectorException e) {
            throw new IOException("closed", e);
        } finally {
            if (key.isValid()) {
                key.interestOps(SelectionKey.OP_READ);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public SelectionKey register(Selector with, Object attachment) throws IOException {
        return channel.register(with, 0, attachment);
    }

    @Override
    public void wakeUp() {
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            channel.close();
            // a thread within select would hold the descriptor open until it leaves
            selector.wakeup();
            selector.close();
            synchronized (this) {
                if (writeSelector != null) {
                    writeSelector.wakeup();
                    writeSelector.close();
                }
            }
        } catch (IOException e) {
            // nothing more can be done for it
        }
    }
}
