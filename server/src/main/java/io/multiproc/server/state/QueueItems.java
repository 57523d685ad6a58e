package io.multiproc.server.state;

import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.table.ElementRing;
import io.multiproc.server.table.ElementSearch;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The items of a queue, in order, and where an item belongs that comes back: to where it was, ahead of all items put later.
 * Knows nothing of references, waiters and limits.
 */
final class QueueItems {
    /** An item that has been taken, where it was, and how often it had been handed out to somebody who did not finish it. */
    record Taken(byte[] item, long position, int deliveries) {}

    private record Place(long position, int deliveries) {}

    private final ElementRing<byte[]> items;
    /** The places of the first items, those that came back; the items after them have never been taken. */
    private final ElementRing<Place> returned;
    /** The position that the next item gets that is taken for the first time: a taken item keeps it. */
    private long nextPosition;
    /** Of a priority queue; null for the others. */
    private final @Nullable PriorityOrder order;

    QueueItems(boolean sorted) {
        this(new ElementRing<>(), new ElementRing<>(), sorted);
    }

    private QueueItems(ElementRing<byte[]> items, ElementRing<Place> returned, boolean sorted) {
        this.items = items;
        this.returned = returned;
        order = sorted ? new PriorityOrder() : null;
    }

    QueueItems copy() {
        QueueItems copy = new QueueItems(items.copy(), returned.copy(), order != null);
        copy.nextPosition = nextPosition;
        if (order != null && copy.order != null) {
            copy.order.kind(order.kind());
        }
        return copy;
    }

    int size() {
        return items.size();
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    byte[] get(int i) {
        return items.get(i);
    }

    /** All of them; refused with TOO_LARGE if they do not fit into so many bytes. */
    byte[] list(int maxBytes) {
        return ContainerBuilder.sequence(Tag.LIST, items.range(0, items.size()), maxBytes);
    }

    /** Up to a number of items from an index on, as many as fit into a list of so many bytes, but one at least. */
    byte[] slice(long start, long limit, int maxBytes) {
        if (start < 0 || limit < 0) {
            throw ObjectState.badArgument("start and limit must not be negative, but are " + start + " and " + limit);
        }
        int from = (int) Math.min(start, items.size());
        int n = fitting(from, limit, 0, maxBytes);
        return ContainerBuilder.sequence(Tag.LIST, items.range(from, from + n), Integer.MAX_VALUE - 64);
    }

    void forEach(Consumer<byte[]> action) {
        for (int i = 0; i < items.size(); i++) {
            action.accept(items.get(i));
        }
    }

    /** How many of the items from an index on, up to a number of them and one at least, fit into a list of so many bytes, each with some more. */
    int fitting(int from, long limit, int more, int maxBytes) {
        int most = (int) Math.min(limit, items.size() - from);
        int n = 0;
        long bytes = 9;
        while (n < most && (n == 0 || bytes + items.get(from + n).length + more <= maxBytes)) {
            bytes += items.get(from + n++).length + more;
        }
        return n;
    }

    /** Refuses, before anything has changed, an item that has no order among the others. */
    void check(byte[] b, int item) {
        if (order != null) {
            order.check(b, item);
        }
    }

    /** How many bytes room for so many more items takes, at most. */
    long growth(int more) {
        return items.growth(more);
    }

    /** Makes sure that so many items can be appended without memory. */
    void reserve(int more) {
        items.reserve(more);
    }

    /** Counts what it costs to append the elements of a list: a priority queue looks for the place of each and moves others aside. */
    void charge(byte[] b, int list, ApplyContext context) {
        int more = Values.count(b, list);
        context.work().spend(more, Work.ELEMENT);
        if (order != null) {
            long all = (long) items.size() + more;
            int steps = 65 - Long.numberOfLeadingZeros(all);
            int p = Values.first(list);
            for (int i = 0; i < more; i++) {
                context.work().spend(steps * PriorityOrder.cost(b, p) + all / 8);
                p = Values.skip(b, p);
            }
        }
    }

    /** A new item. */
    void append(byte[] value) {
        if (order != null) {
            PriorityOrder.insert(items, value, true);
        } else {
            items.addLast(value);
        }
    }

    Taken takeFirst() {
        Place place = returned.isEmpty() ? null : returned.removeFirst();
        byte[] item = items.removeFirst();
        return place == null
                ? new Taken(item, nextPosition++, 0)
                : new Taken(item, place.position(), place.deliveries());
    }

    /** An item that was taken is here again. */
    void takeBack(byte[] item, long position, int deliveries) {
        if (order != null) {
            PriorityOrder.insert(items, item, false);
            return;
        }
        int low = 0;
        int high = returned.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (returned.get(middle).position() < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        items.add(low, item);
        returned.add(low, new Place(position, deliveries));
    }

    /** The index of the first item that equals the first argument, or -1. */
    int find(Args a, ApplyContext context) {
        for (int i = 0; i < items.size(); i++) {
            if (Equality.equal(items.get(i), 0, a.buffer(), a.start(0), context.work())) {
                return i;
            }
        }
        return -1;
    }

    /** The index of the item equal to the second argument that is nearest to the index in the first, or -1. */
    int nearest(Args a, ApplyContext context) {
        return ElementSearch.nearest(items, a.integer(0), a.buffer(), a.start(1), context.work());
    }

    /** The index of the first item that equals the first argument, if there is one. */
    BitSet firstPosition(Args a, ApplyContext context) {
        BitSet positions = new BitSet();
        int i = find(a, context);
        if (i >= 0) {
            positions.set(i);
        }
        return positions;
    }

    /** The indices of the items that equal one of the values, or none of them. */
    BitSet positions(List<byte[]> values, boolean matching, ApplyContext context) {
        return ElementSearch.positions(items, values, matching, context.work());
    }

    void removeAll(BitSet positions) {
        items.removeAll(positions);
        returned.removeAll(positions.get(0, returned.size()));
    }

    void clear() {
        items.clear();
        returned.clear();
    }

    void snapshot(SnapshotWriter out) {
        out.i64(nextPosition).u8(order == null ? 0 : order.kind());
        snapshot(out, items);
        out.part(returned, returned.size(), ElementRing::copy, QueueItems::writePlaces);
    }

    /** Writes values that never change. */
    static void snapshot(SnapshotWriter out, ElementRing<byte[]> values) {
        out.part(values, values.size(), ElementRing::copy, QueueItems::write);
    }

    private static void write(SnapshotWriter out, ElementRing<byte[]> values) {
        out.i32(values.size());
        for (int i = 0; i < values.size(); i++) {
            out.bytes(values.get(i));
        }
    }

    private static void writePlaces(SnapshotWriter out, ElementRing<Place> places) {
        out.i32(places.size());
        for (int i = 0; i < places.size(); i++) {
            out.i64(places.get(i).position()).i32(places.get(i).deliveries());
        }
    }

    void restore(SnapshotReader in) {
        nextPosition = in.i64();
        int kind = in.u8();
        if (order != null) {
            order.kind(kind);
        }
        for (int n = in.i32(); n > 0; n--) {
            items.addLast(in.bytes());
        }
        for (int n = in.i32(); n > 0; n--) {
            returned.addLast(new Place(in.i64(), in.i32()));
        }
    }
}
