package io.multiproc.tests.fuzz;

import io.multiproc.protocol.auth.AuthPolicy;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.ClientHandshake;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.auth.NonceSource;
import io.multiproc.protocol.auth.ServerHandshake;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * A handshake of a client and a server of which one payload, that the first byte chooses, is replaced by the bytes behind it. It ends well only if these are what was replaced; else
 * one side turns the other away, and nothing else throws.
 */
public final class HandshakeTarget {
    private static final Authkey KEY = Authkey.ofText("a key of the fuzzer only");
    /** Valid as well, so that a wrong answer could be taken for one of it. */
    private static final Authkey OTHER = Authkey.ofText("another key of the fuzzer");

    private static final int PAYLOADS = 8;
    private static final NonceSource SERVERS = length -> filled(length, 1);
    private static final NonceSource CLIENTS = length -> filled(length, 2);

    private HandshakeTarget() {}

    private static byte[] filled(int length, int with) {
        byte[] b = new byte[length];
        Arrays.fill(b, (byte) with);
        return b;
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) {
        if (b.length == 0) {
            return;
        }
        int victim = (b[0] & 0x7f) % PAYLOADS;
        boolean python = b[0] < 0;
        byte[] instead = Arrays.copyOfRange(b, 1, b.length);
        ServerHandshake server =
                new ServerHandshake(List.of(OTHER, KEY), python ? AuthPolicy.ANY : AuthPolicy.NATIVE, SERVERS);
        ClientHandshake client =
                new ClientHandshake(KEY, python ? AuthPolicy.ANY : AuthPolicy.NATIVE, CLIENTS, Digest.SHA256);
        boolean same = true;
        boolean replaced = false;
        int n = 0;
        try {
            Deque<byte[]> toClient = new ArrayDeque<>(server.start());
            Deque<byte[]> toServer = new ArrayDeque<>(client.start());
            while (!toClient.isEmpty() || !toServer.isEmpty()) {
                boolean forClient = !toClient.isEmpty();
                byte[] payload = forClient ? toClient.remove() : toServer.remove();
                if (n++ == victim) {
                    replaced = true;
                    same = Arrays.equals(payload, instead);
                    payload = instead;
                }
                if (forClient) {
                    toServer.addAll(client.receive(payload));
                } else {
                    toClient.addAll(server.receive(payload));
                }
            }
            if (!client.isDone() || !server.isDone()) {
                return;
            }
            if (python) {
                if (!same) {
                    throw new AssertionError("a handshake with other bytes went well");
                }
                return; // as CPython does, which says no Hello
            }
            byte[] hello = client.hello(Hello.named("fuzzer"));
            if (!replaced) {
                same = Arrays.equals(hello, instead);
                hello = instead;
            }
            Hello read = server.receiveHello(hello);
            if (!same) {
                throw new AssertionError("a handshake with other bytes went well: " + read);
            }
        } catch (HandshakeException e) {
            if (same && replaced) {
                throw new AssertionError("a good handshake is refused", e);
            }
        }
    }
}
