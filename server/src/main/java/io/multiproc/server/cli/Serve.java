package io.multiproc.server.cli;

import io.multiproc.protocol.auth.Digest;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerLimits;
import io.multiproc.server.ServerOptions;
import io.multiproc.server.cli.Input.Kind;
import io.multiproc.server.log.Fsync;
import io.multiproc.server.net.ListenAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Runs a manager until it is told to end. */
final class Serve extends Subcommand {
    Serve() {
        super(
                "serve",
                "Runs a manager. Its first lines on standard output say where it is ready, one for each listener.",
                "SIGTERM ends it: clients are told, replies are finished, exit code 0 within 5 seconds.");
    }

    /** A listener of this machine that nobody is told of. */
    private static final String OF_PLUGINS = "tcp://127.0.0.1:0?dialect=native";

    private static final Kind<Level> LEVELS = new Kind<>("ERROR, WARN, INFO, DEBUG or TRACE", Level::valueOf);
    private static final Duration LEAST_LEASE = Duration.ofSeconds(1);
    private static final double GRACE = 2;
    private static final double GRACE_WITH_DATA = 10;
    private static final Duration MOST_LEASE = Duration.ofMinutes(10);

    /** What needs no arguments to be made. */
    private static final List<String> SHAREABLE = List.of(
            "dict",
            "list",
            "set",
            "namespace",
            "queue",
            "joinable_queue",
            "simple_queue",
            "priority_queue",
            "lock",
            "rlock",
            "read_write_lock",
            "event",
            "condition",
            "semaphore",
            "bounded_semaphore",
            "counter");

    private final Input<List<String>> listen = inputs.repeatable(
            "listen",
            "URI",
            "Where to listen; may be repeated. host:port (0 = any port) encrypts beyond loopback, tls://host:port always,"
                    + " tcp://host:port never; or unix:///path. With ?dialect=native it refuses Python clients there."
                    + " Default: tcp://127.0.0.1:50000");

    private final Input<List<Path>> authkeyFile = inputs.repeatable(
            "authkey-file",
            "FILE",
            Kind.PATH,
            "File with the authkey; may be repeated, and each key is valid. Default: MULTIPROC_AUTHKEY_FILE, MULTIPROC_AUTHKEY and, unless other"
                    + " machines can reach a listener, the user's key (made at the first start, readable by the user only).");

    private final Input<@Nullable Path> keysFile = inputs.option(
            "keys",
            "FILE",
            Kind.PATH,
            "File with keys that have names, roles (read, use, admin) and prefixes; only these and those of --authkey-file"
                    + " are valid. Read again on SIGHUP and by 'multiproc keys reload'.");

    private final Input<@Nullable Path> audit = inputs.option(
            "audit",
            "FILE",
            Kind.PATH,
            "Writes connections, refused and administrative operations to this file, a JSON object on each line.");

    private final Input<@Nullable Path> tlsCert = inputs.option(
            "tls-cert",
            "FILE",
            Kind.PATH,
            "Certificate that tls:// listeners show, in PEM form, with those between it and its authority. Default: they go by the authkey");

    private final Input<@Nullable Path> tlsKey =
            inputs.option("tls-key", "FILE", Kind.PATH, "Its private key, in PEM form and not encrypted.");

    private final Input<@Nullable Path> tlsClientCa = inputs.option(
            "tls-client-ca",
            "FILE",
            Kind.PATH,
            "Authorities of which each client must show a certificate. Default: clients need none");

    private final Input<String> minDigest = inputs.option(
            "min-digest",
            "NAME",
            Kind.TEXT,
            "md5",
            "Weakest digest in the handshake: md5 admits CPython 3.8 to 3.11, sha256 does not. Java clients"
                    + " always use sha256.");

    private final Input<Integer> maxFrame =
            inputs.option("max-frame", "MIB", Kind.INT, 64, "Largest request or reply, in MiB (1 to 1024).");

    private final Input<Integer> maxConnections =
            inputs.option("max-connections", "N", Kind.INT, 10000, "Most connections at a time.");

