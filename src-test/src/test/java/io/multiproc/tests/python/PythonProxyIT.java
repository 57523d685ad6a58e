package io.multiproc.tests.python;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.QueueProxy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.server.net.ListenAddress;
import io.multiproc.server.net.ProxyServer;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Certificates;
import io.multiproc.tests.fixtures.PythonClient;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Unmodified Python programs, and Java ones, that reach a server which encrypts through {@code multiproc proxy}. */
@Timeout(180)
class PythonProxyIT {
    @TempDir
    private Path folder = Path.of("");

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /** Nothing but the end of a connection frees what a client holds. */
    private TestServer server() {
        TestServer server = TestServer.start(o -> o.withListen("tls://127.0.0.1:0")
                .withLease(Duration.ofMinutes(10), Duration.ofSeconds(1), Duration.ofMinutes(10))
                .withOrphanLease(Duration.ZERO));
        open.add(server);
        return server;
    }

    private ProxyServer proxy(TestServer server, String listen, String ca) throws IOException {
        URI uri = URI.create(server.uri());
        ProxyServer proxy = ProxyServer.start(new ProxyServer.Options(
                ListenAddress.parse(listen),
                uri.getHost(),
                uri.getPort(),
                Authkey.of(server.key()),
                ca.isEmpty() ? null : ca,
                null,
                null));
        open.add(proxy);
        return proxy;
    }

    private static String address(ProxyServer proxy) {
        return proxy.uri().replaceFirst("^[a-z]+://", "");
    }

    private Python.Running start(Python python, ProxyServer proxy, TestServer server, String role) {
        Python.Running running =
                python.start("proxied.py", address(proxy), HexFormat.of().formatHex(server.key()), role);
        open.add(running);
        return running;
    }

    private static void named(Manager m) {
        m.dict("outer");
        m.rlock("guard");
        m.queue("items", String.class);
    }

    /** Each program gets addresses that it can use, though the object was put by one behind another proxy. */
    @Test
    void programsOfAllVersionsShareObjectsThroughDifferentProxies() throws Exception {
        TestServer server = server();
        named(server.connect());
        ProxyServer tcp = proxy(server, "tcp://127.0.0.1:0", "");
        ProxyServer unix = proxy(server, "unix://" + folder.resolve("s"), "");
        for (Python python : Python.all()) {
            Python.Running first = start(python, tcp, server, "put");
            first.heard("put");
            Python.Running second = start(python, unix, server, "get");
            assertEquals("got from the first 3000000", second.output());
            first.say("");
            assertTrue(first.output().endsWith("is from the second"), python::toString);
        }
    }

    @Test
    void byCertificates() throws Exception {
        Certificates authority = new Certificates(folder, "authority");
        Certificates.Pair own = authority.of("server", "127.0.0.1");
        TestServer server = TestServer.start(
                o -> o.withListen("tls://127.0.0.1:0").withCertificates(own.certificate(), own.key(), null));
        open.add(server);
        named(server.connect(server.options().withTlsCa(authority.ca())));
        ProxyServer tcp = proxy(server, "tcp://127.0.0.1:0", authority.ca().toString());
        Python.Running first = start(Python.newest(), tcp, server, "put");
        first.heard("put");
        assertEquals(
                "got from the first 3000000",
                start(Python.newest(), tcp, server, "get").output());
    }

    @Test
    void aKilledProgramFreesItsLockAtOnce() throws Exception {
        TestServer server = server();
        Manager m = server.connect();
        named(m);
        for (String listen : List.of("tcp://127.0.0.1:0", "unix://" + folder.resolve("s"))) {
            ProxyServer proxy = proxy(server, listen, "");
            Python.Running holder = start(Python.newest(), proxy, server, "hold");
            holder.heard("held");
            assertFalse(m.rlock("guard").tryLock());
            holder.kill();
            assertTrue(m.rlock("guard").tryLock(Await.LONG), listen);
            m.rlock("guard").unlock();
        }
    }

    /** An item on its way to a program that ends goes back to its queue; one that was received does not. */
    @Test
    void whatAProgramDidNotReceiveStaysInTheQueue() throws Exception {
        TestServer server = server();
        received(server, proxy(server, "tcp://127.0.0.1:0", "").uri());
    }

