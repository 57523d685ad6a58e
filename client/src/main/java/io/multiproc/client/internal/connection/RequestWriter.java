package io.multiproc.client.internal.connection;

import io.multiproc.client.ProtocolException;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writing side of a connection: the frames that wait to be written, the role of writing them, and the acknowledgements that travel with them.
 *
 * <p>Guarded by the connection's lock. The role of the writer is a flag, {@link #flushing}: the thread that sets it, with the lock, writes without
 * the lock until nothing is left, and clears it. Frames added meanwhile leave with it.
 */
final class RequestWriter {
    /** How long an acknowledgement may wait for a request to travel with. */
    private static final long ACKNOWLEDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long closing waits for room in the socket. */
    private static final long GOODBYE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Unsent bytes beyond which callers wait. */
    private static final int MOST_UNSENT = 16 << 20;

    /** Unsent bytes beyond which an asynchronous call does not rely on the end of a burst. */
    private static final int ENOUGH_TO_WAIT = 4 << 20;

    /** So many calls on their way keep the server busy while more are collected: of one thread that goes on, of threads that wait. */
    private static final int BUSY = 32;

    private static final int BUSY_THREADS = 4;
    /** So many bytes are worth a system call. */
    private static final int WORTH_WRITING = 8 << 10;

    /** Writes one message. */
    interface Message {
        void to(ByteWriter out);
    }

    /** Reads for everybody while a writer has no room, for the server may have stopped reading because its replies pile up. */
    interface BlockedWriter {
        /** Waits until there may be room, and reads what is there; false, at once, if somebody else reads. */
        boolean readUntilWritable(Wire wire) throws IOException;
    }

    private final Object lock;
    private final Lifecycle lifecycle;
    private final PendingCalls pending;
    private final Heartbeat heartbeat;
    private final IoThread io;
    private final BlockedWriter blocked;

    private final Outgoing outgoing = new Outgoing();
    private final Receipts receipts = new Receipts();
    private long lastAnswered;

    /** Somebody has the role of the writer. */
    private boolean flushing;
    /** The I/O thread works through a burst, and will flush at its end. */
    private boolean ioBusy;
    /** The I/O thread runs what hangs on futures, which may take its time. */
    private volatile boolean runsCallbacks;

    private volatile @Nullable Left left;

    /** How many calls wait to be written: all, those that are {@link Call#isImmediate}, and those whose callers wait. */
    private int unsent;

    private int unsentImmediate;
    private int unsentBlocking;
    /** Among what waits to be written is a release that nobody waits for. Volatile: looked at without the lock. */
    private volatile boolean releaseUnsent;

    /** What waits to be written is nothing but acknowledgements, which are in no hurry. */
    private boolean acknowledgementWaits;
    /** When acknowledgements leave by themselves. Volatile: the monitor looks at it, and resets it, without the lock. */
    private volatile long acknowledgeAt = Long.MAX_VALUE;

    RequestWriter(
            Object lock,
            Lifecycle lifecycle,
            PendingCalls pending,
            Heartbeat heartbeat,
            IoThread io,
            BlockedWriter blocked) {
        this.lock = lock;
        this.lifecycle = lifecycle;
        this.pending = pending;
        this.heartbeat = heartbeat;
        this.io = io;
        this.blocked = blocked;
    }

    // ---- calls

