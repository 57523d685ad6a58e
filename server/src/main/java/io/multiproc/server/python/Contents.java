package io.multiproc.server.python;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import java.util.ArrayList;
import java.util.List;

/**
 * Reader of all that a dict or list holds, for use within the server. What it reads need not fit into a reply, as nothing is sent. It reads in parts
 * at one moment: the dialect runs on the engine's thread.
 */
final class Contents {
    /** Parts of a dict's entries, as {@link DictOp#CHUNK} numbers them. */
    static final int KEYS = 0;

    private static final int VALUES = 1;

    static final int PAIRS = 2;

    private static final long MOST = 100_000;
    private static final long FIRST = 1_024;

    private Contents() {}

    /** The keys and values of a dict in turn, each encoded. */
    static List<byte[]> ofDict(MethodCall c, long id) {
        List<byte[]> keys = parts(c, id, KEYS);
        List<byte[]> values = parts(c, id, VALUES);
        List<byte[]> both = new ArrayList<>(2 * keys.size());
        for (int i = 0; i < keys.size(); i++) {
            both.add(keys.get(i));
            both.add(values.get(i));
        }
        return both;
    }

    /** All keys of a dict, or all values. */
    static List<byte[]> parts(MethodCall c, long id, int part) {
        List<byte[]> out = new ArrayList<>();
        long cursor = 0;
        while (cursor >= 0) {
            Reply chunk = c.invokeOn(
                    id, DictOp.CHUNK, MethodCall.number(cursor), MethodCall.number(MOST), MethodCall.number(part));
            List<byte[]> cursorAndItems = Values.elements(chunk.value(), 0);
            cursor = Values.integer(cursorAndItems.get(0), 0);
            c.hub.work().spend(Values.count(cursorAndItems.get(1), 0), 2L * Work.ELEMENT);
            out.addAll(Values.elements(cursorAndItems.get(1), 0));
        }
        return out;
    }

    /** The elements of a list, each encoded. */
    static List<byte[]> ofList(MethodCall c, long id) {
        long size = Values.integer(c.invokeOn(id, ListOp.SIZE).value(), 0);
        List<byte[]> out = new ArrayList<>();
        long step = FIRST;
        while (out.size() < size) {
            long from = out.size();
            byte[][] slice = {MethodCall.number(from), MethodCall.number(Math.min(size, from + step)), Values.ABSENT};
            Reply part = c.tryOn(id, ListOp.SLICE, slice);
            if (part.error() == ErrorCode.TOO_LARGE && step > 1) {
                step /= 2;
            } else if (part.isError()) {
                throw PyError.of(part);
            } else {
                c.hub.work().spend(Values.count(part.bytes(), part.start()), 2L * Work.ELEMENT);
                out.addAll(Values.elements(part.value(), 0));
            }
        }
        return out;
    }

    /** A list of encoded values. */
    static byte[] list(List<byte[]> values) {
        return Values.container(Tag.LIST, values);
    }
}
