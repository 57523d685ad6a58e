package io.multiproc.client.pipe;

import io.multiproc.client.internal.local.LocalHome;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The place from which other processes fetch the ends that this one gives away: one Unix socket, in the folder of the user's processes. A token is {@code
 * directions:process:secret}; a secret is good once.
 */
final class EndTransfer {
    private static final Pattern TOKEN = Pattern.compile("(rw|r|w):([0-9a-f]{16}):([0-9a-f]{32})");
    private static final int SECRET = 32;
    private static final byte GIVEN = 1;
    private static final int BUFFER = 1 << 16;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Map<String, Connection> OFFERED = new ConcurrentHashMap<>();

    private static @Nullable ServerSocketChannel listening;

    private EndTransfer() {}

    static IOException gone() {
        return new IOException("this end of the pipe was passed to another process, which has it now");
    }

    /** A link whose end is in another process. */
    private static final class Gone implements Link {
        @Override
        public boolean send(byte[] frame, int from, int length) throws IOException {
            throw gone();
        }

        @Override
        public byte @Nullable [] receive(long nanos, boolean look) throws IOException {
            throw gone();
        }

        @Override
        public void close() {
            // it is not ours
        }
    }

    // ---- giving

    static String offer(Connection end) {
        LocalHome home = LocalHome.get();
        listen(home);
        byte[] random = new byte[SECRET / 2];
        RANDOM.nextBytes(random);
        String secret = HexFormat.of().formatHex(random);
        OFFERED.put(secret, end);
        return (end.isReadable() ? "r" : "") + (end.isWritable() ? "w" : "") + ":"
                + HexFormat.of().toHexDigits(home.id()) + ":" + secret;
    }

    /** Whether it had not been taken. */
    static boolean withdraw(String token) {
        return OFFERED.remove(token.substring(token.lastIndexOf(':') + 1)) != null;
    }

