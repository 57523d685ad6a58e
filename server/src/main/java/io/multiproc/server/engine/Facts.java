package io.multiproc.server.engine;

import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Tag;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writer of what a server says of itself as values: dicts with texts as keys, lists, texts, whole numbers, booleans, null. */
public final class Facts {
    private Facts() {}

    /** A dict. What is of no such type is written as its text. */
    public static byte[] encode(Map<String, ? extends @Nullable Object> facts) {
        ByteWriter out = new ByteWriter(512);
        write(out, facts);
        return out.toByteArray();
    }

    private static void write(ByteWriter out, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            int dict = out.begin(Tag.DICT);
            map.forEach((k, v) -> {
                out.string(String.valueOf(k));
                write(out, v);
            });
            out.end(dict, map.size());
        } else if (value instanceof Collection<?> all) {
            int list = out.begin(Tag.LIST);
            all.forEach(v -> write(out, v));
            out.end(list, all.size());
        } else if (value instanceof Number n) {
            out.integer(n.longValue());
        } else if (value instanceof Boolean b) {
            out.bool(b);
        } else if (value == null) {
            out.tag(Tag.NULL);
        } else {
            out.string(value.toString());
        }
    }
}
