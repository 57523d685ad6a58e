package io.multiproc.client.internal;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One request on its way: who waits for it, and its answer once it is there. */
class Call {
    /** The operation, or null for the connection's own messages. */
    final @Nullable Op op;

    /** Set by the connection when the request is numbered. */
    long id;

    /** The request's frame while it is being encoded; given back to its owner once sent. */
    final ByteWriter frame;

    /** The thread that waits, if it parks; set before it does. */
    volatile @Nullable Thread waiter;

    private byte[] reply = NONE;
    private @Nullable RuntimeException failure;
    private volatile boolean done;

    private static final byte[] NONE = {};

    Call(@Nullable Op op, ByteWriter frame) {
        this.op = op;
        this.frame = frame;
    }

    /** Called once, on whichever thread reads, with the whole payload of the reply. */
    void complete(byte[] payload) {
        reply = payload;
        done();
    }

    /** Called once instead of {@link #complete} when there will be no reply. */
    void fail(RuntimeException e) {
        failure = e;
        done();
    }

    private void done() {
        done = true;
        Thread t = waiter;
        if (t != null && t != Thread.currentThread()) {
            LockSupport.unpark(t);
        }
    }

    /** Whether completion must run on the I/O thread because it may run the user's code. */
    boolean isAsync() {
        return false;
    }

    final boolean isDone() {
        return done;
    }

    /** The reply's payload; only after {@link #isDone}. */
    final byte[] reply() {
        RuntimeException e = failure;
        if (e != null) {
            throw e;
        }
        return reply;
    }
}
