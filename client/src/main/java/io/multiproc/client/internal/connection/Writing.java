package io.multiproc.client.internal.connection;

import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Sends what a connection has to say. Only the thread that has set {@code flushing} writes. */
final class Writing {
    /** How long an acknowledgement may wait for a request to travel with. */
    private static final long ACKNOWLEDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long closing waits for room in the socket. */
    private static final long GOODBYE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Unsent bytes beyond which callers wait. */
    private static final int MOST_UNSENT = 16 << 20;

    /** Writes one message. */
    interface Message {
        void to(ByteWriter out);
    }

    private final ConnectionState s;
    private final Connection connection;
    private final IoThread io;

    Writing(ConnectionState s, Connection connection, IoThread io) {
        this.s = s;
        this.connection = connection;
        this.io = io;
    }

    /** Holds back who sends faster than the server takes. Not the I/O thread: what it reads is what makes room. */
    void awaitRoom() {
        boolean interrupted = false;
        while ((s.flushing || !s.connected)
                && s.outgoing.waiting() > MOST_UNSENT
                && s.end == null
                && s.outageLeft() > 0
                && !io.isCurrent()) {
            try {
                s.lock.wait(s.connected ? 0 : 100);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends a message that is no request, unless the session has ended. */
    void post(Message message) {
        synchronized (s.lock) {
            if (s.end != null) {
                return;
            }
            add(message);
            if (s.flushing || !s.connected) {
                return;
            }
            s.flushing = true;
        }
        flush();
    }

    /** With the lock. */
    void add(Message message) {
        message.to(s.outgoing.bytes());
        s.outgoing.added();
    }

    /** Writes all there is; by the thread that has set {@code flushing}, which it clears. */
    void flush() {
        Outgoing.Chunk out = null;
        while (true) {
            Wire to;
            synchronized (s.lock) {
                if (out != null) {
                    s.outgoing.written(out);
                }
                if (s.outgoing.waiting() == 0 || s.end != null || !s.connected) {
                    s.flushing = false;
                    s.lock.notifyAll();
                    return;
                }
                if (s.outgoing.waiting() > MOST_UNSENT) {
                    s.lock.notifyAll();
                }
                if (!s.outgoing.isBorrowing()) {
                    tellReceivedIfDue();
                }
                out = s.outgoing.take();
                s.taken();
                to = s.wire;
                s.acknowledgementWaits = false;
            }
            s.lastSent = System.nanoTime();
            try {
                writeFully(to, out);
            } catch (IOException e) {
                connection.lost(to, "the connection to " + s.peer + " broke while sending", e);
            }
        }
    }

    /** A caller has read for others: what was left to it is written now. */
    void flushLeft() {
        synchronized (s.lock) {
            if (s.unsent == 0 || s.flushing || !s.connected) {
                return;
            }
            s.flushing = true;
        }
        flush();
    }

    /** The I/O thread is about to run the program's code: callers that wait have not relied on it in vain. */
    void beforeCallbacks() {
        synchronized (s.lock) {
            s.runsCallbacks = true;
            if (s.unsentBlocking == 0 || s.flushing || !s.connected) {
                return;
            }
            s.flushing = true;
        }
        flush();
    }

    void writeFully(Wire to, Outgoing.Chunk out) throws IOException {
        int sent = out.from();
        long progress = System.nanoTime();
        while (sent < out.end()) {
            int n = to.write(out, sent);
            sent += n;
            if (sent == out.end()) {
                return;
            }
            long now = System.nanoTime();
            if (n > 0) {
                progress = now;
                continue;
            }
            // checked here, too: the thread that stands here may be the one that keeps the time
            if (now - progress > s.lostNanos && now - s.lastHeard > s.lostNanos) {
                throw new IOException(
                        "the server has taken nothing for " + TimeUnit.NANOSECONDS.toMillis(s.lostNanos) + " ms");
            }
            if (s.closing && now - progress > GOODBYE_NANOS) {
                throw new IOException("no room for a goodbye");
            }
            // The server may have stopped reading because its replies pile up: somebody must read them
            if (s.readRole.tryLock()) {
                try {
                    if (to.awaitReadableOrWritable()) {
                        connection.reading().readAvailable(to);
                    }
                } finally {
                    s.readRole.unlock();
                }
                // who came meanwhile found the role taken and may sleep
                if (s.waiting > 0 && !io.isCurrent()) {
                    io.wake();
                }
            } else {
                to.awaitWritable();
            }
        }
    }

    // ---- acknowledgements: they travel with the next request, or by themselves a little later

    /** The items in the reply to a request have arrived. */
    void acknowledge(long request) {
        synchronized (s.lock) {
            acknowledgeLater(request);
        }
    }

    void acknowledgeLater(long request) {
        if (s.end == null) {
            add(out -> Messages.acknowledge(out, request));
            s.acknowledgementWaits = true;
            armAcknowledgement();
        }
    }

    void armAcknowledgement() {
        if (s.acknowledgeAt == Long.MAX_VALUE) {
            s.acknowledgeAt = System.nanoTime() + ACKNOWLEDGE_NANOS;
            if (!io.isCurrent()) {
                io.wakeIfStarted();
            }
        }
    }

    /** With the lock. */
    void tellReceivedIfDue() {
        if (s.receipts.isDue()) {
            tellReceived();
        }
    }

    private void tellReceived() {
        s.receipts.tell();
        add(out -> Messages.received(out, s.receipts.received()));
    }

    void flushAcknowledgements() {
        synchronized (s.lock) {
            if (s.end != null || s.flushing || !s.connected) {
                return;
            }
            if (s.receipts.isUntold()) {
                tellReceived();
            }
            s.flushing = true;
        }
        flush();
    }
}
