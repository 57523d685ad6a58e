package io.multiproc.client.internal;

import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.ManagerException;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One authenticated connection, shared by all threads of a manager.
 *
 * <p>Strategy. There are two roles, and threads take them as they come by. <em>Writing:</em> a caller appends its encoded
 * frame to the buffer being filled; whoever finds nobody flushing swaps the buffers and writes, taking along what others
 * append meanwhile. <em>Reading:</em> whoever holds {@link #readRole} reads replies for everybody. A blocking caller that
 * finds the role free reads its own reply: no other thread is woken, so a lone thread pays two system calls and no switch.
 * When it leaves and others still wait, it wakes the I/O thread, which then reads in bursts for as long as anybody waits.
 * Completions that may run the user's code (futures) run on the I/O thread only. The I/O thread also sends heartbeats and
 * overdue acknowledgements. Asynchronous calls made while the I/O thread works through a burst are flushed once, at its end.
 */
public final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /** How long an acknowledgement of a delivery may wait for a request to travel with. */
    private static final long ACKNOWLEDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long closing waits for room in the socket. */
    private static final long GOODBYE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int ENOUGH_TO_WAIT = 4 << 20;
    /** Unsent bytes beyond which callers wait. */
    private static final int MOST_UNSENT = 16 << 20;

    private final Wire wire;
    private final long heartbeatNanos;
    private final long lostNanos;
    private final String peer;

    private final ReentrantLock readRole = new ReentrantLock();

    /** Guards the fields down to {@link #end}. */
    private final Object lock = new Object();

    private final PendingCalls pending = new PendingCalls();
    private ByteWriter filling = new ByteWriter(4096);
    private ByteWriter spare = new ByteWriter(4096);
    private boolean flushing;
    private boolean ioBusy;
    private long lastId;
    private volatile int pings;
    private volatile long pingedSince;
    private boolean acknowledgementWaits;
    private volatile @Nullable ManagerException end;

    private volatile int waiting;
    private volatile long lastHeard = System.nanoTime();
    private volatile long lastSent = System.nanoTime();
    private volatile long acknowledgeAt = Long.MAX_VALUE;
    private final Queue<Runnable> completions = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> chores = new ConcurrentLinkedQueue<>();
    private final Thread io;
    private volatile boolean ioGone;
    private volatile boolean closing;

    /**
     * Starts to use an authenticated wire.
     *
     * @param peer the address in the user's spelling, for error texts
     */
    Connection(Wire wire, String peer, long heartbeatMillis, long leaseMillis) {
        this.wire = wire;
        this.peer = peer;
        heartbeatNanos = TimeUnit.MILLISECONDS.toNanos(heartbeatMillis);
        lostNanos = TimeUnit.MILLISECONDS.toNanos(leaseMillis);
        io = new Thread(this::runIo, "multiproc-io " + peer);
        io.setDaemon(true);
        io.start();
    }

    /** Sends a request without waiting; its reply completes the call. */
    void send(Call call) {
        boolean async = call.isAsync();
        synchronized (lock) {
            awaitRoom();
            refuseIfEnded();
            call.id = ++lastId;
            Messages.patchRequest(call.frame, 0, call.id);
            pending.put(call);
            waiting = pending.size() + pings;
            filling.raw(call.frame.array(), 0, call.frame.size());
            if (flushing || (async && ioBusy && filling.size() < ENOUGH_TO_WAIT)) {
                return;
            }
            flushing = true;
        }
        flush();
        if (async && !readRole.isLocked()) {
            LockSupport.unpark(io);
        }
    }

    /** Holds back who sends faster than the server takes. Not the I/O thread: what it reads is what makes room. */
    private void awaitRoom() {
        boolean interrupted = false;
        while (flushing && filling.size() > MOST_UNSENT && end == null && Thread.currentThread() != io) {
            try {
                lock.wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends a request and waits for its reply, which {@link Call#reply} then gives.
     *
     * @param interruptible whether an interrupt cancels the request at the server; its reply is awaited all the same, so that
     *     nothing granted or delivered meanwhile is lost. Otherwise an interrupt is kept for later.
     * @return whether the thread was interrupted and the interrupt is not yet restored
     */
    boolean exchange(Call call, boolean interruptible) {
        send(call);
        boolean interrupted = false;
        boolean cancelled = false;
        while (!call.isDone()) {
            if (Thread.interrupted()) {
                interrupted = true;
            }
            if (interrupted && interruptible && !cancelled) {
                cancelled = true;
                cancel(call.id);
            }
            if (readRole.tryLock()) {
                try {
                    while (!call.isDone() && !Thread.currentThread().isInterrupted()) {
                        readOnce(0);
                    }
                } finally {
                    readRole.unlock();
                }
            } else {
                call.waiter = Thread.currentThread();
                // the role may have become free, or the reply have come, before the reader could see us wait
                if (!call.isDone() && readRole.isLocked()) {
                    LockSupport.park(this);
                }
            }
        }
        if (waiting > 0 && !readRole.isLocked()) {
            LockSupport.unpark(io);
        }
        if (interrupted && !interruptible) {
            Thread.currentThread().interrupt();
        }
        return interrupted && interruptible;
    }

    /** Tells the server that nobody waits for a request any more. Its reply still comes. */
    void cancel(long request) {
        post(out -> Messages.cancel(out, request));
    }

    /** Gives an item back that was delivered to a caller who no longer wants it. */
    void giveBack(long request) {
        post(out -> Messages.giveBack(out, request));
    }

    private interface Writing {
        void to(ByteWriter out);
    }

    private void post(Writing message) {
        synchronized (lock) {
            if (end != null) {
                return;
            }
            message.to(filling);
            if (flushing) {
                return;
            }
            flushing = true;
        }
        flush();
    }

    /** Runs something on the I/O thread soon. */
    void onIoThread(Runnable chore) {
        if (end != null) {
            return;
        }
        chores.add(chore);
        LockSupport.unpark(io);
        wire.wakeUp();
    }

    private void refuseIfEnded() {
        ManagerException e = end;
        if (e != null) {
            throw e.again();
        }
    }

    // ---- writing: only by the thread that set flushing

    private void flush() {
        while (true) {
            ByteWriter out;
            synchronized (lock) {
                if (filling.size() == 0 || end != null) {
                    flushing = false;
                    lock.notifyAll();
                    return;
                }
                if (filling.size() > MOST_UNSENT) {
                    lock.notifyAll();
                }
                out = filling;
                filling = spare;
                acknowledgementWaits = false;
            }
            lastSent = System.nanoTime();
            try {
                writeFully(out);
            } catch (IOException e) {
                lost("the connection to " + peer + " broke while sending", e);
            }
            spare = out.array().length > 1 << 20 ? new ByteWriter(4096) : out.reset();
        }
    }

    private void writeFully(ByteWriter out) throws IOException {
        int sent = 0;
        long progress = System.nanoTime();
        while (sent < out.size()) {
            int n = wire.write(out.array(), sent, out.size() - sent);
            sent += n;
            long now = System.nanoTime();
            if (n > 0) {
                progress = now;
                continue;
            }
            // checked here, too: the thread that stands here may be the one that keeps the time
            if (now - progress > lostNanos && now - lastHeard > lostNanos) {
                throw new IOException(
                        "the server has taken nothing for " + TimeUnit.NANOSECONDS.toSeconds(lostNanos) + " s");
            }
            if (closing && now - progress > GOODBYE_NANOS) {
                throw new IOException("no room for a goodbye");
            }
            // The server may have stopped reading because its replies pile up: somebody must read them
            if (readRole.tryLock()) {
                try {
                    if (wire.awaitReadableOrWritable()) {
                        readAvailable();
                    }
                } finally {
                    readRole.unlock();
                }
                // who came meanwhile found the role taken and may sleep
                if (waiting > 0 && Thread.currentThread() != io) {
                    LockSupport.unpark(io);
                }
            } else {
                wire.awaitWritable();
            }
        }
    }

    // ---- reading: only by the holder of the read role

    private void readOnce(long timeoutMillis) {
        try {
            wire.awaitReadable(timeoutMillis);
            readAvailable();
        } catch (IOException | RuntimeException e) {
            // malformed messages of an authenticated server come out as either
            lost("the connection to " + peer + " broke", e);
        }
    }

    private void readAvailable() throws IOException {
        int n = wire.fill();
        if (n == 0) {
            return;
        }
        if (n < 0) {
            lost("the server at " + peer + " closed the connection", null);
            return;
        }
        lastHeard = System.nanoTime();
        int length;
        // the wire's cursor moves before a frame is handled: its handling may read more, in a nested call
        while ((length = wire.nextFrame()) >= 0) {
            handle(wire.frameArray(), wire.frameStart(), length);
        }
    }

    private void handle(byte[] b, int p, int length) throws IOException {
        int kind = length == 0 ? -1 : b[p];
        if (kind == Messages.REPLY && length > Messages.REPLY_HEADER) {
            handleReply(b, p, length);
        } else if (kind == Messages.PONG) {
            synchronized (lock) {
                pings = Math.max(0, pings - 1);
                waiting = pending.size() + pings;
            }
        } else if (kind == Messages.GOODBYE && length >= 3) {
            String text = Messages.errorText(b, p + 1, p + length);
            end(new ConnectionLostException(
                    Messages.errorCode(b, p + 1), "the server at " + peer + " ended the session: " + text, null));
        } else {
            throw new IOException("the server sent a message of unknown kind " + kind);
        }
    }

    private void handleReply(byte[] b, int p, int length) {
        long id = Messages.id(b, p);
        Call call;
        synchronized (lock) {
            call = pending.remove(id);
            waiting = pending.size() + pings;
            if (call == null) {
                return;
            }
            if (call.op != null
                    && call.op.has(Flag.DELIVERS)
                    && Messages.status(b, p) == 0
                    && b[p + Messages.REPLY_HEADER] != Tag.ABSENT.code()
                    && !call.isAsync()) {
                acknowledgeLater(id);
            }
        }
        byte[] payload = Arrays.copyOfRange(b, p + Messages.REPLY_HEADER - 1, p + length);
        if (!call.isAsync()) {
            call.complete(payload);
        } else if (Thread.currentThread() == io) {
            call.complete(payload);
        } else {
            completeOnIoThread(() -> call.complete(payload));
        }
    }

    private void completeOnIoThread(Runnable completion) {
        completions.add(completion);
        if (ioGone) {
            // added after its last look, at the end of the connection; never on a caller's thread, which may hold locks
            Thread rest = new Thread(this::runQueued, io.getName() + " end");
            rest.setDaemon(true);
            rest.start();
        } else {
            LockSupport.unpark(io);
        }
    }

    /** Lets the acknowledgement of a delivery travel with the next request, or by itself a little later. */
    void acknowledge(long request) {
        synchronized (lock) {
            acknowledgeLater(request);
        }
    }

    private void acknowledgeLater(long request) {
        if (end != null) {
            return;
        }
        Messages.acknowledge(filling, request);
        if (!acknowledgementWaits) {
            acknowledgementWaits = true;
            if (acknowledgeAt == Long.MAX_VALUE) {
                acknowledgeAt = System.nanoTime() + ACKNOWLEDGE_NANOS;
                LockSupport.unpark(io);
            }
        }
    }

    // ---- the I/O thread

    private void runIo() {
        while (true) {
            // a callback's interrupt would make every wait return at once
            Thread.interrupted();
            runQueued();
            flushBurst();
            if (end != null) {
                ioGone = true;
                runQueued();
                return;
            }
            if (waiting > 0 && readRole.tryLock()) {
                try {
                    while (waiting > 0 && end == null) {
                        long nanos = timers();
                        readOnceAsIo(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
                    }
                } finally {
                    readRole.unlock();
                }
            } else {
                long nanos = timers();
                if (completions.isEmpty() && chores.isEmpty() && !(waiting > 0 && !readRole.isLocked())) {
                    LockSupport.parkNanos(this, nanos);
                }
            }
        }
    }

    private void readOnceAsIo(long timeoutMillis) {
        Thread.interrupted();
        try {
            wire.awaitReadable(timeoutMillis);
            synchronized (lock) {
                ioBusy = true;
            }
            readAvailable();
        } catch (IOException | RuntimeException e) {
            // malformed messages of an authenticated server come out as either
            lost("the connection to " + peer + " broke", e);
        }
        runQueued();
        flushBurst();
    }

    private void runQueued() {
        Runnable r;
        while ((r = completions.poll()) != null || (r = chores.poll()) != null) {
            synchronized (lock) {
                ioBusy = true;
            }
            try {
                r.run();
            } catch (RuntimeException e) {
                LOG.warn("a task of the connection to {} failed", peer, e);
            }
        }
    }

    private void flushBurst() {
        synchronized (lock) {
            ioBusy = false;
            if (flushing || filling.size() == 0 || (acknowledgementWaits && pending.size() == 0)) {
                return;
            }
            flushing = true;
        }
        flush();
    }

    /** Does what is due and returns the nanoseconds until the next thing is. */
    private long timers() {
        long now = System.nanoTime();
        // counts from the first ping without an answer, so that a process that slept does not blame the server
        if (pings > 0 && now - Math.max(lastHeard, pingedSince) > lostNanos) {
            lost(
                    "the server at " + peer + " has not answered for " + TimeUnit.NANOSECONDS.toSeconds(lostNanos)
                            + " s",
                    null);
            return 0;
        }
        if (acknowledgeAt - now <= 0) {
            acknowledgeAt = Long.MAX_VALUE;
            post(out -> {});
        }
        if (now - lastSent >= heartbeatNanos) {
            synchronized (lock) {
                if (pings++ == 0) {
                    pingedSince = now;
                }
                waiting = pending.size() + pings;
            }
            post(out -> Messages.ping(out, now));
        }
        long ack = acknowledgeAt == Long.MAX_VALUE ? Long.MAX_VALUE : acknowledgeAt - now;
        return Math.max(1_000_000, Math.min(ack, heartbeatNanos - (now - lastSent)));
    }

    // ---- the end

    private void lost(String text, @Nullable Throwable cause) {
        end(new ConnectionLostException(ErrorCode.INTERNAL, text, cause));
    }

    /** Ends the connection: sends what is waiting and a goodbye if it can, and fails whatever is unanswered. */
    public void close() {
        closing = true;
        post(out -> Messages.goodbye(out, ErrorCode.CANCELLED, "closed by the client"));
        end(closed());
    }

    private static ManagerClosedException closed() {
        return new ManagerClosedException("this manager is closed; connect again to go on");
    }

    private void end(ManagerException cause) {
        // the server answers a goodbye by closing: that is no loss
        ManagerException why = closing ? closed() : cause;
        List<Call> orphans;
        synchronized (lock) {
            if (end != null) {
                return;
            }
            end = why;
            orphans = pending.drain();
            pings = 0;
            waiting = 0;
        }
        wire.close();
        for (Call call : orphans) {
            ManagerException e = why.again();
            if (call.isAsync() && Thread.currentThread() != io) {
                completeOnIoThread(() -> call.fail(e));
            } else {
                call.fail(e);
            }
        }
        LockSupport.unpark(io);
    }

    /** Why the connection ended, or null while it lives. */
    public @Nullable ManagerException ended() {
        return end;
    }
}
