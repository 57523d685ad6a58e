package io.multiproc.protocol.auth;

import java.nio.charset.StandardCharsets;

/** The proofs in Hello and HelloAck: they bind role, both challenges, both answers and every field to the authkey. */
final class Proofs {
    private static final byte[] CLIENT = "multiproc client v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SERVER = "multiproc server v1\0".getBytes(StandardCharsets.US_ASCII);

    private Proofs() {}

    static byte[] client(Authkey key, byte[] transcript, byte[] helloBody) {
        return key.hmac(Digest.SHA256, CLIENT, transcript, helloBody);
    }

    /** @param hello the whole payload of the client's Hello, with its proof */
    static byte[] server(Authkey key, byte[] transcript, byte[] hello, byte[] ackBody) {
        return key.hmac(Digest.SHA256, SERVER, transcript, hello, ackBody);
    }
}
