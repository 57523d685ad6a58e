package io.multiproc.server.net;

import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.protocol.tls.TlsEngine;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.server.engine.DeadlineTimer;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.machine.Completions;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The listeners and the one event loop thread that serves them, their connections and the engine. Its methods may be called
 * from any thread but the event loop's.
 */
public final class NetServer {
    private static final Logger log = LoggerFactory.getLogger(NetServer.class);
    private static final int BACKLOG = 1024;
    /** The thread that does the steps of TLS handshakes ends if there are none for so long. */
    private static final int HANDSHAKES_IDLE_SECONDS = 10;

    /** How often the files of certificates are looked at. */
    private static final int LOOK_SECONDS = 1;

    /** How long the loop may take to end once the time of its clients is up. */
    private static final int END_MILLIS = 600;

    /** Makes the engine, once its timer and its way out are known. */
    @FunctionalInterface
    public interface EngineFactory {
        Engine create(DeadlineTimer timer, Completions out, Runnable onShutdown);

        /** What a native client is told while the engine is passive. */
        default HelloRefused notLeading() {
            throw new IllegalStateException("nobody else leads");
        }

        /** After how many milliseconds of silence a client is to look for another process, at most. */
        default long silenceMillis() {
            return Long.MAX_VALUE;
        }

        /** Called now and then, on the event loop. */
        default void sweep() {}

        /** Whether clients can be served here, or are told where. */
        default boolean isReady() {
            return true;
        }

        /** Where the process that leads, while the engine is passive, takes clients; none if that is not known. */
        default List<String> leader() {
            return List.of();
        }
    }

    private final NetOptions options;
    private final Transport transport;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final Connections connections;
    private final List<Listener> listeners = new ArrayList<>();
    private volatile boolean started;
    private final Runnable atEnd;
    private boolean ending;
    /** Whether a client has asked for the end. */
    private boolean forGood;

    private boolean finished;
    private volatile Runnable whenLost = () -> {};
    private volatile boolean lost;

    /** Made when the first listener is encrypted. */
    private TlsHandler.@Nullable Buffers tlsBuffers;

    private @Nullable ServerCertificates certificates;
    private final ThreadPoolExecutor handshakes;

    private record Listener(ListenAddress address, Channel channel) {}

    private NetServer(NetOptions options, EngineFactory engine, Runnable atEnd) {
        this.options = options;
        this.atEnd = atEnd;
        transport = Transport.choose(options.loop().nativeTransport());
        BatchSizes batchSizes = new BatchSizes();
        ThreadFactory threads = new DefaultThreadFactory("multiproc-loop", true);
        group = transport.loop(
                loop -> threads.newThread(() -> runToTheEnd(loop)),
                options.loop().spinNanos(),
                batchSizes);
        loop = group.next();
        handshakes = new ThreadPoolExecutor(
                1,
                1,
                HANDSHAKES_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("multiproc-tls", true));
        handshakes.allowCoreThreadTimeOut(true);
        connections = new Connections(
                options,
                batchSizes,
                engine,
                out -> engine.create(this::schedule, out, this::endForGood),
                transport,
                handshakes,
                loop);
    }