    private final Input<Integer> maxSessions = inputs.option(
            "max-sessions",
            "N",
            Kind.INT,
            20000,
            "Most sessions of Java clients, those included that are cut off, and connections of Python clients.");

    private final Input<Long> maxObjects =
            inputs.option("max-objects", "N", Kind.LONG, 10000000L, "Most shared objects at a time.");

    private final Input<Long> maxEntries =
            inputs.option("max-entries", "N", Kind.LONG, 100000000L, "Most entries, elements or items of one object.");

    private final Input<Long> maxWaiters =
            inputs.option("max-waiters", "N", Kind.LONG, 100000L, "Most requests that wait for one object.");

    private final Input<Integer> maxWaits =
            inputs.option("max-waits", "N", Kind.INT, 100000, "Most requests of one Java client that wait.");

    private final Input<Integer> maxConnectionRate = inputs.option(
            "max-connection-rate",
            "N",
            Kind.INT,
            5000,
            "Most new connections per second from one address of another machine; 0: no limit.");

    private final Input<Integer> maxHalfOpen = inputs.option(
            "max-half-open",
            "N",
            Kind.INT,
            1024,
            "Most connections that have not proved the key; a further one takes the place of the one that has been silent for longest.");

    private final Input<Integer> maxHalfOpenPerSource = inputs.option(
            "max-half-open-per-source",
            "N",
            Kind.INT,
            64,
            "The same, of one address that nobody has proved the key from within an hour.");

    private final Input<Integer> maxPenalty = inputs.option(
            "max-penalty",
            "SECONDS",
            Kind.INT,
            300,
            "For how long such an address is refused at most whose connections fail to prove the key; 0: never.");

    private final Input<List<String>> penaltyExempt = inputs.repeatable(
            "penalty-exempt",
            "BLOCK",
            "Addresses without such limit and penalty, as 10.0.0.0/8; may be repeated; none for none. Default: loopback");

    private final Input<Integer> memoryReserve = inputs.option(
            "memory-reserve",
            "PERCENT",
            Kind.INT,
            8,
            "Share of the heap kept free: what would store more is refused, reading goes on (1 to 90).");

    private final Input<Integer> handshakeSeconds = inputs.option(
            "handshake-timeout", "SECONDS", Kind.INT, 5, "How long a new connection has to prove itself.");

    private final Input<Integer> leaseSeconds = inputs.option(
            "lease",
            "SECONDS",
            Kind.INT,
            30,
            "After how much silence a client counts as dead and what it holds is released (1 to 600).");

    private final Input<@Nullable Double> graceSeconds = inputs.option(
            "grace",
            "SECONDS",
            Kind.DECIMAL,
            "How long a Java client whose connection broke may take to come back before what it holds is"
                    + " released (0.1 to 600). Default: 2, with --data 10, as a restart takes longer");

    private final Input<@Nullable Path> data = inputs.option(
            "data",
            "DIR",
            Kind.PATH,
            "Keeps a log of all that changes in this folder: what was answered is there after a restart, however the server"
                    + " ended. Default: memory only");

    private final Input<@Nullable Fsync> fsync = inputs.option(
            "fsync",
            "WHEN",
            new Kind<>("always, never or 1 to 60000 milliseconds", Fsync::parse),
            "When the log is brought to the disk: always (before it is answered), so many milliseconds after it at the latest, or never"
                    + " (the system does so). Default: always");

    private final Input<@Nullable Path> restore = inputs.option(
            "restore",
            "FILE",
            Kind.PATH,
            "Begins an empty --data folder with a backup ('multiproc backup'); nobody holds or waits for anything in it. Refused if the folder"
                    + " holds a state");

    private final Input<@Nullable Path> importFile = inputs.option(
            "import",
            "FILE",
            Kind.PATH,
            "Begins an empty --data folder with the file of a server that ran with --snapshot. Refused if the folder holds a state");

    private final ServeCluster cluster = new ServeCluster(inputs);

