package io.multiproc.protocol.auth;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that takes several keys. */
class SeveralKeysTest {
    private static final Authkey OLD = Authkey.ofText("the old key");
    private static final Authkey NEW = Authkey.ofText("the new key");
    private static final Authkey OTHER = Authkey.ofText("another key");

    private static ServerHandshake shake(List<Authkey> valid, Authkey clients, AuthPolicy policy)
            throws HandshakeException {
        ServerHandshake server = new ServerHandshake(valid, AuthPolicy.ANY, NonceSource.secure());
        ClientHandshake client = new ClientHandshake(clients, policy, NonceSource.secure(), Digest.SHA256);
        assertThrows(IllegalStateException.class, server::key);
        Deque<byte[]> toClient = new ArrayDeque<>(server.start());
        Deque<byte[]> toServer = new ArrayDeque<>(client.start());
        while (!toClient.isEmpty() || !toServer.isEmpty()) {
            if (!toClient.isEmpty()) {
                toServer.addAll(client.receive(toClient.remove()));
            } else {
                toClient.addAll(server.receive(toServer.remove()));
            }
        }
        assertTrue(client.isDone() && server.isDone());
        return server;
    }

    /** The client checks the server's answer, so that it is made with the client's key. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachOfThemWorks(boolean python) throws HandshakeException {
        AuthPolicy policy = python ? AuthPolicy.ANY : AuthPolicy.NATIVE;
        for (Authkey key : List.of(OLD, NEW)) {
            assertSame(key, shake(List.of(OLD, NEW), key, policy).key());
            assertSame(key, shake(List.of(NEW, OLD), key, policy).key());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsSaidDoesNotTellHowManyThereAre(boolean python) {
        AuthPolicy policy = python ? AuthPolicy.ANY : AuthPolicy.NATIVE;
        HandshakeException one = assertThrows(HandshakeException.class, () -> shake(List.of(OLD), OTHER, policy));
        HandshakeException two = assertThrows(HandshakeException.class, () -> shake(List.of(OLD, NEW), OTHER, policy));
        assertEquals(one.getMessage(), two.getMessage());
        assertArrayEquals(one.lastFrame(), two.lastFrame());
    }

    @Test
    void aConnectionThatIsEncryptedByOneTakesThatOneOnly() throws HandshakeException {
        ServerHandshake server = new ServerHandshake(List.of(OLD, NEW), AuthPolicy.ANY, NonceSource.secure());
        byte[] challenge = server.start().get(0);
        server.only(NEW);
        ClientHandshake client = new ClientHandshake(OLD, AuthPolicy.NATIVE, NonceSource.secure(), Digest.SHA256);
        List<byte[]> answer = client.receive(challenge);
        assertThrows(HandshakeException.class, () -> server.receive(answer.get(0)));
        assertThrows(IllegalStateException.class, server::key);
        assertThrows(IllegalStateException.class, () -> server.only(OLD));
    }

    @Test
    void aDestroyedKeyProvesNothing() {
        Authkey key = Authkey.ofText("a key that is destroyed");
        assertEquals(Authkey.ofText("a key that is destroyed"), key);
        key.destroy();
        assertTrue(key.isDestroyed());
        assertThrows(IllegalStateException.class, () -> key.hmac(Digest.SHA256, new byte[1]));
        assertThrows(IllegalStateException.class, () -> key.extract(new byte[1]));
        assertNotEquals(Authkey.of(new byte[key.length()]), key, "what is overwritten is no key");
        assertNotEquals(Authkey.ofText("a key that is destroyed"), key);
        assertEquals(key, key);
    }
}
