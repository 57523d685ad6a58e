package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.List;

/** A queue, joinable or simple. */
final class QueueReferent implements Referent {
    private final boolean joinable;

    QueueReferent(boolean joinable) {
        this.joinable = joinable;
    }

    @Override
    public Object call(MethodCall c) {
        return switch (c.method) {
            case "put" -> {
                Object[] a = c.bind("Queue.put", List.of("item", "block", "timeout"), null, true, NONE);
                yield put(c, a[0], timeout(c, a[1], a[2], true));
            }
            case "put_nowait" -> put(c, c.bind("Queue.put_nowait", List.of("item"), (Object) null)[0], 0);
            case "get" -> {
                Object[] a = c.bind("Queue.get", List.of("block", "timeout"), true, NONE);
                yield get(c, timeout(c, a[0], a[1], false));
            }
            case "get_nowait" -> {
                c.bind("Queue.get_nowait", List.of());
                yield get(c, 0);
            }
            case "qsize" -> {
                c.bind("Queue.qsize", List.of());
                yield DictReferent.encoded(c.invoke(QueueOp.SIZE));
            }
            case "empty" -> {
                c.bind("Queue.empty", List.of());
                yield Values.integer(c.invoke(QueueOp.SIZE).value(), 0) == 0;
            }
            case "full" -> {
                c.bind("Queue.full", List.of());
                yield Values.integer(c.invoke(QueueOp.REMAINING_CAPACITY).value(), 0) == 0;
            }
            case "task_done" -> {
                c.bind("Queue.task_done", List.of());
                yield taskDone(c);
            }
            case "join" -> {
                c.bind("Queue.join", List.of());
                yield c.await(QueueOp.JOIN, reply -> done(reply, NONE), MethodCall.number(-1));
            }
            case "shutdown" -> {
                Object immediate = c.bind("Queue.shutdown", List.of("immediate"), false)[0];
                yield c.change(QueueOp.SHUTDOWN, Values.ofBool(MethodCall.truth(immediate)));
            }
            default -> throw new IllegalStateException(c.method);
        };
    }

    /** Milliseconds, -1 for no limit, 0 for not at all. */
    private static long timeout(MethodCall c, Object block, Object timeout, boolean put) {
        if (!MethodCall.truth(block)) {
            return 0;
        }
        if (timeout == NONE) {
            return -1;
        }
        double seconds = PyNumbers.seconds(timeout, "<");
        if (seconds < 0) {
            if (put && Values.integer(c.invoke(QueueOp.REMAINING_CAPACITY).value(), 0) == Integer.MAX_VALUE) {
                // CPython does not look at the time-out where nobody has to wait
                return 0;
            }
            if (c.invoke(QueueOp.IS_SHUTDOWN).value()[0] == Tag.TRUE.code()) {
                // CPython looks at the time-out later
                return put || Values.integer(c.invoke(QueueOp.SIZE).value(), 0) == 0 ? 0 : negative();
            }
            return negative();
        }
        return MethodCall.millis(seconds);
    }

    private static long negative() {
        throw PyError.value("'timeout' must be a non-negative number");
    }

    private static Object put(MethodCall c, Object item, long timeout) {
        return c.await(
                QueueOp.PUT,
                reply -> {
                    if (!reply.isError() && reply.value()[0] == Tag.FALSE.code()) {
                        throw PyError.raise("queue", "Full");
                    }
                    return done(reply, NONE);
                },
                c.value(item),
                MethodCall.number(timeout));
    }

    private Object get(MethodCall c, long timeout) {
        return c.await(
                QueueOp.TAKE,
                reply -> {
                    if (!reply.isError() && Values.isAbsent(reply.value())) {
                        throw PyError.raise("_queue", "Empty");
                    }
                    if (joinable && !reply.isError()) {
                        c.caller.peer().took(c.caller.id(), c.object);
                    }
                    return done(reply, new MethodCall.Encoded(reply.value()));
                },
                MethodCall.number(timeout));
    }

    private static Object taskDone(MethodCall c) {
        return c.await(QueueOp.TASK_DONE, reply -> {
            if (reply.error() == ErrorCode.ILLEGAL_STATE) {
                throw PyError.value("task_done() called too many times");
            }
            return done(reply, NONE);
        });
    }

    static Object done(Reply reply, Object result) {
        if (reply.isError()) {
            throw PyError.of(reply);
        }
        return result;
    }

    @Override
    public String repr(MethodCall c) {
        return "<queue.Queue object at 0x" + Long.toHexString(c.object) + ">";
    }

    @Override
    public String typeName() {
        return "_thread.lock";
    }
}
