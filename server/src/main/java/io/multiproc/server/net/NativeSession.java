package io.multiproc.server.net;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Sequencer;
import org.jspecify.annotations.Nullable;

/**
 * A native client's session: what has to outlive its connection so that every frame takes effect once. Belongs to the event loop
 * thread.
 */
final class NativeSession implements Sequencer.Completion {
    final long id;
    /** A client must know it to resume the session. */
    final long secret;

    final long leaseNanos;
    final ReplyLog replies;

    /** Frames that have arrived and taken effect. */
    long received;

    /** Requests of which has been said what came of them: an answer, or that they wait. */
    long answered;

    /** Requests that wait on the server. */
    int waits;

    /** The connection, or null while there is none. */
    private @Nullable Connection connection;

    /** When the last connection ended, and when it was heard last, on the clock of {@link Connections#now}. */
    private long cutAt;

    private long heardAt;
    private boolean ended;

    NativeSession(long id, long secret, long leaseNanos, ReplyLog replies) {
        this.id = id;
        this.secret = secret;
        this.leaseNanos = leaseNanos;
        this.replies = replies;
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    void connect(Connection c) {
        connection = c;
    }

    void cut(long now, long lastHeard) {
        connection = null;
        cutAt = now;
        heardAt = lastHeard;
    }

    /**
     * Whether a session without connection is over.
     *
     * @param slack how old the clock may have been when the client was last heard or cut off
     */
    boolean isOver(long now, long graceNanos, long slack) {
        return now - cutAt > graceNanos + slack || now - heardAt > leaseNanos + slack;
    }

    /** The first call returns true. */
    boolean end() {
        boolean first = !ended;
        ended = true;
        connection = null;
        return first;
    }

    /** A request has been applied. It is answered, unless it waits: then its answer comes through the completions, which count it down. */
    @Override
    public void applied(long request, @Nullable Reply reply) {
        answered++;
        if (reply == null) {
            waits++;
        } else {
            reply(request, reply);
        }
    }

    /** Answers a request: now if there is a connection, else when the client is back. */
    void reply(long request, Reply reply) {
        try {
            replies.add(request, reply);
        } catch (OutOfMemoryError e) {
            // a waiting request is answered without a place for its answer: it is sent, but not kept
            replies.giveUp();
            replies.add(request, reply);
        }
        Connection c = connection;
        if (c != null) {
            c.reply(request, reply);
        }
    }
}
