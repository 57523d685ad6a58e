package io.multiproc.server;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.server.access.KeyFile;
import io.multiproc.server.access.KeyRing;
import io.multiproc.server.access.KeySource;
import io.multiproc.server.image.FirstState;
import io.multiproc.server.log.Fsync;
import io.multiproc.server.metrics.MetricsServer;
import io.multiproc.server.net.AddressBlock;
import io.multiproc.server.net.ListenAddress;
import io.multiproc.server.snapshot.SnapshotFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options of a server. Immutable: each {@code with…} method returns changed options. Only the keys have no default.
 */
public final class ServerOptions {
    /** Where a server listens that is told nothing else. */
    public static final String DEFAULT_URI = "tcp://127.0.0.1:50000";

    /** The shortest authkey, in bytes, of a server that other machines can reach. */
    public static final int MIN_REMOTE_KEY = Authkey.LEAST_STRONG;

    private static final int MIN_FRAME = 4096;

    private final KeySource keys;
    private List<String> listen = List.of(DEFAULT_URI);
    private int maxFrame = Limits.DEFAULT_MAX_FRAME;
    private Duration handshakeTimeout = Duration.ofSeconds(5);
    private int maxHalfOpen = 1024;
    private int maxHalfOpenPerSource = 64;
    private Duration maxPenalty = Duration.ofMinutes(5);
    private List<AddressBlock> penaltyExempt = AddressBlock.LOOPBACK;
    private int maxConnections = 10_000;
    private Duration lease = Duration.ofSeconds(30);
    private Duration minLease = Duration.ofSeconds(1);
    private Duration maxLease = Duration.ofMinutes(10);
    private Duration grace = Duration.ofSeconds(2);
    private int maxWaits = 100_000;
    private long maxPendingOutput = 256L << 20;
    private Duration closeTimeout = Duration.ofSeconds(4);
    private boolean allowShutdown = true;
    private boolean quiet;
    private boolean nativeTransport = true;
    private Digest minDigest = Digest.MD5;
    private Duration away = Duration.ofHours(1);
    private Duration orphanLease = Duration.ofSeconds(30);
    private Duration spin = Duration.ofNanos(100_000);
    private Map<String, String> share = Map.of();
    private @Nullable Path snapshot;
    private Duration snapshotInterval = Duration.ofSeconds(60);
    private @Nullable Path data;
    private Fsync fsync = Fsync.ALWAYS;
    private @Nullable FirstState firstState;
    private @Nullable ClusterOptions cluster;
    private ServerLimits limits = ServerLimits.DEFAULT;
    private @Nullable String metrics;
    private @Nullable Path audit;
    private @Nullable TlsFiles certificates;

    private ServerOptions(KeySource keys) {
        this.keys = keys;
    }

    /** Options with an authkey and otherwise the defaults. */
    public static ServerOptions of(Authkey authkey) {
        return of(List.of(authkey));
    }

    /**
     * Options with several authkeys, each of which may do everything, and otherwise the defaults.
     *
     * @throws IllegalArgumentException if there is none, or one twice
     */
    public static ServerOptions of(List<Authkey> authkeys) {
        KeyRing ring = KeyRing.ofAuthkeys(authkeys);
        return of(() -> ring);
    }

    /** Options with keys that are read at the start and by {@link ManagerServer#reloadKeys}, and otherwise the defaults. */
    public static ServerOptions of(KeySource keys) {
        return new ServerOptions(keys);
    }

    /**
     * Options with the keys of a file, with their roles and prefixes, and otherwise the defaults. {@link KeyFile} says what stands in it. It is read at the
     * start and by {@link ManagerServer#reloadKeys}.
     */
    public static ServerOptions ofKeys(Path file) {
        return of(() -> KeyRing.of(KeyFile.read(file)));
    }

    private ServerOptions changed(Consumer<ServerOptions> change) {
        ServerOptions copy = new ServerOptions(keys);
        copy.listen = listen;
        copy.maxFrame = maxFrame;
        copy.handshakeTimeout = handshakeTimeout;
        copy.maxHalfOpen = maxHalfOpen;
        copy.maxHalfOpenPerSource = maxHalfOpenPerSource;
        copy.maxPenalty = maxPenalty;
        copy.penaltyExempt = penaltyExempt;
        copy.maxConnections = maxConnections;
        copy.lease = lease;
        copy.minLease = minLease;
        copy.maxLease = maxLease;
        copy.grace = grace;
        copy.maxWaits = maxWaits;
        copy.maxPendingOutput = maxPendingOutput;
        copy.closeTimeout = closeTimeout;
        copy.allowShutdown = allowShutdown;
        copy.quiet = quiet;
        copy.nativeTransport = nativeTransport;
        copy.minDigest = minDigest;
        copy.away = away;
        copy.orphanLease = orphanLease;
        copy.spin = spin;
        copy.share = share;
        copy.snapshot = snapshot;
        copy.snapshotInterval = snapshotInterval;
        copy.data = data;
        copy.fsync = fsync;
        copy.firstState = firstState;
        copy.cluster = cluster;
        copy.limits = limits;
        copy.metrics = metrics;
        copy.audit = audit;
        copy.certificates = certificates;
        change.accept(copy);
        return copy;
    }

