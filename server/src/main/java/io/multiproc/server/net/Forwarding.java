package io.multiproc.server.net;

import io.multiproc.protocol.auth.ProxyGreeting;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsKey;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The connections of a node that does not lead to the one that does, each for one CPython client. */
final class Forwarding {
    private static final int LENGTH = 4;
    private static final int CONNECT_MILLIS = 3000;
    private static final long SILENCE_MILLIS = 30_000;

    private final Connections all;
    private final Transport transport;
    private final EventLoop loop;
    private final Executor slow;
    private final TlsHandler.Buffers buffers = new TlsHandler.Buffers();

    Forwarding(Connections all, Transport transport, EventLoop loop, Executor slow) {
        this.all = all;
        this.transport = transport;
        this.loop = loop;
        this.slow = slow;
    }

    /**
     * Connects to the leader.
     *
     * @param uri where it listens
     * @param here where this node is reached, which its proxies are to name
     */
    void connect(String uri, String here, ForwardPhase client) {
        try {
            slow.execute(() -> prepare(uri, here, client));
        } catch (RejectedExecutionException e) {
            client.failed();
        }
    }

    private void prepare(String uri, String here, ForwardPhase client) {
        try {
            ListenAddress address = ListenAddress.parse(uri);
            TlsKey byKey = address.isEncrypted() ? all.keys().mainTlsKey() : null;
            TlsEngine engine = byKey == null ? null : TlsEngine.client(byKey);
            InetSocketAddress to = new InetSocketAddress(address.host(), address.port());
            loop.execute(() -> connect(to, engine, here, client));
        } catch (RuntimeException e) {
            all.log().debug("cannot connect to {}: {}", uri, e.toString());
            loop.execute(client::failed);
        }
    }

    private void connect(InetSocketAddress to, @Nullable TlsEngine engine, String here, ForwardPhase client) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(transport.clientChannel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (engine != null) {
                            channel.pipeline().addLast(new TlsHandler(engine, slow, buffers));
                        }
                        channel.pipeline().addLast(new Remote(client, here));
                    }
                });
        Futures.unawaited(bootstrap.connect(to).addListener(done -> {
            if (!done.isSuccess()) {
                client.failed();
            }
        }));
    }

    /** The leader's answers. */
    private final class Remote extends ChannelInboundHandlerAdapter {
        private final ForwardPhase client;
        private final String here;
        /** Of the handshake, as far as it has arrived. */
        private ByteBuf early = Unpooled.EMPTY_BUFFER;

        private boolean ended;

        Remote(ForwardPhase client, String here) {
            this.client = client;
            this.here = here;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            Transport.keepAlive(ctx.channel(), SILENCE_MILLIS);
            if (!client.connected(ctx.channel())) {
                Futures.unawaited(ctx.close());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof ByteBuf bytes) {
                try {
                    // the array is the handler's own where it is decrypted
                    take(ctx, ctx.alloc().buffer(bytes.readableBytes()).writeBytes(bytes));
                } finally {
                    bytes.release();
                }
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        private void take(ChannelHandlerContext ctx, ByteBuf bytes) {
            ByteBuf all = early.isReadable() ? Unpooled.wrappedBuffer(early, bytes) : bytes;
            early = Unpooled.EMPTY_BUFFER;
            while (!client.isOpen() && all.readableBytes() >= LENGTH) {
                int length = all.getInt(all.readerIndex());
                if (length < 0 || length > ForwardPhase.handshakeLimit()) {
                    all.release();
                    Futures.unawaited(ctx.close());
                    return;
                }
                if (all.readableBytes() < LENGTH + length) {
                    break;
                }
                byte[] payload = new byte[length];
                all.skipBytes(LENGTH).readBytes(payload);
                client.handshake(payload);
            }
            if (!client.isOpen()) {
                early = all;
            } else {
                if (all.isReadable()) {
                    client.answered(all);
                }
                all.release();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            Transport.quickAck(ctx.channel());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof TlsHandler.Opened opened) {
                byte[] greeting = ProxyGreeting.encode(all.keys().main(), opened.binding(), here);
                ByteBuf frame = ctx.alloc().buffer(LENGTH + greeting.length);
                frame.writeInt(greeting.length).writeBytes(greeting);
                Futures.unawaited(ctx.writeAndFlush(frame));
            } else if (event instanceof ChannelInputShutdownEvent || event == TlsHandler.CUT_OFF) {
                Futures.unawaited(ctx.close());
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (ctx.channel().isWritable()) {
                client.writable();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            Futures.unawaited(ctx.close());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (!ended) {
                ended = true;
                early.release();
                client.failed();
            }
        }
    }
}
