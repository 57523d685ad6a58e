package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.ValueException;
import org.jspecify.annotations.Nullable;

/** The number of items of a queue that were put and not yet reported as processed, and the requests that wait until there are none. */
final class UnfinishedCount {
    private final Waiters<Waiter> joiners = Waiters.plain();
    private long count;

    long count() {
        return count;
    }

    /** As it was in a snapshot or another queue. */
    void count(long known) {
        count = known;
    }

    Waiters<Waiter> joiners() {
        return joiners;
    }

    /** An item was put. */
    void add() {
        count++;
    }

    @Nullable
    Reply join(QueueState queue, long timeout, ApplyContext context) {
        long deadline = context.deadline(timeout);
        if (count == 0 || timeout == 0) {
            return Reply.bool(count == 0);
        }
        context.park(queue, joiners, deadline);
        return null;
    }

    void checkAny() {
        if (count == 0) {
            throw new ValueException(ErrorCode.ILLEGAL_STATE, "task_done() called too many times");
        }
    }

    /** An item is done. It may have been reported already by a session that took nothing: then nothing happens. */
    void finishOne(ApplyContext context) {
        finish(1, context);
    }

    /** So many items are done or dropped, or as many as are left. */
    void finish(long items, ApplyContext context) {
        long before = count;
        count = Math.max(0, before - items);
        if (count == 0 && before > 0) {
            for (Waiter w = joiners.first(); w != null; w = joiners.first()) {
                context.finish(w, Reply.TRUE);
            }
        }
    }
}