    /**
     * Sets where to listen: {@code tls://host:port}, {@code tcp://host:port} (port 0 for any free one) or {@code unix:///path}. {@code host:port} is TLS beyond
     * loopback and TCP on loopback; a server that listens on {@code tcp://} beyond loopback logs what it exposes. With {@code ?dialect=native} behind it
     * an address is for native clients only: who answers the challenge as CPython does is refused there.
     *
     * @throws IllegalArgumentException if there is none, or one is malformed
     */
    public ServerOptions withListen(String... uris) {
        if (uris.length == 0) {
            throw new IllegalArgumentException("a server listens on at least one address");
        }
        for (String uri : uris) {
            ListenAddress.parse(uri);
        }
        return changed(o -> o.listen = List.of(uris));
    }

    /**
     * Has {@code tls://} listeners go by certificates instead of the authkey, which is proved within all the same. The files, in PEM form, are read again when they have
     * changed; ones that are of no use are told to the log, and those from before are used on.
     *
     * @param certificate the server's certificate, followed by those between it and its authority
     * @param key its private key, not encrypted
     * @param clientCa authorities of which each client must show a certificate; null if none need to
     */
    public ServerOptions withCertificates(Path certificate, Path key, @Nullable Path clientCa) {
        TlsFiles files = new TlsFiles(clientCa == null ? null : clientCa.toString(), certificate, key);
        return changed(o -> o.certificates = files);
    }

    @Nullable
    TlsFiles certificates() {
        return certificates;
    }

    /** Sets the largest payload of a frame, either way; at least 4096 bytes. */
    public ServerOptions withMaxFrame(int bytes) {
        check(bytes >= MIN_FRAME, "a frame limit is at least " + MIN_FRAME + " bytes");
        return changed(o -> o.maxFrame = bytes);
    }

    /** Sets how long a new connection may take to prove that it knows the key. */
    public ServerOptions withHandshakeTimeout(Duration timeout) {
        checkPositive(timeout);
        return changed(o -> o.handshakeTimeout = timeout);
    }

    /**
     * Sets how many connections may be there that have not proved the key. A further one takes the place of one that has been silent for long, of the
     * address that has most of them. A quarter is for addresses that somebody has proved the key from.
     */
    public ServerOptions withMaxHalfOpen(int connections) {
        check(connections > 0, "a limit is positive");
        return changed(o -> o.maxHalfOpen = connections);
    }

    /** Sets how many of them may be from one address that nobody has proved the key from within an hour. */
    public ServerOptions withMaxHalfOpenPerSource(int connections) {
        check(connections > 0, "a limit is positive");
        return changed(o -> o.maxHalfOpenPerSource = connections);
    }

    /**
     * Sets for how long an address is refused at most whose connections fail to prove the key, and that nobody has proved it from within an hour: five
     * seconds for each wrong key, ten for what is no client, one for silence, from fifteen on.
     *
     * @param time zero for never
     */
    public ServerOptions withMaxPenalty(Duration time) {
        check(!time.isNegative(), "a time is not negative");
        return changed(o -> o.maxPenalty = time);
    }

    /**
     * Sets the blocks of addresses that have neither a limit of their own nor penalties; loopback unless set, as all programs of a machine share that
     * address. Unix sockets never have.
     *
     * @param blocks such as {@code 10.0.0.0/8}; none for none
     * @throws IllegalArgumentException if one is malformed
     */
    public ServerOptions withPenaltyExempt(String... blocks) {
        List<AddressBlock> parsed =
                Arrays.stream(blocks).map(AddressBlock::parse).toList();
        return changed(o -> o.penaltyExempt = parsed);
    }

    /** Sets how many clients may be connected; further ones are refused with BUSY. */
    public ServerOptions withMaxConnections(int connections) {
        check(connections > 0, "a limit is positive");
        return changed(o -> o.maxConnections = connections);
    }

    /** Sets after how much silence a client counts as dead: for clients that ask for nothing, and the bounds for others. */
    public ServerOptions withLease(Duration standard, Duration least, Duration most) {
        checkPositive(least);
        check(
                least.compareTo(standard) <= 0 && standard.compareTo(most) <= 0,
                "the standard lease lies between the least and the most");
        return changed(o -> {
            o.lease = standard;
            o.minLease = least;
            o.maxLease = most;
        });
    }