    private final Input<@Nullable Path> snapshot = inputs.option(
            "snapshot",
            "FILE",
            Kind.PATH,
            "Saves the named objects to this file and restores them at the start. Default: memory only");

    private final Input<@Nullable Integer> snapshotInterval = inputs.option(
            "snapshot-interval", "SECONDS", Kind.INT, "Time between two saves; 0 saves at the end only. Default: 60");

    private final Input<@Nullable String> metrics = inputs.option(
            "metrics",
            "URI",
            Kind.TEXT,
            "Serves /metrics (Prometheus text), /health and /ready over HTTP at tcp://host:port, without a key:"
                    + " numbers, no names. Default: not served");

    private final Input<List<String>> share = inputs.repeatable(
            "share",
            "NAME=TYPE",
            "A named object that is there from the start; may be repeated. Types are dict, list, namespace, queue,"
                    + " joinable_queue, lock, rlock, event, semaphore and so on. Python's managers find it by register(NAME).");

    private final Input<Integer> awaySeconds = inputs.option(
            "away",
            "SECONDS",
            Kind.INT,
            3600,
            "After how long without any connection a host of Python clients counts as gone and what its killed"
                    + " processes held is dropped.");

    private final Input<Integer> orphanSeconds = inputs.option(
            "orphan-lease",
            "SECONDS",
            Kind.INT,
            30,
            "How long somebody waits at most for a plain lock or permit that a Python client acquired whose"
                    + " connection has ended. 0: for ever, as with CPython's own server.");

    private final Input<Long> spinMicros = inputs.option(
            "spin",
            "MICROSECONDS",
            Kind.LONG,
            100L,
            "How long the server busy-polls before sleeping (adaptive; 0 to 1000000).");

    private final Input<@Nullable Path> plugins = inputs.option(
            "plugins", "DIR", Kind.PATH, "Folder with jars whose classes clients can make instances of. Default: none");

    private final Input<Boolean> noShutdown = inputs.flag("no-shutdown", "Refuses the shutdown command of clients.");

    private final Input<Level> logLevel = inputs.option(
            "log-level", "LEVEL", LEVELS, Level.INFO, "ERROR, WARN, INFO, DEBUG or TRACE, on standard error.");

    /** For a parent that started this process: the key comes as the first line of standard input, whose end is the end. */
    private final Input<Boolean> parentPipe = inputs.hiddenFlag("parent-pipe");

    private static final String BUFFERS = "io.netty.maxDirectMemory";
    private static final long LEAST_BUFFERS = 16 << 20;

    @Override
    int run(PrintStream out) throws InterruptedException, IOException {
        Logs.configure(logLevel.get());
        boundBuffers();
        ServeKeys keys = parentPipe.get()
                ? ServeKeys.ofParent()
                : ServeKeys.find(authkeyFile.get(), keysFile.get(), listen.get());
        Path folder = plugins.get();
        Plugins loaded = folder == null ? null : Plugins.load(folder);
        boolean hosts = loaded != null && !loaded.isEmpty();
        ServerOptions options = options(hosts ? keys.withOwn() : keys);
        // the plugins' own client cannot know by which authority, host and certificate it would have to go
        boolean apart = hosts && tlsCert.get() != null;
        if (apart) {
            List<String> all = new ArrayList<>(listen.get());
            all.add(OF_PLUGINS);
            options = options.withListen(all.toArray(new String[0]));
        }
        ManagerServer server = ManagerServer.start(options);
        try (server) {
            LastWords.prepare();
            server.whenLost(LastWords::halt);
            endWithSignal(server);
            keys.tell();
            if (keys.canChange()) {
                // what was wrong is in the log
                Interrupts.onHangUp(() -> server.reloadKeys().exceptionally(e -> Map.of()));
            }
            List<String> uris = new ArrayList<>(server.uris());
            if (loaded != null && hosts) {
                String uri = apart ? uris.remove(uris.size() - 1) : reachable(uris.get(0));
                loaded.register(uri, keys.own());
            }
            for (String uri : uris) {
                out.println("multiproc ready on " + uri);
            }
            if (server.metricsUri() != null) {
                out.println("metrics on " + server.metricsUri() + "/metrics");
            }
            out.flush();
            if (parentPipe.get()) {
                endWithParent(server);
            }
            server.awaitTermination();
        }
        return server.isSaved() ? 0 : Multiproc.FAILED;
    }

