package io.multiproc.protocol.auth;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The server's answer to a {@link Hello} that it does not accept; the server closes after it:
 *
 * <pre>
 * offset  bytes  field
 *      0      1  0xF1
 *      1      2  "mp"
 *      3      1  0x03
 *      4      2  number of an {@link ErrorCode}
 *      6      n  what is wrong and what to do: varint length, text (at most 1024 bytes)
 * </pre>
 *
 * <p>It carries no proof: an attacker that can forge it can as well cut the connection.
 */
public record HelloRefused(ErrorCode code, String text) {
    /** Cuts a text that is too long. */
    public HelloRefused {
        text = HelloFrame.cut(text);
    }

    /** The refusal of a client whose versions the server does not speak. */
    public static HelloRefused unsupported(Hello hello) {
        String side = hello.minVersion() > Hello.VERSION ? "server" : "client";
        return new HelloRefused(
                ErrorCode.UNSUPPORTED_VERSION,
                "this server speaks versions " + Hello.VERSION + " to " + Hello.VERSION + ", the client "
                        + hello.minVersion() + " to " + hello.maxVersion() + ": update the " + side);
    }

    public byte[] encode() {
        return new ByteWriter(128)
                .u8(HelloFrame.MAGIC)
                .u8('m')
                .u8('p')
                .u8(HelloFrame.REFUSED)
                .i16(code.code())
                .text(text)
                .toByteArray();
    }

    /** @throws HandshakeException if the payload is no HelloRefused */
    public static HelloRefused decode(byte[] payload) throws HandshakeException {
        ByteBuffer in = HelloFrame.open(payload, HelloFrame.REFUSED, 0, "HelloRefused");
        try {
            return new HelloRefused(ErrorCode.coded(in.getShort() & 0xffff), HelloFrame.text(in));
        } catch (BufferUnderflowException e) {
            throw HelloFrame.bad("the HelloRefused is cut off");
        }
    }
}