    /** Sets how many requests of one client may wait on the server; further operations that might wait get BUSY. */
    public ServerOptions withMaxWaits(int requests) {
        check(requests > 0, "a limit is positive");
        return changed(o -> o.maxWaits = requests);
    }

    /** Sets how many bytes may wait for a client that does not read (at least two frames); it is closed beyond. */
    public ServerOptions withMaxPendingOutput(long bytes) {
        check(bytes > 0, "a limit is positive");
        return changed(o -> o.maxPendingOutput = bytes);
    }

    /** Sets how long {@link ManagerServer#close} waits for clients to read what they were sent. */
    public ServerOptions withCloseTimeout(Duration timeout) {
        checkPositive(timeout);
        return changed(o -> o.closeTimeout = timeout);
    }

    /** Sets whether clients may end the server; by default they may. */
    public ServerOptions withAllowShutdown(boolean allow) {
        return changed(o -> o.allowShutdown = allow);
    }

    /** Sets whether start, end and lost sessions are logged at DEBUG, as of a server that is part of a program; by default at INFO. */
    public ServerOptions withQuiet(boolean on) {
        return changed(o -> o.quiet = on);
    }

    /** Sets whether to use epoll where there is one; by default it is used. */
    public ServerOptions withNativeTransport(boolean use) {
        return changed(o -> o.nativeTransport = use);
    }

    /**
     * Sets the weakest digest that a peer may answer with. The default, MD5, admits CPython before 3.12; Java clients never
     * use MD5.
     */
    public ServerOptions withMinDigest(Digest digest) {
        return changed(o -> o.minDigest = digest);
    }

    /**
     * Sets how long the session of a native client lives without a connection after its last one ended without a goodbye. Default 2 s. Longer
     * lets a client survive longer cuts, shorter frees sooner what a killed process held.
     */
    public ServerOptions withGrace(Duration time) {
        checkPositive(time);
        return changed(o -> o.grace = time);
    }

    /**
     * Sets after how long without any connection a host of Python clients counts as gone: what its processes held, and did not
     * give back because they were killed, is dropped then. A process that is connected by a Unix socket counts as gone when it has ended.
     */
    public ServerOptions withAway(Duration time) {
        checkPositive(time);
        return changed(o -> o.away = time);
    }

    /**
     * Sets for how long somebody waits at most for a plain lock or a semaphore's permit that a Python client acquired whose
     * connection has ended. Until then anybody can release it, as Python programs expect; then the waiter gets it.
     *
     * @param time zero for never, as CPython's own server
     */
    public ServerOptions withOrphanLease(Duration time) {
        check(!time.isNegative(), "a lease is not negative");
        return changed(o -> o.orphanLease = time);
    }

    /**
     * How long the event loop busy-polls before it sleeps, as long as polling has been worth it: to wake a thread costs
     * more than an operation does, much more on a virtual machine. Default 100 microseconds; zero sleeps at once. Never with a single processor.
     */
    public ServerOptions withSpin(Duration time) {
        check(!time.isNegative() && time.compareTo(Duration.ofSeconds(1)) <= 0, "a spin takes 0 to 1 second");
        return changed(o -> o.spin = time);
    }

    /**
     * Sets the file that named objects are restored from at the start and saved to on an interval and at the end.
     *
     * @param interval zero to save at the end only
     */
    public ServerOptions withSnapshot(Path file, Duration interval) {
        check(!interval.isNegative(), "an interval is not negative");
        check(interval.isZero() || interval.toMillis() > 0, "an interval is zero or at least a millisecond");
        return changed(o -> {
            o.snapshot = file;
            o.snapshotInterval = interval;
        });
    }

    /**
     * Sets the folder of the log: what is answered is on disk, and a restart goes on with it. It takes the place of a snapshot. If the log cannot be written, the process is
     * halted with exit code 74. A frame has at most 1 GiB then.
     *
     * @param folder is made if it is not there
     * @param when what is answered is brought to the disk
     */
    public ServerOptions withData(Path folder, Fsync when) {
        return changed(o -> {
            o.data = folder;
            o.fsync = when;
        });
    }

    /**
     * The same with a backup, which the data folder begins with: named objects and all that they hold, without sessions. A start fails if the folder holds a
     * state.
     *
     * @param backup a file that {@code multiproc backup} has written
     */
    public ServerOptions withRestored(Path backup) {
        return changed(o -> o.firstState = new FirstState(backup, SnapshotFile.Kind.IMAGE));
    }

    /**
     * The same with a snapshot, which the data folder begins with. A start fails if the folder holds a state.
     *
     * @param snapshot the file of a server that kept its objects by {@link #withSnapshot}
     */
    public ServerOptions withImported(Path snapshot) {
        return changed(o -> o.firstState = new FirstState(snapshot, SnapshotFile.Kind.SNAPSHOT));
    }

