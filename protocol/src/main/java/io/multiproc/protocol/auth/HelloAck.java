package io.multiproc.protocol.auth;

import io.multiproc.protocol.wire.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The server's answer to an accepted {@link Hello}:
 *
 * <pre>
 * offset  bytes  field
 *      0      1  0xF1
 *      1      2  "mp"
 *      3      1  0x02
 *      4      2  protocol version of this connection, unsigned
 *      6      1  1 if the server knows the registry of the Hello's fingerprint; 0: send manager.register_classes first
 *      7      8  session
 *     15      8  epoch: random for each start of a server, so a client sees that it lost its memory
 *     23      8  lease in milliseconds: a session silent for so long is closed
 *     31      8  heartbeat interval in milliseconds: send a ping when nothing else was sent for so long
 *     39      4  largest payload of a frame, either way
 *     43      8  secret: with it, and nobody without it, can resume the session
 *     51      8  frames received from the client in this session so far, 0 for a new one; the client sends the others again
 *     59      n  version of the server: varint length, text (at most 1024 bytes)
 *   59+n      m  fields of later versions; ignored, but covered by the proof
 * 59+n+m     32  proof: HMAC-SHA256(authkey, "multiproc server v1\0" | transcript hash | the whole Hello | all bytes
 *                before the proof)
 * </pre>
 */
public record HelloAck(
        int version,
        boolean registryKnown,
        long session,
        long epoch,
        long leaseMillis,
        long heartbeatMillis,
        int maxFrame,
        long secret,
        long received,
        String serverVersion) {
    /** Cuts a version text that is too long. */
    public HelloAck {
        serverVersion = HelloFrame.cut(serverVersion);
    }

    /** All bytes before the proof. */
    byte[] body() {
        return new ByteWriter(128)
                .u8(HelloFrame.MAGIC)
                .u8('m')
                .u8('p')
                .u8(HelloFrame.ACK)
                .i16(version)
                .u8(registryKnown ? 1 : 0)
                .i64(session)
                .i64(epoch)
                .i64(leaseMillis)
                .i64(heartbeatMillis)
                .i32(maxFrame)
                .i64(secret)
                .i64(received)
                .text(serverVersion)
                .toByteArray();
    }

    /** Reads a payload whose proof has been checked. */
    static HelloAck decode(byte[] payload) throws HandshakeException {
        ByteBuffer in = HelloFrame.open(payload, HelloFrame.ACK, HelloFrame.PROOF, "HelloAck");
        try {
            return new HelloAck(
                    in.getShort() & 0xffff,
                    in.get() != 0,
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getInt(),
                    in.getLong(),
                    in.getLong(),
                    HelloFrame.text(in));
        } catch (BufferUnderflowException e) {
            throw HelloFrame.bad("the HelloAck is cut off");
        }
    }
}
