package io.multiproc.protocol.auth;

import io.multiproc.protocol.wire.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The client's first frame after the handshake; it opens the native dialect. Its layout is the same in every version:
 *
 * <pre>
 * offset  bytes  field
 *      0      1  0xF1 (no pickle starts with it)
 *      1      2  "mp"
 *      3      1  0x01
 *      4      2  lowest protocol version that the client speaks, unsigned
 *      6      2  highest protocol version, unsigned
 *      8      8  session to resume, 0 for a new one
 *     16      8  lease that the client asks for in milliseconds, 0 for the server's default
 *     24     32  fingerprint of the client's registry of user classes, zeros for none
 *     56      n  name of the client: varint length, text (at most 1024 bytes)
 *   56+n     24  only if a session is to be resumed, see {@link Resume}: its epoch, its secret, the replies received in it
 *   80+n     16  only then, and if the client keeps its frames for a server that was started again: how many frames it has not kept, and the
 *                request from which on it will send all again
 *   96+n      8  only with the ones before: the last frame with an operation that changes something and that was answered, see {@link Resume}
 *      ?      m  fields of later versions; ignored, but covered by the proof
 *      ?     32  proof: HMAC-SHA256(authkey, "multiproc client v1\0" | transcript hash | all bytes before the proof)
 * </pre>
 *
 * <p>Numbers are big-endian; the whole is at most 4096 bytes. The proof is made and checked by the handshakes.
 */
public record Hello(
        int minVersion,
        int maxVersion,
        long session,
        long leaseMillis,
        byte[] fingerprint,
        String name,
        Resume resume) {
    /**
     * How a client shows that a session is its own, and how far it has got.
     *
     * @param epoch the server's epoch when it opened the session
     * @param secret what the server said then
     * @param received how many replies have arrived in the session so far; the server sends the others again
     * @param confirmed how many frames the client knows to have arrived for good: it has all later ones, and can send them again to a server that was started again; negative if
     *     it does not say, as it cannot go on then
     * @param keptFrom the lowest request in the later frames, or a higher one than all if there is none; requests grow from frame to frame
     * @param answered the number of the last frame with an operation that has the flag WRITE, neither ADMIN nor SESSION, and was answered without an error; 0 if there is none,
     *     or the client does not say. A server that has not applied it is not as far as the client knows, and cannot go on with the session
     */
    public record Resume(long epoch, long secret, long received, long confirmed, long keptFrom, long answered) {
        /** Of a client that cannot go on with a server that was started again. */
        public Resume(long epoch, long secret, long received) {
            this(epoch, secret, received, -1, 0, 0);
        }

        /** For a new session. */
        public static final Resume NONE = new Resume(0, 0, 0);
    }

    /** The version of the protocol that this code speaks. */
    public static final int VERSION = 2;
    /** Bytes of a registry's fingerprint. */
    public static final int FINGERPRINT = 32;

    /** Cuts a name that is too long. */
    public Hello {
        if (fingerprint.length != FINGERPRINT) {
            throw new IllegalArgumentException("a fingerprint has " + FINGERPRINT + " bytes");
        }
        fingerprint = fingerprint.clone();
        name = HelloFrame.cut(name);
    }

    /** A Hello for a new session. */
    public Hello(int minVersion, int maxVersion, long leaseMillis, byte[] fingerprint, String name) {
        this(minVersion, maxVersion, 0, leaseMillis, fingerprint, name, Resume.NONE);
    }

    /** A Hello for a new session, of this version, without user classes and with the server's default lease. */
    public static Hello named(String name) {
        return new Hello(VERSION, VERSION, 0, new byte[FINGERPRINT], name);
    }

    @Override
    public byte[] fingerprint() {
        return fingerprint.clone();
    }

    /** Whether the client has user classes to announce. */
    public boolean hasFingerprint() {
        return !Arrays.equals(fingerprint, new byte[FINGERPRINT]);
    }

    /** Whether a payload is a Hello, by its first bytes. */
    public static boolean isHello(byte[] payload) {
        return HelloFrame.isOfType(payload, HelloFrame.HELLO);
    }

    /** All bytes before the proof. */
    byte[] body() {
        ByteWriter out = new ByteWriter(128)
                .u8(HelloFrame.MAGIC)
                .u8('m')
                .u8('p')
                .u8(HelloFrame.HELLO)
                .i16(minVersion)
                .i16(maxVersion)
                .i64(session)
                .i64(leaseMillis)
                .raw(fingerprint)
                .text(name);
        if (session != 0) {
            out.i64(resume.epoch).i64(resume.secret).i64(resume.received);
            if (resume.confirmed >= 0) {
                out.i64(resume.confirmed).i64(resume.keptFrom);
                if (resume.answered > 0) {
                    out.i64(resume.answered);
                }
            }
        }
        return out.toByteArray();
    }

    /** Reads a payload whose proof has been checked. */
    static Hello decode(byte[] payload) throws HandshakeException {
        ByteBuffer in = HelloFrame.open(payload, HelloFrame.HELLO, HelloFrame.PROOF, "Hello");
        try {
            int min = in.getShort() & 0xffff;
            int max = in.getShort() & 0xffff;
            long session = in.getLong();
            long lease = in.getLong();
            byte[] fingerprint = new byte[FINGERPRINT];
            in.get(fingerprint);
            String name = HelloFrame.text(in);
            Resume resume = session == 0 ? Resume.NONE : resume(in);
            return new Hello(min, max, session, lease, fingerprint, name, resume);
        } catch (BufferUnderflowException e) {
            throw HelloFrame.bad("the Hello is cut off");
        }
    }

    private static Resume resume(ByteBuffer in) {
        Resume resume = new Resume(in.getLong(), in.getLong(), in.getLong());
        // clients before 2026-11-30 do not say the rest, and the first ones of that day not all of it
        if (in.remaining() < 2 * Long.BYTES) {
            return resume;
        }
        long confirmed = Math.max(-1, in.getLong());
        long keptFrom = in.getLong();
        long answered = in.remaining() < Long.BYTES ? 0 : in.getLong();
        return new Resume(resume.epoch, resume.secret, resume.received, confirmed, keptFrom, answered);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Hello other && Arrays.equals(body(), other.body());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(body());
    }

    @Override
    public String toString() {
        return "Hello[versions " + minVersion + " to " + maxVersion + ", session " + session + ", " + name + "]";
    }
}
