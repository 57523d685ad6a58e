package io.multiproc.client.internal.connection;

import io.multiproc.protocol.idle.AdaptiveSpin;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Tag;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads what the server says. Only the holder of the read role does. */
final class Reading {
    private final ConnectionState s;
    private final Connection connection;
    private final Writing writing;
    private final IoTasks tasks;
    private final IoThread io;
    private final AdaptiveSpin spin;

    Reading(ConnectionState s, Connection connection, Writing writing, IoTasks tasks, IoThread io, long spinNanos) {
        this.s = s;
        this.connection = connection;
        this.writing = writing;
        this.tasks = tasks;
        this.io = io;
        this.spin = new AdaptiveSpin(spinNanos);
    }

    /** Looks for something to read for a moment if that is worth it, else sleeps until there is something; and reads it. */
    void readOnce(long timeoutMillis) {
        Wire from = s.wire;
        try {
            received(from, from.fill(timeoutMillis, spin));
        } catch (IOException | RuntimeException e) {
            // malformed messages of an authenticated server come out as either
            connection.lost(from, "the connection to " + s.peer + " broke", e);
        }
    }

    /** Reads what is there. */
    void readAvailable(Wire from) throws IOException {
        received(from, from.fill());
    }

    private void received(Wire from, int n) throws IOException {
        if (n == 0) {
            return;
        }
        if (n < 0) {
            connection.lost(from, "the server at " + s.peer + " closed the connection", null);
            return;
        }
        s.lastHeard = System.nanoTime();
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
            synchronized (s.lock) {
                s.successors.follows(
                        s.pending.get(Messages.id(b, p)),
                        Messages.holder(b, p),
                        Messages.levels(b, p),
                        Messages.owns(b, p));
            }
        } else if (kind == Messages.PONG) {
            synchronized (s.lock) {
                s.pings = Math.max(0, s.pings - 1);
                s.waiting = s.pending.size() + s.pings;
                s.outgoing.confirm(Messages.id(b, p));
            }
        } else if (kind == Messages.GOODBYE && length >= 3) {
            connection.end(
                    Errors.goodbye(Messages.errorCode(b, p + 1), s.peer, Messages.errorText(b, p + 1, p + length)));
        } else {
            throw new IOException("the server sent a message of unknown kind " + kind);
        }
    }

    private void handleReply(byte[] b, int p, int length, boolean apart, byte @Nullable [] tail) {
        long id = Messages.id(b, p);
        Call call;
        boolean urgent;
        synchronized (s.lock) {
            s.receipts.add(tail == null ? length : length + tail.length);
            call = s.pending.remove(id);
            s.waiting = s.pending.size() + s.pings;
            if (call == null) {
                return;
            }
            s.outgoing.confirm(call.frameNumber);
            s.successors.replied(call, b, p + Messages.REPLY_HEADER - 1);
            if (call.op != null
                    && call.op.has(Flag.DELIVERS)
                    && Messages.status(b, p) == 0
                    && b[p + Messages.REPLY_HEADER] != Tag.ABSENT.code()
                    && !call.isAsync()) {
                writing.acknowledgeLater(id);
            }
            writing.armAcknowledgement();
            urgent = s.receipts.isUrgent();
        }
        int status = p + Messages.REPLY_HEADER - 1;
        byte[] payload = apart ? b : Arrays.copyOfRange(b, status, p + length);
        int at = apart ? status : 0;
        if (!call.isAsync()) {
            call.complete(payload, at, tail);
        } else if (io.isCurrent()) {
            if (!s.runsCallbacks) {
                writing.beforeCallbacks();
            }
            call.complete(payload, at, tail);
        } else {
            tasks.addCompletion(() -> call.complete(payload, at, tail));
        }
        if (urgent) {
            writing.flushAcknowledgements();
        }
    }
}
