package io.multiproc.client.internal.connection;

import io.multiproc.protocol.idle.AdaptiveSpin;
import io.multiproc.protocol.wire.Messages;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reading side of a connection: the role of the reader, and what becomes of each message of the server.
 *
 * <p>Only the thread that holds the role reads. It takes the connection's lock for each message, never while it waits.
 */
final class ReplyReader {
    private final Object lock;
    private final Lifecycle lifecycle;
    private final PendingCalls pending;
    private final Heartbeat heartbeat;
    private final LockHandoff handoff;
    private final RequestWriter writer;
    private final IoThread io;
    private final IoTasks tasks;
    private final AdaptiveSpin spin;

    /** Held by whoever reads replies, for everybody. */
    private final ReentrantLock role = new ReentrantLock();

    ReplyReader(
            Object lock,
            Lifecycle lifecycle,
            PendingCalls pending,
            Heartbeat heartbeat,
            LockHandoff handoff,
            RequestWriter writer,
            IoThread io,
            IoTasks tasks,
            long spinNanos) {
        this.lock = lock;
        this.lifecycle = lifecycle;
        this.pending = pending;
        this.heartbeat = heartbeat;
        this.handoff = handoff;
        this.writer = writer;
        this.io = io;
        this.tasks = tasks;
        this.spin = new AdaptiveSpin(spinNanos);
    }

    // ---- the role of the reader

    boolean tryTakeRole() {
        return role.tryLock();
    }

    /** Waits for the role. */
    void takeRole() {
        role.lock();
    }

    void leaveRole() {
        role.unlock();
    }

    boolean isRoleTaken() {
        return role.isLocked();
    }

    /** Whether replies are due, and nobody reads. */
    boolean isNeeded() {
        return pending.areRepliesDue() && !role.isLocked();
    }

    /** See {@link RequestWriter.BlockedWriter}. */
    boolean readUntilWritable(Wire wire) throws IOException {
        if (!role.tryLock()) {
            return false;
        }
        try {
            if (wire.awaitReadableOrWritable()) {
                readAvailable(wire);
            }
        } finally {
            role.unlock();
        }
        // who came meanwhile found the role taken and may sleep
        if (pending.areRepliesDue() && !io.isCurrent()) {
            io.wake();
        }
        return true;
    }

    // ---- reading, by the thread that has the role

    /** Looks for something to read for a moment if that is worth it, else sleeps until there is something; and reads it. */
    void readOnce(long timeoutMillis) {
        Wire from = lifecycle.wire();
        try {
            received(from, from.fill(timeoutMillis, spin));
        } catch (IOException | RuntimeException e) {
            // malformed messages of an authenticated server come out as either
            lifecycle.lost(from, "the connection to " + lifecycle.peer() + " broke", e);
        }
    }

    /** Reads what is there. */
    void readAvailable(Wire from) throws IOException {
        received(from, from.fill());
    }

    /** As {@link #readAvailable}; what goes wrong breaks the connection. */
    void readNow(Wire from) {
        try {
            readAvailable(from);
        } catch (IOException | RuntimeException e) {
            // malformed messages of an authenticated server come out as either
            lifecycle.lost(from, "the connection to " + lifecycle.peer() + " broke", e);
        }
    }

    private void received(Wire from, int n) throws IOException {
        if (n == 0) {
            return;
        }
        if (n < 0) {
            lifecycle.lost(from, "the server at " + lifecycle.peer() + " closed the connection", null);
            return;
        }
        heartbeat.heard();
        handleAll(from);
    }

    /** Handles all whole frames that have been read. */
    void handleAll(Wire from) throws IOException {
        int length;
        // the wire's cursor moves before a frame is handled: its handling may read more, in a nested call
        while ((length = from.nextFrame()) >= 0) {
            handle(from.frameArray(), from.frameStart(), length, from.frameIsApart(), from.frameTail());
        }
    }

    private void handle(byte[] b, int p, int length, boolean apart, byte @Nullable [] tail) throws IOException {
        int kind = length == 0 ? -1 : b[p];
        if (kind == Messages.REPLY && length > Messages.REPLY_HEADER) {
            handleReply(b, p, length, apart, tail);
        } else if (kind == Messages.FOLLOWS && length == Messages.FOLLOWS_LENGTH) {
            synchronized (lock) {
                handoff.follows(
                        pending.get(Messages.id(b, p)),
                        Messages.holder(b, p),
                        Messages.levels(b, p),
                        Messages.owns(b, p));
            }
        } else if (kind == Messages.PONG && length == Messages.PONG_LENGTH) {
            synchronized (lock) {
                heartbeat.answered();
                writer.confirm(Messages.id(b, p));
            }
        } else if (kind == Messages.GOODBYE && length >= 3) {
            lifecycle.end(Errors.goodbye(
                    Messages.errorCode(b, p + 1), lifecycle.peer(), Messages.errorText(b, p + 1, p + length)));
        } else {
            throw new IOException("the server sent a message of unknown kind " + kind
                    + ", or of a length that the kind does not have: " + length);
        }
    }

    private void handleReply(byte[] b, int p, int length, boolean apart, byte @Nullable [] tail) {
        long id = Messages.id(b, p);
        Call call;
        boolean urgent;
        synchronized (lock) {
            writer.replyArrived(tail == null ? length : length + tail.length);
            call = pending.remove(id);
            if (call == null) {
                return;
            }
            writer.confirm(call.frameNumber);
            if (b[p + Messages.REPLY_HEADER - 1] == 0 && call.isLogged()) {
                writer.answered(call.frameNumber);
            }
            handoff.replied(call, b, p + Messages.REPLY_HEADER - 1);
            writer.armAcknowledgement();
            urgent = writer.isReportUrgent();
        }
        int status = p + Messages.REPLY_HEADER - 1;
        byte[] payload = apart ? b : Arrays.copyOfRange(b, status, p + length);
        int at = apart ? status : 0;
        if (!call.isAsync()) {
            call.complete(payload, at, tail);
        } else if (io.isCurrent()) {
            if (!writer.runsCallbacks()) {
                writer.beforeCallbacks();
            }
            call.complete(payload, at, tail);
        } else {
            tasks.addCompletion(() -> call.complete(payload, at, tail));
        }
        if (urgent) {
            writer.flushAcknowledgements();
        }
    }
}
