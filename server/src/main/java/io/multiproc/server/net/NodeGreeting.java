package io.multiproc.server.net;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.Digest;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Text;
import java.io.IOException;
import java.io.Serial;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first frame that a node sends to another one: who it is, whom it means, and the proof that it has the authkey.
 *
 * @param run the process's own number, by which a node is told from another one with the same name
 * @param from the name of the node that sends it
 * @param to the name of the node that it is meant for
 * @param address where others connect to the sender
 * @param content what the sender says to the other end's listener
 */
record NodeGreeting(long run, String from, String to, String address, byte[] content) {
    static final int MOST_NAME = 255;
    static final int MOST_TEXT = 4096;
    /** Bytes of a frame, before a node has greeted. */
    static final int MOST_FRAME = 64 << 10;
    /** Bytes that are left for the content. */
    static final int MOST_CONTENT = MOST_FRAME - 2 * MOST_NAME - MOST_TEXT - 128;

    private static final byte[] MAGIC = ascii("MPNODE\r\n");
    private static final int FORMAT = 1;
    private static final int GREETING = 1;
    private static final int REFUSAL = 2;
    private static final int PROOF = 32;
    private static final byte[] LABEL = ascii("multiproc node v1\0");

    /** Which end of a connection says it. */
    enum Side {
        CONNECTING,
        ANSWERING
    }

    /** The other end will not talk, or is no node: the text says why. */
    static final class Refused extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        /** Whether the other end has said so. */
        final boolean byOther;

        Refused(String why, boolean byOther) {
            super(why);
            this.byOther = byOther;
        }
    }

    /** A greeting and the key by which it was proved. */
    record Proved(NodeGreeting greeting, Authkey key) {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** @param binding what only the two ends of the connection know */
    byte[] encode(Side side, Authkey key, byte[] binding) {
        ByteWriter out = new ByteWriter().raw(MAGIC).i16(FORMAT).u8(GREETING).i64(run);
        text(out, from);
        text(out, to);
        text(out, address);
        out.i32(content.length).raw(content);
        return out.raw(proof(side, key, binding, out.toByteArray())).toByteArray();
    }

    /** The frame that says why one will not talk. */
    static byte[] refusal(String why) {
        ByteWriter out = new ByteWriter().raw(MAGIC).i16(FORMAT).u8(REFUSAL);
        text(out, why);
        return out.toByteArray();
    }

    private static void text(ByteWriter out, String text) {
        byte[] b = Text.encode(text);
        int n = Math.min(b.length, MOST_TEXT);
        out.i16(n).raw(b, 0, n);
    }

    private static byte[] proof(Side side, Authkey key, byte[] binding, byte[] before) {
        Authkey own = Authkey.of(key.hmac(Digest.SHA256, LABEL));
        Authkey bound = own.boundTo(binding);
        try {
            return bound.hmac(Digest.SHA256, LABEL, new byte[] {(byte) (side == Side.CONNECTING ? 1 : 2)}, before);
        } finally {
            own.destroy();
            bound.destroy();
        }
    }

    /**
     * Reads a frame and checks its proof.
     *
     * @param keys those that it may be proved by
     * @throws Refused if it is no greeting or proves nothing, with a text to tell the other end
     */
    static Proved decode(byte[] frame, Side side, List<Authkey> keys, byte[] binding) throws Refused {
        try {
            ByteBuffer in = ByteBuffer.wrap(frame);
            checkKind(in);
            NodeGreeting greeting =
                    new NodeGreeting(in.getLong(), name(in), name(in), text(in, MOST_TEXT), bytes(in, in.getInt()));
            byte[] proof = bytes(in, PROOF);
            if (in.hasRemaining()) {
                throw new Refused("its greeting is malformed", false);
            }
            byte[] before = Arrays.copyOf(frame, frame.length - PROOF);
            for (Authkey key : keys) {
                if (Authkey.constantTimeEquals(proof, proof(side, key, binding, before))) {
                    return new Proved(greeting, key);
                }
            }
        } catch (BufferUnderflowException e) {
            throw new Refused("its greeting is malformed", false);
        }
        throw new Refused("it has another authkey: give all nodes the same one", false);
    }

    /** What a refusal says; null if the frame is none. */
    static @Nullable String refusalIn(byte[] frame) {
        try {
            checkKind(ByteBuffer.wrap(frame));
            return null;
        } catch (Refused e) {
            return e.byOther ? e.getMessage() : null;
        } catch (BufferUnderflowException e) {
            return null;
        }
    }

    private static void checkKind(ByteBuffer in) throws Refused {
        if (!Arrays.equals(bytes(in, MAGIC.length), MAGIC)) {
            throw new Refused("it does not greet as a node does: is its address that of a node port?", false);
        }
        int format = in.getShort() & 0xffff;
        int kind = in.get();
        if (kind == REFUSAL) {
            throw new Refused(Text.escaped(text(in, MOST_TEXT)), true);
        }
        if (format != FORMAT || kind != GREETING) {
            throw new Refused(
                    "it speaks format " + format + " of the node channel, and this node format " + FORMAT
                            + ": run the same version of multiproc on all nodes",
                    false);
        }
    }

    private static String name(ByteBuffer in) throws Refused {
        String name = text(in, MOST_NAME);
        if (name.isEmpty() || !Text.escaped(name).equals(name)) {
            throw new Refused("its greeting is malformed", false);
        }
        return name;
    }

    private static String text(ByteBuffer in, int most) throws Refused {
        int n = in.getShort() & 0xffff;
        if (n > most) {
            throw new Refused("its greeting is malformed", false);
        }
        byte[] b = bytes(in, n);
        return Text.decode(b, 0, n);
    }

    private static byte[] bytes(ByteBuffer in, int n) {
        if (n < 0 || n > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] b = new byte[n];
        in.get(b);
        return b;
    }
}
