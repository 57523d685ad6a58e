package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.HelloAck;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.server.ServerOptions;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who knows the number and the secret of a session, and has another valid key, does not get that session. */
class StolenSessionIT extends ServerFixture {
    private static final Authkey OTHER = Authkey.ofText("the other key of these tests");

    private static HelloAck greet(RawClient client, Authkey key, Hello hello) throws IOException, HandshakeException {
        ClientHandshake handshake = client.authenticate(key);
        client.send(handshake.hello(hello));
        return handshake.receiveAck(client.receive());
    }

    private static Hello resuming(HelloAck opened) {
        Hello named = Hello.named("again");
        return new Hello(
                named.minVersion(),
                named.maxVersion(),
                opened.session(),
                named.leaseMillis(),
                named.fingerprint(),
                named.name(),
                new Hello.Resume(opened.epoch(), opened.secret(), 0));
    }

    @Test
    void aSessionIsResumedWithItsOwnKeyOnly() throws Exception {
        String uri = start(o -> ServerOptions.of(List.of(RawClient.KEY, OTHER)).withListen("tcp://127.0.0.1:0"));
        try (RawClient owner = RawClient.connect(uri);
                RawClient thief = RawClient.connect(uri);
                RawClient again = RawClient.connect(uri)) {
            HelloAck opened = greet(owner, RawClient.KEY, Hello.named("owner"));
            HandshakeException e = assertThrows(HandshakeException.class, () -> greet(thief, OTHER, resuming(opened)));
            assertEquals(ErrorCode.NOT_PERMITTED, e.code());
            assertTrue(e.getMessage().contains("was opened with another key"), e::getMessage);
            assertEquals(
                    opened.session(),
                    greet(again, RawClient.KEY, resuming(opened)).session());
        }
    }
}
