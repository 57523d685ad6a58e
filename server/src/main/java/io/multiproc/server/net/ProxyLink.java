package io.multiproc.server.net;

import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a program to the proxy, and the one to the server that carries it. Neither side is read while the other one takes nothing. Belongs to the event loop thread.
 *
 * <p>The server asks its kernel whether a Python program has received a reply, so the end of one is passed on as it was: that it has closed is said in TLS, and only
 * if it had all that came and waited for nothing. Any other end resets the connection, and an item on its way goes back to its queue.
 */
final class ProxyLink {
    private static final long OPEN_MILLIS = 10_000;
    private static final long LINGER_MILLIS = 1_000;
    /** The lease of a client that asks for none: a server that is gone without a word is noticed within it. */
    private static final long SILENCE_MILLIS = 30_000;

    private static final byte[] NATIVE = "{native}".getBytes(StandardCharsets.US_ASCII);
    private static final int LENGTH = 4;

    private final ProxyServer proxy;
    private final Channel local;
    private @Nullable Channel remote;
    private final FrameMarks replies = new FrameMarks();
    /** The start of what the program says, by which the dialects part. */
    private final byte[] start = new byte[LENGTH + NATIVE.length];

    private int started;
    private boolean open;
    private boolean lastFromServer;
    private boolean over;
    private boolean remoteOver;

    ProxyLink(ProxyServer proxy, Channel local) {
        this.proxy = proxy;
        this.local = local;
    }

    // ---- the program's side

