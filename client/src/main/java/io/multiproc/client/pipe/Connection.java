package io.multiproc.client.pipe;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.SerializationException;
import io.multiproc.client.Tuple;
import io.multiproc.client.internal.code.ProcessOptions;
import io.multiproc.client.internal.code.ValueCodec;
import io.multiproc.client.internal.kryo.AllowedClasses;
import io.multiproc.client.internal.value.Blueprint;
import io.multiproc.client.internal.value.Composites;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One end of a pipe, or of a connection that a {@link Listener} and a {@link Client} made: Python's {@code multiprocessing.connection.Connection}.
 * What is sent at one end is received at the other, whole and in order.
 *
 * <p>An end may be an argument of a process or an item of a queue, on this machine or, if the pipe is on a manager, on any. It is then the receiver's: here it can no longer be used, and closing it
 * does nothing. If it is received by several, the first has it.
 *
 * <p>Thread-safe: messages of several threads do not mix. Sending waits while the other end does not receive and the system's buffers are full. An
 * interrupt ends a wait and leaves the connection whole: what was sent in part is sent to its end first.
 */
public final class Connection implements AutoCloseable {
    static {
        Composites.register(Connection.class, Connection::parts, Connection::assemble);
    }

    /** Values as bytes. */
    interface Codec {
        byte[] write(@Nullable Object value);

        @Nullable
        Object read(byte[] bytes);
    }

    private final boolean readable;
    private final boolean writable;
    final ReentrantLock reading = new ReentrantLock();
    /** Not a thread's: who binds the end to a socket takes it, and a thread of its own gives it back. */
    final Semaphore writing = new Semaphore(1, true);

    volatile Link link;
    /** While what was in memory is sent ahead on the socket that this end was bound to: who closes leaves closing to that. */
    volatile boolean flushing;

    private volatile Codec codec;
    private volatile @Nullable String token;
    private volatile boolean closed;

    Connection(Link link, @Nullable Codec codec, boolean readable, boolean writable) {
        this.link = link;
        this.codec = codec == null ? plain(ProcessOptions.codec()) : codec;
        this.readable = readable;
        this.writable = writable;
    }

    static Connection of(ManagerLink link, Manager manager, boolean readable, boolean writable) {
        return new Connection(link, plain(codec(manager.options())), readable, writable);
    }

    private static ValueCodec codec(ManagerOptions o) {
        return new ValueCodec(new AllowedClasses(o.classes(), o.allowedClasses(), o.packages(), o.sharedReferences()));
    }

    private static Codec plain(ValueCodec classes) {
        ValueCodec plain = classes.withoutReferences();
        return new Codec() {
            @Override
            public byte[] write(@Nullable Object value) {
                return plain.write(value);
            }

            @Override
            public @Nullable Object read(byte[] bytes) {
                return plain.read(bytes);
            }
        };
    }

    /**
     * Lets values be of the classes and packages that these options register and allow. A child process starts with those that it was started with.
     * Connections of a Listener or Client are of plain values only.
     *
     * @param options the options
     * @return this
     */
    public Connection allow(ManagerOptions options) {
        if (codec instanceof PickleCodec) {
            throw new IllegalStateException("this connection's values are Python's: objects of user classes do not go");
        }
        codec = plain(codec(options));
        return this;
    }

    /**
     * Sends a value; null too. Text, numbers, lists and so on are copies at the other end, pipes and shared memory are the same.
     *
     * @param value the value
     * @throws IOException if the other end was closed or its process has ended
     * @throws io.multiproc.client.SerializationException if the value cannot travel; nothing was sent
     * @throws UnsupportedOperationException if this end is for receiving only
     * @throws InterruptedException if this thread is interrupted
     */
    public void send(@Nullable Object value) throws IOException, InterruptedException {
        byte[] bytes = codec.write(value);
        sendBytes(bytes, 0, bytes.length);
    }

    /**
     * Sends bytes, which {@link #recvBytes} receives. See {@link #send} for what it throws.
     *
     * @param bytes the bytes
     * @throws IOException if this end or the other one was closed, or its process has ended
     * @throws InterruptedException if this thread is interrupted
     */
    public void sendBytes(byte[] bytes) throws IOException, InterruptedException {
        sendBytes(bytes, 0, bytes.length);
    }

