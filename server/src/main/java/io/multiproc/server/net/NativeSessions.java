package io.multiproc.server.net;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.engine.Receipts;
import io.multiproc.server.machine.OpenSession;
import io.netty.util.collection.LongObjectHashMap;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of native clients: opened, cut off, resumed, ended. A session ends with a goodbye of either side, after its lease of
 * silence, or after the grace without a connection. Belongs to the event loop thread.
 */
final class NativeSessions implements Receipts {
    private static final SecureRandom SECRETS = new SecureRandom();

    private final Connections all;
    private final long graceNanos;
    private final LongObjectHashMap<NativeSession> sessions = new LongObjectHashMap<>();

    NativeSessions(Connections all) {
        this.all = all;
        this.graceNanos = TimeUnit.MILLISECONDS.toNanos(all.options().leases().grace());
    }

    int size() {
        return sessions.size();
    }

    @Nullable
    NativeSession get(long id) {
        return sessions.get(id);
    }

    NativeSession open(Hello hello, Connection connection, long leaseMillis, NamedKey key) {
        long secret = SECRETS.nextLong();
        long id = all.engine().openSession(hello, connection.address(), key, secret, leaseMillis);
        all.engine().access().connected(id, hello.name());
        NativeSession session = NativeSession.opened(
                id,
                secret,
                TimeUnit.MILLISECONDS.toNanos(leaseMillis),
                all.options().limits().keptReplies(),
                all.engine());
        sessions.put(id, session);
        session.connect(connection);
        all.log().debug("session {} of {} ({}) opened", id, connection.address(), hello.name());
        return session;
    }

    /** The sessions that a log says were open: each has its whole lease and grace from now on. */
    void restore() {
        for (OpenSession s : all.engine().resumable()) {
            NativeSession session =
                    NativeSession.restored(s, all.options().limits().keptReplies(), all.engine());
            session.cut(all.now(), all.now());
            sessions.put(s.id(), session);
            NamedKey key = all.keys().named(s.opened().key());
            if (key != null) {
                all.engine().access().opened(s.id(), key, s.id(), s.opened().address());
            }
        }
    }

    @Override
    public long frame(long id) {
        NativeSession session = sessions.get(id);
        return session == null || session.isAgain() ? 0 : session.received;
    }

    @Override
    public long confirmed(long id) {
        NativeSession session = sessions.get(id);
        return session == null ? 0 : session.replies.confirmedKept();
    }

    /** Why a Hello cannot resume the session that it names, or null if it can. */
    @Nullable
    HelloRefused refusal(Hello hello, NamedKey key) {
        Hello.Resume resume = hello.resume();
        if (resume.epoch() != all.engine().epoch()) {
            return new HelloRefused(
                    ErrorCode.SERVER_RESTARTED,
                    "session " + hello.session() + " was one of a server that has ended; this one does not know it");
        }
        NativeSession session = sessions.get(hello.session());
        if (session == null && all.engine().isLost(hello.session())) {
            return wentBack(hello, "does not know it");
        }
        if (session == null || session.secret != resume.secret()) {
            return new HelloRefused(
                    ErrorCode.SESSION_EXPIRED,
                    "session " + hello.session()
                            + " has ended: its client was silent for its lease, or had no connection for more than "
                            + all.options().leases().grace() + " ms; what it held is released");
        }
        if (!all.engine().access().isOf(session.id, key)) {
            return new HelloRefused(
                    ErrorCode.NOT_PERMITTED,
                    "session " + hello.session()
                            + " was opened with another key, and can be resumed with that one only");
        }
        if (session.lacks(resume)) {
            end(session, "its client was answered more than this server knows of");
            return wentBack(hello, "has not all that its client was answered");
        }
        if (session.awaitsClient) {
            return resume.confirmed() >= 0 && resume.received() >= 0
                    ? null
                    : new HelloRefused(
                            ErrorCode.SERVER_RESTARTED,
                            "session " + hello.session()
                                    + " was one of a server that has been started again, and its client is too old to go on: update it");
        }
        if (!session.replies.admits(resume.received())) {
            return new HelloRefused(
                    ErrorCode.BAD_VALUE,
                    "session " + hello.session() + " has had " + session.replies.total() + " replies, not "
                            + resume.received());
        }
        return null;
    }

    private HelloRefused wentBack(Hello hello, String what) {
        all.log()
                .warn(
                        "session {} cannot be resumed: this server was started with an older state, which {}",
                        hello.session(),
                        what);
        return new HelloRefused(
                ErrorCode.SERVER_RESTARTED,
                "session " + hello.session() + " is over: the manager was started with an older state, which " + what
                        + "; what the manager has answered lately may be gone, so look at what is there, and connect again");
    }

    /** Gives the session that a Hello names to its new connection. The old one is closed if it is still there. */
    NativeSession resume(Hello hello, Connection connection) {
        NativeSession session = sessions.get(hello.session());
        // while it has no connection: what is to be answered follows the HelloAck
        session.resume(hello.resume());
        Connection old = session.connection();
        session.connect(connection);
        if (old != null) {
            old.abort("resumed from " + connection.address());
        }
        all.engine().resumed(session.id, hello, connection.address());
        all.log().debug("session {} resumed from {}", session.id, connection.address());
        return session;
    }

    /** A connection has gone without a goodbye. */
    void cut(NativeSession session, Connection connection, String reason) {
        if (session.connection() == connection) {
            session.cut(all.now(), connection.lastHeard);
            all.engine().connected(session.id, null);
            all.log().debug("session {} of {} is cut off: {}", session.id, connection.address(), reason);
        }
    }

    /** The session is over: what it owns is released. */
    void end(NativeSession session, String reason) {
        if (session.end()) {
            sessions.remove(session.id);
            all.engine().closeSession(session.id, reason);
            all.log().debug("session {} ended: {}", session.id, reason);
        }
    }

    void sweep(long last, long now) {
        for (NativeSession s : sessions.values().toArray(new NativeSession[0])) {
            Connection c = s.connection();
            if (c == null) {
                if (s.isOver(now, graceNanos, now - last) || s.replies.isFull()) {
                    all.event().log("session {} had no connection for too long, ending it", s.id);
                    end(s, "no connection");
                }
            } else {
                sweep(s, c, last, now);
            }
            s.replies.trim();
        }
    }

    private void sweep(NativeSession s, Connection c, long last, long now) {
        long waiting = c.pendingOutput();
        if (waiting < c.pendingAtSweep) {
            // it is reading a long reply: that is a sign of life, too
            c.lastHeard = last;
        }
        c.pendingAtSweep = waiting;
        // the slack is how old the clock may have been when the client was last heard
        if (now - c.lastHeard > s.leaseNanos + (now - last)) {
            long millis = TimeUnit.NANOSECONDS.toMillis(s.leaseNanos);
            all.event().log("session {} of {} was silent for {} ms, closing", s.id, c.address(), millis);
            c.goodbye(
                    ErrorCode.SESSION_EXPIRED, "the session was silent for longer than its lease of " + millis + " ms");
        }
    }

    /** Ends a session and says why. */
    void end(NativeSession session, ErrorCode code, String why) {
        Connection c = session.connection();
        if (c == null) {
            end(session, why);
        } else {
            c.goodbye(code, why);
        }
    }

    /** The server ends. */
    void endCutOff() {
        for (NativeSession s : sessions.values().toArray(new NativeSession[0])) {
            if (s.connection() == null) {
                end(s, "the server is ending");
            }
        }
    }
}
