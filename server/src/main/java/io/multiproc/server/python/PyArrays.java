package io.multiproc.server.python;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The items of {@code array.array}, as it is pickled: little-endian, in the sizes of 64-bit Linux. */
final class PyArrays {
    private PyArrays() {}

    /** Their representations. */
    static List<String> items(String code, byte[] b) {
        ByteBuffer in = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
        List<String> out = new ArrayList<>();
        int size =
                switch (code) {
                    case "b", "B" -> 1;
                    case "h", "H" -> 2;
                    case "i", "I", "f" -> 4;
                    default -> 8;
                };
        while (in.remaining() >= size) {
            out.add(
                    switch (code) {
                        case "b" -> Byte.toString(in.get());
                        case "B" -> Integer.toString(in.get() & 0xff);
                        case "h" -> Short.toString(in.getShort());
                        case "H" -> Integer.toString(in.getShort() & 0xffff);
                        case "i" -> Integer.toString(in.getInt());
                        case "I" -> Integer.toUnsignedString(in.getInt());
                        case "f" -> PyFloat.repr(in.getFloat());
                        case "d" -> PyFloat.repr(in.getDouble());
                        case "L", "Q" -> Long.toUnsignedString(in.getLong());
                        default -> Long.toString(in.getLong());
                    });
        }
        return out;
    }
}