    /**
     * As {@link #sendBytes(byte[])}, a part of an array.
     *
     * @param bytes the bytes
     * @param from the index of the first byte
     * @param length the number of elements
     * @throws IOException if this end or the other one was closed, or its process has ended
     * @throws InterruptedException if this thread is interrupted
     */
    public void sendBytes(byte[] bytes, int from, int length) throws IOException, InterruptedException {
        java.util.Objects.checkFromIndexSize(from, length, bytes.length);
        if (!writable) {
            throw new UnsupportedOperationException("this end of the pipe is for receiving only");
        }
        while (true) {
            writing.acquire();
            try {
                checkHere();
                if (link.send(bytes, from, length)) {
                    return;
                }
            } finally {
                writing.release();
            }
        }
    }

    /**
     * Waits for a value.
     *
     * @return the value
     * @throws EOFException if the other end was closed, or its process has ended, and nothing is left to receive
     * @throws IOException if this end was closed, or has been passed to another process
     * @throws io.multiproc.client.SerializationException if it is a value that cannot be read; it is gone
     * @throws UnsupportedOperationException if this end is for sending only
     * @throws InterruptedException if this thread is interrupted
     */
    public @Nullable Object recv() throws IOException, InterruptedException {
        return codec.read(recvBytes());
    }

    /**
     * Waits for bytes. See {@link #recv} for what it throws.
     *
     * @return the bytes
     * @throws IOException if this end or the other one was closed, or its process has ended
     * @throws InterruptedException if this thread is interrupted
     */
    public byte[] recvBytes() throws IOException, InterruptedException {
        while (true) {
            byte[] frame = frame(Long.MAX_VALUE, false);
            if (frame != null) {
                return frame;
            }
        }
    }

    /**
     * As {@link #recvBytes()}; a message longer than {@code maxLength} closes the connection, as in Python.
     *
     * @param maxLength the most bytes
     * @return the bytes
     * @throws IOException if this end or the other one was closed, or its process has ended
     * @throws InterruptedException if this thread is interrupted
     */
    public byte[] recvBytes(int maxLength) throws IOException, InterruptedException {
        byte[] bytes = recvBytes();
        if (bytes.length > maxLength) {
            close();
            throw new IOException("the message has " + bytes.length + " bytes, more than " + maxLength);
        }
        return bytes;
    }

    /**
     * {@return whether {@link #recv} would not wait: a whole message or the end of the stream is there}
     *
     * @throws IOException if this end or the other one was closed, or its process has ended
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean poll() throws IOException, InterruptedException {
        return poll(Duration.ZERO);
    }

    /**
     * As {@link #poll()}, waiting for it up to a time.
     *
     * @param timeout how long, at most
     * @return as {@link #poll()}
     * @throws IOException if this end or the other one was closed, or its process has ended
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean poll(Duration timeout) throws IOException, InterruptedException {
        long nanos = Connections.nanos(timeout);
        long start = System.nanoTime();
        try {
            while (true) {
                long left = nanos == Long.MAX_VALUE ? nanos : nanos - (System.nanoTime() - start);
                Link now = link;
                if (frame(Math.max(0, left), true) != null) {
                    return true;
                }
                if (now == link && nanos != Long.MAX_VALUE && System.nanoTime() - start >= nanos) {
                    return false;
                }
            }
        } catch (EOFException e) {
            return true;
        }
    }

    private byte @Nullable [] frame(long nanos, boolean look) throws IOException, InterruptedException {
        if (!readable) {
            throw new UnsupportedOperationException("this end of the pipe is for sending only");
        }
        reading.lockInterruptibly();
        try {
            checkHere();
            return link.receive(nanos, look);
        } finally {
            reading.unlock();
        }
    }

    private void checkHere() throws IOException {
        if (closed) {
            throw closedHere();
        }
    }

    static IOException closedHere() {
        return new IOException("this end of the connection was closed");
    }

    static IOException otherEndClosed(@Nullable Throwable cause) {
        return new IOException("the other end of the connection was closed, or its process has ended", cause);
    }

    /** {@return whether something can be received at this end} */
    public boolean isReadable() {
        return readable;
    }