    ChannelInboundHandler local() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                Transport.quickAck(ctx.channel());
                proxy.prepare(ProxyLink.this);
            }

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof ByteBuf bytes) {
                    fromProgram(bytes);
                } else {
                    ReferenceCountUtil.release(message);
                }
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                // a Python program writes a frame in two parts, and waits for the first one's acknowledgement
                Transport.quickAck(ctx.channel());
                Channel r = remote;
                if (r != null && !over) {
                    r.flush();
                    throttle();
                }
            }

            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event instanceof ChannelInputShutdownEvent) {
                    programEnded();
                }
            }

            @Override
            public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                Channel r = remote;
                if (r != null && local.isWritable() && !remoteOver) {
                    r.config().setAutoRead(true);
                }
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                reset();
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                if (!over) {
                    reset();
                }
                proxy.ended(ProxyLink.this);
            }
        };
    }

    private void fromProgram(ByteBuf bytes) {
        Channel r = remote;
        if (r == null || over || remoteOver) {
            bytes.release();
            return;
        }
        int n = Math.min(bytes.readableBytes(), start.length - started);
        bytes.getBytes(bytes.readerIndex(), start, started, n);
        started += n;
        lastFromServer = false;
        Futures.unawaited(r.write(bytes, r.voidPromise()));
    }

    /** The program is not read while the server takes nothing. */
    private void throttle() {
        Channel r = remote;
        TlsHandler tls = r == null ? null : r.pipeline().get(TlsHandler.class);
        if (r != null && tls != null && (tls.waiting() > 0 || !r.isWritable())) {
            local.config().setAutoRead(false);
        }
    }

    private boolean isNative() {
        return started == start.length && Arrays.equals(start, LENGTH, start.length, NATIVE, 0, NATIVE.length);
    }

    private boolean hasAll() {
        ChannelOutboundBuffer waiting = local.unsafe().outboundBuffer();
        return lastFromServer
                && replies.isAtEnd()
                && (waiting == null || waiting.totalPendingWriteBytes() == 0)
                && Transport.isAcknowledged(local);
    }

    private void programEnded() {
        Channel r = remote;
        if (over) {
            return;
        }
        if (remoteOver || r == null || !open || !(isNative() || hasAll())) {
            reset();
            return;
        }
        over = true;
        Futures.unawaited(local.close());
        // whatever is on its way first
        Futures.unawaited(r.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            if (!done.isSuccess()) {
                Futures.unawaited(r.close());
                return;
            }
            TlsHandler tls = r.pipeline().get(TlsHandler.class);
            if (tls != null) {
                tls.sayEnd(r.pipeline().context(tls));
            }
            if (r instanceof DuplexChannel duplex) {
                Futures.unawaited(duplex.shutdownOutput());
            }
            r.config().setAutoRead(true);
            closeLater(r);
        }));
    }

    private static void closeLater(Channel channel) {
        Futures.unawaited(channel.eventLoop()
                .schedule(() -> Futures.unawaited(channel.close()), LINGER_MILLIS, TimeUnit.MILLISECONDS));
    }

    // ---- the server's side

    void connect(InetSocketAddress to, TlsEngine engine) {
        if (over) {
            return;
        }
        Bootstrap bootstrap = new Bootstrap()
                .group(local.eventLoop())
                .channel(proxy.transport().clientChannel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) OPEN_MILLIS)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(proxy.handler(engine), remote());
                    }
                });
        if (to.isUnresolved()) {
            fail("the host " + to.getHostString() + " is unknown");
            return;
        }
        Futures.unawaited(bootstrap.connect(to).addListener(done -> {
            if (!done.isSuccess()) {
                fail(String.valueOf(done.cause().getMessage()));
            }
        }));
        Futures.unawaited(local.eventLoop()
                .schedule(
                        () -> {
                            if (!open && !over) {
                                fail("no TLS within " + OPEN_MILLIS + " ms");
                            }
                        },
                        OPEN_MILLIS,
                        TimeUnit.MILLISECONDS));
    }

    private ChannelInboundHandler remote() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                remote = ctx.channel();
                if (over) {
                    Futures.unawaited(ctx.close());
                    return;
                }
                Transport.keepAlive(ctx.channel(), SILENCE_MILLIS);
            }

            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof ByteBuf bytes && !over) {
                    fromServer(bytes);
                }
                ReferenceCountUtil.release(message);
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                local.flush();
                if (!local.isWritable() && !over) {
                    ctx.channel().config().setAutoRead(false);
                }
            }

            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event instanceof TlsHandler.Opened opened) {
                    opened(ctx.channel(), opened.binding());
                } else if (event instanceof ChannelInputShutdownEvent || event == TlsHandler.CUT_OFF) {
                    serverEnded();
                }
            }

            @Override
            public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                if (ctx.channel().isWritable() && !over && open) {
                    local.config().setAutoRead(true);
                }
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                if (!open || cause instanceof TlsException) {
                    fail(String.valueOf(cause.getMessage()));
                } else {
                    reset();
                }
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                if (!open) {
                    fail("it closed the connection during the handshake; its log says why");
                }
                serverEnded();
            }
        };
    }

    private void opened(Channel channel, byte[] binding) {
        open = true;
        byte[] greeting = proxy.greeting(binding);
        ByteBuf frame = channel.alloc().buffer(LENGTH + greeting.length);
        frame.writeInt(greeting.length).writeBytes(greeting);
        Futures.unawaited(channel.writeAndFlush(frame, channel.voidPromise()));
        local.config().setAutoRead(true);
    }

    private void fromServer(ByteBuf bytes) {
        replies.pass(bytes);
        lastFromServer = true;
        // the array is the handler's own
        Futures.unawaited(
                local.write(local.alloc().buffer(bytes.readableBytes()).writeBytes(bytes), local.voidPromise()));
    }

    /** What it has said still reaches the program. */
    private void serverEnded() {
        if (over || remoteOver) {
            return;
        }
        remoteOver = true;
        Futures.unawaited(local.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            if (local instanceof DuplexChannel duplex) {
                Futures.unawaited(duplex.shutdownOutput());
            }
            // its own end closes both
            local.config().setAutoRead(true);
            closeLater(local);
        }));
    }

    /** The server cannot be used. */
    void fail(String why) {
        if (!over) {
            proxy.refused(why);
            reset();
        }
    }

    /** Ends both without a word. */
    void reset() {
        over = true;
        Futures.unawaited(local.close());
        Channel r = remote;
        if (r != null && r.isOpen()) {
            if (!remoteOver) {
                r.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            Futures.unawaited(r.close());
        }
        proxy.ended(this);
    }
}
