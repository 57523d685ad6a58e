package io.multiproc.client.internal.connection;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.auth.ServerHandshake;
import io.multiproc.protocol.tls.TlsEngine;
import java.util.ArrayList;
import java.util.List;

/**
 * Classes of a handshake, loaded before a server counts the time of one. A process with a tenth of a processor takes seconds to load them,
 * and a server gives a stranger a few.
 */
final class HandshakeClasses {
    static {
        handshake();
    }

    private HandshakeClasses() {}

    /** Loads them, the first time that it is called for such an address. */
    static void load(Address address) {
        if (address.isEncrypted()) {
            TlsEngine.load();
        }
    }

    /** A whole handshake within this process. */
    private static void handshake() {
        Authkey key = Authkey.of(new byte[32]);
        ServerHandshake server = new ServerHandshake(key, AuthPolicy.ANY, NonceSource.secure());
        ClientHandshake client = new ClientHandshake(key);
        try {
            List<byte[]> toClient = server.start();
            while (!client.isDone()) {
                List<byte[]> toServer = new ArrayList<>();
                for (byte[] frame : toClient) {
                    toServer.addAll(client.receive(frame));
                }
                toClient = new ArrayList<>();
                for (byte[] frame : toServer) {
                    toClient.addAll(server.receive(frame));
                }
            }
            byte[] unused = client.hello(Hello.named(""));
        } catch (HandshakeException e) {
            throw new IllegalStateException("a handshake with itself failed", e);
        }
    }
}
