package io.multiproc.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The answer to a CPython client: a pickled error that its own manager module raises as a {@code RemoteError}. */
final class PythonDialectRefusal {
    static final String TEXT =
            "This multiproc server does not speak the Python dialect yet; connect with a Java client "
                    + "of multiproc, or use a server of a later version.";

    private static final int PROTO = 0x80;
    private static final int BINUNICODE = 'X';
    private static final int TUPLE2 = 0x86;
    private static final int STOP = '.';

    private PythonDialectRefusal() {}

    /** The pickle, protocol 2, of {@code ('#TRACEBACK', TEXT)}. */
    static byte[] payload() {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(PROTO).writeByte(2);
        text(out, "#TRACEBACK");
        text(out, TEXT);
        out.writeByte(TUPLE2).writeByte(STOP);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static void text(ByteBuf out, String s) {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        out.writeByte(BINUNICODE).writeIntLE(utf8.length).writeBytes(utf8);
    }
}
