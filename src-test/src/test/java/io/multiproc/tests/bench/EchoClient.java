package io.multiproc.tests.bench;

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
import java.util.concurrent.ConcurrentLinkedQueue;

/** A bare Netty client of the echo server: frames of one size, completions in order. */
final class EchoClient implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final Channel channel;
    private final int size;
    private long received;
    private final Object order = new Object();

    EchoClient(int port, int size) throws InterruptedException {
        this.size = size;
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
                .connect("127.0.0.1", port)
                .sync()
                .channel();
    }

    /** Sends a frame; the callback runs on the event loop when it has come back. */
    void send(Runnable done) {
        ByteBuf frame = channel.alloc().directBuffer(size).writeZero(size);
        synchronized (order) {
            waiting.add(done);
            channel.writeAndFlush(frame, channel.voidPromise());
        }
    }

    /** Sends a frame from the event loop, flushed with others at the end of the burst. */
    void sendInBurst(Runnable done) {
        waiting.add(done);
        channel.write(channel.alloc().directBuffer(size).writeZero(size), channel.voidPromise());
    }

    private final class Count extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf in = (ByteBuf) msg;
            received += in.readableBytes();
            in.release();
            while (received >= size) {
                received -= size;
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
        group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }
}