    /** Makes the server a node of a cluster. It needs a data folder, and keeps its state there in the way that all nodes agree on. */
    public ServerOptions withCluster(ClusterOptions node) {
        return changed(o -> o.cluster = node);
    }

    /** The same as a server that is alone. */
    ServerOptions withoutCluster() {
        return changed(o -> o.cluster = null);
    }

    /** The name of this node in its cluster; null if it is of none. */
    public @Nullable String node() {
        return cluster == null ? null : cluster.node();
    }

    /** The addresses of the node channels of the nodes that the cluster begins with, by name, in their order; none without a cluster. */
    public Map<String, String> peers() {
        return cluster == null ? Map.of() : cluster.peers();
    }

    /** Those of them that the cluster begins with: without a node that is added later. */
    Map<String, String> voters() {
        return cluster == null ? Map.of() : cluster.voters();
    }

    /** What clients are told to connect to; none for the listeners' addresses. */
    public List<String> advertise() {
        return cluster == null ? List.of() : cluster.advertise();
    }

    @Nullable
    FirstState firstState() {
        return firstState;
    }

    /** Null for none. */
    public @Nullable Path data() {
        return data;
    }

    public Fsync fsync() {
        return fsync;
    }

    /** Sets how much clients may ask of the server. */
    public ServerOptions withLimits(ServerLimits most) {
        return changed(o -> o.limits = most);
    }

    /**
     * Sets where metrics and health are served over HTTP: {@code tcp://host:port} (port 0 for any free one). Nobody needs a key
     * there; it exposes numbers only.
     *
     * @throws IllegalArgumentException if it is no address of TCP
     */
    public ServerOptions withMetrics(String uri) {
        MetricsServer.parse(uri);
        return changed(o -> o.metrics = uri);
    }

    /** Sets the file that refused and administrative operations, and connections, are written to: one JSON object for each, at its end. */
    public ServerOptions withAudit(Path file) {
        return changed(o -> o.audit = file);
    }

    private static void checkPositive(Duration d) {
        check(!d.isNegative() && d.toMillis() > 0, "a duration is at least a millisecond");
    }

    private static void check(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }

    public KeySource keys() {
        return keys;
    }

    public List<String> listen() {
        return listen;
    }

    public int maxFrame() {
        return maxFrame;
    }

    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    public int maxHalfOpen() {
        return maxHalfOpen;
    }

    public int maxHalfOpenPerSource() {
        return maxHalfOpenPerSource;
    }

    public Duration maxPenalty() {
        return maxPenalty;
    }

    public List<String> penaltyExempt() {
        return penaltyExempt.stream().map(AddressBlock::toString).toList();
    }

    public int maxConnections() {
        return maxConnections;
    }

    public Duration lease() {
        return lease;
    }

    public Duration minLease() {
        return minLease;
    }

    public Duration grace() {
        return grace;
    }

    public Duration maxLease() {
        return maxLease;
    }

    public int maxWaits() {
        return maxWaits;
    }

    public long maxPendingOutput() {
        return maxPendingOutput;
    }

    public Duration closeTimeout() {
        return closeTimeout;
    }

    public boolean quiet() {
        return quiet;
    }

    public boolean allowShutdown() {
        return allowShutdown;
    }

    public boolean nativeTransport() {
        return nativeTransport;
    }

    public Digest minDigest() {
        return minDigest;
    }

    /**
     * Sets named objects that are there from the start, each with its type ({@code dict}, {@code joinable_queue}, …): what
     * clients that can only ask for names, as Python's managers, find.
     *
     * @throws IllegalArgumentException if a type is unknown
     */
    public ServerOptions withShare(Map<String, String> typesByName) {
        typesByName.forEach((name, type) -> check(
                ObjectType.named(type) != null,
                "'" + name + "' cannot be shared as '" + type + "', which is no type; types are "
                        + Arrays.stream(ObjectType.values())
                                .map(ObjectType::wireName)
                                .collect(Collectors.joining(", "))));
        return changed(o -> o.share = new LinkedHashMap<>(typesByName));
    }

    /** Named objects that are there from the start, with their types. */
    public Map<String, String> share() {
        return Collections.unmodifiableMap(share);
    }

    public Duration away() {
        return away;
    }

    /** Zero for never. */
    public Duration orphanLease() {
        return orphanLease;
    }

    public Duration spin() {
        return spin;
    }

    public ServerLimits limits() {
        return limits;
    }

    /** Null for none. */
    public @Nullable Path snapshot() {
        return snapshot;
    }

    public Duration snapshotInterval() {
        return snapshotInterval;
    }

    /** Null for none. */
    public @Nullable Path audit() {
        return audit;
    }

    /** Null for none. */
    public @Nullable String metrics() {
        return metrics;
    }
}
