package io.multiproc.server.cli;

import io.multiproc.client.Authkeys;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerLimits;
import io.multiproc.server.ServerOptions;
import io.multiproc.server.net.ListenAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a manager until it is told to end. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a manager. Its first lines on standard output say where it is ready, one for each listener.",
            "SIGTERM ends it: clients are told, replies are finished, exit code 0 within 5 seconds."
        })
final class Serve implements Callable<Integer> {
    static {
        // a reader of metrics that sends half a request, or does not read, must not hold a thread for ever (seconds)
        for (String limit : new String[] {"sun.net.httpserver.maxReqTime", "sun.net.httpserver.maxRspTime"}) {
            if (System.getProperty(limit) == null) {
                System.setProperty(limit, "10");
            }
        }
    }

    private static final Duration LEAST_LEASE = Duration.ofSeconds(1);
    private static final Duration MOST_LEASE = Duration.ofMinutes(10);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--listen",
            paramLabel = "URI",
            description = "Where to listen; may be repeated. tcp://host:port (0 = any port) or unix:///path."
                    + " Default: tcp://127.0.0.1:50000")
    private List<String> listen = new ArrayList<>();

    @Option(
            names = "--authkey-file",
            paramLabel = "FILE",
            description =
                    "File with the authkey. Default: MULTIPROC_AUTHKEY_FILE, MULTIPROC_AUTHKEY and, unless other"
                            + " machines can reach a listener, the user's key (made at the first start, readable by the user only).")
    private @Nullable Path authkeyFile;

    @Option(
            names = "--min-digest",
            paramLabel = "NAME",
            defaultValue = "md5",
            description =
                    "Weakest digest in the handshake: md5 admits CPython 3.8 to 3.11, sha256 does not. Java clients"
                            + " always use sha256. Default: ${DEFAULT-VALUE}")
    private String minDigest = "md5";

    @Option(
            names = "--max-frame",
            paramLabel = "MIB",
            defaultValue = "64",
            description = "Largest request or reply, in MiB (1 to 1024). Default: ${DEFAULT-VALUE}")
    private int maxFrame = 64;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Most connections at a time. Default: ${DEFAULT-VALUE}")
    private int maxConnections = 10_000;

    @Option(
            names = "--max-sessions",
            paramLabel = "N",
            defaultValue = "20000",
            description =
                    "Most sessions of Java clients, those included that are cut off, and connections of Python clients."
                            + " Default: ${DEFAULT-VALUE}")
    private int maxSessions;

    @Option(
            names = "--max-objects",
            paramLabel = "N",
            defaultValue = "10000000",
            description = "Most shared objects at a time." + " Default: ${DEFAULT-VALUE}")
    private long maxObjects;

    @Option(
            names = "--max-entries",
            paramLabel = "N",
            defaultValue = "100000000",
            description = "Most entries, elements or items of one object." + " Default: ${DEFAULT-VALUE}")
    private long maxEntries;

    @Option(
            names = "--max-waiters",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Most requests that wait for one object." + " Default: ${DEFAULT-VALUE}")
    private long maxWaiters;

    @Option(
            names = "--max-waits",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Most requests of one Java client that wait." + " Default: ${DEFAULT-VALUE}")
    private int maxWaits;

    @Option(
            names = "--max-connection-rate",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Most new connections per second from one address of another machine; 0: no limit."
                    + " Default: ${DEFAULT-VALUE}")
    private int maxConnectionRate;

    @Option(
            names = "--memory-reserve",
            paramLabel = "PERCENT",
            defaultValue = "8",
            description = "Share of the heap kept free: what would store more is refused, reading goes on (1 to 90)."
                    + " Default: ${DEFAULT-VALUE}")
    private int memoryReserve;

    @Option(
            names = "--handshake-timeout",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long a new connection has to prove itself. Default: ${DEFAULT-VALUE}")
    private int handshakeSeconds = 5;

    @Option(
            names = "--lease",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "After how much silence a client counts as dead and what it holds is released (1 to 600)."
                    + " Default: ${DEFAULT-VALUE}")
    private int leaseSeconds = 30;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "How long a Java client whose connection broke may take to come back before what it holds is"
                    + " released (0.1 to 600). Default: ${DEFAULT-VALUE}")
    private double graceSeconds = 2;

    @Option(
            names = "--snapshot",
            paramLabel = "FILE",
            description = "Saves the named objects to this file and restores them at the start. Default: memory only")
    private @Nullable Path snapshot;

    @Option(
            names = "--snapshot-interval",
            paramLabel = "SECONDS",
            description = "Time between two saves; 0 saves at the end only. Default: 60")
    private @Nullable Integer snapshotInterval;

    @Option(
            names = "--metrics",
            paramLabel = "URI",
            description =
                    "Serves /metrics (Prometheus text), /health and /ready over HTTP at tcp://host:port, without a key:"
                            + " numbers, no names. Default: not served")
    private @Nullable String metrics;

    @Option(
            names = "--share",
            paramLabel = "NAME=TYPE",
            description =
                    "A named object that is there from the start; may be repeated. Types are dict, list, namespace, queue,"
                            + " joinable_queue, lock, rlock, event, semaphore and so on. Python's managers find it by register(NAME).")
    private Map<String, String> share = new LinkedHashMap<>();

    @Option(
            names = "--away",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description =
                    "After how long without any connection a host of Python clients counts as gone and what its killed"
                            + " processes held is dropped. Default: ${DEFAULT-VALUE}")
    private int awaySeconds = 3600;

    @Option(
            names = "--orphan-lease",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description =
                    "How long somebody waits at most for a plain lock or permit that a Python client acquired whose"
                            + " connection has ended. 0: for ever, as with CPython's own server. Default: ${DEFAULT-VALUE}")
    private int orphanSeconds = 30;

    @Option(
            names = "--spin",
            paramLabel = "MICROSECONDS",
            defaultValue = "100",
            description =
                    "How long the server looks for the next request before it sleeps, where that pays (0 to 1000000)."
                            + " Default: ${DEFAULT-VALUE}")
    private long spinMicros;

    @Option(
            names = "--plugins",
            paramLabel = "DIR",
            description = "Folder with jars whose classes clients can make instances of. Default: none")
    private @Nullable Path plugins;

    @Option(names = "--no-shutdown", description = "Refuses the shutdown command of clients.")
    private boolean noShutdown;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "INFO",
            description = "ERROR, WARN, INFO, DEBUG or TRACE, on standard error. Default: ${DEFAULT-VALUE}")
    private Logs.Level logLevel = Logs.Level.INFO;

    /** For a parent that started this process: the key comes as the first line of standard input, whose end is the end. */
    @Option(names = "--parent-pipe", hidden = true)
    private boolean parentPipe;

    @Override
    public Integer call() throws InterruptedException, IOException {
        Logs.configure(logLevel);
        byte[] key = parentPipe ? keyFromParent() : findKey();
        PrintWriter out = spec.commandLine().getOut();
        Plugins loaded = plugins == null ? null : Plugins.load(plugins);
        ManagerServer server = ManagerServer.start(options(key));
        try (server) {
            endWithSignal(server);
            if (loaded != null && !loaded.isEmpty()) {
                loaded.register(reachable(server.uris().get(0)), key);
            }
            for (String uri : server.uris()) {
                out.println("multiproc ready on " + uri);
            }
            if (server.metricsUri() != null) {
                out.println("metrics on " + server.metricsUri() + "/metrics");
            }
            out.flush();
            if (parentPipe) {
                endWithParent(server);
            }
            server.awaitTermination();
        }
        return server.isSaved() ? 0 : Multiproc.FAILED;
    }

    /** An address of this machine for a listener that is open to others. */
    private static String reachable(String uri) {
        return uri.replace("://0.0.0.0:", "://127.0.0.1:").replace("://[::]:", "://[::1]:");
    }

    private ServerOptions options(byte[] key) {
        Digest digest = Digest.named(minDigest);
        if (digest == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "unknown digest '" + minDigest + "'; use md5, sha256, sha384, sha3_256 or sha3_384");
        }
        if (maxFrame < 1 || maxFrame > 1024) {
            throw new ParameterException(spec.commandLine(), "--max-frame must be 1 to 1024 MiB, not " + maxFrame);
        }
        if (leaseSeconds < LEAST_LEASE.toSeconds() || leaseSeconds > MOST_LEASE.toSeconds()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--lease must be 1 to " + MOST_LEASE.toSeconds() + " seconds, not " + leaseSeconds);
        }
        if (!(graceSeconds >= 0.1 && graceSeconds <= 600)) {
            throw new ParameterException(spec.commandLine(), "--grace must be 0.1 to 600 seconds, not " + graceSeconds);
        }
        ServerOptions options = ServerOptions.of(Authkey.of(key))
                .withMinDigest(digest)
                .withMaxFrame(maxFrame << 20)
                .withMaxConnections(maxConnections)
                .withHandshakeTimeout(Duration.ofSeconds(handshakeSeconds))
                .withLease(Duration.ofSeconds(leaseSeconds), LEAST_LEASE, MOST_LEASE)
                .withMaxWaits(maxWaits)
                .withLimits(limits())
                .withGrace(Duration.ofMillis(Math.round(graceSeconds * 1000)))
                .withAllowShutdown(!noShutdown)
                .withShare(share)
                .withAway(Duration.ofSeconds(awaySeconds))
                .withOrphanLease(Duration.ofSeconds(orphanSeconds))
                .withSpin(Duration.of(spinMicros, ChronoUnit.MICROS));
        if (metrics != null) {
            options = options.withMetrics(metrics);
        }
        if (snapshot != null) {
            int seconds = snapshotInterval == null ? 60 : snapshotInterval;
            if (seconds < 0) {
                throw new ParameterException(
                        spec.commandLine(), "--snapshot-interval must be 0 or more, not " + seconds);
            }
            options = options.withSnapshot(snapshot, Duration.ofSeconds(seconds));
        } else if (snapshotInterval != null) {
            throw new ParameterException(spec.commandLine(), "--snapshot-interval needs --snapshot FILE");
        }
        return listen.isEmpty() ? options : options.withListen(listen.toArray(new String[0]));
    }

    private ServerLimits limits() {
        ServerLimits standard = ServerLimits.DEFAULT;
        return new ServerLimits(
                maxObjects,
                maxEntries,
                maxWaiters,
                maxSessions,
                maxConnectionRate,
                standard.loopbackRate(),
                memoryReserve);
    }

    private byte[] findKey() throws IOException {
        if (authkeyFile == null
                && System.getenv(Authkeys.FILE_VARIABLE) == null
                && System.getenv(Authkeys.KEY_VARIABLE) == null) {
            // a key that came into being by itself is for this machine and this user
            for (String uri : listen) {
                if (!ListenAddress.parse(uri).isLocal()) {
                    throw new IllegalArgumentException("no authkey for " + uri
                            + ", which other machines can reach: set "
                            + Authkeys.FILE_VARIABLE + " (or --authkey-file) to a file with at least "
                            + ServerOptions.MIN_REMOTE_KEY + " random bytes, such as a Docker or Kubernetes secret, or "
                            + Authkeys.KEY_VARIABLE + " to the key itself");
                }
            }
        }
        Authkeys keys = new Authkeys();
        Optional<Authkeys.Authkey> found = keys.find(null, authkeyFile);
        Authkeys.Authkey key = found.isPresent() ? found.get() : keys.createForUser();
        key.warning().ifPresent(text -> LoggerFactory.getLogger(Serve.class).warn(text));
        return key.bytes();
    }

    private static byte[] keyFromParent() throws IOException {
        // unbuffered: whatever follows the line is waited for by endWithParent
        StringBuilder hex = new StringBuilder();
        int c;
        while ((c = System.in.read()) >= 0 && c != '\n') {
            hex.append((char) c);
        }
        return HexFormat.of().parseHex(hex);
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
                                Runtime.getRuntime().halt(server.isSaved() ? 0 : Multiproc.FAILED);
                            }
                        },
                        "multiproc-shutdown"));
    }
}
