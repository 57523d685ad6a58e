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

    /** Requests that wait on the server. */
    int waits;

    /** The connection, or null while there is none. */
    private @Nullable Connection connection;

    /** When the last connection ended, and when it was heard last. */
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

    /** Whether a session without connection is over. */
    boolean isOver(long now, long graceNanos) {
        return now - cutAt > graceNanos || now - heardAt > leaseNanos;
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
        if (reply == null) {
            waits++;
        } else {
            reply(request, reply);
        }
    }

    /** Answers a request: now if there is a connection, else when the client is back. */
    void reply(long request, Reply reply) {
        replies.add(request, reply);
        Connection c = connection;
        if (c != null) {
            c.reply(request, reply);
        }
    }
}
