package io.multiproc.protocol.auth;

import java.nio.ByteBuffer;

/**
 * The six frames of a handshake and the hash over them. Frames stand in the order of the handshake's table, not of
 * arrival: a client that pipelines sends frame 4 before it receives frame 3.
 */
final class Transcript {
    static final int SERVER_CHALLENGE = 0;
    static final int CLIENT_ANSWER = 1;
    static final int SERVER_WELCOME = 2;
    static final int CLIENT_CHALLENGE = 3;
    static final int SERVER_ANSWER = 4;
    static final int CLIENT_WELCOME = 5;

    private static final boolean[] FROM_CLIENT = {false, true, false, true, false, true};

    /** Before the frames' parts: neither side's. */
    private static final byte BINDING = 2;

    /** What only the two ends of an encrypted connection know; empty without encryption. */
    private byte[] binding = new byte[0];

    /** Empty where nothing was recorded: no valid frame is. */
    private final byte[][] frames = new byte[6][0];

    /** The same frames so far, to be gone on with independently. */
    Transcript copy() {
        Transcript t = new Transcript();
        System.arraycopy(frames, 0, t.frames, 0, frames.length);
        t.binding = binding;
        return t;
    }

    /** The handshake happens within an encrypted connection: the hash is good for that one alone. */
    void bind(byte[] bytes) {
        binding = bytes.clone();
    }

    byte[] record(int place, byte[] payload) {
        frames[place] = payload;
        return payload;
    }

    /**
     * SHA-256 over, for each frame, a direction byte (0 from the server, 1 from the client), 4 bytes length, payload; after that over the binding, if there is one, in the
     * same form with a byte of 2.
     */
    byte[] hash() {
        byte[][] parts = new byte[2 * frames.length + (binding.length == 0 ? 0 : 2)][];
        if (binding.length > 0) {
            parts[parts.length - 2] =
                    ByteBuffer.allocate(5).put(BINDING).putInt(binding.length).array();
            parts[parts.length - 1] = binding;
        }
        for (int i = 0; i < frames.length; i++) {
            byte[] frame = frames[i];
            if (frame.length == 0) {
                throw new IllegalStateException("the handshake is not complete");
            }
            parts[2 * i] = ByteBuffer.allocate(5)
                    .put((byte) (FROM_CLIENT[i] ? 1 : 0))
                    .putInt(frame.length)
                    .array();
            parts[2 * i + 1] = frame;
        }
        return Digest.SHA256.hash(parts);
    }
}
