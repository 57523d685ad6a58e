package io.multiproc.server.access;

import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes to the replies that list things: a list of texts, or of dicts with texts as keys. */
final class Listing {
    private Listing() {}

    /** What changes or leaves out a row. */
    @FunctionalInterface
    interface Rows {
        /** The row to show, or null for none. */
        byte @Nullable [] shown(byte[] row);
    }

    static Reply of(Reply list, Rows rows) {
        ContainerBuilder out = new ContainerBuilder(Tag.LIST, Integer.MAX_VALUE);
        for (byte[] row : Values.elements(list.bytes(), list.start())) {
            byte[] shown = rows.shown(row);
            if (shown != null) {
                out.add(shown);
            }
        }
        return Reply.value(out.build());
    }

    /** The integer of a key of a row. */
    static long number(byte[] row, String key) {
        List<byte[]> pairs = Values.elements(row, 0);
        for (int i = 0; i < pairs.size(); i += 2) {
            if (Values.text(pairs.get(i)).equals(key)) {
                return Values.integer(pairs.get(i + 1), 0);
            }
        }
        return 0;
    }

    /** A row with one key more, at its end. */
    static byte[] with(byte[] row, String key, byte[] value) {
        ContainerBuilder out = new ContainerBuilder(Tag.DICT, Integer.MAX_VALUE);
        List<byte[]> pairs = Values.elements(row, 0);
        for (int i = 0; i < pairs.size(); i += 2) {
            out.add(Values.text(pairs.get(i)), pairs.get(i + 1));
        }
        return out.add(key, value).build();
    }
}
