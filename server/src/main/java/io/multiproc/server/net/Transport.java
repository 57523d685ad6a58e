package io.multiproc.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.spi.SelectorProvider;

/** Netty's epoll transport on Linux, the JDK's selectors elsewhere. Both can do TCP and Unix sockets. */
enum Transport {
    EPOLL,
    NIO;

    static Transport choose(boolean allowNative) {
        return allowNative && Epoll.isAvailable() ? EPOLL : NIO;
    }

    IoHandlerFactory ioHandlers(long spinNanos, BatchSizes batchSizes) {
        SelectStrategyFactory strategies = () -> new SpinSelectStrategy(spinNanos, batchSizes);
        return this == EPOLL
                ? EpollIoHandler.newFactory(0, strategies)
                : NioIoHandler.newFactory(SelectorProvider.provider(), strategies);
    }

    Class<? extends ServerChannel> serverChannel(ListenAddress address) {
        if (this == EPOLL) {
            return address.isUnix() ? EpollServerDomainSocketChannel.class : EpollServerSocketChannel.class;
        }
        return address.isUnix() ? NioServerDomainSocketChannel.class : NioServerSocketChannel.class;
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

    /** Whether the peer's kernel has acknowledged all bytes sent; true where that cannot be known. */
    static boolean isAcknowledged(Channel channel) {
        return !(channel instanceof EpollSocketChannel epoll)
                || !epoll.isOpen()
                || epoll.tcpInfo().unacked() == 0;
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
