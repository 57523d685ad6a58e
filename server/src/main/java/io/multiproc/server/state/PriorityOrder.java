package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.table.ElementRing;

/**
 * The order of a priority queue, equal items in order of arrival. Items are compared by themselves or, tuples and lists, by their first element: a number, a text or bytes, of the same kind for all items that the queue ever sees.
 */
final class PriorityOrder {
    private int kind; // of the priorities; 0 before the first

    int kind() {
        return kind;
    }

    /** As it was in a snapshot or another queue. */
    void kind(int known) {
        kind = known;
    }

    /** The kinds that can be priorities: 1 a number, 2 a text, 3 bytes. */
    private static int kindOf(byte[] b, int item) {
        Tag tag = Tag.of(b, priority(b, item));
        return tag.isNumber() ? 1 : tag == Tag.STRING ? 2 : tag == Tag.BYTES ? 3 : 0;
    }

    private static int priority(byte[] b, int item) {
        Tag tag = Tag.of(b, item);
        return (tag == Tag.TUPLE || tag == Tag.LIST) && Values.count(b, item) > 0 ? Values.first(item) : item;
    }

    /** Refuses, before anything has changed, what has no order among the items. */
    void check(byte[] b, int item) {
        int found = kindOf(b, item);
        if (found == 0 || (kind != 0 && found != kind)) {
            throw new ValueException(
                    ErrorCode.NOT_COMPARABLE,
                    "the priority of an item, which is the item or the first element of a tuple or list, must be "
                            + (kind == 0
                                    ? "a number, a text or bytes"
                                    : kind == 1
                                            ? "a number, as those before"
                                            : kind == 2 ? "a text, as those before" : "bytes, as those before")
                            + ", not " + Tag.of(b, priority(b, item)).typeName());
        }
        kind = found;
    }

    /** What it costs at most to compare an item with another one. */
    static long cost(byte[] b, int item) {
        int at = priority(b, item);
        long length = (long) Values.skip(b, at) - at;
        // a decimal may have to be written out at the exponent of the other
        return Work.ORDER + (Tag.of(b, at) == Tag.DECIMAL ? length * length / 160 : length >> 3);
    }

    /** Puts an item behind all that are not greater, or before all that are not smaller. */
    static void insert(ElementRing<byte[]> items, byte[] item, boolean behind) {
        int at = priority(item, 0);
        int low = 0;
        int high = items.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            byte[] other = items.get(middle);
            int order = Equality.compare(other, priority(other, 0), item, at);
            if (order < 0 || (order == 0 && behind)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        items.add(low, item);
    }
}
