package io.multiproc.tests.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import io.multiproc.tests.fixtures.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("jdk")
@Timeout(120)
class MetricsIT {
    private static final byte[] KEY = "a key of this test, long enough".getBytes(StandardCharsets.US_ASCII);
    private static final String LOCAL = "tcp://127.0.0.1:0";

    private ManagerServer server;
    private Manager manager;

    @BeforeEach
    void start() throws IOException {
        server = ManagerServer.start(
                ServerOptions.of(Authkey.of(KEY)).withListen(LOCAL).withMetrics(LOCAL));
        manager = Manager.connect(options());
    }

    @AfterEach
    void stop() {
        manager.close();
        server.close();
    }

    private ManagerOptions options() {
        return ManagerOptions.defaults().withAddress(server.uris().get(0)).withAuthkey(KEY);
    }

    private record Answer(int status, String type, String body) {}

    private Answer ask(String method, String path) throws IOException {
        var connection = (HttpURLConnection)
                URI.create(server.metricsUri() + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setReadTimeout(30_000);
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            String body = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(status, String.valueOf(connection.getContentType()), body);
        }
    }

    /** Name and labels to value, as Prometheus reads them. */
    private Map<String, Double> metrics() {
        try {
            Answer answer = ask("GET", "/metrics");
            assertEquals(200, answer.status, answer.body);
            assertTrue(answer.type.startsWith("text/plain; version=0.0.4"), answer.type);
            Map<String, Double> out = new TreeMap<>();
            for (String line : answer.body.split("\n")) {
                if (!line.startsWith("#")) {
                    int value = line.lastIndexOf(' ');
                    assertNull(out.put(line.substring(0, value), Double.valueOf(line.substring(value + 1))), line);
                }
            }
            return out;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private double metric(String name) {
        Map<String, Double> all = metrics();
        assertTrue(all.containsKey(name), () -> "no " + name + " in " + all.keySet());
        return all.get(name);
    }

    private static String operation(String family, String type, String operation) {
        return "multiproc_" + family + "_total{operation=\"" + operation + "\",type=\"" + type + "\"}";
    }

    @Test
    void operationsAreCountedByType() {
        DictProxy<String, Long> dict = manager.dict("d", String.class, Long.class);
        for (int i = 0; i < 100; i++) {
            dict.add("n", 1L);
        }
        assertThrows(IllegalArgumentException.class, () -> manager.barrier(0));
        Map<String, Double> all = metrics();
        assertEquals(100, all.get(operation("operations", "dict", "add")));
        assertEquals(1, all.get(operation("operations", "manager", "open")));
        assertEquals(1, all.get("multiproc_operations_refused_total{error=\"bad_argument\"}"));
        assertEquals(1, all.get("multiproc_objects{type=\"dict\"}"));
        assertEquals(0, all.get("multiproc_objects{type=\"barrier\"}"));
        // one in sixteen is timed
        double timed = all.get("multiproc_operation_seconds_count");
        assertTrue(timed >= 6 && timed <= 10, () -> "timed " + timed);
        assertEquals(timed, all.get("multiproc_operation_latency_total{le=\"+Inf\"}"));
        assertTrue(all.get("multiproc_operation_seconds_sum") > 0);
        assertTrue(all.get("multiproc_heap_used_bytes") > 0);
        assertTrue(all.get("multiproc_heap_max_bytes") >= all.get("multiproc_heap_used_bytes"));
        manager.delete("d");
        assertEquals(0, metric("multiproc_objects{type=\"dict\"}"));
        // what nobody has used is not listed
        assertTrue(metrics().keySet().stream()
                .noneMatch(name -> name.contains("latch\",") && name.contains("operation=")));
    }

    @Test
    void sessionsAndWaitersAreCounted() throws Exception {
        assertEquals(1, metric("multiproc_sessions"));
        QueueProxy<Object> queue = manager.queue();
        CompletableFuture<Object> taken = queue.async().take();
        Await.until("it waits", () -> metric("multiproc_waiters") == 1);
        assertEquals(1, metric(operation("operations_waited", "queue", "take")));
        queue.put("x");
        assertEquals("x", taken.get());
        Await.until("it waits no longer", () -> metric("multiproc_waiters") == 0);
        try (Manager second = Manager.connect(options())) {
            assertTrue(second.isOpen());
            assertEquals(2, metric("multiproc_sessions"));
        }
        Await.until("it is gone", () -> metric("multiproc_sessions") == 1 && metric("multiproc_connections") == 1);
    }

    @Test
    void rejectedHandshakesAreCounted() {
        assertEquals(0, metric("multiproc_handshakes_rejected_total"));
        ManagerOptions wrong =
                options().withAuthkey("not the key at all, but long".getBytes(StandardCharsets.US_ASCII));
        for (int i = 1; i <= 3; i++) {
            assertThrows(AuthenticationException.class, () -> Manager.connect(wrong));
            assertEquals(i, metric("multiproc_handshakes_rejected_total"));
        }
        assertEquals(1, manager.info().sessions());
    }

    @Test
    void healthAndOtherPages() throws IOException {
        assertEquals(new Answer(200, "text/plain; charset=utf-8", "alive\n"), ask("GET", "/health"));
        assertEquals("ready\n", ask("GET", "/ready").body);
        assertEquals(200, ask("HEAD", "/metrics").status);
        assertEquals(404, ask("GET", "/metric").status);
        assertEquals(404, ask("GET", "/").status);
        assertEquals(405, ask("POST", "/metrics").status);
        server.close();
        assertThrows(IOException.class, () -> ask("GET", "/health"));
    }

    @Test
    void badAddresses() throws IOException {
        ServerOptions options = ServerOptions.of(Authkey.of(KEY)).withListen(LOCAL);
        assertThrows(IllegalArgumentException.class, () -> options.withMetrics("http://127.0.0.1:1"));
        assertThrows(IllegalArgumentException.class, () -> options.withMetrics("unix:///tmp/metrics"));
        try (ServerSocket taken = new ServerSocket(0)) {
            String uri = "tcp://127.0.0.1:" + taken.getLocalPort();
            IOException e = assertThrows(IOException.class, () -> ManagerServer.start(options.withMetrics(uri)));
            assertTrue(e.getMessage().contains(uri), e.getMessage());
        }
        ManagerServer silent = ManagerServer.start(options);
        assertNull(silent.metricsUri());
        silent.close();
    }
}
