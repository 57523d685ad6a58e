package io.multiproc.server;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.server.access.Audit;
import io.multiproc.server.access.AuditLog;
import io.multiproc.server.access.KeyRing;
import io.multiproc.server.engine.DeadlineTimer;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.engine.Sequencer;
import io.multiproc.server.log.LogException;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.StateMachine;
import io.multiproc.server.metrics.MetricsServer;
import io.multiproc.server.net.AddressBlock;
import io.multiproc.server.net.Exposure;
import io.multiproc.server.net.ListenAddress;
import io.multiproc.server.net.NetOptions;
import io.multiproc.server.net.NetServer;
import io.multiproc.server.snapshot.SnapshotException;
import io.multiproc.server.state.SharedState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A running manager server. Holds the shared objects of all its clients in memory, on one daemon thread. Thread-safe.
 */
public final class ManagerServer implements AutoCloseable {
    private final NetServer net;
    private final Durability durability;

    private final @Nullable MetricsServer metrics;

    private final @Nullable AuditLog audit;

    private ManagerServer(
            NetServer net, Durability durability, @Nullable MetricsServer metrics, @Nullable AuditLog audit) {
        this.net = net;
        this.audit = audit;
        this.durability = durability;
        this.metrics = metrics;
    }

    /** The version of this server, or {@code "dev"} when it does not run from a jar. */
    public static String version() {
        @Nullable String version = ManagerServer.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /**
     * Starts a server, with what its data folder or snapshot holds or nothing; returns when it accepts connections.
     *
     * @throws IOException if an address cannot be bound, naming it; nothing stays bound then
     * @throws TlsException if the files of its certificates are of no use; the text says what to do
     * @throws SnapshotException if the snapshot file is in use, damaged or cannot be written; it is as it was then
     * @throws LogException if the data folder is in use, damaged or cannot be used
     * @throws IllegalArgumentException if other machines could reach the server, encrypted or not, and its authkey is short
     */
    public static ManagerServer start(ServerOptions options) throws IOException {
        return start(options, (Sequencer.Factory) null);
    }

    /** Starts a server without a log whose commands have another order. */
    static ManagerServer start(ServerOptions options, Sequencer.@Nullable Factory order) throws IOException {
        KeyRing keys = keys(options, addresses(options));
        SharedState state = new SharedState(
                options.maxFrame() - Messages.REPLY_HEADER, options.limits().ofState());
        if (options.node() != null) {
            return start(options, Node.of(options, keys, state));
        }
        return start(options, keys, state, Durability.open(options, state, order));
    }

    /** Starts one whose log is shared with others. */
    static ManagerServer start(ServerOptions options, Replication replication) throws IOException {
        return start(options, keys(options, addresses(options)), replication.machine(), replication);
    }

    private static ManagerServer start(ServerOptions options, KeyRing keys, StateMachine machine, Durability durability)
            throws IOException {
        try {
            ManagerServer server = startNet(options, keys, machine, durability);
            try {
                durability.start(server.net);
            } catch (IOException | RuntimeException | Error e) {
                server.close();
                throw e;
            }
            return server;
        } catch (IOException | RuntimeException | Error e) {
            durability.close();
            throw e;
        }
    }

    /**
     * Starts a server on a given state; returns when it accepts connections. The state belongs to the server from now on.
     *
     * @throws IOException if an address cannot be bound, naming it
     * @throws IllegalArgumentException if other machines could reach the server, encrypted or not, and its authkey is short
     */
    static ManagerServer start(ServerOptions options, StateMachine machine) throws IOException {
        return start(options, keys(options, addresses(options)), machine, Durability.NONE);
    }

    private static List<ListenAddress> addresses(ServerOptions options) {
        return options.listen().stream().map(ListenAddress::parse).toList();
    }

    private static ManagerServer startNet(
            ServerOptions options, KeyRing keys, StateMachine machine, Durability durability) throws IOException {
        Path auditFile = options.audit();
        AuditLog audit = auditFile == null ? null : AuditLog.open(auditFile);
        try {
            return startNet(options, keys, machine, durability, audit);
        } catch (IOException | RuntimeException | Error e) {
            if (audit != null) {
                audit.close();
            }
            throw e;
        }
    }

    private static ManagerServer startNet(
            ServerOptions options, KeyRing keys, StateMachine machine, Durability durability, @Nullable AuditLog audit)
            throws IOException {
        List<ListenAddress> listen = addresses(options);
        NetOptions netOptions = new NetOptions(
                listen,
                new NetOptions.Proof(keys, () -> keys(options, listen), new AuthPolicy(options.minDigest(), true)),
                options.certificates(),
                new NetOptions.Limits(
                        options.maxFrame(),
                        options.maxConnections(),
                        options.limits().sessions(),
                        options.maxWaits(),
                        options.maxPendingOutput()),
                new NetOptions.Strangers(
                        options.maxHalfOpen(),
                        options.maxHalfOpenPerSource(),
                        options.maxPenalty().toNanos(),
                        options.penaltyExempt().stream()
                                .map(AddressBlock::parse)
                                .toList()),
                new NetOptions.Rates(
                        options.limits().connectionRate(), options.limits().loopbackRate()),
                new NetOptions.Timeouts(
                        options.handshakeTimeout().toMillis(),
                        options.closeTimeout().toMillis()),
                new NetOptions.Leases(
                        options.lease().toMillis(),
                        options.minLease().toMillis(),
                        options.maxLease().toMillis(),
                        options.grace().toMillis(),
                        options.away().toMillis(),
                        orphanPatience(options)),
                new NetOptions.Loop(options.nativeTransport(), options.spin().toNanos()),
                version(),
                options.quiet());
        AtomicReference<@Nullable NetServer> started = new AtomicReference<>();
        EngineOptions engineOptions = new EngineOptions(
                version(),
                options.maxFrame(),
                options.allowShutdown(),
                () -> {
                    NetServer server = started.get();
                    return server == null ? List.of() : server.addresses();
                },
                durability::facts,
                options.limits().memoryReserve(),
                audit == null ? Audit.NONE : audit,
                settings(options, netOptions.limits().keptReplies()));
        NetServer net = NetServer.start(
                netOptions,
                new NetServer.EngineFactory() {
                    @Override
                    public Engine create(DeadlineTimer timer, Completions out, Runnable onShutdown) {
                        Engine engine = durability.engine(machine, timer, out, engineOptions, onShutdown);
                        engine.share(options.share());
                        return engine;
                    }

                    @Override
                    public HelloRefused notLeading() {
                        return durability.notLeading();
                    }

                    @Override
                    public long silenceMillis() {
                        return durability.silenceMillis();
                    }

                    @Override
                    public void sweep() {
                        durability.sweep();
                    }

                    @Override
                    public boolean isReady() {
                        return durability.isReady();
                    }

                    @Override
                    public List<String> leader() {
                        return durability.leader();
                    }
                },
                durability::takeLast);
        started.set(net);
        return new ManagerServer(net, durability, metrics(options, net), audit);
    }

    private static Settings settings(ServerOptions options, long keptReplies) {
        return new Settings(
                options.maxFrame() - Messages.REPLY_HEADER,
                options.limits().ofState(),
                options.minLease().toMillis(),
                options.maxLease().toMillis(),
                options.grace().toMillis(),
                orphanPatience(options),
                options.data() == null ? 0 : keptReplies);
    }

    private static long orphanPatience(ServerOptions options) {
        return options.orphanLease().isZero()
                ? Long.MAX_VALUE
                : options.orphanLease().toMillis();
    }

    private static @Nullable MetricsServer metrics(ServerOptions options, NetServer net) throws IOException {
        String uri = options.metrics();
        if (uri == null) {
            return null;
        }
        try {
            return MetricsServer.start(net, version(), uri);
        } catch (IOException | RuntimeException e) {
            net.close();
            throw e;
        }
    }

    /** The keys as they are now, if they will do for the addresses. */
    private static KeyRing keys(ServerOptions options, List<ListenAddress> listen) throws IOException {
        KeyRing keys = options.keys().load();
        keys.authkeys().forEach(key -> Exposure.check(key, listen));
        return keys;
    }

    /**
     * Where it listens, with real ports, such as {@code tcp://127.0.0.1:50000}; hosts as they were given, and the scheme, which says whether it encrypts,
     * always there.
     */
    public List<String> uris() {
        return net.addresses();
    }

    /**
     * Reads the keys again, where they are from files. Keys that are new are valid from then on; sessions of keys that are gone end, and those of keys that
     * have another role or other prefixes have these from then on.
     *
     * @return how many keys are valid, and how many were added, changed and removed, and how many sessions ended. It fails with an {@link IOException} that
     *     says what is wrong if they cannot be used: the keys stay as they were
     */
    public CompletableFuture<Map<String, Long>> reloadKeys() {
        return net.reloadKeys();
    }

    /** Where metrics are, such as {@code http://127.0.0.1:9464}, or null if they are not served. */
    public @Nullable String metricsUri() {
        return metrics == null ? null : metrics.uri();
    }

    /**
     * Ends the server: stops accepting, sends the replies of everything applied, tells the clients, closes. Blocks until
     * that is done, at most 5 seconds with the default options, and until the snapshot is written if there is one. Does
     * nothing when it has ended already.
     */
    @Override
    public void close() {
        durability.leave();
        net.close();
        if (metrics != null) {
            metrics.close();
        }
        if (audit != null) {
            audit.close();
        }
        boolean interrupted = false;
        while (true) {
            try {
                finishFiles();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sets what is done if the thread that serves ends although nobody ended the server, as after an error of the JVM that nothing could handle: a
     * program of its own ends then. The action runs on that thread, perhaps without memory.
     */
    public void whenLost(Runnable action) {
        net.whenLost(action);
    }

    private void finishFiles() throws InterruptedException {
        // the last image is taken, and the last command logged, by the thread that serves
        if (net.isTerminated()) {
            durability.finish();
        }
    }

    /** Blocks until the server has ended, by {@link #close} or by a client's shutdown. */
    public void awaitTermination() throws InterruptedException {
        net.awaitTermination();
        if (metrics != null) {
            metrics.close();
        }
        if (audit != null) {
            audit.close();
        }
        finishFiles();
    }

    /** Whether the server has ended. */
    public boolean isTerminated() {
        return net.isTerminated() && durability.isFinished();
    }

    /** Once the server has ended: whether its objects were saved, if they were to be. */
    public boolean isSaved() {
        return durability.isSaved();
    }
}
