package io.multiproc.server.metrics;

import io.multiproc.server.net.HttpPages;
import io.multiproc.server.net.HttpPages.Page;
import io.multiproc.server.net.ListenAddress;
import io.multiproc.server.net.NetServer;
import io.multiproc.server.net.NetStats;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /metrics} (Prometheus text), {@code /health} (200 while the engine answers) and {@code /ready} (200 while
 * it takes clients); 503 otherwise. On a daemon thread of its own. Thread-safe.
 */
public final class MetricsServer implements AutoCloseable {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    /** An engine that is silent for so long is not well. */
    private static final long PATIENCE_MILLIS = 5_000;

    private final NetServer net;
    private final Meters meters;
    private final HttpPages http;

    private MetricsServer(NetServer net, String version, ListenAddress address) throws IOException {
        this.net = net;
        this.meters = new Meters(version);
        http = HttpPages.start(address, "multiproc-metrics", this::page);
    }

    /**
     * Listens; returns when it does.
     *
     * @throws IOException if the address cannot be bound, naming it
     * @throws IllegalArgumentException if it is no address of TCP
     */
    public static MetricsServer start(NetServer net, String version, String uri) throws IOException {
        ListenAddress address = parse(uri);
        try {
            return new MetricsServer(net, version, address);
        } catch (IOException | RuntimeException e) {
            throw new IOException("cannot serve metrics on " + address + ": " + e.getMessage(), e);
        }
    }

    /**
     * Checks an address.
     *
     * @throws IllegalArgumentException if it is no address of TCP
     */
    public static ListenAddress parse(String uri) {
        ListenAddress address = ListenAddress.parse(uri);
        if (address.isUnix() || address.isEncrypted() || address.nativeOnly()) {
            throw new IllegalArgumentException("metrics are served over TCP: tcp://host:port, not " + uri);
        }
        return address;
    }

    /** Where it listens, with the real port: {@code http://127.0.0.1:9464}. */
    public String uri() {
        return http.uri();
    }

    private CompletableFuture<Page> page(String path, Executor own) {
        return switch (path) {
            case "/metrics" -> answer(
                    own,
                    stats -> stats == null
                            ? Page.text(503, "the engine does not answer\n")
                            : new Page(200, PROMETHEUS, meters.text(stats)));
            case "/health" -> answer(own, stats -> say(stats != null, "alive", "the engine does not answer"));
            case "/ready" -> answer(own, stats -> say(stats != null && !stats.ending(), "ready", "not ready"));
            default -> CompletableFuture.completedFuture(Page.text(404, "there are /metrics, /health and /ready\n"));
        };
    }

    /** The counters come from the engine's thread; the page is made on another one. */
    private CompletableFuture<Page> answer(Executor own, Function<@Nullable NetStats, Page> page) {
        return net.stats()
                .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .handleAsync((stats, silence) -> page.apply(stats), own);
    }

    private static Page say(boolean well, String yes, String no) {
        return Page.text(well ? 200 : 503, (well ? yes : no) + "\n");
    }

    /** Stops listening at once. */
    @Override
    public void close() {
        http.close();
    }
}