    /** With the lock: holds back who sends faster than the server takes. Not the I/O thread: what it reads is what makes room. */
    void awaitRoom() {
        boolean interrupted = false;
        while ((flushing || !lifecycle.isConnected())
                && outgoing.waiting() > MOST_UNSENT
                && !lifecycle.isEnded()
                && lifecycle.outageLeft() > 0
                && !io.isCurrent()) {
            try {
                lock.wait(lifecycle.isConnected() ? 0 : 100);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** With the lock: adds the request of a call that has its id. */
    void add(Call call) {
        Messages.patchRequest(call.frame, 0, call.id);
        if (call.borrowed != null) {
            reportReceiptsIfDue(); // now, as nothing can follow it in one system call
        }
        call.frameNumber = outgoing.add(call.frame, call.borrowed);
        unsent++;
        unsentImmediate += call.isImmediate() ? 1 : 0;
        unsentBlocking += call.isAsync() ? 0 : 1;
    }

    /** With the lock: adds a release that nobody waits for, which is left to what its owner or the next one sends. */
    void addUnawaitedRelease(Call release) {
        add(release);
        releaseUnsent = !flushing;
    }

    /** With the lock: takes the role of the writer for a call just added, unless others will write it. */
    boolean takeRole(boolean async) {
        if (flushing || !lifecycle.isConnected() || isLeftToReader(async)) {
            return false;
        }
        flushing = true;
        return true;
    }

    /**
     * With the lock: whether to leave the writing to whoever reads, who writes after each burst of replies. Such a burst is sure to come while
     * calls are on their way that the server answers at once. A caller that waits does not rely on an I/O thread that runs the program's code.
     */
    private boolean isLeftToReader(boolean async) {
        int bytes = outgoing.waiting();
        if (async && ioBusy) {
            return bytes < ENOUGH_TO_WAIT;
        }
        int sent = pending.immediate() - unsentImmediate;
        return bytes < WORTH_WRITING
                && (async ? sent >= BUSY : sent >= BUSY_THREADS && sent >= unsentImmediate && !runsCallbacks);
    }

    /** With the lock: the caller goes before its request is known to have arrived; what the request has borrowed may change from now on. */
    void copyBorrowed(Call call) {
        if (call.borrowed != null) {
            outgoing.copyBorrowed(call.frameNumber);
        }
    }

    // ---- what is no request

    /** Sends a message that is no request, unless the session has ended. */
    void post(Message message) {
        synchronized (lock) {
            if (lifecycle.isEnded()) {
                return;
            }
            add(message);
            if (flushing || !lifecycle.isConnected()) {
                return;
            }
            flushing = true;
        }
        flush();
    }

    /** Sends a ping without waiting for room. */
    void ping() {
        synchronized (lock) {
            if (lifecycle.isEnded()) {
                return;
            }
            add(out -> Messages.ping(out, outgoing.last() + 1));
            if (flushing || !lifecycle.isConnected()) {
                return;
            }
            flushing = true;
        }
        flush(false);
    }

    /** With the lock. */
    private void add(Message message) {
        message.to(outgoing.bytes());
        outgoing.added();
    }

    // ---- writing

    /** Writes all there is; by the thread that has the role, which it leaves. */
    void flush() {
        flush(true);
    }

    /** @param waits whether the thread waits for room; otherwise it leaves the role, and what is still to be written, to the I/O thread */
    private void flush(boolean waits) {
        writeAll(null, waits);
    }

    private void writeAll(Outgoing.@Nullable Chunk first, boolean waits) {
        Outgoing.Chunk out = first;
        while (true) {
            Wire to;
            synchronized (lock) {
                if (out != null) {
                    outgoing.written(out);
                }
                if (outgoing.waiting() == 0 || lifecycle.isEnded() || !lifecycle.isConnected()) {
                    flushing = false;
                    lock.notifyAll();
                    return;
                }
                if (outgoing.waiting() > MOST_UNSENT) {
                    lock.notifyAll();
                }
                if (!outgoing.isBorrowing()) {
                    reportReceiptsIfDue();
                }
                out = outgoing.take();
                unsent = 0;
                unsentImmediate = 0;
                unsentBlocking = 0;
                if (releaseUnsent) {
                    releaseUnsent = false;
                }
                to = lifecycle.wire();
                acknowledgementWaits = false;
            }
            heartbeat.sent();
            try {
                if (waits) {
                    writeFully(to, out, out.from());
                } else {
                    int sent = out.from() + to.write(out, out.from());
                    if (sent < out.end()) {
                        left = new Left(to, out, sent);
                        io.wake();
                        to.wakeUp(); // it may be the one that reads
                        return;
                    }
                }
            } catch (IOException e) {
                lifecycle.lost(to, "the connection to " + lifecycle.peer() + " broke while sending", e);
            }
        }
    }

    /** A write that was begun by a thread that does not wait for room. */
    private record Left(Wire to, Outgoing.Chunk out, int sent) {}

    /** Whether {@link #finishFlush} has something to do. */
    boolean isFlushLeft() {
        return left != null;
    }

    /** The I/O thread: goes on with what a thread has left to it that does not wait. */
    void finishFlush() {
        Left l = left;
        if (l == null) {
            return;
        }
        left = null;
        try {
            writeFully(l.to, l.out, l.sent);
        } catch (IOException e) {
            lifecycle.lost(l.to, "the connection to " + lifecycle.peer() + " broke while sending", e);
        }
        writeAll(l.out, true);
    }

    /**
     * Waits a moment for another thread that writes: what was posted leaves with its next write. The I/O thread does not wait, as it may be that
     * thread.
     */
    void awaitWritten() {
        long until = System.nanoTime() + GOODBYE_NANOS;
        boolean interrupted = false;
        synchronized (lock) {
            long left = GOODBYE_NANOS;
            while (flushing && lifecycle.isConnected() && !lifecycle.isEnded() && left > 0 && !io.isCurrent()) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                left = until - System.nanoTime();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A caller has read for others: what was left to it is written now. */
    void flushLeft() {
        flushLeft(true);
    }

    /** As {@link #flushLeft}, for who has not read, and does not wait for room: the burst of replies that was to come is late. */
    void flushOverdue() {
        flushLeft(false);
    }

    private void flushLeft(boolean waits) {
        synchronized (lock) {
            if (unsent == 0 || flushing || !lifecycle.isConnected()) {
                return;
            }
            flushing = true;
        }
        flush(waits);
    }

    /** Sends a release that was left to whoever owns the lock now, should the one who released it have nothing more to say. */
    void flushUnawaitedRelease() {
        if (releaseUnsent) {
            flushLeft();
        }
    }

    /** The I/O thread works through a burst: asynchronous calls made meanwhile need not write. */
    void burstBegins() {
        synchronized (lock) {
            ioBusy = true;
        }
    }

    /** The I/O thread is about to run the program's code: callers that wait have not relied on it in vain. */
    void beforeCallbacks() {
        synchronized (lock) {
            runsCallbacks = true;
            if (unsentBlocking == 0 || flushing || !lifecycle.isConnected()) {
                return;
            }
            flushing = true;
        }
        flush();
    }

    /** Whether {@link #beforeCallbacks} was called in the I/O thread's burst, without the lock. */
    boolean runsCallbacks() {
        return runsCallbacks;
    }

    /** The I/O thread is done with a burst, and writes what was left to it. */
    void burstEnds() {
        synchronized (lock) {
            ioBusy = false;
            runsCallbacks = false;
            if (flushing
                    || !lifecycle.isConnected()
                    || outgoing.waiting() == 0
                    || (acknowledgementWaits && pending.size() == 0)) {
                return;
            }
            flushing = true;
        }
        flush();
    }

    private void writeFully(Wire to, Outgoing.Chunk out, int from) throws IOException {
        int sent = from;
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
            // checked here, too: the answer to a ping cannot come before the ping has left
            long lostNanos = heartbeat.lostNanos();
            if (now - progress > lostNanos && heartbeat.isSilent(now)) {
                throw new IOException(
                        "the server has taken nothing for " + TimeUnit.NANOSECONDS.toMillis(lostNanos) + " ms");
            }
            if (lifecycle.isClosing() && now - progress > GOODBYE_NANOS) {
                throw new IOException("no room for a goodbye");
            }
            if (!blocked.readUntilWritable(to)) {
                to.awaitWritable();
            }
        }
    }

    // ---- receipts: what has arrived, either way

    /** With the lock: a reply of so many bytes has arrived. */
    void replyArrived(int length) {
        receipts.add(length);
    }

    /** With the lock: the server has all frames up to a number. */
    void confirm(long frameNumber) {
        outgoing.confirm(frameNumber);
    }

    /** With the lock: a server with a log has logged this frame, and a later one of it has to know of it. */
    void answered(long frameNumber) {
        lastAnswered = Math.max(lastAnswered, frameNumber);
    }

    /** With the lock: whether the server should hear at once how much has arrived. */
    boolean isReportUrgent() {
        return receipts.isUrgent();
    }

    /** How many replies have arrived. By the thread that reads. */
    long repliesArrived() {
        return receipts.received();
    }

    /** The last frame that a server with a log must have in it. By the thread that reads. */
    long lastAnswered() {
        synchronized (lock) {
            return lastAnswered;
        }
    }

    /** How many frames the server has for good. By the thread that reads. */
    long framesArrived() {
        synchronized (lock) {
            return outgoing.confirmed();
        }
    }

    /** With the lock. */
    private void reportReceiptsIfDue() {
        if (receipts.isDue()) {
            reportReceipts();
        }
    }

    private void reportReceipts() {
        receipts.report();
        add(out -> Messages.received(out, receipts.received()));
    }

    // ---- acknowledgements: they travel with the next request, or by themselves a little later

    /** The items in the reply to a request have arrived. */
    void acknowledge(long request) {
        synchronized (lock) {
            acknowledgeLater(request);
        }
    }

    /** With the lock: as {@link #acknowledge}. */
    void acknowledgeLater(long request) {
        if (!lifecycle.isEnded()) {
            add(out -> Messages.acknowledge(out, request));
            acknowledgementWaits = true;
            armAcknowledgement();
        }
    }

    /** With the lock: something has arrived of which the server should hear within a while. */
    void armAcknowledgement() {
        if (acknowledgeAt == Long.MAX_VALUE) {
            acknowledgeAt = System.nanoTime() + ACKNOWLEDGE_NANOS;
        }
    }

    /** Tells the server of all that has arrived. */
    void flushAcknowledgements() {
        flushAcknowledgements(true);
    }

    private void flushAcknowledgements(boolean waits) {
        synchronized (lock) {
            if (lifecycle.isEnded() || flushing || !lifecycle.isConnected()) {
                return;
            }
            if (receipts.isUnreported()) {
                reportReceipts();
            }
            flushing = true;
        }
        flush(waits);
    }

    /** The monitor: does so, without waiting, if they have waited long enough. */
    void flushDueAcknowledgements(long now) {
        if (acknowledgeAt - now <= 0) {
            acknowledgeAt = Long.MAX_VALUE;
            flushAcknowledgements(false);
        }
    }

    /** The nanoseconds until {@link #flushDueAcknowledgements} has something to do. */
    long untilAcknowledgement(long now) {
        return acknowledgeAt == Long.MAX_VALUE ? Long.MAX_VALUE : acknowledgeAt - now;
    }

    // ---- another wire

    /** The I/O thread: waits until nobody writes to the wire that broke. */
    void awaitNoWriter() {
        synchronized (lock) {
            while (flushing) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // only of interest to an attempt to connect
                }
            }
        }
    }

    /**
     * With the lock: takes the role of the writer to go on over a new wire.
     *
     * @param received how many frames of the session the server says that it has
     * @return what it does not have, for {@link #sendAgain}
     * @throws ProtocolException if it cannot have so many
     */
    List<Outgoing.Chunk> resume(long received) {
        if (!outgoing.admits(received)) {
            throw new ProtocolException(
                    ErrorCode.BAD_VALUE,
                    "the server at " + lifecycle.peer() + " says that it has " + received + " frames of "
                            + outgoing.last() + "; the session cannot go on",
                    null);
        }
        receipts.report(); // the Hello has
        flushing = true;
        return outgoing.unreceived(received);
    }

    void sendAgain(Wire to, List<Outgoing.Chunk> chunks) throws IOException {
        for (Outgoing.Chunk chunk : chunks) {
            writeFully(to, chunk, chunk.from());
        }
    }

    /** The thread that has called {@link #sendAgain} is done with it, whether or not all has left. */
    void sentAgain(List<Outgoing.Chunk> chunks) {
        synchronized (lock) {
            chunks.forEach(outgoing::written);
        }
    }
}
