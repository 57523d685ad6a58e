package io.multiproc.protocol.op;

import static io.multiproc.protocol.op.Arg.of;
import static io.multiproc.protocol.op.Arg.optional;
import static io.multiproc.protocol.op.OpSpec.row;
import static io.multiproc.protocol.op.Shape.*;

/** The operations of a queue, joinable queue and simple queue: FIFO, waiters served in order of arrival. */
public enum QueueOp implements Op {
    PUT(
            row(0x0400, "queue.put")
                    .args(of("value", VALUE), of("timeout", INT))
                    .gives(BOOL)
                    .stores()
                    .doc(
                            OpSpec.WAITS,
                            "Appends an item, waiting for room; false when there was none in time, QUEUE_SHUT_DOWN after a shutdown, also while waiting.")),
    TAKE(
            row(0x0401, "queue.take")
                    .args(of("timeout", INT))
                    .mayGive(VALUE)
                    .doc(
                            OpSpec.WAITS_AND_DELIVERS,
                            "Takes the head, waiting for one; absent when there was none in time, QUEUE_SHUT_DOWN when the queue is empty after a shutdown, also while waiting.")),
    ADD_ALL(
            row(0x0402, "queue.add_all")
                    .args(of("values", VALUES))
                    .gives(BOOL)
                    .stores()
                    .doc(
                            OpSpec.WRITE,
                            "Appends all items as one step, or none when there is no room for all; QUEUE_SHUT_DOWN after a shutdown.")),
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
    TASK_DONE(
            row(0x040D, "queue.task_done")
                    .args(optional("number", INT))
                    .doc(
                            OpSpec.WRITE,
                            "Reports one item as processed, in a joinable queue the one of that delivery, or else the one that the session took first, or any session if it has none; nothing happens if the delivery went back as its time was up; ILLEGAL_STATE when more are reported than were put.")),
    JOIN(
            row(0x040E, "queue.join")
                    .args(of("timeout", INT))
                    .gives(BOOL)
                    .doc(
                            OpSpec.WATCHES,
                            "Waits until every item put has been reported as processed; false when that did not happen in time.")),
    UNFINISHED(row(0x040F, "queue.unfinished")
            .gives(INT)
            .doc(OpSpec.READ, "The number of items put and not yet reported as processed.")),
    TAKE_DELIVERY(
            row(0x0410, "queue.take_delivery")
                    .args(of("timeout", INT))
                    .mayGive(TUPLE)
                    .doc(
                            OpSpec.WAITS_AND_DELIVERS,
                            "Takes the head of a joinable queue, waiting for one, as (item, how often it has been handed out, number of this delivery); absent when there was none in time, QUEUE_SHUT_DOWN as for queue.take.")),
    DONE(
            row(0x0411, "queue.done")
                    .args(of("number", INT))
                    .gives(BOOL)
                    .doc(
                            OpSpec.WRITE,
                            "Reports the item of one delivery as processed; false, and nothing happens, when the delivery is over: reported already, or its item went back.")),
    CONFIGURE(
            row(0x0412, "queue.configure")
                    .args(of("visibility", INT), of("deliveries", INT), optional("letters", VALUE))
                    .doc(
                            OpSpec.SET,
                            "Sets how a joinable queue hands out again: after so many ms without task_done (0 = never), and how often (0 = without end) before the item goes to the dead-letter queue, a reference to a queue that does not sort.")),
    IN_PROGRESS(row(0x0413, "queue.in_progress")
            .gives(INT)
            .doc(
                    OpSpec.READ,
                    "The number of items of a joinable queue taken and neither reported as processed nor gone back.")),
    SHUTDOWN(
            row(0x0414, "queue.shutdown")
                    .args(of("immediate", BOOL))
                    .doc(
                            OpSpec.SET,
                            "For good: nothing can be put any more, and nothing taken from the empty queue; who waits for either is told. If immediate, the items waiting now, and those that come back later, are dropped and count as reported as processed.")),
    IS_SHUTDOWN(row(0x0415, "queue.is_shutdown").gives(BOOL).doc(OpSpec.READ, "Whether the queue was shut down.")),
    REMOVE_NEAR(
            row(0x0416, "queue.remove_near")
                    .args(of("index", INT), of("value", VALUE))
                    .gives(INT)
                    .doc(
                            OpSpec.WRITE,
                            "Removes the equal item that is nearest to the index; the index where it was, or -1 when there is none.")),
    DRAIN_DELIVERIES(row(0x0417, "queue.drain_deliveries")
            .args(of("limit", INT))
            .gives(VALUES)
            .doc(
                    OpSpec.DELIVERS,
                    "Takes up to limit items of a joinable queue without waiting, each as in queue.take_delivery.")),
    LEAVE_UNFINISHED(
            row(0x0418, "queue.leave_unfinished")
                    .doc(
                            OpSpec.SET,
                            "The items of a joinable queue that the session has taken and not reported do not come back when it ends: they are gone, and unfinished until they are reported."));

    private final OpSpec spec;

    QueueOp(OpSpec spec) {
        this.spec = spec;
    }

    @Override
    public OpSpec spec() {
        return spec;
    }
}
