package io.multiproc.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.ThreadFactory;
import jdk.net.ExtendedSocketOptions;

/** Netty's epoll transport on Linux, the JDK's selectors elsewhere. Both can do TCP and Unix sockets. */
enum Transport {
    EPOLL,
    NIO;

    /** The kernel's number for a connection that is over. */
    private static final int TCP_CLOSE = 7;

    private static final boolean HAS_IO_HANDLERS = hasIoHandlers();

    static Transport choose(boolean allowNative) {
        return allowNative && Epoll.isAvailable() ? EPOLL : NIO;
    }

    /**
     * The event loop: one thread. With Netty 4.1, which a framework's version list may put in the place of 4.2, it is the transport's own group; the
     * classes of 4.2 are mentioned in a class that is not loaded then.
     */
    EventLoopGroup loop(ThreadFactory threads, long spinNanos, BatchSizes batchSizes) {
        SelectStrategyFactory strategies = () -> new SpinSelectStrategy(spinNanos, batchSizes);
        return HAS_IO_HANDLERS ? Netty42.loop(this, threads, strategies) : netty41(threads, strategies);
    }

    // deprecated in 4.2, and all there is in 4.1
    @SuppressWarnings("deprecation")
    private EventLoopGroup netty41(ThreadFactory threads, SelectStrategyFactory strategies) {
        return this == EPOLL
                ? new EpollEventLoopGroup(1, threads, strategies)
                : new NioEventLoopGroup(1, threads, SelectorProvider.provider(), strategies);
    }

    private static final class Netty42 {
        static EventLoopGroup loop(Transport transport, ThreadFactory threads, SelectStrategyFactory strategies) {
            IoHandlerFactory handlers = transport == EPOLL
                    ? EpollIoHandler.newFactory(0, strategies)
                    : NioIoHandler.newFactory(SelectorProvider.provider(), strategies);
            return new MultiThreadIoEventLoopGroup(1, threads, handlers);
        }
    }

    private static boolean hasIoHandlers() {
        try {
            Class<?> ignored = Class.forName(
                    "io.netty.channel.MultiThreadIoEventLoopGroup", false, EventLoopGroup.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    Class<? extends ServerChannel> serverChannel(ListenAddress address) {
        if (this == EPOLL) {
            return address.isUnix() ? EpollServerDomainSocketChannel.class : EpollServerSocketChannel.class;
        }
        return address.isUnix() ? NioServerDomainSocketChannel.class : NioServerSocketChannel.class;
    }

    Class<? extends Channel> clientChannel() {
        return this == EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    SocketAddress socketAddress(ListenAddress address) {
        if (!address.isUnix()) {
            return new InetSocketAddress(address.host(), address.port());
        }
        return this == EPOLL ? new DomainSocketAddress(address.path()) : UnixDomainSocketAddress.of(address.path());
    }

    /** Has the kernel find out about peers that vanished without a word; and lets the handler see the end of input first. */
    static void keepAlive(Channel channel) {
        if (channel instanceof SocketChannel socket) {
            socket.config().setKeepAlive(true);
        }
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    /**
     * As {@link #keepAlive}, for clients that send no heartbeats: a host that is dead or cut off is noticed within so long. A process that is paused is not, as its
     * kernel goes on acknowledging.
     */
    static void keepAlive(Channel channel, long withinMillis) {
        keepAlive(channel);
        int idle = (int) Math.max(1, withinMillis / 3_000);
        int interval = (int) Math.max(1, withinMillis / 6_000);
        int probes = (int) Math.max(1, (withinMillis / 1_000 - idle) / interval);
        if (channel instanceof EpollSocketChannel epoll) {
            epoll.config()
                    .setTcpKeepIdle(idle)
                    .setTcpKeepIntvl(interval)
                    .setTcpKeepCnt(probes)
                    // also while something that was sent is not acknowledged, which the kernel would repeat for a
                    // quarter of an hour
                    .setTcpUserTimeout((int) Math.min(Integer.MAX_VALUE, withinMillis));
        } else if (channel instanceof SocketChannel) {
            try {
                ProbeOptions.set(channel, idle, interval, probes);
            } catch (LinkageError | UnsupportedOperationException e) {
                // a system without them, or a program without module jdk.net: the kernel's own times
            }
        }
    }

    /** Options of the JDK that not each system has. */
    private static final class ProbeOptions {
        static void set(Channel channel, int idle, int interval, int probes) {
            channel.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), idle);
            channel.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), interval);
            channel.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), probes);
        }
    }

    /**
     * Whether the peer's kernel has acknowledged all bytes sent; true where that cannot be known. A connection that was reset after its end of input has nothing
     * unacknowledged either, and reading from it tells of the end only: its state tells.
     */
    static boolean isAcknowledged(Channel channel) {
        if (!(channel instanceof EpollSocketChannel epoll) || !epoll.isOpen()) {
            return true;
        }
        EpollTcpInfo info = epoll.tcpInfo();
        return info.unacked() == 0 && info.state() != TCP_CLOSE;
    }

    /**
     * Has the kernel acknowledge at once what arrives next. It forgets this by itself, so the handshake asks again around
     * each read; without it every CPython client waits 40 ms for a delayed acknowledgement.
     */
    static void quickAck(Channel channel) {
        if (channel instanceof EpollSocketChannel && channel.isActive()) {
            channel.config().setOption(EpollChannelOption.TCP_QUICKACK, true);
        }
    }
}