    /** What buffers outside of the heap may take, before Netty asks: by default it lets them take as much as the heap. */
    private static void boundBuffers() {
        if (System.getProperty(BUFFERS) == null) {
            System.setProperty(
                    BUFFERS,
                    String.valueOf(Math.max(LEAST_BUFFERS, Runtime.getRuntime().maxMemory() / 4)));
        }
    }

    /** An address of this machine for a listener that is open to others. */
    private static String reachable(String uri) {
        return uri.replace("://0.0.0.0:", "://127.0.0.1:").replace("://[::]:", "://[::1]:");
    }

    private ServerOptions options(ServeKeys keys) {
        Digest digest = Digest.named(minDigest.get());
        if (digest == null) {
            throw new UsageException(
                    "unknown digest '" + minDigest.get() + "'; use md5, sha256, sha384, sha3_256 or sha3_384");
        }
        if (maxFrame.get() < 1 || maxFrame.get() > 1024) {
            throw new UsageException("--max-frame must be 1 to 1024 MiB, not " + maxFrame.get());
        }
        if (leaseSeconds.get() < LEAST_LEASE.toSeconds() || leaseSeconds.get() > MOST_LEASE.toSeconds()) {
            throw new UsageException(
                    "--lease must be 1 to " + MOST_LEASE.toSeconds() + " seconds, not " + leaseSeconds.get());
        }
        double grace = grace();
        ServerOptions options = ServerOptions.of(keys)
                .withMinDigest(digest)
                .withMaxFrame(maxFrame.get() << 20)
                .withMaxConnections(maxConnections.get())
                .withMaxHalfOpen(maxHalfOpen.get())
                .withMaxHalfOpenPerSource(maxHalfOpenPerSource.get())
                .withMaxPenalty(Duration.ofSeconds(maxPenalty.get()))
                .withHandshakeTimeout(Duration.ofSeconds(handshakeSeconds.get()))
                .withLease(Duration.ofSeconds(leaseSeconds.get()), LEAST_LEASE, MOST_LEASE)
                .withMaxWaits(maxWaits.get())
                .withLimits(limits())
                .withGrace(Duration.ofMillis(Math.round(grace * 1000)))
                .withAllowShutdown(!noShutdown.get())
                .withShare(shared())
                .withAway(Duration.ofSeconds(awaySeconds.get()))
                .withOrphanLease(Duration.ofSeconds(orphanSeconds.get()))
                .withSpin(Duration.of(spinMicros.get(), ChronoUnit.MICROS));
        if (!penaltyExempt.get().isEmpty()) {
            options = options.withPenaltyExempt(penaltyExempt.get().stream()
                    .filter(block -> !block.equals("none"))
                    .toArray(String[]::new));
        }
        Path auditFile = audit.get();
        if (auditFile != null) {
            options = options.withAudit(auditFile);
        }
        String metricsUri = metrics.get();
        if (metricsUri != null) {
            options = options.withMetrics(metricsUri);
        }
        Path file = snapshot.get();
        Integer interval = snapshotInterval.get();
        if (file != null) {
            int seconds = interval == null ? 60 : interval;
            if (seconds < 0) {
                throw new UsageException("--snapshot-interval must be 0 or more, not " + seconds);
            }
            options = options.withSnapshot(file, Duration.ofSeconds(seconds));
        } else if (interval != null) {
            throw new UsageException("--snapshot-interval needs --snapshot FILE");
        }
        options = withCertificates(withData(withCluster(options)));
        return listen.get().isEmpty()
                ? options
                : options.withListen(listen.get().toArray(new String[0]));
    }

