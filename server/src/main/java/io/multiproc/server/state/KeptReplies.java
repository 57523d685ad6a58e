package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Replies of one session that its client may not have, in the order in which they arose, so that they outlive the server. When there would be more than may be kept,
 * none is kept any more, and the session cannot be resumed by another server.
 */
final class KeptReplies {
    /** What a kept reply costs beyond its value. */
    private static final int OVERHEAD = 64;

    private record Kept(long request, Reply reply) {}

    private final ArrayDeque<Kept> replies = new ArrayDeque<>(2);
    private long confirmed;
    private long bytes;
    private boolean full;

    /** @param limit bytes that are kept at the most */
    void add(long request, Reply reply, long limit) {
        if (full) {
            return;
        }
        replies.add(new Kept(request, reply));
        bytes += cost(reply);
        if (bytes > limit) {
            full = true;
            confirmed += replies.size();
            replies.clear();
            bytes = 0;
        }
    }

    private static long cost(Reply reply) {
        return (long) OVERHEAD + (reply.isError() ? reply.message().length() : reply.length());
    }

    /** The client has so many of all replies. */
    void confirm(long count) {
        while (confirmed < count) {
            Kept first = replies.poll();
            if (first == null) {
                return;
            }
            bytes -= cost(first.reply());
            confirmed++;
        }
    }

    /** How many there have been in all. */
    long total() {
        return confirmed + replies.size();
    }

    boolean isFull() {
        return full;
    }

    @Nullable
    Reply get(long request) {
        for (Kept kept : replies) {
            if (kept.request() == request) {
                return kept.reply();
            }
        }
        return null;
    }

    void forEach(long session, Completions to) {
        replies.forEach(kept -> to.complete(session, kept.request(), kept.reply()));
    }

    void snapshot(SnapshotWriter out) {
        out.i64(confirmed).u8(full ? 1 : 0).i32(replies.size());
        for (Kept kept : replies) {
            ErrorCode error = kept.reply().error();
            out.i64(kept.request()).i32(error == null ? 0 : error.code());
            if (error == null) {
                out.bytes(kept.reply().value());
            } else {
                out.text(kept.reply().message());
            }
        }
    }

    static KeptReplies restored(SnapshotReader in) {
        KeptReplies out = new KeptReplies();
        out.confirmed = in.i64();
        out.full = in.u8() != 0;
        for (int left = in.i32(); left > 0; left--) {
            long request = in.i64();
            int error = in.i32();
            Reply reply = error == 0 ? Reply.value(in.bytes()) : Reply.error(ErrorCode.coded(error), in.text());
            out.replies.add(new Kept(request, reply));
            out.bytes += cost(reply);
        }
        return out;
    }
}
