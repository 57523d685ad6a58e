package io.multiproc.protocol.auth;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Limits;
import io.multiproc.protocol.wire.Text;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The common layout of Hello, HelloAck and HelloRefused: the first four bytes, the bound, the proof at the end. */
final class HelloFrame {
    static final int MAGIC = 0xF1;
    static final int HELLO = 0x01;
    static final int ACK = 0x02;
    static final int REFUSED = 0x03;
    static final int PROOF = 32;

    private HelloFrame() {}

    static boolean isOfType(byte[] payload, int type) {
        return payload.length >= 4
                && (payload[0] & 0xff) == MAGIC
                && payload[1] == 'm'
                && payload[2] == 'p'
                && payload[3] == type;
    }

    /** Whether the first four bytes and the length are right. */
    static void check(byte[] payload, int type, int proof, String name) throws HandshakeException {
        if (payload.length > Limits.MAX_HELLO_FRAME) {
            throw bad("a " + name + " of " + payload.length + " bytes exceeds " + Limits.MAX_HELLO_FRAME);
        }
        if (!isOfType(payload, type)) {
            throw bad("the frame is no " + name);
        }
        if (payload.length < 4 + proof) {
            throw bad("the " + name + " is cut off");
        }
    }

    /** A reader of what stands between the first four bytes and the proof. */
    static ByteBuffer open(byte[] payload, int type, int proof, String name) throws HandshakeException {
        check(payload, type, proof, name);
        return ByteBuffer.wrap(payload, 4, payload.length - 4 - proof);
    }

    /** varint length and text, of at most {@link Limits#MAX_NAME} bytes. */
    static String text(ByteBuffer in) throws HandshakeException {
        byte[] utf8 = new byte[length(in, Limits.MAX_NAME)];
        in.get(utf8);
        return Text.decode(utf8, 0, utf8.length);
    }

    /** varint length of a field. */
    static int length(ByteBuffer in, int most) throws HandshakeException {
        int length = 0;
        int shift = 0;
        byte x;
        do {
            if (shift > 14) {
                throw bad("a text is too long");
            }
            x = in.get();
            length |= (x & 0x7f) << shift;
            shift += 7;
        } while (x < 0);
        if (length > most) {
            throw bad("a text of " + length + " bytes exceeds " + most);
        }
        return length;
    }

    /** The text, cut so that it fits {@link Limits#MAX_NAME} bytes. */
    static String cut(String text) {
        String s = text;
        while (Text.encode(s).length > Limits.MAX_NAME) {
            s = s.substring(0, s.offsetByCodePoints(s.length(), -1));
        }
        return s;
    }

    static byte[] withoutProof(byte[] payload) {
        return Arrays.copyOf(payload, payload.length - PROOF);
    }

    static byte[] proof(byte[] payload) {
        return Bytes.from(payload, payload.length - PROOF);
    }

    static HandshakeException bad(String text) {
        return new HandshakeException(ErrorCode.BAD_VALUE, text);
    }
}
