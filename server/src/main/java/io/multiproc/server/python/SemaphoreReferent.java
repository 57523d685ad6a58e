package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.List;

/** A semaphore or bounded semaphore: anybody may release it. */
final class SemaphoreReferent implements Referent {
    private static final byte[] ONE = Values.ofInteger(1);

    private final String name;

    SemaphoreReferent(String name) {
        this.name = name;
    }

    @Override
    public Object call(MethodCall c) {
        if (c.method.equals("locked")) {
            throw PyError.of("AttributeError", "'" + name + "' object has no attribute 'locked'");
        }
        if (c.method.equals("acquire")) {
            Object[] a = c.bind("Semaphore.acquire", List.of("blocking", "timeout"), true, NONE);
            boolean blocking = MethodCall.truth(a[0]);
            if (!blocking && a[1] != NONE) {
                throw PyError.value("can't specify timeout for non-blocking acquire");
            }
            long timeout = blocking ? EventReferent.patience(a[1], "+") : 0;
            return c.hub.unowned()
                    .await(
                            c,
                            c.object,
                            SemaphoreOp.ACQUIRE,
                            reply -> {
                                if (reply.error() == ErrorCode.BAD_ARGUMENT && timeout == 0) {
                                    return false; // a bounded semaphore of none
                                }
                                if (!reply.isError() && reply.value()[0] == Tag.TRUE.code()) {
                                    c.hub.unowned().acquiredPermit(c, c.object);
                                }
                                return QueueReferent.done(reply, new MethodCall.Encoded(reply.bytes(), reply.start()));
                            },
                            ONE,
                            MethodCall.number(timeout));
        }
        long n = MethodCall.integer(c.bind("Semaphore.release", List.of("n"), 1L)[0]);
        if (n < 1) {
            throw PyError.value("n must be one or more");
        }
        return c.hub.unowned()
                .await(
                        c,
                        c.object,
                        SemaphoreOp.RELEASE,
                        reply -> {
                            if (reply.error() == ErrorCode.ILLEGAL_STATE) {
                                throw PyError.value("Semaphore released too many times");
                            }
                            if (!reply.isError()) {
                                c.hub.unowned().releasedPermits(c, c.object, n);
                            }
                            return QueueReferent.done(reply, NONE);
                        },
                        MethodCall.number(n));
    }

    @Override
    public String repr(MethodCall c) {
        return "<threading." + name + " at 0x" + Long.toHexString(c.object) + ": value="
                + Values.integer(c.look(SemaphoreOp.AVAILABLE).value(), 0) + ">";
    }

    @Override
    public String typeName() {
        return "_thread.lock";
    }
}
