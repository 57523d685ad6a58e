package io.multiproc.server.net;

import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.wire.ByteWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection between two nodes. The one that has made it sends messages on it, the other one receives. Belongs to the event loop thread, apart from {@link #output}.
 */
final class NodeLink extends ChannelInboundHandlerAdapter implements Admission.Candidate {
    /** For a host that is gone, where the kernel can tell. */
    private static final long KERNEL_MILLIS = 3_000;

    private static final byte[] NOTHING = {};
    private static final int HEAD = 4;

    private enum Phase {
        TLS,
        GREETING,
        /** It has been answered, and has not said whether it likes the answer. */
        ANSWERED,
        OPEN,
        ENDED
    }

    private final NodeChannel all;
    private final Channel channel;
    private final boolean dialed;
    private final Source source;
    private final long accepted = System.nanoTime();
    private final NodeOutput output;
    private @Nullable NodePeer peer;
    private @Nullable NodeGreeting greeting;
    private Phase phase = Phase.TLS;
    private byte[] binding = NOTHING;
    private Admission.Failure failure = Admission.Failure.NO_PROOF;
    private boolean proved;
    private boolean greeted;
    private long lastHeard = accepted;
    private long endedAt;
    private final byte[] head = new byte[HEAD];
    private int headSize;
    private byte @Nullable [] body;
    private int bodySize;

    /** @param dialed the node that is connected to, or null for a connection that was accepted */
    NodeLink(NodeChannel all, Channel channel, @Nullable NodePeer dialed) {
        this.all = all;
        this.channel = channel;
        this.peer = dialed;
        this.dialed = dialed != null;
        InetAddress inet = Addresses.inet(channel);
        source = this.dialed || inet == null
                ? new Source(true)
                : all.strangers().admission().source(inet);
        output = new NodeOutput(channel);
    }

    @Override
    public Source source() {
        return source;
    }

    @Override
    public long accepted() {
        return accepted;
    }

    @Override
    public void drop(String why) {
        end("too many connections have not proved that they are of nodes", true);
        Futures.unawaited(channel.close());
    }

    NodeOutput output() {
        return output;
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    boolean isDialed() {
        return dialed;
    }

    /** The host at the other end of the socket. */
    String host() {
        return Addresses.host(channel);
    }

    /** Host and port of the other end of the socket. */
    String remote() {
        return Addresses.text(channel);
    }

    // ---- what arrives

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        Transport.keepAlive(channel, KERNEL_MILLIS);
        if (!all.began(this)) {
            phase = Phase.ENDED;
            Futures.unawaited(ctx.close());
            return;
        }
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof ByteBuf in) {
                lastHeard = System.nanoTime();
                take(in);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void take(ByteBuf in) {
        while (in.isReadable() && phase != Phase.ENDED) {
            byte[] b = body;
            if (b != null) {
                int n = Math.min(in.readableBytes(), b.length - bodySize);
                in.readBytes(b, bodySize, n);
                bodySize += n;
            } else {
                head[headSize++] = in.readByte();
                if (headSize < HEAD) {
                    continue;
                }
                headSize = 0;
                bodySize = 0;
                b = body(ByteWriter.i32(head, 0));
                body = b;
            }
            if (b != null && bodySize == b.length) {
                body = null;
                frame(b);
            }
        }
    }

    /** Null for a length that is too much. Whoever announces one has proved the key or shown a certificate. */
    private byte @Nullable [] body(int length) {
        int most = phase == Phase.OPEN && !dialed ? all.options().largestMessage() : NodeGreeting.MOST_FRAME;
        if (length >= 0 && length <= most) {
            return length == 0 ? NOTHING : new byte[length];
        }
        refuse("a message of " + (length & 0xffff_ffffL) + " bytes is larger than the " + most
                + " that are taken here: give all nodes the same --max-frame");
        return null;
    }

    private void frame(byte[] b) {
        switch (phase) {
            case GREETING -> greeting(b);
            case ANSWERED -> {
                String refusal = NodeGreeting.refusalIn(b);
                if (b.length == 0) {
                    open();
                } else {
                    end(refusal == null ? "it is malformed what follows its greeting" : refused(refusal), false);
                    close();
                }
            }
            case OPEN -> opened(b);
            default -> {
                // nothing comes before TLS is complete, and what comes after the end is not read
            }
        }
    }

    private void opened(byte[] b) {
        NodePeer p = peer;
        if (b.length == 0 || p == null) {
            return;
        }
        if (!dialed) {
            boolean ignored = guarded(() -> all.listener().received(p.name(), b));
            return;
        }
        String refusal = NodeGreeting.refusalIn(b);
        end(refusal == null ? "it answers with what is no word of a node" : refused(refusal), false);
        close();
    }

    private static String refused(String why) {
        return "it refuses this node, of which it says: " + why;
    }

    private void greeting(byte[] b) {
        NodePeer to = peer;
        NodeGreeting.Proved found;
        try {
            found = to == null
                    ? NodeGreeting.decode(
                            b, NodeGreeting.Side.CONNECTING, all.options().keys(), binding)
                    : NodeGreeting.decode(b, NodeGreeting.Side.ANSWERING, List.of(to.key()), binding);
        } catch (NodeGreeting.Refused e) {
            String why = String.valueOf(e.getMessage());
            if (e.byOther) {
                end(refused(why), false);
                close();
            } else {
                refuse(why);
            }
            return;
        }
        NodeGreeting g = found.greeting();
        greeting = g;
        if (!dialed) {
            proved = true;
            all.strangers().admission().proved(this, System.nanoTime());
        }
        String fault = all.fault(g, to, host());
        if (fault != null) {
            refuse(fault);
            return;
        }
        NodePeer p = to == null ? all.peer(g) : to;
        peer = p;
        if (!guarded(() -> judge(p, g))) {
            return;
        }
        if (dialed) {
            frameOut(NOTHING);
            open();
        } else {
            frameOut(all.greeting(g.from()).encode(NodeGreeting.Side.ANSWERING, found.key(), binding));
            phase = Phase.ANSWERED;
        }
    }

    /** Calls the listener; false if the connection has ended over that. */
    private boolean guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            NodeChannel.log.error("fault over what {} has sent, whose connection is closed", remote(), e);
            closeNow("a fault of this node; its log says more");
        }
        return phase != Phase.ENDED;
    }

    private void judge(NodePeer p, NodeGreeting g) {
        String why = all.listener().greeted(p.name(), g.content());
        if (why != null) {
            refuse(why);
            return;
        }
        greeted = true;
        p.arrived();
    }

    private void open() {
        phase = Phase.OPEN;
        NodePeer p = peer;
        NodeGreeting g = greeting;
        if (p != null && g != null) {
            if (!dialed) {
                all.strangers().connected(g.from(), this);
            }
            p.opened(this, g.run());
        }
    }

    // ---- what is sent

    private void frameOut(byte[] content) {
        ByteBuf out = Unpooled.buffer(HEAD + content.length);
        out.writeInt(content.length).writeBytes(content);
        Futures.unawaited(channel.write(out));
    }

    /** Called each second. */
    void look(long now) {
        NodeTimes times = all.times();
        if (phase == Phase.ENDED) {
            if (now - endedAt > NodeTimes.nanos(times.linger())) {
                Futures.unawaited(channel.close());
            }
        } else if (phase != Phase.OPEN && now - accepted > NodeTimes.nanos(times.greeting())) {
            boolean inTls = phase == Phase.TLS;
            end(
                    (inTls ? "TLS was not complete within " : "it did not greet within ") + times.greeting() + " ms",
                    inTls);
            close();
        } else if (phase == Phase.OPEN && now - lastHeard > NodeTimes.nanos(times.silence())) {
            end("nothing was heard of it for " + times.silence() + " ms: it hangs, or the network is down", false);
            Futures.unawaited(channel.close());
        } else if (phase == Phase.OPEN && !output.hasWritten()) {
            frameOut(NOTHING);
            channel.flush();
        }
    }

    /** This process could hear nobody until now. */
    void pardon(long now) {
        lastHeard = now;
    }

    // ---- the end

    /** Tells the other end why, and ends. */
    void refuse(String why) {
        frameOut(NodeGreeting.refusal(why));
        end(dialed ? "this node refuses it: " + why : why, false);
        Futures.unawaited(channel.writeAndFlush(TlsHandler.END).addListener(done -> halfClose()));
    }

    /** Ends; what was written before gets its time to arrive. */
    private void close() {
        Futures.unawaited(channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> halfClose()));
    }

    private void halfClose() {
        // a plain close with unread input would reset the connection, and destroy what was just sent
        if (channel instanceof DuplexChannel duplex && channel.isActive()) {
            Futures.unawaited(duplex.shutdownOutput());
        }
    }

    void closeNow(String why) {
        end(why, false);
        Futures.unawaited(channel.close());
    }

    /** @param vague whether the reason tells less than one from before may */
    private void end(String why, boolean vague) {
        if (phase == Phase.ENDED) {
            return;
        }
        boolean wasOpen = phase == Phase.OPEN;
        phase = Phase.ENDED;
        endedAt = System.nanoTime();
        body = null;
        NodePeer p = peer;
        NodeGreeting g = greeting;
        if (!dialed && all.isRunning()) {
            if (!proved) {
                all.strangers().ended(this, NodeAddress.parse(all.ownAddress()).port(), why, failure);
            } else if (!wasOpen && g != null) {
                all.strangers().refused(g.from(), this, why);
            }
        }
        if (p != null) {
            p.ended(this, why, vague, greeted);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof TlsHandler.Opened opened && phase == Phase.TLS) {
            binding = opened.binding();
            phase = Phase.GREETING;
            NodePeer p = peer;
            if (p != null) {
                frameOut(all.greeting(p.name()).encode(NodeGreeting.Side.CONNECTING, p.key(), binding));
            }
        } else if (event instanceof ChannelInputShutdownEvent && phase == Phase.TLS) {
            // what it has said before, which may be why it ends, is still being read
            all.afterHandshakes(() -> gone(ctx));
        } else if (event instanceof ChannelInputShutdownEvent || event == TlsHandler.CUT_OFF) {
            gone(ctx);
        }
    }

    private void gone(ChannelHandlerContext ctx) {
        gone();
        Futures.unawaited(ctx.close());
    }

    private void gone() {
        boolean early = phase == Phase.TLS;
        end(early ? "it closed the connection before TLS was complete" : "it closed the connection", !isOpen());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
        all.closed(this, proved);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof TlsException tls) {
            boolean wrongKey = tls.reason() == TlsException.Reason.WRONG_KEY;
            NodePeer p = peer;
            if (p != null && wrongKey) {
                p.tryNextKey();
            }
            failure = wrongKey ? Admission.Failure.WRONG_KEY : Admission.Failure.NO_CLIENT;
            end(text(tls), false);
            close();
            return;
        }
        if (cause instanceof IOException) {
            end("the connection broke: " + cause.getMessage(), !isOpen());
        } else if (cause instanceof OutOfMemoryError) {
            end("there was no memory for what it sent", false);
        } else {
            NodeChannel.log.error("fault in the connection with {}, which is closed", remote(), cause);
            end("a fault of this node; its log says more", false);
        }
        Futures.unawaited(ctx.close());
    }

    private static String text(TlsException e) {
        return switch (e.reason()) {
            case WRONG_KEY -> "it has another authkey: give all nodes the same one";
            case NO_TLS -> "it does not speak TLS as nodes do: is that the address of a node port?";
            case OTHER_WAY -> "one of the two nodes goes by certificates, the other one by the authkey alone: give all"
                    + " nodes certificates, or none";
            case NO_CERTIFICATE -> "it shows no certificate, as nodes that have one ask for: give all nodes one";
            default -> String.valueOf(e.getMessage());
        };
    }
}
