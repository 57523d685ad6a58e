package io.multiproc.server.net;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Addresses of peers, for people and for the Python dialect. */
final class Addresses {
    private Addresses() {}

    /** Which process a connection is from where the kernel tells, else which host. */
    static String peerKey(Channel channel) {
        if (channel.remoteAddress() instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return inet.getAddress().getHostAddress();
        }
        if (channel instanceof EpollDomainSocketChannel unix) {
            try {
                int pid = unix.peerCredentials().pid();
                if (pid > 0) {
                    return "pid " + pid;
                }
            } catch (IOException e) {
                // it has closed already
            }
        }
        return "this host";
    }

    /** The server's end of a connection as a Python client names addresses: a path, or host and port. */
    static List<Object> local(Channel channel) {
        SocketAddress local = channel.localAddress();
        if (local instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return List.of(inet.getAddress().getHostAddress(), (long) inet.getPort());
        }
        return List.of(local instanceof DomainSocketAddress unix ? unix.path() : String.valueOf(local));
    }

    /** The same of the listener of a proxy server. */
    static List<Object> of(ListenAddress listener) {
        return listener.isUnix() ? List.of(listener.path()) : List.of(listener.host(), (long) listener.port());
    }

    /** The address of a TCP peer, null for a Unix socket. */
    static @Nullable InetAddress inet(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    /** The address of a peer without its port; {@code unix} for a Unix socket. */
    static String host(Channel channel) {
        InetAddress address = inet(channel);
        if (address == null) {
            return "unix";
        }
        String host = address.getHostAddress();
        int scope = host.indexOf('%');
        return scope < 0 ? host : host.substring(0, scope);
    }

    /** The port of a peer, 0 for a Unix socket. */
    static int port(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    static String text(Channel channel) {
        SocketAddress remote = channel.remoteAddress();
        if (remote instanceof InetSocketAddress inet) {
            String host = inet.getAddress() == null
                    ? inet.getHostString()
                    : inet.getAddress().getHostAddress();
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
        }
        return "unix socket";
    }
}
