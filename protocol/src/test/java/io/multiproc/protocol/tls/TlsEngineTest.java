package io.multiproc.protocol.tls;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JceX25519Domain;
import org.junit.jupiter.api.Test;

class TlsEngineTest {
    private static final Authkey KEY = Authkey.of(new byte[32]);
    private static final TlsKey PSK = TlsKey.of(KEY);
    private static final TlsKey OTHER = TlsKey.of(Authkey.ofText("another key of enough bytes"));

    /** Moves all records from one to the other. */
    private static int pass(TlsEngine from, TlsEngine to) throws TlsException {
        byte[] b = new byte[from.pending()];
        int n = from.drain(b, 0, b.length);
        to.receive(b, 0, n);
        return n;
    }

    private static void shake(TlsEngine client, TlsEngine server) throws TlsException {
        while (pass(client, server) + pass(server, client) > 0) {
            // until nobody has anything to say
        }
    }

    private static byte[] all(TlsEngine engine) {
        byte[] b = new byte[engine.available()];
        assertEquals(b.length, engine.read(b, 0, b.length));
        return b;
    }

    @Test
    void bothEndsKnowTheKeyAndTheBinding() throws TlsException {
        TlsEngine client = TlsEngine.client(PSK);
        TlsEngine server = TlsEngine.server(List.of(PSK));
        assertThrows(IllegalStateException.class, client::binding);
        shake(client, server);
        assertTrue(client.isOpen() && server.isOpen());
        assertArrayEquals(client.binding(), server.binding());
        assertEquals(32, client.binding().length);
        TlsEngine again = TlsEngine.client(PSK);
        shake(again, TlsEngine.server(List.of(PSK)));
        assertFalse(Arrays.equals(client.binding(), again.binding()), "another connection has another binding");
    }

    @Test
    void dataOfAllSizesInPieces() throws TlsException {
        TlsEngine client = TlsEngine.client(PSK);
        TlsEngine server = TlsEngine.server(List.of(PSK));
        shake(client, server);
        Random random = new Random(7);
        for (int size : new int[] {0, 1, 100, 16_384, 16_385, 1 << 20}) {
            byte[] sent = new byte[size];
            random.nextBytes(sent);
            server.write(sent, 0, size);
            byte[] records = new byte[server.pending()];
            server.drain(records, 0, records.length);
            for (int at = 0; at < records.length; ) {
                int n = Math.min(records.length - at, 1 + random.nextInt(5_000));
                client.receive(records, at, n);
                at += n;
            }
            assertArrayEquals(sent, all(client), size + " bytes");
        }
    }

    @Test
    void nothingIsReadable() throws TlsException {
        TlsEngine client = TlsEngine.client(PSK);
        TlsEngine server = TlsEngine.server(List.of(PSK));
        List<byte[]> wire = new ArrayList<>();
        for (boolean moved = true; moved; ) {
            moved = false;
            for (TlsEngine from : List.of(client, server)) {
                byte[] b = new byte[from.pending()];
                from.drain(b, 0, b.length);
                (from == client ? server : client).receive(b, 0, b.length);
                wire.add(b);
                moved |= b.length > 0;
            }
        }
        byte[] secret = "the value of a dict".getBytes(StandardCharsets.US_ASCII);
        client.write(secret, 0, secret.length);
        byte[] b = new byte[client.pending()];
        client.drain(b, 0, b.length);
        wire.add(b);
        for (byte[] record : wire) {
            String text = new String(record, StandardCharsets.ISO_8859_1);
            assertFalse(text.contains("the value"), "the value in the clear");
            assertFalse(text.contains(new String(PSK.secret(), StandardCharsets.ISO_8859_1)), "the key in the clear");
        }
    }

