package io.multiproc.client.internal.connection;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.protocol.tls.TlsKey;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to and from one server, in order, over a connection of some kind. No call but those named {@code await} waits.
 *
 * <p>One thread at a time reads, and one at a time writes; the two may be different threads that run at once. A transport of which one
 * direction needs the other (encryption that renews its keys sends while it reads) does its own exclusion. Any thread may call
 * {@link #wakeUp} and {@link #close}.
 *
 * <p>A new kind is another implementation, chosen by the address in {@link #connect}. A process loads the ones it uses, which is one: then
 * the calls are no slower than those of a class.
 */
interface Transport {
    /**
     * Connects, trying each address of the host in turn; encrypted if the address says so.
     *
     * @param key what an encrypted connection is made with, unless it goes by certificates
     * @param tls the files of the certificates, or null to go by the key
     * @throws SocketTimeoutException if no address answers before the deadline, on the clock of {@link System#nanoTime}
     */
    static Transport connect(Address address, Authkey key, @Nullable TlsFiles tls, long deadlineNanos)
            throws IOException {
        return connect(address, 0, key, tls, deadlineNanos);
    }

    /**
     * The same from one of the host's addresses on.
     *
     * @param turn its number, counted round and round
     */
    static Transport connect(Address address, int turn, Authkey key, @Nullable TlsFiles tls, long deadlineNanos)
            throws IOException {
        if (!address.isEncrypted()) {
            return SocketTransport.connect(address, turn, deadlineNanos);
        }
        // before anybody is bothered: a file may be unreadable
        TlsEngine engine =
                tls == null ? TlsEngine.client(TlsKey.of(key)) : TlsEngine.client(tls.current(), address.host());
        return TlsTransport.over(SocketTransport.connect(address, turn, deadlineNanos), engine, deadlineNanos);
    }

    /** What only the two ends of this connection know, if it is encrypted; null if it is not. */
    default byte @Nullable [] binding() {
        return null;
    }

    /** Whether it holds bytes itself that {@link #read} has not given yet: no selector tells of them. */
    default boolean holdsBytes() {
        return false;
    }

    /** Moves what has arrived into the buffer, as much as fits, and returns how much: 0 for nothing, -1 at the end of the stream. */
    int read(ByteBuffer to) throws IOException;

    /**
     * Sends as much as goes from the buffer; returns how much of it has left for good, and moves the buffer's position by that.
     *
     * <p>The bytes that it has not reported come again, at the start of the next call's buffer, and others may follow them. So a transport
     * that has encrypted bytes which then did not all leave reports them when they have.
     */
    int write(ByteBuffer from) throws IOException;

    /**
     * Waits until {@link #read} has something to give; 0 waits for ever. Returns at once if the transport itself holds bytes that were not
     * read yet, and early when woken or interrupted. An interrupt stays set.
     */
    void awaitReadable(long timeoutMillis) throws IOException;

    /** Waits until {@link #write} may get further. An interrupt does not end the wait, and stays set. */
    void awaitWritable(long timeoutMillis) throws IOException;

    /**
     * Waits until {@link #read} may have something to give or {@link #write} may get further; for the thread that does both. An interrupt
     * does not end the wait, and stays set.
     *
     * @return whether there may be something to read
     */
    boolean awaitReadableOrWritable(long timeoutMillis) throws IOException;

    /**
     * Registers with a selector that waits for many transports, for nothing as yet. The caller asks for {@link SelectionKey#OP_READ} only while nobody
     * else reads, and all that had arrived was read.
     *
     * @return null if this kind cannot
     */
    @Nullable
    SelectionKey register(Selector with, Object attachment) throws IOException;

    /** Ends the {@link #awaitReadable} of another thread, or else the next one. */
    void wakeUp();

    /** Ends all waits; calls fail from then on. Closing again does nothing. */
    void close();
}
