package io.multiproc.server.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.multiproc.server.net.ListenAddress;
import io.multiproc.server.net.NetServer;
import io.multiproc.server.net.NetStats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET /metrics} (Prometheus text), {@code /health} (200 while the engine answers) and {@code /ready} (200 while
 * it takes clients); 503 otherwise. On daemon threads of its own. Thread-safe.
 */
public final class MetricsServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MetricsServer.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final int THREADS = 4;
    private static final int BACKLOG = 32;

    /** An engine that is silent for so long is not well. */
    private static final long PATIENCE_MILLIS = 5_000;

    private final NetServer net;
    private final Meters meters;
    private final HttpServer http;
    private final ExecutorService threads;
    private final String host;

    private MetricsServer(NetServer net, String version, ListenAddress address) throws IOException {
        this.net = net;
        this.meters = new Meters(version);
        this.host = address.host();
        http = HttpServer.create(new InetSocketAddress(address.host(), address.port()), BACKLOG);
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "multiproc-metrics");
            thread.setDaemon(true);
            return thread;
        });
        http.setExecutor(threads);
        http.createContext("/", this::answer);
        http.start();
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
        if (address.isUnix() || address.nativeOnly()) {
            throw new IllegalArgumentException("metrics are served over TCP: tcp://host:port, not " + uri);
        }
        return address;
    }

    /** Where it listens, with the real port: {@code http://127.0.0.1:9464}. */
    public String uri() {
        String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return "http://" + shown + ":" + http.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, TEXT, "only GET\n");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/metrics" -> {
                    NetStats stats = stats();
                    if (stats == null) {
                        send(exchange, 503, TEXT, "the engine does not answer\n");
                    } else {
                        send(exchange, 200, PROMETHEUS, meters.text(stats));
                    }
                }
                case "/health" -> say(exchange, stats() != null, "alive", "the engine does not answer");
                case "/ready" -> {
                    NetStats stats = stats();
                    say(exchange, stats != null && !stats.ending(), "ready", "not ready");
                }
                default -> send(exchange, 404, TEXT, "there are /metrics, /health and /ready\n");
            }
        } catch (IOException e) {
            log.debug("a reader of metrics is gone: {}", e.toString());
        } catch (RuntimeException e) {
            log.error("fault while serving metrics", e);
        }
    }

    private static void say(HttpExchange exchange, boolean well, String yes, String no) throws IOException {
        send(exchange, well ? 200 : 503, TEXT, (well ? yes : no) + "\n");
    }

    private @Nullable NetStats stats() {
        try {
            return net.stats().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException | TimeoutException e) {
            return null;
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Stops listening at once. */
    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