    @Test
    void twoKeysAreValidAtOnce() throws TlsException {
        for (TlsKey key : List.of(PSK, OTHER)) {
            TlsEngine client = TlsEngine.client(key);
            TlsEngine server = TlsEngine.server(List.of(OTHER, PSK));
            shake(client, server);
            assertTrue(client.isOpen() && server.isOpen());
            assertSame(key, server.key());
        }
    }

    @Test
    void aDestroyedKeyIsNoKey() throws TlsException {
        TlsKey gone = TlsKey.of(Authkey.ofText("a key that is destroyed soon"));
        TlsEngine client = TlsEngine.client(gone);
        gone.destroy();
        assertTrue(gone.isDestroyed());
        assertThrows(IllegalStateException.class, gone::secret);
        assertThrows(TlsException.class, () -> shake(client, TlsEngine.server(List.of(gone, PSK))));
    }

    @Test
    void anotherKeyIsRefusedOnBothSides() throws TlsException {
        TlsEngine client = TlsEngine.client(OTHER);
        TlsEngine server = TlsEngine.server(List.of(PSK));
        TlsException refused = assertThrows(TlsException.class, () -> shake(client, server));
        assertEquals(TlsException.Reason.WRONG_KEY, refused.reason());
        TlsException told = assertThrows(TlsException.class, () -> pass(server, client));
        assertEquals(TlsException.Reason.WRONG_KEY, told.reason());
        assertFalse(client.isOpen() || server.isOpen());
    }

    /** The identity may be known to a stranger: it travels in the clear. */
    @Test
    void theRightNameWithoutTheKeyIsRefused() throws Exception {
        TlsEngine server = TlsEngine.server(List.of(PSK));
        var make = TlsKey.class.getDeclaredConstructor(byte[].class, byte[].class);
        make.setAccessible(true);
        TlsKey forged = make.newInstance(PSK.identity(), new byte[32]);
        TlsException refused = assertThrows(TlsException.class, () -> shake(TlsEngine.client(forged), server));
        assertEquals(TlsException.Reason.WRONG_KEY, refused.reason());
        // nor does a server without the key get further
        TlsEngine client = TlsEngine.client(PSK);
        assertThrows(TlsException.class, () -> shake(client, TlsEngine.server(List.of(forged))));
        assertFalse(client.isOpen());
    }

    @Test
    void whatIsNoTlsIsRefusedAtOnce() {
        for (String text : List.of("GET / HTTP/1.1\r\n\r\n", "\0\0\0\13#CHALLENGE#", "\26\3\1\0\5hello")) {
            byte[] b = text.getBytes(StandardCharsets.ISO_8859_1);
            TlsException atServer = assertThrows(
                    TlsException.class, () -> TlsEngine.server(List.of(PSK)).receive(b, 0, b.length), text);
            assertEquals(TlsException.Reason.NO_TLS, atServer.reason());
            TlsException atClient =
                    assertThrows(TlsException.class, () -> TlsEngine.client(PSK).receive(b, 0, b.length), text);
            assertEquals(TlsException.Reason.NO_TLS, atClient.reason());
        }
    }

    @Test
    void aChangedRecordBreaksTheConnection() throws TlsException {
        TlsEngine client = TlsEngine.client(PSK);
        TlsEngine server = TlsEngine.server(List.of(PSK));
        shake(client, server);
        client.write(new byte[100], 0, 100);
        byte[] b = new byte[client.pending()];
        client.drain(b, 0, b.length);
        b[50] ^= 1;
        TlsException broken = assertThrows(TlsException.class, () -> server.receive(b, 0, b.length));
        assertEquals(TlsException.Reason.BROKEN, broken.reason());
        assertEquals(0, server.available());
    }

    @Test
    void aRecordSentTwiceBreaksTheConnection() throws TlsException {
        TlsEngine client = TlsEngine.client(PSK);
        TlsEngine server = TlsEngine.server(List.of(PSK));
        shake(client, server);
        client.write(new byte[100], 0, 100);
        byte[] b = new byte[client.pending()];
        client.drain(b, 0, b.length);
        server.receive(b, 0, b.length);
        assertEquals(100, all(server).length);
        assertThrows(TlsException.class, () -> server.receive(b, 0, b.length));
    }

