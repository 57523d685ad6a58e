package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a queue, joinable queue and simple queue: FIFO, waiters served in order of arrival. */
public enum QueueOp implements Op {
    PUT(row(0x0400, "queue.put")
            .args(of("value", VALUE), of("timeout", INT))
            .gives(BOOL)
            .doc(OpSpec.WAITS, "Appends an item, waiting for room; false when there was none in time.")),
    TAKE(row(0x0401, "queue.take")
            .args(of("timeout", INT))
            .mayGive(VALUE)
            .doc(OpSpec.WAITS_AND_DELIVERS, "Takes the head, waiting for one; absent when there was none in time.")),
    ADD_ALL(row(0x0402, "queue.add_all")
            .args(of("values", VALUES))
            .gives(BOOL)
            .doc(OpSpec.WRITE, "Appends all items as one step, or none when there is no room for all.")),
    DRAIN(row(0x0403, "queue.drain")
            .args(of("limit", INT))
            .gives(VALUES)
            .doc(OpSpec.DELIVERS, "Takes up to limit items without waiting.")),
    PEEK(row(0x0404, "queue.peek").mayGive(VALUE).doc(OpSpec.READ, "The head, which stays; absent when empty.")),
    SIZE(row(0x0405, "queue.size").gives(INT).doc(OpSpec.READ, "The number of items waiting in the queue.")),
    REMAINING_CAPACITY(row(0x0406, "queue.remaining_capacity")
            .gives(INT)
            .doc(OpSpec.READ, "How many items fit without waiting; 2^31-1 when unbounded.")),
    CONTAINS(row(0x0407, "queue.contains")
            .args(of("value", VALUE))
            .gives(BOOL)
            .doc(OpSpec.READ, "Whether an equal item is in the queue.")),
    REMOVE_VALUE(row(0x0408, "queue.remove_value")
            .args(of("value", VALUE))
            .gives(BOOL)
            .doc(OpSpec.WRITE, "Removes the first equal item.")),
    REMOVE_ALL(row(0x0409, "queue.remove_all")
            .args(of("values", VALUES))
            .gives(BOOL)
            .doc(OpSpec.WRITE, "Removes every item equal to one of the values.")),
    RETAIN_ALL(row(0x040A, "queue.retain_all")
            .args(of("values", VALUES))
            .gives(BOOL)
            .doc(OpSpec.WRITE, "Removes every item equal to none of the values.")),
    CLEAR(row(0x040B, "queue.clear").doc(OpSpec.SET, "Removes all items.")),
    SLICE(row(0x040C, "queue.slice")
            .args(of("start", INT), of("limit", INT))
            .gives(VALUES)
            .doc(OpSpec.READ, "Up to limit items from a position, which stay.")),
    TASK_DONE(row(0x040D, "queue.task_done")
            .doc(OpSpec.WRITE, "Reports one item as processed; ILLEGAL_STATE when more are reported than were put.")),
    JOIN(
            row(0x040E, "queue.join")
                    .args(of("timeout", INT))
                    .gives(BOOL)
                    .doc(
                            OpSpec.WATCHES,
                            "Waits until every item put has been reported as processed; false when that did not happen in time.")),
    UNFINISHED(row(0x040F, "queue.unfinished")
            .gives(INT)
            .doc(OpSpec.READ, "The number of items put and not yet reported as processed."));

    private final OpSpec spec;

    QueueOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