    private static synchronized void listen(LocalHome home) {
        if (listening != null && listening.isOpen()) {
            return;
        }
        try {
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(home.socket(home.id())));
            listening = server;
            home.closesWith(server);
            daemon("multiproc-pipes", () -> accept(server));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "pipes cannot be passed to other processes here, as there is no Unix socket at "
                            + home.socket(home.id()) + ": " + e.getMessage()
                            + "; -Dmultiproc.memory.dir=… names another folder, with a shorter path",
                    e);
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread t = new Thread(work, name);
        t.setDaemon(true);
        t.start();
    }

    private static void accept(ServerSocketChannel server) {
        while (true) {
            try {
                SocketChannel taker = server.accept();
                daemon("multiproc-pipe-transfer", () -> give(taker));
            } catch (IOException e) {
                if (!server.isOpen()) {
                    return;
                }
                // no descriptors, perhaps: who asks again later gets it
            }
        }
    }

    private static void give(SocketChannel taker) {
        boolean given = false;
        try {
            ByteBuffer asked = ByteBuffer.allocate(SECRET);
            readFully(taker, asked);
            Connection end = OFFERED.remove(new String(asked.array(), StandardCharsets.US_ASCII));
            given = end != null && give(end, taker);
        } catch (IOException e) {
            // it died while it asked
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!given) {
                SocketLink.close(taker);
            }
        }
    }

    private static boolean give(Connection end, SocketChannel taker) throws IOException, InterruptedException {
        synchronized (end) {
            if (end.link instanceof MemoryLink memory && give(end, memory, taker)) {
                return true;
            }
            return end.link instanceof SocketLink socket && relay(end, socket, taker);
        }
    }

    /** Gives an end whose other one is here. Two processes may take both at once: the second finds its end bound to the socket of the first. */
    private static boolean give(Connection end, MemoryLink memory, SocketChannel taker)
            throws IOException, InterruptedException {
        Bound bound = null;
        synchronized (memory.pair.transfer) {
            if (end.link != memory) {
                return false;
            }
            end.link = new Gone();
            try {
                write(taker, ByteBuffer.wrap(new byte[] {GIVEN}));
                bound = bind(memory, taker);
            } finally {
                if (bound == null) {
                    // whoever took it is dead already
                    memory.close();
                }
            }
        }
        bound.sendEarly();
        return true;
    }

    /** An end that stays here and now has a socket, and what was sent on it before. Its writing is taken until that has been sent on. */
    private record Bound(Connection end, SocketLink socket, Deque<byte[]> early) {
        void sendEarly() throws IOException, InterruptedException {
            try {
                for (byte[] frame : early) {
                    boolean ignored = socket.send(frame, 0, frame.length);
                }
            } finally {
                end.flushing = false;
                end.writing.release();
                if (end.isClosed()) {
                    socket.close();
                }
            }
        }
    }

    /** The other end of a pipe, which is here, is bound to the socket of the one who took this end. */
    private static Bound bind(MemoryLink memory, SocketChannel taker) throws IOException, InterruptedException {
        MemoryLink kept = memory.other();
        Connection end = kept.owner();
        Deque<byte[]> early;
        Deque<byte[]> received;
        synchronized (memory.pair) {
            early = new ArrayDeque<>(memory.inbox);
            received = new ArrayDeque<>(kept.inbox);
            memory.replace();
            kept.replace();
        }
        SocketLink socket = new SocketLink(taker);
        socket.backlog(received);
        end.writing.acquire();
        end.flushing = true;
        end.link = socket;
        memory.pair.signal();
        return new Bound(end, socket, early);
    }

    /** Both ends are other processes' now: their bytes pass through here. */
    private static boolean relay(Connection end, SocketLink socket, SocketChannel taker)
            throws IOException, InterruptedException {
        // somebody who receives or sends here goes on using it
        if (!end.reading.tryLock(1, TimeUnit.SECONDS)) {
            return false;
        }
        try {
            if (!end.writing.tryAcquire(1, TimeUnit.SECONDS)) {
                return false;
            }
            end.link = new Gone();
            end.writing.release();
        } finally {
            end.reading.unlock();
        }
        write(taker, ByteBuffer.wrap(new byte[] {GIVEN}));
        ByteBuffer early = socket.unread();
        SocketChannel other = socket.detach();
        daemon("multiproc-pipe-relay", () -> pump(ByteBuffer.allocate(0), taker, other));
        daemon("multiproc-pipe-relay", () -> pump(early, other, taker));
        return true;
    }

    private static void pump(ByteBuffer early, SocketChannel from, SocketChannel to) {
        try {
            write(to, early);
            ByteBuffer b = ByteBuffer.allocateDirect(BUFFER);
            while (from.read(b) >= 0) {
                write(to, b.flip());
                b.clear();
            }
            // what the one has closed, the other reads to its end
            to.shutdownOutput();
        } catch (IOException e) {
            SocketLink.close(from);
            SocketLink.close(to);
        }
    }

    private static void write(SocketChannel to, ByteBuffer b) throws IOException {
        while (b.hasRemaining()) {
            int ignored = to.write(b);
        }
    }

    private static void readFully(SocketChannel from, ByteBuffer b) throws IOException {
        while (b.hasRemaining()) {
            if (from.read(b) < 0) {
                throw new EOFException();
            }
        }
    }

    // ---- taking

    static Connection take(String token) {
        Matcher m = TOKEN.matcher(token);
        if (!m.matches()) {
            throw new IllegalArgumentException("no token of a pipe's end");
        }
        long process = HexFormat.fromHexDigitsToLong(m.group(2));
        boolean interrupted = Thread.interrupted();
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(
                    UnixDomainSocketAddress.of(LocalHome.get().socket(process)));
            write(channel, ByteBuffer.wrap(m.group(3).getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(1);
            readFully(channel, answer);
            return new Connection(
                    new SocketLink(channel),
                    null,
                    m.group(1).contains("r"),
                    m.group(1).contains("w"));
        } catch (IOException e) {
            SocketLink.close(channel);
            throw new IllegalStateException(
                    "the end of the pipe cannot be taken: another process has it, or the process that gave it away has ended",
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
