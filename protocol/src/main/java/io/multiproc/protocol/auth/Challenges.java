package io.multiproc.protocol.auth;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** The steps of the handshake that both roles share: challenges and answers, by CPython's rules. "M" is all that follows {@code #CHALLENGE#}. */
final class Challenges {
    static final byte[] CHALLENGE = ascii("#CHALLENGE#");
    static final byte[] WELCOME = ascii("#WELCOME#");
    static final byte[] FAILURE = ascii("#FAILURE#");

    /** The length of M from CPython before 3.12, which always means MD5. */
    private static final int LEGACY = 20;

    private static final int NONCE = 40;

    private Challenges() {}

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /** A new M: {@code {name}} and 40 random bytes. */
    static byte[] challenge(Digest digest, NonceSource nonces) {
        byte[] nonce = nonces.next(NONCE);
        if (nonce.length != NONCE) {
            throw new IllegalStateException("the nonce source gave " + nonce.length + " bytes instead of " + NONCE);
        }
        return Bytes.concat(digest.prefix(), nonce);
    }

    static void checkLength(byte[] payload) throws HandshakeException {
        if (payload.length > Limits.MAX_HANDSHAKE_FRAME) {
            throw new HandshakeException(
                    ErrorCode.BAD_VALUE,
                    "a handshake frame of " + payload.length + " bytes exceeds " + Limits.MAX_HANDSHAKE_FRAME);
        }
    }

    /** The M of a challenge frame. */
    static byte[] readChallenge(byte[] payload) throws HandshakeException {
        checkLength(payload);
        if (!Bytes.startsWith(payload, CHALLENGE)) {
            throw new HandshakeException(
                    ErrorCode.BAD_VALUE, "the peer is no manager: its frame is not a handshake challenge");
        }
        return Bytes.from(payload, CHALLENGE.length);
    }

    /** The answer to the peer's M by CPython's rules. */
    static byte[] answer(Authkey key, AuthPolicy policy, byte[] m) throws HandshakeException {
        Digest digest = asked(policy, m);
        byte[] mac = key.hmac(digest, m);
        return m.length == LEGACY ? mac : Bytes.concat(digest.prefix(), mac);
    }

    /** Whether the peer's M is a challenge that the policy admits. */
    static void checkAsked(AuthPolicy policy, byte[] m) throws HandshakeException {
        Digest ignored = asked(policy, m);
    }

    /** The digest that the peer's M asks for, MD5 if it names none. */
    private static Digest asked(AuthPolicy policy, byte[] m) throws HandshakeException {
        if (m.length < LEGACY) {
            throw new HandshakeException(
                    ErrorCode.AUTH_FAILED, "challenge too short: " + m.length + " bytes, " + LEGACY + " needed");
        }
        if (m.length == LEGACY) {
            checkPolicy(policy, Digest.MD5);
            return Digest.MD5;
        }
        Digest digest = Digest.prefixOf(m);
        if (digest == null) {
            throw new HandshakeException(
                    ErrorCode.AUTH_FAILED,
                    "unsupported message length, missing digest prefix, or unsupported digest in the challenge");
        }
        checkPolicy(policy, digest);
        return digest;
    }

    private static void checkPolicy(AuthPolicy policy, Digest digest) throws HandshakeException {
        if (!policy.accepts(digest)) {
            throw new HandshakeException(
                    ErrorCode.AUTH_FAILED,
                    "the peer asks for " + digest.pythonName() + ", this side requires "
                            + policy.least().pythonName() + " or better; the peer may be Python before 3.12");
        }
    }

    /**
     * Checks the peer's answer to an M of ours.
     *
     * @return the digest of the answer, and which of the keys it is made with
     */
    static Checked check(List<Authkey> keys, AuthPolicy policy, byte[] m, byte[] answer) throws HandshakeException {
        Digest digest;
        byte[] mac;
        if (answer.length == Digest.MD5.size() || answer.length == LEGACY) {
            digest = Digest.MD5;
            mac = answer;
        } else {
            Digest named = Digest.prefixOf(answer);
            if (named == null) {
                throw refused("the peer's answer names no known digest");
            }
            digest = named;
            mac = Bytes.from(answer, named.prefix().length);
        }
        if (!policy.accepts(digest)) {
            throw refused("the peer answered with " + digest.pythonName() + ", this side requires "
                    + policy.least().pythonName() + " or better; the peer may be Python before 3.12");
        }
        return new Checked(digest, matching(keys, key -> key.hmac(digest, m), mac));
    }

    /** What an answer was made with. */
    record Checked(Digest digest, Authkey key) {}

    /** The key that gives these bytes. All keys are tried, whichever it is: neither time nor text tells which of them were wrong. */
    private static Authkey matching(List<Authkey> keys, Function<Authkey, byte[]> expected, byte[] given)
            throws HandshakeException {
        Authkey found = null;
        for (Authkey key : keys) {
            boolean same = Authkey.constantTimeEquals(expected.apply(key), given);
            found = same ? key : found;
        }
        if (found == null) {
            throw refused("the peer has another authkey");
        }
        return found;
    }

    /**
     * Checks an answer of the native dialect.
     *
     * @param expected what it has to be, by the key
     * @return the key that it is made with
     */
    static Authkey checkNative(List<Authkey> keys, Function<Authkey, byte[]> expected, byte[] answer)
            throws HandshakeException {
        if (!Proofs.isAnswer(answer)) {
            throw refused(
                    "the peer answers as CPython does, this side takes the native dialect only: the peer is a Python"
                            + " program, or a multiproc of before version 2; update it");
        }
        return matching(keys, expected, answer);
    }

    private static HandshakeException refused(String text) {
        return new HandshakeException(ErrorCode.AUTH_FAILED, text, FAILURE);
    }

    static boolean isWelcome(byte[] payload) {
        return Arrays.equals(payload, WELCOME);
    }

    static boolean isFailure(byte[] payload) {
        return Arrays.equals(payload, FAILURE);
    }

    static HandshakeException rejected() {
        return new HandshakeException(
                ErrorCode.AUTH_FAILED,
                "the peer rejected this side's answer: it has another authkey or policy, or is no multiproc server of this version");
    }
}
