package io.multiproc.server.engine;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.StateMachine;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides whether memory suffices for an operation, before it becomes a command: by what the state says that it takes, and by what the heap has. */
final class Room {
    private static final Logger log = LoggerFactory.getLogger(Room.class);
    /** New references that a reply may bring while memory is scarce. */
    private static final int FEW = 16;
    /** What a byte of a reply becomes if it is nothing but references. */
    private static final int HELD = 6;

    private static final int REFUSALS_ALIKE = 1000;

    private final StateMachine machine;
    private final HeapGuard heap;
    private Reply refusal = Reply.error(ErrorCode.BUSY, "the server's memory is full; remove something first");
    private int refusals;

    Room(StateMachine machine, HeapGuard heap) {
        this.machine = machine;
        this.heap = heap;
    }

    /** See {@link HeapGuard#boundBy}. */
    void boundBy(LongSupplier smallestHeap) {
        heap.boundBy(smallestHeap);
    }

    /** Why memory does not suffice for an operation, before anything has changed; or null if it does. */
    @Nullable
    Reply refusal(long session, Op op, long object, Args args) {
        boolean room;
        try {
            long growth = machine.growth(session, op, object, args);
            if (growth == StateMachine.KEEPS_NOTHING) {
                room = !(op.has(Flag.DELIVERS) || op.has(Flag.MAY_PARK)) || heap.admitsSmall();
            } else {
                room = heap.admits(args.count() == 0 ? 0 : args.stop(args.count() - 1) - args.start(0), growth);
            }
            heap.probe();
        } catch (OutOfMemoryError e) {
            room = false;
        }
        if (room) {
            return null;
        }
        log.debug("no room for {} of session {}", op.wireName(), session);
        return refusal();
    }

    /** Refuses a request for want of memory. One reply for many: while memory is full, each would take some. */
    Reply refusal() {
        if (refusals++ % REFUSALS_ALIKE == 0) {
            try {
                refusal = Reply.error(
                        ErrorCode.BUSY,
                        "the server's memory is full (" + heap.describe() + " in use); remove something first");
            } catch (OutOfMemoryError e) {
                // the one before says nearly the same
            }
        }
        return refusal;
    }

    /** Reading goes on, but for what would make the session hold many more objects while memory is scarce. */
    boolean admitsReferences(long session, Command.Invoke read) {
        try {
            return heap.admitsSmall() || machine.newReferences(session, read.op(), read.object(), read.args()) <= FEW;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    /** A reply that may hold references was given. */
    void taken(Reply reply) {
        heap.taken((long) HELD * reply.length());
    }

    /** Whether there is memory for one more session, reference or iterator. */
    boolean admitsSmall() {
        return heap.admitsSmall();
    }

    /** Whether there is memory to receive a large request. */
    boolean hasRoomFor(long bytes) {
        return heap.hasRoomFor(bytes);
    }

    /** What {@link HeapGuard#probe} does. */
    void probe() {
        heap.probe();
    }
}