    /** The same without a proxy. */
    @Test
    void whatAProgramDidNotReceiveOverTcpStaysInTheQueue() throws Exception {
        TestServer server = TestServer.start(o -> o.withListen("tcp://127.0.0.1:0"));
        open.add(server);
        received(server, server.uri());
    }

    private static void received(TestServer server, String uri) throws Exception {
        Manager m = server.connect();
        named(m);
        QueueProxy<String> items = m.queue("items", String.class);
        String ident = PythonClient.ident(uri, server.key(), "items");
        for (int i = 0; i < 40; i++) {
            PythonClient waits = PythonClient.open(uri, server.key());
            waits.request(ident, "get");
            if (i % 2 == 0) {
                items.put("item " + i);
                Await.until("it is on its way", items::isEmpty);
                // as the kernel of a program that was killed
                waits.reset();
            } else {
                waits.close();
                // the server may notice the end before or behind it
                items.put("item " + i);
            }
            assertEquals("item " + i, items.poll(Duration.ofSeconds(10)), "not received");
        }
        for (int i = 0; i < 20; i++) {
            items.put("item " + i);
            try (PythonClient takes = PythonClient.open(uri, server.key())) {
                takes.request(ident, "get");
                assertEquals("item " + i, takes.result());
            }
            items.put("mark");
            assertEquals("mark", items.take(), "received, and nobody else's");
        }
    }

    @Test
    void theEndOfTheServerIsTheEndOfItsConnections() throws Exception {
        TestServer server = server();
        named(server.connect());
        ProxyServer proxy = proxy(server, "tcp://127.0.0.1:0", "");
        Python.Running program = start(Python.newest(), proxy, server, "lost");
        program.heard("there");
        server.stop();
        program.say("");
        program.heard("gone");
        assertThrows(IOException.class, () -> PythonClient.connect(proxy.uri(), server.key()));
    }

    @Test
    void javaProgramsToo() {
        TestServer server = server();
        for (String listen : List.of("tcp://127.0.0.1:0", "unix://" + folder.resolve("s"))) {
            try (ProxyServer proxy = proxy(server, listen, "")) {
                ManagerOptions options = server.options().withAddress(proxy.uri());
                Manager m = Manager.connect(options);
                m.lock("java").lock();
                byte[] value = new byte[5 << 20];
                new Random(1).nextBytes(value);
                m.dict("outer", String.class, byte[].class).put("v", value);
                assertArrayEquals(
                        value, m.dict("outer", String.class, byte[].class).get("v"));
                m.close();
                try (Manager other = server.connect()) {
                    assertTrue(other.lock("java").tryLock(), "its end is told before the connection's");
                    other.lock("java").unlock();
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Without the greeting of a proxy that knows the key CPython's handshake is refused within TLS: its proof could be passed on. */
    @Test
    void noPythonInTlsWithoutAProxy() throws Exception {
        TestServer server = server();
        try (TestServer other = TestServer.start(o -> o.withListen("tls://127.0.0.1:0"))) {
            ProxyServer wrong = proxy(other, "tcp://127.0.0.1:0", "");
            try (PythonClient client = PythonClient.connect(wrong.uri(), other.key())) {
                assertNotNull(client);
            }
            assertThrows(IOException.class, () -> PythonClient.connect(wrong.uri(), server.key()));
        }
    }

    @Test
    void manyConnections() throws Exception {
        TestServer server = server();
        server.connect().dict("outer");
        ProxyServer proxy = proxy(server, "tcp://127.0.0.1:0", "");
        List<PythonClient> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            PythonClient client = PythonClient.open(proxy.uri(), server.key());
            clients.add(client);
            open.add(client);
        }
        String ident = PythonClient.ident(proxy.uri(), server.key(), "outer");
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).request(ident, "__setitem__", (long) i, (long) i);
        }
        for (PythonClient client : clients) {
            client.result();
        }
        assertEquals(100, server.connect().dict("outer").size());
    }

    @Test
    void onlyForProgramsOfThisMachine() {
        TestServer server = server();
        for (String listen : List.of("tcp://0.0.0.0:0", "tls://127.0.0.1:0")) {
            String text = assertThrows(IllegalArgumentException.class, () -> proxy(server, listen, ""))
                    .getMessage();
            assertTrue(text.contains("unix:///path or tcp://127.0.0.1:port"), text);
        }
    }
}
