package io.multiproc.tests.tls;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.AuthenticationException;
import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.ProtocolException;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsException;
import io.multiproc.server.net.ListenAddress;
import io.multiproc.server.net.ProxyServer;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.Certificates;
import io.multiproc.tests.fixtures.PythonClient;
import io.multiproc.tests.fixtures.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tls://} by certificates: who gets in, who does not and what each is told, and new files without a restart. */
@Tag("jdk")
@Timeout(120)
class CertificatesIT {
    @TempDir
    private Path folder = Path.of("");

    private Certificates authority;
    private Certificates stranger;
    private Certificates.Pair own;
    private @Nullable TestServer server;

    @BeforeEach
    void prepare() {
        authority = new Certificates(folder, "authority");
        stranger = new Certificates(folder, "stranger");
        own = authority.of("server", "localhost", "127.0.0.1");
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private TestServer start(Certificates.Pair shown, @Nullable Path clientCa) {
        TestServer started = TestServer.start(o -> o.withListen("tls://127.0.0.1:0")
                .withHandshakeTimeout(Duration.ofSeconds(5))
                .withCertificates(shown.certificate(), shown.key(), clientCa));
        server = started;
        return started;
    }

    private static void works(TestServer to, ManagerOptions options) {
        try (Manager m = Manager.connect(options)) {
            assertTrue(m.counter("served").incrementAndGet() > 0);
        }
        assertNotNull(to);
    }

    private static String refused(Class<? extends ManagerException> type, ManagerOptions options) {
        return assertThrows(type, () -> Manager.connect(options)).getMessage();
    }

    @Test
    void everythingWorksByCertificates() throws Exception {
        TestServer s = start(own, null);
        ManagerOptions options = s.options().withTlsCa(authority.ca());
        Manager a = s.connect(options);
        Manager b = s.connect(options.withAddress(s.uri().replace("127.0.0.1", "localhost")));
        DictProxy<String, byte[]> values = a.dict("values", String.class, byte[].class);
        byte[] value = new byte[3 << 20];
        new Random(11).nextBytes(value);
        values.put("v", value);
        assertArrayEquals(value, b.dict("values", String.class, byte[].class).get("v"));
        a.lock("guard").lock();
        assertFalse(b.lock("guard").tryLock());
        a.close();
        assertTrue(b.lock("guard").tryLock(Duration.ofSeconds(10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "Ed25519", "secp384r1"})
    void keysOfOtherKinds(String kind) {
        TestServer s = start(authority.ofKind(kind, "other", "127.0.0.1"), authority.ca());
        Certificates.Pair client = authority.ofKind(kind, "client");
        works(s, s.options().withTlsCa(authority.ca()).withTlsCertificate(client.certificate(), client.key()));
    }

    @Test
    void aChildGoesTheSameWay() throws Exception {
        TestServer s = start(own, authority.ca());
        Certificates.Pair mine = authority.of("client");
        Manager m = s.connect(s.options().withTlsCa(authority.ca()).withTlsCertificate(mine.certificate(), mine.key()));
        ManagedProcess child = new ManagedProcess(CertificatesIT::increment, m.counter("child"));
        child.start();
        assertTrue(child.join(Await.LONG));
        assertEquals(0, child.exitCode().getAsInt());
        assertEquals(1, m.counter("child").get());
    }

    static void increment(io.multiproc.client.CounterProxy counter) {
        counter.incrementAndGet();
    }

    @Test
    void theAuthkeyIsProvedAllTheSame() {
        TestServer s = start(own, null);
        ManagerOptions wrong = s.options()
                .withTlsCa(authority.ca())
                .withAuthkey("another key, of enough bytes".getBytes(StandardCharsets.US_ASCII));
        refused(AuthenticationException.class, wrong);
    }

    @Test
    void aServerThatIsNotTrusted() {
        TestServer s = start(own, null);
        String text = refused(AuthenticationException.class, s.options().withTlsCa(stranger.ca()));
        assertTrue(text.contains("the certificate of the server is refused: it is from no authority"), text);
        String system = refused(AuthenticationException.class, s.options().withTlsSystemCa());
        assertTrue(system.contains("no authority"), system);
        works(s, s.options().withTlsCa(authority.ca()));
    }

    @Test
    void aCertificateOfAnotherHost() {
        TestServer s = start(authority.of("elsewhere", "elsewhere.example"), null);
        String text = refused(AuthenticationException.class, s.options().withTlsCa(authority.ca()));
        assertTrue(text.contains("it is for elsewhere.example, not for 127.0.0.1"), text);
    }

    @Test
    void aClientsCertificate() {
        TestServer s = start(own, authority.ca());
        ManagerOptions trusting = s.options().withTlsCa(authority.ca());
        String none = refused(AuthenticationException.class, trusting);
        assertTrue(none.contains("asks for a certificate of this client"), none);
        assertTrue(none.contains("--tls-cert FILE --tls-key FILE"), none);
        Certificates.Pair foreign = stranger.of("foreign");
        String other = refused(
                AuthenticationException.class, trusting.withTlsCertificate(foreign.certificate(), foreign.key()));
        assertTrue(other.contains("refuses the certificate of this one"), other);
        Certificates.Pair mine = authority.of("client");
        works(s, trusting.withTlsCertificate(mine.certificate(), mine.key()));
    }

    @Test
    void byTheKeyAndByCertificatesDoNotMix() {
        TestServer s = start(own, null);
        String text = refused(ProtocolException.class, s.options());
        assertTrue(text.contains("shows a certificate") && text.contains("--tls-ca FILE"), text);
        try (TestServer byKey = TestServer.start(o -> o.withListen("tls://127.0.0.1:0"))) {
            String back = refused(ProtocolException.class, byKey.options().withTlsCa(authority.ca()));
            assertTrue(back.contains("goes by the authkey") && back.contains("Leave the certificates out"), back);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> Manager.connect(s.options()
                        .withAddress(s.uri().replace("tls://", "tcp://"))
                        .withTlsCa(authority.ca())));
    }

    // ---- what is on the wire

    private static void isSecret(byte[] seen, String... secrets) {
        assertTrue(seen.length > 500, "there was something");
        String text = new String(seen, StandardCharsets.ISO_8859_1);
        for (String secret : secrets) {
            assertFalse(text.contains(secret), () -> "in the clear: " + secret);
        }
    }

    @Test
    void nothingIsToBeReadByCertificates() throws Exception {
        TestServer s = start(own, authority.ca());
        Certificates.Pair mine = authority.of("the-clients-certificate");
        try (EncryptedIT.Wiretap tap = new EncryptedIT.Wiretap(s.uri())) {
            ManagerOptions options = s.options()
                    .withAddress(tap.uri())
                    .withName("the-clients-name")
                    .withTlsCa(authority.ca())
                    .withTlsCertificate(mine.certificate(), mine.key());
            try (Manager m = Manager.connect(options)) {
                m.dict("the-dicts-name", String.class, String.class).put("the-key", "the-value");
            }
            isSecret(
                    tap.seen(),
                    "the-clients-name",
                    "the-dicts-name",
                    "the-key",
                    "the-value",
                    "the-clients-certificate",
                    "#CHALLENGE#");
        }
    }

    @Test
    void nothingIsToBeReadBehindAProxy() throws Exception {
        try (TestServer s = TestServer.start(o -> o.withListen("tls://127.0.0.1:0"));
                EncryptedIT.Wiretap tap = new EncryptedIT.Wiretap(s.uri())) {
            URI to = URI.create(tap.uri());
            try (ProxyServer proxy = ProxyServer.start(new ProxyServer.Options(
                            ListenAddress.parse("tcp://127.0.0.1:0"),
                            to.getHost(),
                            to.getPort(),
                            Authkey.of(s.key()),
                            null,
                            null,
                            null));
                    PythonClient client = PythonClient.open(proxy.uri(), s.key())) {
                client.request("an-ident-of-nothing", "the-method", "the-value");
                assertThrows(IOException.class, client::result);
                isSecret(
                        tap.seen(),
                        "an-ident-of-nothing",
                        "the-method",
                        "the-value",
                        "#CHALLENGE#",
                        "#PROXY#",
                        proxy.uri(),
                        "accept_connection");
            }
        }
    }

    // ---- files

    private String unusable(Certificates.Pair pair) {
        UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> start(pair, null));
        assertInstanceOf(TlsException.class, e.getCause());
        return String.valueOf(e.getCause().getMessage());
    }

    @Test
    void filesOfNoUse() throws Exception {
        Certificates.Pair other = authority.of("other", "127.0.0.1");
        String mixed = unusable(new Certificates.Pair(own.certificate(), other.key()));
        assertTrue(mixed.contains("does not belong to the certificate in " + own.certificate()), mixed);
        String kinds = unusable(new Certificates.Pair(
                own.certificate(), authority.ofKind("RSA", "rsa", "127.0.0.1").key()));
        assertTrue(kinds.contains("does not belong"), kinds);
        String expired = unusable(authority.expired("expired", "127.0.0.1"));
        assertTrue(expired.contains("was valid until") && expired.contains("renew it"), expired);
        Path text = Files.writeString(folder.resolve("text"), "hello");
        String none = unusable(new Certificates.Pair(text, own.key()));
        assertTrue(none.contains("no certificate in PEM form") && none.contains("openssl x509"), none);
        String noKey = unusable(new Certificates.Pair(own.certificate(), own.certificate()));
        assertTrue(noKey.contains("no private key in PEM form"), noKey);
        Path encrypted = Files.writeString(
                folder.resolve("encrypted"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        String locked = unusable(new Certificates.Pair(own.certificate(), encrypted));
        assertTrue(locked.contains("is encrypted") && locked.contains("openssl pkey -in " + encrypted), locked);
        String absent = unusable(new Certificates.Pair(folder.resolve("absent"), own.key()));
        assertTrue(absent.contains("there is no file"), absent);
        Path open = Files.copy(own.key(), folder.resolve("open.key"));
        Files.setPosixFilePermissions(open, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));
        String writable = unusable(new Certificates.Pair(own.certificate(), open));
        assertTrue(writable.contains("chmod go-w"), writable);
    }

    @Test
    void aClientIsToldOfItsOwnFiles() {
        TestServer s = start(own, null);
        String text = refused(ManagerException.class, s.options().withTlsCa(folder.resolve("absent.pem")));
        assertTrue(text.contains("there is no file " + folder.resolve("absent.pem")), text);
        assertFalse(text.contains("Is the manager running"), text);
    }

    /** As OpenSSL wrote keys before. */
    @Test
    void keysOfTheOldForm() throws Exception {
        Path old = folder.resolve("old.key");
        Process openssl = new ProcessBuilder("openssl", "ec", "-in", own.key().toString(), "-out", old.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(openssl.waitFor(60, TimeUnit.SECONDS) && openssl.exitValue() == 0, said);
        assertTrue(Files.readString(old).contains("BEGIN EC PRIVATE KEY"), said);
        TestServer s = start(new Certificates.Pair(own.certificate(), old), null);
        works(s, s.options().withTlsCa(authority.ca()));
    }

    // ---- reload

    private static void replace(Path with, Path file) throws IOException {
        Files.copy(with, file, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void newFilesAreUsedWithoutARestart() throws Exception {
        Path certificate = folder.resolve("used.pem");
        Path key = folder.resolve("used.key");
        replace(own.certificate(), certificate);
        replace(own.key(), key);
        TestServer s = start(new Certificates.Pair(certificate, key), null);
        Manager before = s.connect(s.options().withTlsCa(authority.ca()));
        // of no use: the old one is used on
        Files.writeString(certificate, "nothing");
        ManagerOptions byNew = s.options().withTlsCa(stranger.ca());
        works(s, s.options().withTlsCa(authority.ca()));
        Certificates.Pair next = stranger.of("next", "127.0.0.1");
        replace(next.certificate(), certificate);
        replace(next.key(), key);
        Await.until("the new certificate is shown", () -> {
            try (Manager m = Manager.connect(byNew)) {
                return m.isOpen();
            } catch (AuthenticationException e) {
                return false;
            }
        });
        assertTrue(before.counter("served").incrementAndGet() > 0, "connections go on");
        assertNotNull(refused(AuthenticationException.class, s.options().withTlsCa(authority.ca())));
    }
}
