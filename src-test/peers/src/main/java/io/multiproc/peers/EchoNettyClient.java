package io.multiproc.peers;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The physical reference of many callers on one connection: a bare Netty client of the bare Netty echo. */
final class EchoNettyClient implements Client {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final Channel channel;
    private final Object order = new Object();
    private long received;

    EchoNettyClient(String address) throws InterruptedException {
        String[] parts = address.split(":");
        channel = new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel ch) {
                        ch.pipeline().addLast(new Count());
                    }
                })
                .connect(parts[0], Integer.parseInt(parts[1]))
                .sync()
                .channel();
    }

    /** A future that the event loop completes itself. */
    private static final class Echoed extends CompletableFuture<Void> implements Runnable {
        @Override
        public void run() {
            complete(null);
        }
    }

    /** Sends a frame; the callback runs on the event loop when it has come back. */
    void send(Runnable done) {
        ByteBuf frame = channel.alloc().directBuffer(EchoSocketClient.FRAME).writeZero(EchoSocketClient.FRAME);
        synchronized (order) {
            waiting.add(done);
            channel.writeAndFlush(frame, channel.voidPromise());
        }
    }

    @Override
    public CompletionStage<?> putLater(String key, String value) {
        Echoed done = new Echoed();
        send(done);
        return done;
    }

    @Override
    public CompletionStage<?> getLater(String key) {
        return putLater(key, key);
    }

    @Override
    public void put(String key, String value) {
        putLater(key, value).toCompletableFuture().join();
    }

    @Override
    public Object get(String key) {
        put(key, key);
        return key;
    }

    @Override
    public long increment() {
        put("", "");
        return 1;
    }

    @Override
    public void lockAndUnlock() {
        put("", "");
        put("", "");
    }

    private final class Count extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf in = (ByteBuf) msg;
            received += in.readableBytes();
            in.release();
            while (received >= EchoSocketClient.FRAME) {
                received -= EchoSocketClient.FRAME;
                waiting.remove().run();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