    @Test
    void keysAreDerivedAlikeAndApart() {
        TlsKey same = TlsKey.of(Authkey.of(new byte[32]));
        assertArrayEquals(PSK.identity(), same.identity());
        assertArrayEquals(PSK.secret(), same.secret());
        assertFalse(Arrays.equals(PSK.secret(), OTHER.secret()));
        assertEquals("TlsKey", PSK.toString());
        TlsKey weak = TlsKey.of(Authkey.ofText("secret"));
        assertArrayEquals(weak.secret(), TlsKey.of(Authkey.ofText("secret")).secret());
        assertFalse(
                Arrays.equals(weak.secret(), TlsKey.of(Authkey.ofText("Secret")).secret()));
    }

    /** The key between nodes follows from the same authkey, and is another one, also where the authkey is weak. */
    @Test
    void keysOfNodesAreTheirOwn() {
        for (Authkey key : List.of(KEY, Authkey.ofText("secret"))) {
            TlsKey client = TlsKey.of(key);
            TlsKey node = TlsKey.ofNodes(key);
            assertArrayEquals(node.secret(), TlsKey.ofNodes(key).secret());
            assertFalse(Arrays.equals(client.secret(), node.secret()));
            assertFalse(Arrays.equals(client.identity(), node.identity()));
        }
    }

    /** An orderly end is a record that only the other end can make; an end of the socket, a stranger's alert or one's own end is none. */
    @Test
    void anOrderlyEndIsTold() throws TlsException {
        TlsEngine client = TlsEngine.client(PSK);
        TlsEngine server = TlsEngine.server(List.of(PSK));
        shake(client, server);
        byte[] last = {1, 2, 3};
        client.write(last, 0, last.length);
        client.close();
        assertFalse(client.isEnded(), "its own end is not the other one's");
        assertTrue(client.isClosed());
        assertFalse(server.isEnded());
        pass(client, server);
        assertTrue(server.isEnded());
        assertArrayEquals(last, all(server));

        TlsEngine fresh = TlsEngine.client(PSK);
        TlsEngine other = TlsEngine.server(List.of(PSK));
        shake(fresh, other);
        // close_notify in the clear, as anybody can make it
        byte[] forged = {21, 3, 3, 0, 2, 1, 0};
        assertThrows(TlsException.class, () -> other.receive(forged, 0, forged.length));
        assertFalse(other.isEnded());
    }

    /** RFC 7748, section 6.1, and what it says of points of small order. */
    @Test
    void x25519AgreesWithTheRuntimes() throws Exception {
        JcaTlsCrypto crypto = RuntimeCrypto.create();
        TlsECConfig x25519 = new TlsECConfig(NamedGroup.x25519);
        TlsAgreement ours = new X25519Domain(crypto).createECDH();
        TlsAgreement runtimes = new JceX25519Domain(crypto).createECDH();
        assertInstanceOf(X25519Domain.class, crypto.createECDomain(x25519));
        byte[] our = ours.generateEphemeral();
        byte[] theirs = runtimes.generateEphemeral();
        ours.receivePeerValue(theirs);
        runtimes.receivePeerValue(our);
        assertArrayEquals(
                runtimes.calculateSecret().extract(), ours.calculateSecret().extract());
        for (byte[] bad : new byte[][] {new byte[31], new byte[33], new byte[0]}) {
            TlsAgreement a = new X25519Domain(crypto).createECDH();
            byte[] unused = a.generateEphemeral();
            assertThrows(IOException.class, () -> a.receivePeerValue(bad));
        }
        TlsAgreement small = new X25519Domain(crypto).createECDH();
        byte[] unused = small.generateEphemeral();
        small.receivePeerValue(new byte[32]);
        assertThrows(IOException.class, small::calculateSecret);
    }
}
