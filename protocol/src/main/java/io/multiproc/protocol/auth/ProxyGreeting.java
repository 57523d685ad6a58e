package io.multiproc.protocol.auth;

import io.multiproc.protocol.error.ErrorCode;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What a proxy says first in an encrypted connection, before the bytes of the program that it stands for: where programs reach it, and a proof that it knows the authkey, which is
 * good for that connection alone.
 */
public final class ProxyGreeting {
    private static final byte[] HEAD = "#PROXY#".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LABEL = "multiproc proxy v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final int PROOF = 32;
    /** The longest address that fits the largest frame of a handshake. */
    public static final int MOST_URI = 200;

    private ProxyGreeting() {}

    /** Whether a payload has the form of a greeting. */
    public static boolean isOne(byte[] payload) {
        return Bytes.startsWith(payload, HEAD);
    }

    /**
     * The payload.
     *
     * @param binding what only the two ends of the encrypted connection know
     * @param uri where programs reach the proxy, of at most {@link #MOST_URI} bytes
     */
    public static byte[] encode(Authkey key, byte[] binding, String uri) {
        byte[] text = uri.getBytes(StandardCharsets.UTF_8);
        if (text.length > MOST_URI) {
            throw new IllegalArgumentException("the address " + uri + " has more than " + MOST_URI + " bytes");
        }
        return Bytes.concat(HEAD, proof(key, binding, text), text);
    }

    private static byte[] proof(Authkey key, byte[] binding, byte[] uri) {
        return key.hmac(Digest.SHA256, LABEL, binding, uri);
    }

    /**
     * The address in a greeting.
     *
     * @param keys those that may be proved; all are compared
     * @throws HandshakeException if the proof is wrong
     */
    public static String read(List<Authkey> keys, byte[] binding, byte[] payload) throws HandshakeException {
        int text = HEAD.length + PROOF;
        if (!isOne(payload) || payload.length < text) {
            throw new HandshakeException(ErrorCode.BAD_VALUE, "the greeting of a proxy is malformed");
        }
        byte[] uri = Arrays.copyOfRange(payload, text, payload.length);
        byte[] proof = Arrays.copyOfRange(payload, HEAD.length, text);
        boolean proved = false;
        for (Authkey key : keys) {
            proved |= Authkey.constantTimeEquals(proof, proof(key, binding, uri));
        }
        if (!proved) {
            throw new HandshakeException(ErrorCode.AUTH_FAILED, "the proxy has another authkey");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(uri))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new HandshakeException(ErrorCode.BAD_VALUE, "the address of a proxy is no text");
        }
    }
}