    private double grace() {
        Double given = graceSeconds.get();
        if (given == null) {
            return data.get() == null ? GRACE : GRACE_WITH_DATA;
        }
        if (!(given >= 0.1 && given <= 600)) {
            throw new UsageException("--grace must be 0.1 to 600 seconds, not " + given);
        }
        return given;
    }

    private ServerOptions withCluster(ServerOptions options) {
        String first = restore.get() != null ? "--restore" : importFile.get() != null ? "--import" : null;
        return cluster.in(options, data.get() != null, snapshot.get() != null, first, maxFrame.get());
    }

    private ServerOptions withData(ServerOptions options) {
        Path folder = data.get();
        Fsync when = fsync.get();
        if (folder == null) {
            if (when != null) {
                throw new UsageException("--fsync needs --data DIR");
            }
            if (restore.get() != null || importFile.get() != null) {
                throw new UsageException((restore.get() != null ? "--restore" : "--import") + " needs --data DIR");
            }
            return options;
        }
        if (snapshot.get() != null) {
            throw new UsageException(
                    "--data and --snapshot exclude each other: the log in DIR holds all that a snapshot would, and more");
        }
        ServerOptions with = options.withData(folder, when == null ? Fsync.ALWAYS : when);
        Path backup = restore.get();
        Path old = importFile.get();
        if (backup != null && old != null) {
            throw new UsageException("--restore and --import exclude each other: a folder begins with one file");
        }
        if (backup != null) {
            return with.withRestored(backup);
        }
        return old == null ? with : with.withImported(old);
    }

    private ServerOptions withCertificates(ServerOptions options) {
        Path certificate = tlsCert.get();
        Path key = tlsKey.get();
        if (certificate == null || key == null) {
            if (certificate != null || key != null || tlsClientCa.get() != null) {
                throw new UsageException("--tls-cert and --tls-key belong together, and --tls-client-ca needs both");
            }
            return options;
        }
        if (listen.get().stream().noneMatch(uri -> ListenAddress.parse(uri).isEncrypted())) {
            throw new UsageException("--tls-cert is for listeners that encrypt: --listen tls://host:port");
        }
        return options.withCertificates(certificate, key, tlsClientCa.get());
    }

    private Map<String, String> shared() {
        Map<String, String> shared = new LinkedHashMap<>();
        for (String text : share.get()) {
            int at = text.indexOf('=');
            if (at < 1) {
                throw new UsageException("--share takes NAME=TYPE, not '" + text + "'");
            }
            String name = text.substring(0, at);
            String type = text.substring(at + 1);
            if (!SHAREABLE.contains(type)) {
                throw new UsageException("--share: '" + name + "' cannot be made as '" + type
                        + "' without more; types are " + String.join(", ", SHAREABLE));
            }
            String other = shared.put(name, type);
            if (other != null) {
                throw new UsageException("--share names '" + name + "' twice, as " + other + " and as " + type);
            }
        }
        return shared;
    }

    private ServerLimits limits() {
        ServerLimits standard = ServerLimits.DEFAULT;
        return new ServerLimits(
                maxObjects.get(),
                maxEntries.get(),
                maxWaiters.get(),
                maxSessions.get(),
                maxConnectionRate.get(),
                standard.loopbackRate(),
                memoryReserve.get());
    }

    private static void endWithParent(ManagerServer server) {
        Thread watch = new Thread(
                () -> {
                    try (BufferedReader in =
                            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
                        while (in.readLine() != null) {
                            // the parent has nothing more to say
                        }
                    } catch (IOException e) {
                        // as good as its end
                    }
                    server.close();
                },
                "multiproc-parent");
        watch.setDaemon(true);
        watch.start();
    }

    /** A JVM that ends by a signal exits with 128 + its number, unless the hook halts it first. */
    private static void endWithSignal(ManagerServer server) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (!server.isTerminated()) {
                                server.close();
                                Runtime.getRuntime()
                                        .halt(server.isTerminated() && server.isSaved() ? 0 : Multiproc.FAILED);
                            }
                        },
                        "multiproc-shutdown"));
    }
}
