package io.multiproc.server.net;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A CPython client of a node that does not lead: its requests are passed on to the node that does, and the answers back. The client has proved a key to this node, and this
 * node proves the same one to the leader. While nobody leads the client waits; if this node begins to lead meanwhile, it serves the client itself.
 */
final class ForwardPhase implements Phase {
    private static final int LENGTH = 4;
    private static final long RETRY_MILLIS = 50;

    private final Connection connection;
    private final Connections all;
    private final NamedKey key;
    private final long began = System.nanoTime();
    /** What the client has sent before the leader could be asked. */
    private final ArrayDeque<byte[]> kept = new ArrayDeque<>();

    private final ClientHandshake handshake;
    private @Nullable Channel remote;
    private boolean open;
    private boolean over;
    private int attempt;

    ForwardPhase(Connection connection, NamedKey key) {
        this.connection = connection;
        this.all = connection.all;
        this.key = key;
        this.handshake = new ClientHandshake(key.key(), AuthPolicy.SHA256_OR_BETTER, all.nonces(), Digest.SHA256);
    }

    /** Takes the first request. */
    void open(byte[] b, int from, int end) {
        kept.add(Arrays.copyOfRange(b, from, end));
        attempt();
    }

    private void attempt() {
        if (over) {
            return;
        }
        if (!all.isPassive()) {
            serveHere();
            return;
        }
        if (System.nanoTime() - began
                > TimeUnit.MILLISECONDS.toNanos(all.options().timeouts().handshakeMillis())) {
            connection.refused(
                    Admission.Failure.NO_CLIENT,
                    "no node that leads could be reached within "
                            + all.options().timeouts().handshakeMillis() + " ms; see multiproc cluster");
            connection.abort("no leader");
            return;
        }
        List<String> leader = all.leader();
        if (leader.isEmpty()) {
            all.later(this::attempt, RETRY_MILLIS);
        } else {
            String uri = leader.get(attempt++ % leader.size());
            ListenAddress proxy = connection.proxy();
            String here = proxy == null ? "tcp://" + local() : proxy.toString();
            all.forwarding().connect(uri, here, this);
        }
    }

    private String local() {
        List<Object> at = Addresses.local(connection.channel());
        return at.size() == 1 ? "127.0.0.1:0" : host(String.valueOf(at.get(0))) + ":" + at.get(1);
    }

    private static String host(String host) {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    private void serveHere() {
        over = true;
        all.burst();
        PythonDialect dialect = new PythonDialect(connection, key);
        connection.become(dialect);
        byte[] first = kept.remove();
        dialect.open(first, 0, first.length);
        while (!kept.isEmpty() && !connection.isEnding()) {
            byte[] next = kept.remove();
            dialect.frame(next, 0, next.length);
        }
        all.flush();
        connection.channel().pipeline().fireUserEventTriggered(ConnectionHandler.GO_ON);
    }

    // ---- the leader's side; on the event loop

    /** The leader is connected, and its handshake comes next. False if nobody waits for that any more. */
    boolean connected(Channel channel) {
        if (over) {
            return false;
        }
        remote = channel;
        return true;
    }

    /** The connection to the leader could not be made, or has ended. */
    void failed() {
        if (over) {
            return;
        }
        if (open) {
            over = true;
            // what it has said still reaches the client
            connection.end(
                    "the node that leads closed", all.options().timeouts().closeMillis());
        } else {
            remote = null;
            all.later(this::attempt, RETRY_MILLIS);
        }
    }

    /** A frame of the leader's during the handshake. */
    void handshake(byte[] payload) {
        Channel to = remote;
        if (over || to == null) {
            return;
        }
        try {
            List<byte[]> answers = new ArrayList<>(handshake.receive(payload));
            if (handshake.isDone()) {
                open = true;
                answers.addAll(kept);
                kept.clear();
            }
            answers.forEach(answer -> write(to, answer, 0, answer.length));
            to.flush();
            if (open) {
                connection.channel().pipeline().fireUserEventTriggered(ConnectionHandler.GO_ON);
            }
        } catch (HandshakeException e) {
            over = true;
            connection.refused(
                    Admission.Failure.NO_CLIENT, "the node that leads does not take the key: " + e.getMessage());
            connection.abort("refused by the leader");
            Futures.unawaited(to.close());
        }
    }

    boolean isOpen() {
        return open;
    }

    /** What the leader says after the handshake. It is read on when the client has taken it. */
    void answered(ByteBuf bytes) {
        Channel client = connection.channel();
        Channel from = remote;
        if (over || from == null) {
            return;
        }
        Futures.unawaited(client.writeAndFlush(bytes.retain()));
        if (!client.isWritable()) {
            from.config().setAutoRead(false);
            Futures.unawaited(client.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(done -> from.config().setAutoRead(true)));
        }
    }

    /** The leader takes more. */
    void writable() {
        if (!over) {
            connection.channel().pipeline().fireUserEventTriggered(ConnectionHandler.GO_ON);
        }
    }

    private static void write(Channel to, byte[] b, int from, int length) {
        ByteBuf frame = to.alloc().directBuffer(LENGTH + length);
        frame.writeInt(length).writeBytes(b, from, length);
        Futures.unawaited(to.write(frame, to.voidPromise()));
    }

    // ---- the client's side

    @Override
    public int limit(int firstByte) {
        return all.options().limits().frame();
    }

    @Override
    public boolean takesLongForm() {
        return true;
    }

    @Override
    public boolean isBusy() {
        Channel to = remote;
        return !open || to == null || !to.isWritable();
    }

    @Override
    public void frame(byte[] b, int from, int end) {
        Channel to = remote;
        if (open && to != null) {
            write(to, b, from, end - from);
            to.flush();
        } else {
            kept.add(Arrays.copyOfRange(b, from, end));
        }
    }

    @Override
    public void badLength(long length, int limit) {
        all.log().warn("{}: a frame of {} bytes, at most {} allowed; closing", connection.address(), length, limit);
        connection.abort("bad length");
    }

    @Override
    public void ended(String reason) {
        over = true;
        Channel to = remote;
        remote = null;
        if (to != null) {
            Futures.unawaited(to.close());
        }
    }

    static int handshakeLimit() {
        return Limits.MAX_HANDSHAKE_FRAME;
    }
}
