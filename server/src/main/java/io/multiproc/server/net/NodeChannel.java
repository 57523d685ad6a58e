package io.multiproc.server.net;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.protocol.tls.TlsKey;
import io.multiproc.server.raft.Nodes;
import io.netty.bootstrap.Bootstrap;
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
import java.security.SecureRandom;
import java.security.Security;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of a node with the others: encrypted, with both ends proved, on a port and an event loop thread of their own. A node sends on the connections that it
 * makes, and receives on those that it accepts.
 */
public final class NodeChannel implements Nodes {
    static final Logger log = LoggerFactory.getLogger(NodeChannel.class);
    private static final int BACKLOG = 128;
    private static final int CONNECT_MILLIS = 2_000;
    private static final long FILES_SECONDS = 10;
    private static final long IDLE_SECONDS = 10;
    private static final long END_MILLIS = 2_000;

    private final NodeOptions options;
    private final NodeTimes times;
    private final List<TlsKey> tlsKeys;
    private final @Nullable ServerCertificates certificates;
    private final long run;
    private final Transport transport = Transport.choose(true);
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final ThreadPoolExecutor handshakes = executor("multiproc-nodes-tls", 1, new LinkedBlockingQueue<>());
    private final ThreadPoolExecutor names =
            executor("multiproc-nodes-names", Integer.MAX_VALUE, new SynchronousQueue<>());
    private final TlsHandler.Buffers buffers = new TlsHandler.Buffers();
    private final NodeStrangers strangers = new NodeStrangers(log);
    private final Map<String, NodePeer> peers = new ConcurrentHashMap<>();
    private final Set<NodeLink> links = new LinkedHashSet<>();

    private NodeAddress ownAddress;
    private @Nullable Channel server;
    private volatile byte[] content = {};
    private volatile @Nullable Listener listener;
    private volatile boolean ended;
    private long lastLook = System.nanoTime();

    private NodeChannel(NodeOptions options, NodeTimes times) throws TlsException {
        this.options = options;
        this.times = times;
        ownAddress = options.address();
        TlsFiles files = options.files();
        certificates = files == null ? null : ServerCertificates.read(files);
        tlsKeys = files == null ? options.keys().stream().map(TlsKey::ofNodes).toList() : List.of();
        long number;
        do {
            number = new SecureRandom().nextLong();
        } while (number == 0);
        run = number;
        group = transport.loop(new DefaultThreadFactory("multiproc-nodes", true), 0, new BatchSizes());
        loop = group.next();
    }

    private static ThreadPoolExecutor executor(String name, int most, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                most == 1 ? 1 : 0, most, IDLE_SECONDS, TimeUnit.SECONDS, queue, new DefaultThreadFactory(name, true));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /**
     * Listens. Nobody is accepted before {@link #start}.
     *
     * @throws IOException if it cannot listen, or certificates are of no use; the text says what to do
     */
    public static NodeChannel listen(NodeOptions options) throws IOException {
        return listen(options, NodeTimes.USUAL);
    }