    /**
     * Binds all addresses.
     *
     * @param atEnd called on the event loop when all sessions have been ended and nothing more will be applied
     * @throws IOException if one cannot be bound, naming it; nothing stays bound then
     */
    public static NetServer start(NetOptions options, EngineFactory engine, Runnable atEnd) throws IOException {
        NetServer server = new NetServer(options, engine, atEnd);
        try {
            for (ListenAddress address : options.listen()) {
                server.listen(address);
            }
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        long period = options.leases().sweepPeriod();
        Futures.unawaited(server.loop.scheduleWithFixedDelay(server::sweep, period, period, TimeUnit.MILLISECONDS));
        server.started = true;
        server.tell("listening on {} with {}", server.described(), server.transport);
        Exposure.warnings(options.proof().keys().authkeys(), server.listening()).forEach(log::warn);
        return server;
    }

    private void tell(String text, Object... arguments) {
        log.atLevel(options.quiet() ? Level.DEBUG : Level.INFO).log(text, arguments);
    }

    /** The event loop's thread. Nothing is served after it, so an end that nobody asked for is not kept quiet. */
    private void runToTheEnd(Runnable eventLoop) {
        try {
            eventLoop.run();
        } finally {
            if (!finished) {
                lost = true;
                whenLost.run();
            }
        }
    }

    /**
     * Sets what is done if the thread that serves ends although nobody ended the server: an error of the JVM that nothing could handle. It runs on that
     * thread, perhaps without memory.
     */
    public void whenLost(Runnable action) {
        whenLost = action;
        if (lost) {
            action.run();
        }
    }

    private void sweep() {
        try {
            connections.sweep();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // it would end the sweeps
            try {
                log.error("fault while looking for silent sessions", e);
            } catch (OutOfMemoryError again) {
                // the next sweep is worth more than the line
            }
        }
    }

    private Runnable schedule(long delayMillis, Runnable task) {
        Future<?> future = loop.schedule(
                () -> {
                    connections.burst();
                    task.run();
                    connections.flush();
                },
                delayMillis,
                TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    private void listen(ListenAddress address) throws IOException {
        if (address.isUnix()) {
            UnixSocketFiles.removeStale(address);
        }
        if (address.isEncrypted() && tlsBuffers == null) {
            tlsBuffers = new TlsHandler.Buffers();
            TlsFiles files = options.certificates();
            if (files == null) {
                connections.keys().encrypt();
                // not in the time of the first client
                handshakes.execute(TlsEngine::load);
            } else {
                certificates = ServerCertificates.read(files);
                Runnable look = certificates::look;
                Futures.unawaited(loop.scheduleWithFixedDelay(
                        () -> handshakes.execute(look), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS));
            }
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(transport.serverChannel(address))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(
                                options.limits().highWater() / 2,
                                options.limits().highWater()))
                .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, ValueRegion.SIZES)
                .handler(new AcceptFaults(log, () -> connections.admission().dropOne()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        TlsHandler.Buffers buffers = tlsBuffers;
                        if (address.isEncrypted() && buffers != null) {
                            ServerCertificates shown = certificates;
                            TlsEngine engine = shown == null
                                    ? TlsEngine.server(connections.keys().tlsKeys())
                                    : shown.engine();
                            channel.pipeline().addLast(new TlsHandler(engine, handshakes, buffers));
                        }
                        channel.pipeline().addLast(new ConnectionHandler(connections, address));
                    }
                });
        if (!address.isUnix()) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true);
        }
        ChannelFuture bound = bootstrap.bind(transport.socketAddress(address)).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            String why = String.valueOf(cause.getMessage());
            // errors of the system have only a text
            boolean taken = why.contains("in use");
            throw new IOException(
                    "cannot listen on " + address + ": " + why
                            + (taken ? "; is another server running there?" : "; name another place with --listen"),
                    cause);
        }
        ListenAddress real = address;
        if (address.isUnix()) {
            UnixSocketFiles.restrict(address);
        } else if (bound.channel().localAddress() instanceof InetSocketAddress inet) {
            real = address.withPort(inet.getPort());
        }
        synchronized (listeners) {
            listeners.add(new Listener(real, bound.channel()));
        }
    }

    private List<ListenAddress> listening() {
        synchronized (listeners) {
            return listeners.stream().map(Listener::address).toList();
        }
    }

    /** Where it listens, with real ports. */
    public List<String> addresses() {
        return listening().stream().map(ListenAddress::toString).toList();
    }

    private List<String> described() {
        return listening().stream()
                .map(a -> a + (a.nativeOnly() ? " (native dialect only)" : ""))
                .toList();
    }

    /** Runs a task on the engine's thread; refused when that has ended. */
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /**
     * Another process gives the state its order from now on, or this one does: cuts the connections of clients, and makes anew what serves them. On the engine's thread.
     */
    public void beginTerm() {
        connections.beginTerm();
    }

    /** Sends what has been answered. On the engine's thread. */
    public void flush() {
        connections.flush();
    }

    /** Reads the keys again; fails with what is wrong with them, and they stay as they were. */
    public CompletableFuture<Map<String, Long>> reloadKeys() {
        CompletableFuture<Map<String, Long>> answer = new CompletableFuture<>();
        connections.keys().reload(outcome -> {
            if (outcome.failure() == null) {
                answer.complete(outcome.counts());
            } else {
                answer.completeExceptionally(new IOException(outcome.failure()));
            }
        });
        return answer;
    }

    /** What has been counted so far; fails when the server has ended. */
    public CompletableFuture<NetStats> stats() {
        CompletableFuture<NetStats> answer = new CompletableFuture<>();
        try {
            loop.execute(() -> answer.complete(connections.stats()));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /** For the engine: a client ends the server, and all sessions with it. */
    private void endForGood() {
        forGood = true;
        endSoon();
    }

    /** Ends the server once the present burst has been answered. */
    private void endSoon() {
        loop.execute(this::end);
    }

    private void end() {
        if (ending) {
            return;
        }
        ending = true;
        if (started) {
            tell("ending: {} sessions are told", connections.clients());
        }
        synchronized (listeners) {
            for (Listener listener : listeners) {
                Futures.unawaited(listener.channel().close());
                if (listener.address().isUnix()) {
                    UnixSocketFiles.remove(listener.address());
                }
            }
        }
        Futures.unawaited(loop.schedule(this::finish, options.timeouts().closeMillis(), TimeUnit.MILLISECONDS));
        connections.shutDown(this::finish, forGood);
        atEnd.run();
    }

    private void finish() {
        if (!finished) {
            finished = true;
            connections.closeAll();
            handshakes.shutdown();
            Futures.unawaited(group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
        }
    }

    /** Stops accepting, sends what has been answered, tells the clients, closes; waits for the end. Idempotent. */
    public void close() {
        if (!group.isShuttingDown()) {
            try {
                endSoon();
            } catch (RejectedExecutionException e) {
                // the thread has ended already
            }
        }
        boolean ended = group.terminationFuture()
                .awaitUninterruptibly(options.timeouts().closeMillis() + END_MILLIS);
        if (!ended) {
            log.error("the thread multiproc-loop does not end; what its connections wait for is lost");
        }
    }

    /** Waits until the server has ended, whoever ended it. */
    public void awaitTermination() throws InterruptedException {
        group.terminationFuture().await();
    }

    public boolean isTerminated() {
        return group.isTerminated();
    }
}
