package io.multiproc.server.net;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.python.PythonHub;
import io.multiproc.server.python.PythonSession;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a CPython client. Its first request tells a control connection, which is answered and ended, from a data
 * connection. Requests that come while one waits are kept, for CPython's own clients send none.
 */
final class PythonDialect implements Phase {
    private static final int MAX_KEPT = 64;

    private final Connection connection;
    private final Connections all;
    private final ArrayDeque<byte[]> kept = new ArrayDeque<>();
    private final NamedKey key;
    private @Nullable PythonSession session;
    /** Whether this is a control connection whose answer is to come. */
    private boolean asked;

    PythonDialect(Connection connection, NamedKey key) {
        this.key = key;
        this.connection = connection;
        this.all = connection.all;
    }

    /** Takes the first request. */
    void open(byte[] b, int from, int end) {
        ListenAddress proxy = connection.proxy();
        PythonHub.Opened opened = all.python()
                .open(
                        b,
                        from,
                        end,
                        Addresses.peerKey(connection.channel()),
                        connection.address(),
                        proxy == null ? Addresses.local(connection.channel()) : Addresses.of(proxy),
                        key,
                        proxy == null ? null : proxy.toString(),
                        this::send);
        if (opened instanceof PythonHub.Opened.Data data) {
            session = data.session();
            connection.session = session.id();
            all.opened(connection);
            Transport.keepAlive(connection.channel(), all.options().leases().standard());
            connection.send(data.reply());
        } else if (opened instanceof PythonHub.Opened.Answered answered) {
            List<byte[]> replies = answered.replies();
            replies.forEach(connection::send);
            connection.end("answered", all.options().timeouts().handshakeMillis());
        } else {
            asked = true;
        }
    }

    @Override
    public int limit(int firstByte) {
        return all.options().limits().frame();
    }

    @Override
    public boolean isBusy() {
        PythonSession s = session;
        if (s == null || !s.isBusy()) {
            return false;
        }
        s.whenApplied(() -> connection.channel().pipeline().fireUserEventTriggered(ConnectionHandler.GO_ON));
        return true;
    }

    @Override
    public boolean takesLongForm() {
        return true;
    }

    @Override
    public void frame(byte[] b, int from, int end) {
        PythonSession s = session;
        if (s == null || from == end) {
            // an empty payload is the end of input for a reader of pickles
            connection.abort("empty frame");
        } else if (!s.isWaiting() && kept.isEmpty()) {
            s.request(b, from, end);
        } else if (kept.size() < MAX_KEPT) {
            kept.add(Arrays.copyOfRange(b, from, end));
        } else {
            all.log().warn("{}: {} requests while one waits, closing", connection.address(), MAX_KEPT);
            connection.abort("too many requests");
        }
    }

    @Override
    public void answered(long request, Reply reply) {
        if (session != null) {
            session.answered(request, reply);
        }
    }

    private void send(byte[] payload) {
        connection.send(payload);
        if (asked) {
            connection.end("answered", all.options().timeouts().handshakeMillis());
        } else if (!kept.isEmpty()) {
            // not here: the answer may come in the middle of another's entry
            connection.channel().eventLoop().execute(this::next);
        }
    }

    private void next() {
        PythonSession s = session;
        if (s != null && !s.isWaiting() && !connection.isEnding() && !kept.isEmpty()) {
            byte[] b = kept.remove();
            all.burst();
            s.request(b, 0, b.length);
            all.flush();
        }
    }

    /** Ends, and says why: to the request that waits, or to the next one. */
    void end(String why) {
        PythonSession s = session;
        if (s != null) {
            kept.clear();
            s.lastWord(why);
            connection.end(why, all.options().timeouts().closeMillis());
        }
    }

    @Override
    public boolean skipsTooLong() {
        PythonSession s = session;
        return s != null && !s.isWaiting() && kept.isEmpty();
    }

    @Override
    public boolean canRefuse(byte[] b, int from) {
        return skipsTooLong();
    }

    @Override
    public void refuse(byte[] head) {
        PythonSession s = session;
        if (s == null || s.isWaiting()) {
            connection.abort("no memory");
        } else {
            s.refuseForMemory();
        }
    }

    @Override
    public void skipped(long length, int limit) {
        PythonSession s = session;
        if (asked || s != null && s.isWaiting()) {
            connection.abort("bad length");
            return;
        }
        all.log()
                .warn("{}: a request of {} bytes was refused, at most {} allowed", connection.address(), length, limit);
        String text = "the request has " + length + " bytes, the server takes at most " + limit
                + " (serve --max-frame); send it in parts";
        if (s == null) {
            connection.send(all.python().refusal(text));
            connection.end("refused", all.options().timeouts().handshakeMillis());
        } else {
            s.refuse(text);
        }
    }

    @Override
    public void badLength(long length, int limit) {
        all.log().warn("{}: a frame of {} bytes, at most {} allowed; closing", connection.address(), length, limit);
        connection.abort("bad length");
    }

    @Override
    public void ended(String reason) {
        PythonSession s = session;
        session = null;
        if (s != null) {
            all.closed(connection);
            s.ended(connection.hasDelivered(), reason);
            all.log().debug("{} ended: {}", connection.address(), reason);
        }
    }
}