    static NodeChannel listen(NodeOptions options, NodeTimes times) throws IOException {
        NodeChannel channel = new NodeChannel(options, times);
        boolean done = false;
        try {
            channel.bind();
            done = true;
            return channel;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    /**
     * Has this JVM look names of hosts up anew when they were looked up a second ago, instead of 10 to 30: a node that was moved has another address. For programs that
     * are a node and nothing else, before they have looked up any name.
     */
    public static void forgetNamesSoon() {
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
    }

    private void bind() throws IOException {
        NodeAddress given = options.listen();
        InetSocketAddress where =
                given == null ? options.address().toListen() : new InetSocketAddress(given.host(), given.port());
        if (where.isUnresolved()) {
            throw new IOException("cannot listen on " + given + " for the other nodes: the host is unknown");
        }
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(transport.serverChannel(ListenAddress.parse("tcp://0.0.0.0:0")))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(new AcceptFaults(log, () -> strangers.admission().dropOne()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new TlsHandler(serverEngine(), handshakes, buffers),
                                        new NodeLink(NodeChannel.this, channel, null));
                    }
                })
                .bind(where)
                .awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new IOException(
                    "cannot listen on " + new NodeAddress(where.getHostString(), where.getPort())
                            + " for the other nodes: " + cause.getMessage(),
                    cause);
        }
        server = bound.channel();
        if (options.address().port() == 0 && bound.channel().localAddress() instanceof InetSocketAddress inet) {
            ownAddress = ownAddress.withPort(inet.getPort());
        }
    }

    private TlsEngine serverEngine() {
        ServerCertificates shown = certificates;
        return shown == null ? TlsEngine.server(tlsKeys) : shown.engine();
    }

    TlsEngine clientEngine(Authkey key, String host) throws TlsException {
        TlsFiles files = options.files();
        return files == null
                ? TlsEngine.client(tlsKeys.get(options.keys().indexOf(key)))
                : TlsEngine.client(files.current(), host);
    }

    // ---- the port

    @Override
    public void start(byte[] greeting, Listener to) {
        greetWith(greeting);
        listener = to;
        aside(TlsEngine::load);
        onLoop(() -> {
            lastLook = System.nanoTime();
            Futures.unawaited(loop.scheduleAtFixedRate(this::look, times.look(), times.look(), TimeUnit.MILLISECONDS));
            ServerCertificates shown = certificates;
            if (shown != null) {
                Futures.unawaited(loop.scheduleAtFixedRate(
                        () -> aside(shown::look), FILES_SECONDS, FILES_SECONDS, TimeUnit.SECONDS));
            }
            Channel s = server;
            if (s != null) {
                s.config().setAutoRead(true);
            }
            peers.values().forEach(NodePeer::dial);
        });
    }

    /** @throws IllegalArgumentException if it is too long */
    @Override
    public void greetWith(byte[] greeting) {
        if (greeting.length > NodeGreeting.MOST_CONTENT) {
            throw new IllegalArgumentException("a greeting has at most " + NodeGreeting.MOST_CONTENT + " bytes");
        }
        content = greeting.clone();
    }

    /** @throws IllegalArgumentException if the address is none */
    @Override
    public void known(String node, String address) {
        NodeAddress at = NodeAddress.parse(address);
        if (!node.equals(options.node())) {
            NodePeer peer = peers.computeIfAbsent(node, name -> new NodePeer(this, name));
            onLoop(() -> peer.known(at));
        }
    }

    @Override
    public void forget(String node) {
        NodePeer peer = peers.remove(node);
        if (peer != null) {
            onLoop(peer::forget);
        }
    }

    /** @throws IllegalArgumentException if the message is empty, or larger than any node takes */
    @Override
    public boolean send(String node, byte[]... parts) {
        int length = NodeOutput.length(parts);
        if (length == 0 || length > options.largestMessage()) {
            throw new IllegalArgumentException(
                    "a message has 1 to " + options.largestMessage() + " bytes, and not " + length);
        }
        NodePeer peer = peers.get(node);
        NodeOutput output = peer == null ? null : peer.output();
        return output != null && output.add(length, parts);
    }

    @Override
    public long waiting(String node) {
        NodePeer peer = peers.get(node);
        NodeOutput output = peer == null ? null : peer.output();
        return output == null ? 0 : output.waiting();
    }

    @Override
    public @Nullable String trouble(String node) {
        NodePeer peer = peers.get(node);
        return peer == null ? "it is no node of the cluster, as far as this node knows" : peer.trouble();
    }

    /** Where the others connect to this node, with the real port. */
    public String ownAddress() {
        return ownAddress.toString();
    }

    /** Idempotent. */
    @Override
    public void close() {
        ended = true;
        onLoop(() -> {
            Channel s = server;
            if (s != null) {
                Futures.unawaited(s.close());
            }
            List.copyOf(links).forEach(link -> link.closeNow("this node ends"));
            handshakes.shutdown();
            names.shutdown();
            Futures.unawaited(group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
        });
        if (!loop.inEventLoop()) {
            boolean unused = group.terminationFuture().awaitUninterruptibly(END_MILLIS);
        }
    }

    // ---- for connections, on the loop

    NodeTimes times() {
        return times;
    }

    NodeOptions options() {
        return options;
    }

    boolean isRunning() {
        return !ended && listener != null;
    }

    Listener listener() {
        Listener to = listener;
        if (to == null) {
            throw new IllegalStateException("not started");
        }
        return to;
    }

    NodeGreeting greeting(String node) {
        return new NodeGreeting(run, options.node(), node, ownAddress(), content);
    }

    /** Connects; a failure is given to the receiver, else the connection tells the node. */
    void connect(InetSocketAddress to, TlsEngine engine, NodePeer peer, Consumer<@Nullable Throwable> then) {
        Futures.unawaited(new Bootstrap()
                .group(loop)
                .channel(transport.clientChannel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        NodeLink link = new NodeLink(NodeChannel.this, channel, peer);
                        peer.coming(link);
                        channel.pipeline().addLast(new TlsHandler(engine, handshakes, buffers), link);
                    }
                })
                .connect(to)
                .addListener(done -> then.accept(done.cause())));
    }

    /** A socket is connected; false if it is to be closed. */
    boolean began(NodeLink link) {
        if (ended || (!link.isDialed() && strangers.refuses(link))) {
            return false;
        }
        // first, as it may be closed over the next step
        links.add(link);
        if (!link.isDialed()) {
            strangers.admit(link);
        }
        return true;
    }

    void closed(NodeLink link, boolean proven) {
        if (links.remove(link) && !link.isDialed()) {
            strangers.admission().closed(link, proven, System.nanoTime());
        }
    }

    /** The node that a greeting is from, which may be one that nobody knows yet. */
    NodePeer peer(NodeGreeting greeting) {
        NodePeer peer = peers.computeIfAbsent(greeting.from(), name -> new NodePeer(this, name));
        peer.guest(NodeAddress.parse(greeting.address()));
        return peer;
    }

    /**
     * What is wrong with a node that has greeted, for it and for people.
     *
     * @param meant the node that was connected to, or null for one that has connected
     */
    @Nullable
    String fault(NodeGreeting greeting, @Nullable NodePeer meant, String host) {
        if (greeting.run() == run) {
            return "the address of node '" + greeting.to() + "' leads back to node '" + options.node()
                    + "' itself: correct it in --peers";
        }
        if (greeting.from().equals(options.node())) {
            return "two nodes are called '" + options.node() + "': one at " + ownAddress()
                    + ", and one that connects from " + host + " and has the address " + greeting.address()
                    + ": give each a --node of its own";
        }
        if (!greeting.to().equals(options.node())
                || (meant != null && !greeting.from().equals(meant.name()))) {
            return "this is node '" + options.node() + "', and not '" + greeting.to() + "': the address of node '"
                    + greeting.to() + "' in the --peers of node '" + greeting.from() + "' is that of another one";
        }
        try {
            NodeAddress unused = NodeAddress.parse(greeting.address());
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
        NodePeer peer = meant == null ? peers.get(greeting.from()) : null;
        return peer == null ? null : peer.twice(greeting, host);
    }

    void lost(String node, String why) {
        Listener to = listener;
        if (to != null && !ended) {
            try {
                to.lost(node, why);
            } catch (RuntimeException e) {
                log.error("fault over the end of the connection with node '{}'", node, e);
            }
        }
    }

    /** A guest has left. */
    void gone(NodePeer peer) {
        boolean unused = peers.remove(peer.name(), peer);
    }

    NodeStrangers strangers() {
        return strangers;
    }

    /** Each second. */
    private void look() {
        long now = System.nanoTime();
        // then the others cannot be blamed for silence
        boolean late = now - lastLook > 5 * NodeTimes.nanos(times.look()) / 2;
        lastLook = now;
        for (NodeLink link : List.copyOf(links)) {
            if (late) {
                link.pardon(now);
            }
            link.look(now);
        }
    }

    void later(Runnable task, int millis) {
        if (!ended) {
            Futures.unawaited(loop.schedule(task, millis, TimeUnit.MILLISECONDS));
        }
    }

    /** On a thread that may wait. */
    void aside(Runnable task) {
        try {
            names.execute(task);
        } catch (RejectedExecutionException e) {
            // this node ends
        }
    }

    /** On the loop, after the steps of handshakes that are on their way. */
    void afterHandshakes(Runnable task) {
        try {
            handshakes.execute(() -> onLoop(task));
        } catch (RejectedExecutionException e) {
            // this node ends
        }
    }

    void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // this node has ended
        }
    }
}
