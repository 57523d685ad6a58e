package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.ManagerServer;
import io.multiproc.server.ServerOptions;
import io.multiproc.tests.fixtures.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readers of metrics that ask by halves, do not read, or say something else: others are answered, and none of them stays for ever. */
@Tag("jdk")
@Timeout(60)
class MetricsPortIT {
    private ManagerServer server;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = ManagerServer.start(ServerOptions.of(Authkey.ofText("a key of this test, long enough"))
                .withListen("tcp://127.0.0.1:0")
                .withMetrics("tcp://127.0.0.1:0"));
    }

    @AfterEach
    void end() throws IOException {
        for (Socket s : sockets) {
            s.close();
        }
        server.close();
    }

    private Socket says(String text) throws IOException {
        Socket s = new Socket(
                InetAddress.getByName("127.0.0.1"),
                URI.create(server.metricsUri()).getPort());
        s.setSoTimeout(30_000);
        sockets.add(s);
        s.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return s;
    }

    private static String answer(Socket s) throws IOException {
        return new String(s.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void assertHealthy() throws IOException {
        String answer = answer(says("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"));
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(answer.endsWith("alive\n"), answer);
    }

    @Test
    void halfRequests() throws Exception {
        List<Socket> halves = new ArrayList<>();
        for (String half : List.of("", "G", "GET /health HTTP/1.1\r\n", "GET /metrics HTTP/1.1\r\nHost: x")) {
            for (int i = 0; i < 50; i++) {
                halves.add(says(half));
                if (i % 10 == 0) {
                    assertHealthy();
                }
            }
        }
        assertHealthy();
        // those at the front have been dropped for want of room, those at the end have their time
        assertEquals("", answer(halves.get(0)));
        Socket last = halves.get(halves.size() - 1);
        for (int i = 0; i < 8; i++) {
            try {
                // bytes that drip in do not extend it
                last.getOutputStream().write('x');
            } catch (IOException e) {
                break;
            }
        }
        assertEquals("", answer(last));
    }

    @Test
    void readersThatDoNotRead() throws Exception {
        for (int i = 0; i < 200; i++) {
            Socket unused = says("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
            if (i % 20 == 0) {
                assertHealthy();
            }
        }
        assertHealthy();
    }

    @Test
    void whatIsNoRequest() throws Exception {
        String answer = answer(says("\u0016\u0003\u0001\u0002\r\n\r\n"));
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        answer = answer(says("GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n"));
        assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 400 "), answer);
        answer = answer(says("GET / HTTP/1.1\r\n" + "x: y\r\n".repeat(50_000) + "\r\n"));
        assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 400 "), answer);
        answer = answer(says("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"));
        assertTrue(answer.startsWith("HTTP/1.1 405 "), answer);
        assertTrue(answer.contains("GET, HEAD"), answer);
        assertHealthy();
    }

    @Test
    void theThreadEndsWithTheServer() throws Exception {
        assertHealthy();
        server.close();
        Await.until("no thread is left", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().startsWith("multiproc-metrics")));
        assertThrows(IOException.class, this::assertHealthy);
    }
}
