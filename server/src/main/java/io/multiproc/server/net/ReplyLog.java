package io.multiproc.server.net;

import io.multiproc.protocol.wire.Reply;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The replies of one session that its client has not confirmed, in the order in which they were sent. A reply is kept as it is: its
 * bytes are those of the stored value, which nobody changes. Costs nothing while it is empty and at rest.
 *
 * <p>A client that does not confirm what it receives fills the log up: then nothing is kept any longer, and its session cannot be resumed.
 */
final class ReplyLog {
    private static final long[] NO_REQUESTS = {};
    private static final @Nullable Reply[] NO_REPLIES = {};
    private static final int LEAST = 16;

    /** What a kept reply costs beyond its value. */
    private static final int OVERHEAD = 64;
    /** A client that confirms what it receives has never as much unconfirmed. */
    private static final long LOOK_EVERY = 256 << 10;

    @FunctionalInterface
    interface Action {
        void accept(long request, Reply reply);
    }

    // rings of a size that is a power of two
    private long[] requests = NO_REQUESTS;
    private @Nullable Reply[] replies = NO_REPLIES;
    /** For each reply how many the state had kept when it was given; empty if it keeps none. */
    private long[] marks = NO_REQUESTS;

    private int head;
    private int size;
    private long confirmed;
    private long bytes;
    private boolean full;
    private final long limit;
    private final BooleanSupplier room;
    private final @Nullable LongSupplier kept;
    private long confirmedKept;
    private long lookAt = LOOK_EVERY;

    /**
     * @param limit bytes that are kept at the most
     * @param room whether there is memory to keep more, asked now and then
     * @param kept how many replies of the session the state has kept so far; null if it keeps none
     */
    ReplyLog(long limit, BooleanSupplier room, @Nullable LongSupplier kept) {
        this.kept = kept;
        this.limit = limit;
        this.room = room;
    }

    /** Replies that nobody else keeps. */
    ReplyLog(long limit, BooleanSupplier room) {
        this(limit, room, null);
    }

    void add(long request, Reply reply) {
        add(request, reply, kept == null ? 0 : kept.getAsLong());
    }

    /** @param mark how many replies the state has kept, this one included if it has */
    void add(long request, Reply reply, long mark) {
        if (full) {
            confirmed++;
            return;
        }
        reserve();
        int at = head + size & requests.length - 1;
        requests[at] = request;
        replies[at] = reply;
        if (kept != null) {
            marks[at] = mark;
        }
        size++;
        bytes += cost(reply);
        if (bytes > limit || (bytes >= lookAt && !hasRoom())) {
            giveUp();
        }
    }

    /** Finds memory for one more entry, so that the next {@link #add} needs none. If there is none, nothing has changed. */
    void reserve() {
        if (!full && size == requests.length) {
            grow();
        }
    }

    private boolean hasRoom() {
        lookAt = bytes + LOOK_EVERY;
        return room.getAsBoolean();
    }

    /** Keeps nothing from now on. */
    void giveUp() {
        full = true;
        confirm(total());
        trim();
    }

    /** What is kept, about. */
    long bytes() {
        return bytes;
    }

    private static long cost(Reply reply) {
        return (long) OVERHEAD + (reply.isError() ? reply.message().length() : reply.length());
    }

    private void grow() {
        int capacity = Math.max(LEAST, size * 2);
        long[] newRequests = new long[capacity];
        @Nullable Reply[] newReplies = new @Nullable Reply[capacity];
        long[] newMarks = kept == null ? NO_REQUESTS : new long[capacity];
        for (int i = 0; i < size; i++) {
            int at = head + i & requests.length - 1;
            newRequests[i] = requests[at];
            newReplies[i] = replies[at];
            if (kept != null) {
                newMarks[i] = marks[at];
            }
        }
        requests = newRequests;
        replies = newReplies;
        marks = newMarks;
        head = 0;
    }

    /** The client of a session that another server has opened says how many replies it has had; all that are kept come after them. */
    void startFrom(long count) {
        confirmed = count;
    }

    /** How many of the replies that the state has kept are confirmed. */
    long confirmedKept() {
        return confirmedKept;
    }

    /** How many replies there have been in all. */
    long total() {
        return confirmed + size;
    }

    /** Whether a client may say that so many replies have arrived. */
    boolean admits(long count) {
        return !full && confirmed <= count && count <= total();
    }

    /** Forgets all replies up to the so-many-th of the session; fewer than before are old news. */
    void confirm(long count) {
        while (confirmed < count && size > 0) {
            Reply reply = replies[head];
            if (reply != null) {
                bytes -= cost(reply);
            }
            replies[head] = null;
            if (kept != null) {
                confirmedKept = marks[head];
            }
            head = head + 1 & requests.length - 1;
            size--;
            confirmed++;
        }
        lookAt = Math.min(lookAt, bytes + LOOK_EVERY);
    }

    /** All that are not confirmed, in order. */
    void forEach(Action action) {
        for (int i = 0; i < size; i++) {
            int at = head + i & requests.length - 1;
            Reply reply = replies[at];
            if (reply != null) {
                action.accept(requests[at], reply);
            }
        }
    }

    /** Whether more was to be kept than may be. */
    boolean isFull() {
        return full;
    }

    /** Gives its room back if nothing is kept. */
    void trim() {
        if (size == 0) {
            lookAt = LOOK_EVERY;
            requests = NO_REQUESTS;
            replies = NO_REPLIES;
            marks = NO_REQUESTS;
            head = 0;
        }
    }

    @Override
    public String toString() {
        return "ReplyLog[" + confirmed + " to " + total() + ": " + Arrays.toString(requests) + "]";
    }
}
