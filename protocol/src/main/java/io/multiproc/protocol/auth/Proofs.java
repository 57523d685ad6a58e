package io.multiproc.protocol.auth;

import java.nio.charset.StandardCharsets;

/**
 * The labelled proofs of the native dialect. No label begins a challenge of CPython's (20 bytes, or the name of a digest between braces), so
 * none of these proofs is an answer there, whoever chose the challenge, and no answer there is one of these.
 */
final class Proofs {
    /** What stands before the answers of a native client and of its server, where CPython's have the name of a digest. */
    static final byte[] ANSWER = label("{native}");

    private static final byte[] CLIENT_ANSWER = label("multiproc client answer v2\0");
    private static final byte[] SERVER_ANSWER = label("multiproc server answer v2\0");
    /** Of version 1 and all later ones: a client of another version must be told so. */
    private static final byte[] CLIENT = label("multiproc client v1\0");

    private static final byte[] SERVER = label("multiproc server v1\0");

    private Proofs() {}

    private static byte[] label(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether a payload has the form of an answer of the native dialect. */
    static boolean isAnswer(byte[] payload) {
        return Bytes.startsWith(payload, ANSWER);
    }

    /** The whole answer of a client to a server's M. */
    static byte[] clientAnswer(Authkey key, byte[] serverM) {
        return Bytes.concat(ANSWER, key.hmac(Digest.SHA256, CLIENT_ANSWER, serverM));
    }

    /** The whole answer of a server to the M of a native client. */
    static byte[] serverAnswer(Authkey key, byte[] serverM, byte[] clientM) {
        return Bytes.concat(
                ANSWER, key.hmac(Digest.SHA256, SERVER_ANSWER, new byte[] {(byte) serverM.length}, serverM, clientM));
    }

    /** The proof at the end of a Hello: it binds role, both challenges, both answers and every field to the authkey. */
    static byte[] client(Authkey key, byte[] transcript, byte[] helloBody) {
        return key.hmac(Digest.SHA256, CLIENT, transcript, helloBody);
    }

    /**
     * The proof at the end of a HelloAck.
     *
     * @param hello the whole payload of the client's Hello, with its proof
     */
    static byte[] server(Authkey key, byte[] transcript, byte[] hello, byte[] ackBody) {
        return key.hmac(Digest.SHA256, SERVER, transcript, hello, ackBody);
    }
}