    /** {@return whether something can be sent from this end} */
    public boolean isWritable() {
        return writable;
    }

    /** {@return whether it was closed here} */
    public boolean isClosed() {
        return closed;
    }

    /** Closes this end: the other one gets the end of the stream after what was sent. An end that was given away and taken stays open. */
    @Override
    public void close() {
        closed = true;
        if (token == null && !flushing) {
            link.close();
        }
    }

    // ---- passing an end on

    /**
     * {@return a text that lets one other process of this user and machine take this end by {@link #take}} Processes and queues use it by
     * themselves.
     *
     * @throws IllegalStateException if it was closed, is a connection of a Listener or Client, or an end of a pipe on a manager
     */
    public synchronized String token() {
        if (link instanceof ManagerLink) {
            throw new IllegalStateException(
                    "an end of a pipe on a manager travels through that manager only, by itself or in a"
                            + " list, tuple or dict, and not inside an object");
        }
        String known = token;
        if (known == null) {
            if (closed) {
                throw new IllegalStateException("this end of the pipe was closed");
            }
            if (codec instanceof PickleCodec) {
                throw new IllegalStateException("a connection of a Listener or Client stays in its process");
            }
            known = EndTransfer.offer(this);
            token = known;
        }
        return known;
    }

    /**
     * Takes an end by its token.
     *
     * @param token the token
     * @return the end
     * @throws IllegalStateException if it is taken already, was closed, or its process has ended
     */
    public static Connection take(String token) {
        return EndTransfer.take(token);
    }

    /**
     * Takes back an end that was given away and that nobody has taken. False if it is another process's already.
     *
     * @return whether it is this process's own
     */
    public synchronized boolean reclaim() {
        if (link instanceof ManagerLink shared) {
            return shared.reclaim();
        }
        String known = token;
        if (known != null && EndTransfer.withdraw(known)) {
            token = null;
            if (closed) {
                link.close();
            }
            return true;
        }
        return known == null;
    }

    /**
     * Makes an end of a pipe on a manager this process's own now, rather than when it is first used. Processes do so with their arguments. Nothing to
     * do for other ends.
     *
     * @throws IllegalStateException if it is taken already, was closed, or its process has ended
     */
    public void claim() {
        if (link instanceof ManagerLink shared) {
            shared.claim();
        }
    }

    /**
     * What travels in place of an end of a pipe on a manager; null for other ends. From then on the end is its receiver's.
     *
     * @throws IllegalStateException if it was closed, or a thread receives from it
     */
    private @Nullable Tuple parts() {
        if (!(link instanceof ManagerLink shared)) {
            return null;
        }
        if (!reading.tryLock()) {
            throw new IllegalStateException("a thread receives from this end of the pipe: it cannot be passed on now");
        }
        try {
            String text = shared.side() + ":" + (readable ? "r" : "") + (writable ? "w" : "");
            return shared.offer(new Blueprint(text));
        } finally {
            reading.unlock();
        }
    }

    /** An end of what travelled in its place. Calls no manager. */
    private static Connection assemble(String text, Tuple parts) {
        if (text.matches("[01]:(rw|r|w)")
                && parts.size() == 4
                && parts.get(1) instanceof DictProxy<?, ?> shared
                && parts.get(2) instanceof Long generation
                && parts.get(3) instanceof List<?> early) {
            byte[] looked = !early.isEmpty() && early.get(0) instanceof byte[] b ? b : null;
            ManagerLink link = ManagerLink.arrived(SharedPipe.of(shared), text.charAt(0) - '0', generation, looked);
            return of(link, Manager.of(shared), text.contains("r"), text.contains("w"));
        }
        throw SerializationException.reading("an end of a pipe came that is none", null);
    }

    @Override
    public String toString() {
        return "Connection(" + (closed ? "closed" : readable ? writable ? "both ways" : "receiving" : "sending") + ")";
    }
}
