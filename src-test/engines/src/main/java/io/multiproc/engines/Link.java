package io.multiproc.engines;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A connection to a node. Several threads may send; its own thread reads. */
final class Link implements AutoCloseable {
    /** @param status one of {@link Node}'s */
    record Reply(byte status, byte[] content) {
        int number() {
            return ByteBuffer.wrap(content).getInt();
        }
    }

    private final SocketChannel channel;
    private final Map<Long, CompletableFuture<Reply>> pending = new ConcurrentHashMap<>();
    private final AtomicLong tags = new AtomicLong();
    private volatile boolean closed;

    Link(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        Thread reader = new Thread(this::read, "link");
        reader.setDaemon(true);
        reader.start();
    }

    boolean isClosed() {
        return closed;
    }

    CompletableFuture<Reply> send(byte[] command) {
        return send(new byte[][] {command}).get(0);
    }

    /** Sends several by one write. */
    java.util.List<CompletableFuture<Reply>> send(byte[][] commands) {
        java.util.List<CompletableFuture<Reply>> futures = new java.util.ArrayList<>();
        ByteBuffer out = ByteBuffer.allocate(commands.length * (8 + Registers.COMMAND));
        for (byte[] command : commands) {
            long tag = tags.incrementAndGet();
            CompletableFuture<Reply> f = new CompletableFuture<>();
            pending.put(tag, f);
            futures.add(f);
            out.putLong(tag).put(command);
        }
        out.flip();
        try {
            synchronized (this) {
                while (out.hasRemaining()) {
                    channel.write(out);
                }
            }
        } catch (IOException e) {
            end();
        }
        if (closed) {
            end();
        }
        return futures;
    }

    private void read() {
        ByteBuffer in = ByteBuffer.allocate(256 << 10);
        try {
            while (channel.read(in) >= 0) {
                in.flip();
                while (in.remaining() >= 13 && in.remaining() >= 13 + in.getInt(in.position() + 9)) {
                    long tag = in.getLong();
                    byte status = in.get();
                    byte[] content = new byte[in.getInt()];
                    in.get(content);
                    CompletableFuture<Reply> f = pending.remove(tag);
                    if (f != null) {
                        f.complete(new Reply(status, content));
                    }
                }
                in.compact();
            }
        } catch (IOException e) {
            // as at the end
        } finally {
            end();
        }
    }

    private void end() {
        closed = true;
        close();
        pending.keySet().forEach(tag -> {
            CompletableFuture<Reply> f = pending.remove(tag);
            if (f != null) {
                f.completeExceptionally(new IOException("the node is gone"));
            }
        });
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // it is gone
        }
    }
}
