package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;

/** The shutdown of a queue, which is for good: whether it happened, whether items that come back are dropped, and what to answer then. */
final class QueueShutdown {
    /** Snapshots of earlier versions know nothing of this. */
    private static final int SINCE_VERSION = 7;

    private static final int OPEN = 0;
    private static final int SHUT_DOWN = 1;
    private static final int DROPPING = 2;

    private final ObjectState queue;
    private int phase = OPEN;

    QueueShutdown(ObjectState queue) {
        this.queue = queue;
    }

    boolean done() {
        return phase != OPEN;
    }

    /** Whether it was an immediate one. */
    boolean drops() {
        return phase == DROPPING;
    }

    /** An immediate one stays that. */
    void begin(boolean immediate) {
        phase = Math.max(phase, immediate ? DROPPING : SHUT_DOWN);
    }

    /** Refuses an item. */
    void checkPut() {
        if (done()) {
            throw new ValueException(ErrorCode.QUEUE_SHUT_DOWN, text("takes no items any more"));
        }
    }

    /** Refuses a take from the empty queue. */
    void checkTake() {
        if (done()) {
            throw new ValueException(ErrorCode.QUEUE_SHUT_DOWN, text("has no items left"));
        }
    }

    /** The answer to a waiting put. */
    Reply putReply() {
        return Reply.error(ErrorCode.QUEUE_SHUT_DOWN, text("takes no items any more"));
    }

    /** The answer to a waiting take. */
    Reply takeReply() {
        return Reply.error(ErrorCode.QUEUE_SHUT_DOWN, text("has no items left"));
    }

    private String text(String consequence) {
        String name = queue.name();
        return queue.type().wireName() + " " + (name == null ? String.valueOf(queue.id()) : "'" + name + "'")
                + " was shut down and " + consequence;
    }

    void copy(QueueShutdown other) {
        phase = other.phase;
    }

    void snapshot(SnapshotWriter out) {
        out.u8(phase);
    }

    void restore(SnapshotReader in) {
        phase = in.version() < SINCE_VERSION ? OPEN : in.u8();
    }
}
