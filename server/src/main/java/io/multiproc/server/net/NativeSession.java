package io.multiproc.server.net;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.Sequencer;
import io.multiproc.server.machine.OpenSession;
import java.util.concurrent.TimeUnit;
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

    /** What must not take effect when it comes once more. */
    private final SentAgain again;

    /** Null if sessions end with the server. */
    private final @Nullable Engine engine;

    /** Whether its client has not been here since the server was started again. */
    boolean awaitsClient;

    /** The connection, or null while there is none. */
    private @Nullable Connection connection;

    /** When the last connection ended, and when it was heard last, on the clock of {@link Connections#now}. */
    private long cutAt;

    private long heardAt;
    private boolean ended;

    NativeSession(long id, long secret, long leaseNanos, ReplyLog replies) {
        this(id, secret, leaseNanos, replies, null, SentAgain.NOTHING);
    }

    private NativeSession(
            long id, long secret, long leaseNanos, ReplyLog replies, @Nullable Engine engine, SentAgain again) {
        this.id = id;
        this.secret = secret;
        this.leaseNanos = leaseNanos;
        this.replies = replies;
        this.engine = engine;
        this.again = again;
    }

    /**
     * A new session.
     *
     * @param limit bytes of replies that are kept at the most
     */
    static NativeSession opened(long id, long secret, long leaseNanos, long limit, Engine engine) {
        return engine.keepsReplies()
                ? logged(id, secret, leaseNanos, limit, engine, SentAgain.NOTHING)
                : new NativeSession(id, secret, leaseNanos, new ReplyLog(limit, engine::hasRoom));
    }

    /** A session that outlives the server. */
    private static NativeSession logged(
            long id, long secret, long leaseNanos, long limit, Engine engine, SentAgain again) {
        ReplyLog replies = new ReplyLog(limit, engine::hasRoom, () -> again.given(engine.keptReplies(id)));
        return new NativeSession(id, secret, leaseNanos, replies, engine, again);
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

    /** A session that the state knows of, and that no client has resumed since its server was started again. */
    static NativeSession restored(OpenSession s, long limit, Engine engine) {
        SentAgain again = new SentAgain(s.frame());
        long lease = TimeUnit.MILLISECONDS.toNanos(s.opened().lease());
        NativeSession session = logged(s.id(), s.opened().secret(), lease, limit, engine, again);
        long[] ordinal = {engine.keptReplies(s.id())};
        engine.forEachKept(s.id(), (id, request, reply) -> ordinal[0]--);
        engine.forEachKept(s.id(), (id, request, reply) -> again.applied(request, reply, ++ordinal[0]));
        for (long request : engine.waiting(s.id())) {
            again.applied(request);
        }
        session.waits = s.waits();
        session.awaitsClient = true;
        return session;
    }

    /** Whether a client has been answered what this server knows nothing of: the server went on with an older state than the client has seen. */
    boolean lacks(Hello.Resume resume) {
        return awaitsClient && resume.answered() > 0 && !again.covers(resume.answered());
    }

    /** Its client is back and says how far it has got. */
    void resume(Hello.Resume resume) {
        if (awaitsClient) {
            awaitsClient = false;
            received = resume.confirmed();
            replies.startFrom(resume.received());
            for (long request : again.from(resume.keptFrom())) {
                giveHeld(request);
            }
        }
        replies.confirm(resume.received());
    }

    private void giveHeld(long request) {
        Reply reply = again.take(request);
        if (reply != null) {
            reply(request, reply);
        }
    }

    /** Whether the request at hand was applied by the server before, so that {@link #cameAgain} is all that is left to do. */
    boolean wasApplied(long request) {
        return isAgain() && again.wasApplied(request);
    }

    /** A request that was applied has come again: it is answered by what is kept, or its answer follows. */
    void cameAgain(long request) {
        again.came(request);
        giveHeld(request);
    }

    /** Whether the frame at hand is one that the server before may have applied. */
    boolean isAgain() {
        return again.covers(received);
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
        if (engine != null && again != SentAgain.NOTHING && again.holds(request, reply, engine.keptReplies(id))) {
            return;
        }
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
