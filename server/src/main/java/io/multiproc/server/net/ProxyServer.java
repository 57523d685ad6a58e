package io.multiproc.server.net;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ProxyGreeting;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.protocol.tls.TlsKey;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local end of a server that encrypts, for programs that cannot: each connection to it is carried to the server by a TLS connection of its own, byte by byte. Programs and server
 * prove the authkey to each other as without it. One event loop thread carries, another one does the steps of TLS handshakes. Its methods may be called from any
 * thread but those two.
 */
public final class ProxyServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ProxyServer.class);
    private static final int BACKLOG = 1024;
    private static final int IDLE_SECONDS = 10;
    private static final long END_SECONDS = 2;
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    /**
     * What it carries where.
     *
     * @param listen where programs of this machine connect
     * @param host of the server
     * @param port of the server
     * @param key the authkey, which the proxy proves to the server for itself
     * @param ca authorities of the server's certificate, {@link TlsFiles#SYSTEM}, or null to go by the authkey
     * @param certificate the proxy's own, if the server asks for one, or null
     * @param certificateKey its private key
     */
    public record Options(
            ListenAddress listen,
            String host,
            int port,
            Authkey key,
            @Nullable String ca,
            @Nullable Path certificate,
            @Nullable Path certificateKey) {
        String server() {
            return "tls://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    private final Options options;
    private final @Nullable TlsFiles files;
    private final @Nullable TlsKey tlsKey;
    private final Transport transport = Transport.choose(true);
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final ThreadPoolExecutor handshakes;
    private final TlsHandler.Buffers buffers = new TlsHandler.Buffers();
    private final Set<ProxyLink> links = new LinkedHashSet<>();
    private ListenAddress address;
    private @Nullable Channel listener;
    private long lastLine = System.nanoTime() - QUIET_NANOS;
    private int unsaid;

    private ProxyServer(Options options) {
        this.options = options;
        address = options.listen();
        String ca = options.ca();
        files = ca == null ? null : new TlsFiles(ca, options.certificate(), options.certificateKey());
        tlsKey = ca == null ? TlsKey.of(options.key()) : null;
        group = transport.loop(new DefaultThreadFactory("multiproc-proxy", true), 0, new BatchSizes());
        loop = group.next();
        handshakes = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("multiproc-tls", true));
        handshakes.allowCoreThreadTimeOut(true);
    }

    /**
     * Listens; does not look for the server yet.
     *
     * @throws IOException if the address cannot be bound, naming it
     * @throws IllegalArgumentException if other machines could connect to it, or its address is too long
     */
    public static ProxyServer start(Options options) throws IOException {
        ListenAddress listen = options.listen();
        if (!listen.isLocal() || listen.isEncrypted()) {
            throw new IllegalArgumentException(
                    "a proxy is for programs of this machine, whose bytes are in the clear: it listens on "
                            + "unix:///path or tcp://127.0.0.1:port, not on " + listen);
        }
        byte[] unused = ProxyGreeting.encode(options.key(), new byte[0], listen.toString());
        ProxyServer proxy = new ProxyServer(options);
        boolean done = false;
        try {
            proxy.listen();
            done = true;
            return proxy;
        } finally {
            if (!done) {
                proxy.close();
            }
        }
    }

    private void listen() throws IOException {
        if (address.isUnix()) {
            UnixSocketFiles.removeStale(address);
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(transport.serverChannel(address))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(new AcceptFaults(log, () -> false))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        ProxyLink link = new ProxyLink(ProxyServer.this, channel);
                        links.add(link);
                        channel.pipeline().addLast(link.local());
                    }
                });
        if (!address.isUnix()) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true);
        }
        ChannelFuture bound = bootstrap.bind(transport.socketAddress(address)).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new IOException("cannot listen on " + address + ": " + cause.getMessage(), cause);
        }
        listener = bound.channel();
        if (address.isUnix()) {
            UnixSocketFiles.restrict(address);
        } else if (bound.channel().localAddress() instanceof InetSocketAddress inet) {
            address = address.withPort(inet.getPort());
        }
    }

    /** Where it listens, with the real port. */
    public String uri() {
        return address.toString();
    }

    /** What TLS begins with; takes long. */
    TlsEngine engine() throws TlsException {
        TlsKey byKey = tlsKey;
        TlsFiles byFiles = files;
        return byKey == null || byFiles != null
                ? TlsEngine.client(java.util.Objects.requireNonNull(byFiles).current(), options.host())
                : TlsEngine.client(byKey);
    }

    /** Looks the server up and has the event loop connect to it. */
    void prepare(ProxyLink link) {
        try {
            handshakes.execute(() -> {
                try {
                    TlsEngine engine = engine();
                    InetSocketAddress to = new InetSocketAddress(options.host(), options.port());
                    loop.execute(() -> link.connect(to, engine));
                } catch (TlsException e) {
                    loop.execute(() -> link.fail(String.valueOf(e.getMessage())));
                } catch (RejectedExecutionException e) {
                    // the proxy has ended
                }
            });
        } catch (RejectedExecutionException e) {
            link.fail("the proxy is ending");
        }
    }

    byte[] greeting(byte[] binding) {
        return ProxyGreeting.encode(options.key(), binding, uri());
    }

    Transport transport() {
        return transport;
    }

    TlsHandler handler(TlsEngine engine) {
        return new TlsHandler(engine, handshakes, buffers);
    }

    /** A connection could not be carried. Lines are at least ten seconds apart. */
    void refused(String why) {
        long now = System.nanoTime();
        if (now - lastLine < QUIET_NANOS) {
            unsaid++;
            return;
        }
        lastLine = now;
        log.warn(
                "a connection was refused, as {} cannot be used: {}{}",
                options.server(),
                why,
                unsaid == 0 ? "" : " (" + unsaid + " more of it left out)");
        unsaid = 0;
    }

    void ended(ProxyLink link) {
        links.remove(link);
    }

    /** Blocks until it has ended. */
    public void awaitTermination() throws InterruptedException {
        group.terminationFuture().await();
    }

    /** Ends it and all connections. Idempotent. */
    @Override
    public void close() {
        try {
            loop.execute(() -> {
                Channel l = listener;
                if (l != null) {
                    Futures.unawaited(l.close());
                    if (address.isUnix()) {
                        UnixSocketFiles.remove(address);
                    }
                }
                List.copyOf(links).forEach(ProxyLink::reset);
                handshakes.shutdown();
                Futures.unawaited(group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
            });
        } catch (RejectedExecutionException e) {
            // ended already
        }
        boolean unused = group.terminationFuture().awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
    }
}
