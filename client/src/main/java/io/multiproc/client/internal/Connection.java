package io.multiproc.client.internal;

import io.multiproc.client.ManagerClosedException;
import io.multiproc.client.ManagerException;
import io.multiproc.client.Outcome;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one session, shared by all threads of a manager, over one wire after the other.
 *
 * <p>Strategy. There are two roles, and threads take them as they come by. <em>Writing:</em> a caller appends its encoded
 * frame to the chunk being filled; whoever finds nobody flushing takes the chunk and writes, taking along what others
 * append meanwhile. <em>Reading:</em> whoever holds {@link #readRole} reads replies for everybody. A blocking caller that
 * finds the role free reads its own reply: no other thread is woken, so a lone thread pays two system calls and no switch.
 * When it leaves and others still wait, it wakes the I/O thread, which then reads in bursts for as long as anybody waits.
 * Completions that may run the user's code (futures) run on the I/O thread only. The I/O thread also sends heartbeats and
 * overdue acknowledgements. Asynchronous calls made while the I/O thread works through a burst are flushed once, at its end.
 *
 * <p>When the wire breaks, calls go on waiting and new ones queue up, while the I/O thread, which takes both roles, connects again and
 * sends what the server does not have ({@link Outgoing}). The session ends when the {@link Reconnector} says that it is over.
 */
public final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /** How long an acknowledgement may wait for a request to travel with. */
    private static final long ACKNOWLEDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long closing waits for room in the socket. */
    private static final long GOODBYE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int ENOUGH_TO_WAIT = 4 << 20;
    /** Unsent bytes beyond which callers wait. */
    private static final int MOST_UNSENT = 16 << 20;

    /** What becomes of the connection. Called on the I/O thread, or on one that closes; must not wait. */
    interface Events {
        void disconnected(String reason);

        void reconnected(long outageNanos);

        void ended(ManagerException reason);
    }

    private final Reconnector reconnector;
    private final AbandonedCall.Leftovers leftovers;
    private final Events events;
    private final long heartbeatNanos;
    private final long lostNanos;
    private final String peer;

    private final ReentrantLock readRole = new ReentrantLock();

    /** Guards the fields down to {@link #end}. */
    private final Object lock = new Object();

    private final PendingCalls pending = new PendingCalls();
    private final Outgoing outgoing = new Outgoing();
    private final Receipts receipts = new Receipts();
    private volatile Wire wire;
    private volatile boolean connected = true;
    private volatile long cutAt;
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
    private final IoTasks tasks;
    private final Thread io;
    private volatile boolean closing;

    /** Starts to use the wire of a session. */
    Connection(
            Connector.Link link,
            String peer,
            Reconnector reconnector,
            AbandonedCall.Leftovers leftovers,
            Events events) {
        this.wire = link.wire();
        this.peer = peer;
        this.reconnector = reconnector;
        this.leftovers = leftovers;
        this.events = events;
        long heartbeat = link.ack().heartbeatMillis();
        heartbeatNanos = TimeUnit.MILLISECONDS.toNanos(heartbeat);
        // soon enough to connect again before the lease is over
        lostNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(heartbeat / 2, Math.min(1000, heartbeat)));
        io = new Thread(this::runIo, "multiproc-io " + peer);
        tasks = new IoTasks(io);
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
            outgoing.bytes().raw(call.frame.array(), 0, call.frame.size());
            call.frameNumber = outgoing.added();
            if (flushing || !connected || (async && ioBusy && outgoing.waiting() < ENOUGH_TO_WAIT)) {
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
        while ((flushing || !connected)
                && outgoing.waiting() > MOST_UNSENT
                && end == null
                && outageLeft() > 0
                && Thread.currentThread() != io) {
            try {
                lock.wait(connected ? 0 : 100);
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
     *     nothing granted or delivered meanwhile is lost, unless there is no connection: then what the request may bring is taken back
     *     later. Otherwise an interrupt is kept for later.
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
            if (!connected) {
                waitWithoutConnection(call, cancelled);
            } else if (readRole.tryLock()) {
                try {
                    while (!call.isDone()
                            && connected
                            && !Thread.currentThread().isInterrupted()) {
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

    // ---- while there is no connection

    private void waitWithoutConnection(Call call, boolean cancelled) {
        if (cancelled) {
            abandon(call, () -> call.fail(new CancellationException("interrupted while there was no connection")));
            return;
        }
        // while the first attempt to connect is under way the answer may still be had, if late
        byte[] timedOut = reconnector.hasFailed() ? call.timeoutReply() : null;
        long left = outageLeft();
        long ownLeft = timedOut == null ? Long.MAX_VALUE : call.deadline - System.nanoTime();
        if (left > 0 && ownLeft > 0) {
            call.waiter = Thread.currentThread();
            if (!call.isDone() && !connected) {
                LockSupport.parkNanos(this, Math.min(left, ownLeft));
            }
        } else if (timedOut != null && ownLeft <= 0) {
            abandon(call, () -> call.complete(timedOut));
        } else {
            abandon(call, () -> call.fail(reconnector.tooLong(peer, Outcome.UNKNOWN)));
        }
    }

    /** Ends a call without its reply, unless that has come meanwhile. What the reply will bring is taken back. */
    private void abandon(Call call, Runnable ending) {
        synchronized (lock) {
            if (pending.remove(call.id) == null) {
                return;
            }
            pending.put(new AbandonedCall(call, leftovers));
        }
        ending.run();
    }

    /** How long calls go on waiting for a connection; for ever if there is one. */
    private long outageLeft() {
        return connected ? Long.MAX_VALUE : reconnector.waitLeft(cutAt);
    }

    /** Whether the wire is broken at the moment. */
    boolean isConnected() {
        return connected;
    }

    /** The I/O thread: an attempt to connect has failed. */
    void attemptFailed() {
        synchronized (lock) {
            pending.forEach(Call::wake);
        }
    }

    /** The I/O thread: calls that have waited for a connection for too long end. */
    void endOverdueCalls() {
        if (outageLeft() > 0) {
            return;
        }
        List<Call> overdue;
        synchronized (lock) {
            overdue = pending.drain();
            for (Call call : overdue) {
                pending.put(call instanceof AbandonedCall ? call : new AbandonedCall(call, leftovers));
            }
            lock.notifyAll();
        }
        for (Call call : overdue) {
            if (!(call instanceof AbandonedCall)) {
                call.fail(reconnector.tooLong(peer, Outcome.UNKNOWN));
            }
        }
        tasks.run(LOG);
    }

    /** Whether there is nothing left to connect for. */
    boolean isEnded() {
        return end != null;
    }

    /** When bytes came from the server last. */
    long lastHeard() {
        return lastHeard;
    }

    private void lost(Wire broken, String reason, @Nullable Throwable cause) {
        synchronized (lock) {
            if (end != null || !connected || broken != wire) {
                return;
            }
            connected = false;
            cutAt = System.nanoTime();
            pings = 0;
            waiting = pending.size();
            // who sleeps until somebody else has read its reply must now keep its own time
            pending.forEach(Call::wake);
        }
        broken.close();
        if (closing) {
            end(closed());
            return;
        }
        LOG.warn("{}{}; connecting again", reason, cause == null ? "" : ": " + cause.getMessage());
        events.disconnected(reason);
        LockSupport.unpark(io);
    }

    /** On the I/O thread, which takes both roles until the session goes on or has ended. */
    private void reconnect() {
        readRole.lock();
        try {
            awaitWriter();
            Connector.Link link = reconnector.connect(this, receipts.received());
            long outage = System.nanoTime() - cutAt;
            if (resume(link)) {
                LOG.info("connected to {} again after {} ms", peer, TimeUnit.NANOSECONDS.toMillis(outage));
                events.reconnected(outage);
            }
        } catch (ManagerException e) {
            end(e);
        } finally {
            readRole.unlock();
        }
    }

    private void awaitWriter() {
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

    private boolean resume(Connector.Link link) {
        List<Outgoing.Chunk> again;
        Wire fresh = link.wire();
        synchronized (lock) {
            if (end != null) {
                fresh.close();
                return false;
            }
            outgoing.confirm(link.ack().received());
            again = outgoing.again();
            receipts.tell();
            lastHeard = System.nanoTime();
            lastSent = lastHeard;
            wire = fresh;
            flushing = true;
            connected = true;
        }
        try {
            for (Outgoing.Chunk chunk : again) {
                writeFully(fresh, chunk);
            }
            // replies that came together with the HelloAck: no readiness will tell of them
            handleAll(fresh);
        } catch (IOException | RuntimeException e) {
            lost(fresh, "the connection to " + peer + " broke while sending", e);
        } finally {
            synchronized (lock) {
                again.forEach(outgoing::written);
            }
        }
        flush();
        return true;
    }

    // ---- what is no request

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
            add(message);
            if (flushing || !connected) {
                return;
            }
            flushing = true;
        }
        flush();
    }

    /** With the lock. */
    private void add(Writing message) {
        message.to(outgoing.bytes());
        outgoing.added();
    }

    /** Runs something on the I/O thread soon. */
    void onIoThread(Runnable chore) {
        if (end == null) {
            tasks.addChore(chore);
            wire.wakeUp();
        }
    }

    private void refuseIfEnded() {
        ManagerException e = end;
        if (e != null) {
            throw e.refused();
        }
        if (!connected && outageLeft() <= 0) {
            throw reconnector.tooLong(peer, Outcome.NOT_APPLIED);
        }
    }

    // ---- writing: only by the thread that set flushing

    private void flush() {
        Outgoing.Chunk out = null;
        while (true) {
            Wire to;
            synchronized (lock) {
                if (out != null) {
                    outgoing.written(out);
                }
                if (outgoing.waiting() == 0 || end != null || !connected) {
                    flushing = false;
                    lock.notifyAll();
                    return;
                }
                if (outgoing.waiting() > MOST_UNSENT) {
                    lock.notifyAll();
                }
                if (receipts.isDue()) {
                    tellReceived();
                }
                out = outgoing.take();
                to = wire;
                acknowledgementWaits = false;
            }
            lastSent = System.nanoTime();
            try {
                writeFully(to, out);
            } catch (IOException e) {
                lost(to, "the connection to " + peer + " broke while sending", e);
            }
        }
    }

    private void writeFully(Wire to, Outgoing.Chunk out) throws IOException {
        int sent = out.from();
        long progress = System.nanoTime();
        while (sent < out.end()) {
            int n = to.write(out.array(), sent, out.end() - sent);
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
            if (now - progress > lostNanos && now - lastHeard > lostNanos) {
                throw new IOException(
                        "the server has taken nothing for " + TimeUnit.NANOSECONDS.toMillis(lostNanos) + " ms");
            }
            if (closing && now - progress > GOODBYE_NANOS) {
                throw new IOException("no room for a goodbye");
            }
            // The server may have stopped reading because its replies pile up: somebody must read them
            if (readRole.tryLock()) {
                try {
                    if (to.awaitReadableOrWritable()) {
                        readAvailable(to);
                    }
                } finally {
                    readRole.unlock();
                }
                // who came meanwhile found the role taken and may sleep
                if (waiting > 0 && Thread.currentThread() != io) {
                    LockSupport.unpark(io);
                }
            } else {
                to.awaitWritable();
            }
        }
    }

    // ---- reading: only by the holder of the read role

    private void readOnce(long timeoutMillis) {
        Wire from = wire;
        try {
            from.awaitReadable(timeoutMillis);
            readAvailable(from);
        } catch (IOException | RuntimeException e) {
            // malformed messages of an authenticated server come out as either
            lost(from, "the connection to " + peer + " broke", e);
        }
    }

    private void readAvailable(Wire from) throws IOException {
        int n = from.fill();
        if (n == 0) {
            return;
        }
        if (n < 0) {
            lost(from, "the server at " + peer + " closed the connection", null);
            return;
        }
        lastHeard = System.nanoTime();
        handleAll(from);
    }

    private void handleAll(Wire from) throws IOException {
        int length;
        // the wire's cursor moves before a frame is handled: its handling may read more, in a nested call
        while ((length = from.nextFrame()) >= 0) {
            handle(from.frameArray(), from.frameStart(), length);
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
                outgoing.confirm(Messages.id(b, p));
            }
        } else if (kind == Messages.GOODBYE && length >= 3) {
            end(Errors.goodbye(Messages.errorCode(b, p + 1), peer, Messages.errorText(b, p + 1, p + length)));
        } else {
            throw new IOException("the server sent a message of unknown kind " + kind);
        }
    }

    private void handleReply(byte[] b, int p, int length) {
        long id = Messages.id(b, p);
        Call call;
        boolean urgent;
        synchronized (lock) {
            receipts.add(length);
            call = pending.remove(id);
            waiting = pending.size() + pings;
            if (call == null) {
                return;
            }
            outgoing.confirm(call.frameNumber);
            if (call.op != null
                    && call.op.has(Flag.DELIVERS)
                    && Messages.status(b, p) == 0
                    && b[p + Messages.REPLY_HEADER] != Tag.ABSENT.code()
                    && !call.isAsync()) {
                acknowledgeLater(id);
            }
            armAcknowledgement();
            urgent = receipts.isUrgent();
        }
        byte[] payload = Arrays.copyOfRange(b, p + Messages.REPLY_HEADER - 1, p + length);
        if (!call.isAsync()) {
            call.complete(payload);
        } else if (Thread.currentThread() == io) {
            call.complete(payload);
        } else {
            tasks.addCompletion(() -> call.complete(payload));
        }
        if (urgent) {
            flushAcknowledgements();
        }
    }

    // ---- acknowledgements: they travel with the next request, or by themselves a little later

    /** The items in the reply to a request have arrived. */
    void acknowledge(long request) {
        synchronized (lock) {
            acknowledgeLater(request);
        }
    }

    private void acknowledgeLater(long request) {
        if (end == null) {
            add(out -> Messages.acknowledge(out, request));
            acknowledgementWaits = true;
            armAcknowledgement();
        }
    }

    private void armAcknowledgement() {
        if (acknowledgeAt == Long.MAX_VALUE) {
            acknowledgeAt = System.nanoTime() + ACKNOWLEDGE_NANOS;
            if (Thread.currentThread() != io) {
                LockSupport.unpark(io);
            }
        }
    }

    private void tellReceived() {
        receipts.tell();
        add(out -> Messages.received(out, receipts.received()));
    }

    private void flushAcknowledgements() {
        synchronized (lock) {
            if (end != null || flushing || !connected) {
                return;
            }
            if (receipts.isUntold()) {
                tellReceived();
            }
            flushing = true;
        }
        flush();
    }

    // ---- the I/O thread

    private void runIo() {
        while (true) {
            // a callback's interrupt would make every wait return at once
            Thread.interrupted();
            runQueued();
            flushBurst();
            if (end != null) {
                tasks.finish(LOG);
                return;
            }
            if (!connected) {
                reconnect();
            } else if (waiting > 0 && readRole.tryLock()) {
                try {
                    while (waiting > 0 && end == null && connected) {
                        long nanos = timers();
                        readOnceAsIo(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
                    }
                } finally {
                    readRole.unlock();
                }
            } else {
                long nanos = timers();
                if (tasks.isEmpty() && connected && !(waiting > 0 && !readRole.isLocked())) {
                    LockSupport.parkNanos(this, nanos);
                }
            }
        }
    }

    private void readOnceAsIo(long timeoutMillis) {
        Thread.interrupted();
        Wire from = wire;
        try {
            from.awaitReadable(timeoutMillis);
            synchronized (lock) {
                ioBusy = true;
            }
            readAvailable(from);
        } catch (IOException | RuntimeException e) {
            // malformed messages of an authenticated server come out as either
            lost(from, "the connection to " + peer + " broke", e);
        }
        runQueued();
        flushBurst();
    }

    private void runQueued() {
        if (!tasks.isEmpty()) {
            synchronized (lock) {
                ioBusy = true;
            }
            tasks.run(LOG);
        }
    }

    private void flushBurst() {
        synchronized (lock) {
            ioBusy = false;
            if (flushing || !connected || outgoing.waiting() == 0 || (acknowledgementWaits && pending.size() == 0)) {
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
                    wire,
                    "the server at " + peer + " has not answered for " + TimeUnit.NANOSECONDS.toMillis(lostNanos)
                            + " ms",
                    null);
            return 0;
        }
        if (acknowledgeAt - now <= 0) {
            acknowledgeAt = Long.MAX_VALUE;
            flushAcknowledgements();
        }
        if (now - lastSent >= heartbeatNanos) {
            synchronized (lock) {
                if (pings++ == 0) {
                    pingedSince = now;
                }
                waiting = pending.size() + pings;
            }
            post(out -> Messages.ping(out, outgoing.last() + 1));
        }
        long ack = acknowledgeAt == Long.MAX_VALUE ? Long.MAX_VALUE : acknowledgeAt - now;
        long pong = pings > 0 ? lostNanos : Long.MAX_VALUE;
        return Math.max(1_000_000, Math.min(Math.min(ack, pong), heartbeatNanos - (now - lastSent)));
    }

    // ---- the end

    /** Ends the session: sends what is waiting and a goodbye if it can, and fails whatever is unanswered. */
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
            lock.notifyAll();
        }
        wire.close();
        for (Call call : orphans) {
            ManagerException e = why.again();
            if (call.isAsync() && Thread.currentThread() != io) {
                tasks.addCompletion(() -> call.fail(e));
            } else {
                call.fail(e);
            }
        }
        if (!closing) {
            LOG.warn("the session with {} has ended: {}", peer, why.getMessage());
        }
        events.ended(why);
        LockSupport.unpark(io);
        if (Thread.currentThread() != io && !connected) {
            io.interrupt(); // it may stand in an attempt to connect
        }
    }

    /** Why the session ended, or null while it lives. */
    public @Nullable ManagerException ended() {
        return end;
    }
}
