package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import io.multiproc.server.table.ElementRing;
import io.multiproc.server.table.ElementSearch;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A list. Indices and slices are CPython's. */
final class ListState extends ObjectState {
    private static final long MAX_REPEATED = 100_000_000;

    private final ElementRing<byte[]> elements;
    /** Changes with each change of the list. */
    private long version;

    ListState(long id, @Nullable String name) {
        this(id, name, new ElementRing<>());
    }

    private ListState(long id, @Nullable String name, ElementRing<byte[]> elements) {
        super(ObjectType.LIST, id, name);
        this.elements = elements;
    }

    byte[] element(int i) {
        return elements.get(i);
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        context.work().spend(Values.count(b, first), Work.ELEMENT);
        insertAll(0, Values.elements(b, first), context);
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        if (!(op instanceof ListOp listOp)) {
            return StateMachine.KEEPS_NOTHING;
        }
        int size = elements.size();
        return switch (listOp) {
            case ADD, ADD_AT, INSERT -> elements.growth(1);
            case ADD_ALL -> elementsIn(a, 0, 0);
            case ADD_ALL_AT -> elementsIn(a, 1, size);
            case REPLACE_IF_VERSION -> elementsIn(a, 1, size);
            case SET_SLICE -> elementsIn(a, 3, size);
            case REPEAT -> {
                long times = a.integer(0);
                // refused by its own limits if it is more
                boolean grows = times > 1 && size > 0 && times <= MAX_REPEATED / size;
                yield grows ? elements.growth(size * (times - 1)) : StateMachine.KEEPS_NOTHING;
            }
            default -> super.growth(op, a, caller);
        };
    }

    /** What taking in the elements of an argument takes, with so many others moved to another array. */
    private long elementsIn(Args a, int argument, int moved) {
        int more = Values.count(a.buffer(), a.start(argument));
        return elements.growth((long) more + moved) + more * ELEMENT;
    }

    @Override
    @Nullable
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof ListOp listOp)) {
            throw notMine(op);
        }
        return switch (listOp) {
            case GET -> Reply.value(elements.get(index(a, "list index out of range")));
            case SET -> {
                int i = index(a, "list assignment index out of range");
                KeyedEntries.checkReferences(a, 1, context);
                yield Reply.value(set(i, a.value(1), context));
            }
            case ADD -> {
                KeyedEntries.checkReferences(a, 0, context);
                insert(elements.size(), a.value(0), context);
                yield Reply.NOTHING;
            }
            case ADD_AT -> {
                int i = place(a.integer(0));
                KeyedEntries.checkReferences(a, 1, context);
                insert(i, a.value(1), context);
                yield Reply.NOTHING;
            }
            case INSERT -> {
                KeyedEntries.checkReferences(a, 1, context);
                insert(clamp(a.integer(0)), a.value(1), context);
                yield Reply.NOTHING;
            }
            case ADD_ALL -> {
                KeyedEntries.checkReferences(a, 0, context);
                insertAll(elements.size(), values(a, 0, context), context);
                yield Reply.NOTHING;
            }
            case ADD_ALL_AT -> {
                int i = place(a.integer(0));
                KeyedEntries.checkReferences(a, 1, context);
                insertAll(i, values(a, 1, context), context);
                yield Reply.NOTHING;
            }
            case REMOVE_AT -> {
                int i = index(a, elements.isEmpty() ? "pop from empty list" : "pop index out of range");
                yield Reply.value(remove(i, context));
            }
            case REMOVE_VALUE -> {
                int i = find(a, 0, elements.size(), context);
                if (i >= 0) {
                    remove(i, context);
                }
                yield Reply.bool(i >= 0);
            }
            case REMOVE_ALL -> Reply.bool(removeAll(positions(a, true, context), context));
            case RETAIN_ALL -> Reply.bool(removeAll(positions(a, false, context), context));
            case INDEX_OF -> {
                int start = a.present(1) ? clamp(a.integer(1)) : 0;
                int stop = a.present(2) ? clamp(a.integer(2)) : elements.size();
                yield Reply.integer(find(a, start, stop, context));
            }
            case LAST_INDEX_OF -> {
                int i = elements.size() - 1;
                while (i >= 0 && !equal(i, a, 0, context)) {
                    i--;
                }
                yield Reply.integer(i);
            }
            case CONTAINS_ALL -> Reply.bool(ElementSearch.containsAll(elements, values(a, 0, context), context.work()));
            case COUNT -> {
                long n = 0;
                for (int i = 0; i < elements.size(); i++) {
                    n += equal(i, a, 0, context) ? 1 : 0;
                }
                yield Reply.integer(n);
            }
            case SIZE -> Reply.integer(elements.size());
            case CLEAR -> {
                clear(context);
                yield Reply.NOTHING;
            }
            case SLICE -> slice(Slice.of(a, 0, elements.size()), context.maxReplyBytes());
            case SET_SLICE -> {
                Slice slice = Slice.of(a, 0, elements.size());
                KeyedEntries.checkReferences(a, 3, context);
                setSlice(slice, values(a, 3, context), context);
                yield Reply.NOTHING;
            }
            case DELETE_SLICE -> {
                deleteSlice(Slice.of(a, 0, elements.size()), context);
                yield Reply.NOTHING;
            }
            case REVERSE -> {
                reverse();
                yield Reply.NOTHING;
            }
            case SORT -> {
                sort(a.bool(0), context.work());
                yield Reply.NOTHING;
            }
            case REPEAT -> {
                repeat(a.integer(0), context);
                yield Reply.NOTHING;
            }
            case COMPARE_AND_SET -> {
                int i = index(a, "list assignment index out of range");
                boolean same = equal(i, a, 1, context);
                KeyedEntries.checkReferences(a, 2, context);
                if (same) {
                    set(i, a.value(2), context);
                }
                yield Reply.bool(same);
            }
            case SNAPSHOT -> snapshotReply(context.maxReplyBytes());
            case REPLACE_IF_VERSION -> {
                KeyedEntries.checkReferences(a, 1, context);
                boolean same = a.integer(0) == version;
                if (same) {
                    replace(0, elements.size(), values(a, 1, context), context);
                }
                yield Reply.bool(same);
            }
            case REMOVE_NEAR -> {
                int i = ElementSearch.nearest(elements, a.integer(0), a.buffer(), a.start(1), context.work());
                if (i >= 0) {
                    remove(i, context);
                }
                yield Reply.integer(i);
            }
            case SET_NEAR -> {
                KeyedEntries.checkReferences(a, 2, context);
                int i = ElementSearch.nearest(elements, a.integer(0), a.buffer(), a.start(1), context.work());
                if (i >= 0) {
                    set(i, a.value(2), context);
                }
                yield Reply.integer(i);
            }
        };
    }

    /** The position of an index in argument 0, which may count from the end. */
    private int index(Args a, String message) {
        long i = a.integer(0);
        long position = i < 0 ? i + elements.size() : i;
        if (position < 0 || position >= elements.size()) {
            throw new ValueException(ErrorCode.INDEX_OUT_OF_RANGE, message);
        }
        return (int) position;
    }

    private int place(long i) {
        if (i < 0 || i > elements.size()) {
            throw new ValueException(
                    ErrorCode.INDEX_OUT_OF_RANGE, "index " + i + " is not within 0 to " + elements.size());
        }
        return (int) i;
    }

    private int clamp(long i) {
        long position = i < 0 ? i + elements.size() : i;
        return (int) Math.max(0, Math.min(position, elements.size()));
    }

    private boolean equal(int i, Args a, int argument, ApplyContext context) {
        return Equality.equal(elements.get(i), 0, a.buffer(), a.start(argument), context.work());
    }

    private BitSet positions(Args a, boolean equal, ApplyContext context) {
        return ElementSearch.positions(elements, values(a, 0, context), equal, context.work());
    }

    private int find(Args a, int start, int stop, ApplyContext context) {
        for (int i = start; i < stop; i++) {
            if (equal(i, a, 0, context)) {
                return i;
            }
        }
        return -1;
    }

    private byte[] set(int i, byte[] value, ApplyContext context) {
        version++;
        context.references().retain(value);
        byte[] old = elements.set(i, value);
        context.references().release(old);
        return old;
    }

    private void insert(int i, byte[] value, ApplyContext context) {
        context.checkEntries(elements.size(), 1);
        // takes memory, or fails having changed nothing; what follows takes none
        elements.add(i, value);
        version++;
        context.references().retain(value);
    }

    private void insertAll(int i, List<byte[]> values, ApplyContext context) {
        replace(i, i, values, context);
    }

    private void replace(int from, int to, List<byte[]> values, ApplyContext context) {
        context.checkEntries(elements.size() - (to - from), values.size());
        boolean count = from < to && context.references().anyStored();
        List<byte[]> replaced = count ? elements.range(from, to) : List.of();
        // takes memory, or fails having changed nothing; what follows takes none
        elements.replace(from, to, values);
        version++;
        for (byte[] value : values) {
            context.references().retain(value);
        }
        for (byte[] value : replaced) {
            context.references().release(value);
        }
    }

    private byte[] remove(int i, ApplyContext context) {
        version++;
        byte[] old = elements.remove(i);
        context.references().release(old);
        return old;
    }

    private boolean removeAll(BitSet positions, ApplyContext context) {
        if (positions.isEmpty()) {
            return false;
        }
        version++;
        for (int i = positions.nextSetBit(0); i >= 0; i = positions.nextSetBit(i + 1)) {
            context.references().release(elements.get(i));
        }
        elements.removeAll(positions);
        return true;
    }

    private void clear(ApplyContext context) {
        version++;
        for (int i = 0; i < elements.size(); i++) {
            context.references().release(elements.get(i));
        }
        elements.clear();
    }

    private Reply slice(Slice slice, int maxBytes) {
        long bytes = 9;
        for (int i = 0; i < slice.length(); i++) {
            bytes += elements.get(slice.position(i)).length;
        }
        if (bytes > maxBytes) {
            throw ContainerBuilder.tooLarge(maxBytes);
        }
        ByteWriter out = new ByteWriter((int) bytes);
        int mark = out.begin(Tag.LIST);
        for (int i = 0; i < slice.length(); i++) {
            out.raw(elements.get(slice.position(i)));
        }
        return Reply.value(out.end(mark, slice.length()).array());
    }

    private void setSlice(Slice slice, List<byte[]> values, ApplyContext context) {
        if (slice.step() == 1) {
            replace(slice.start(), Math.max(slice.start(), slice.stop()), values, context);
            return;
        }
        if (values.size() != slice.length()) {
            throw badArgument("attempt to assign sequence of size " + values.size() + " to extended slice of size "
                    + slice.length());
        }
        for (int i = 0; i < slice.length(); i++) {
            set(slice.position(i), values.get(i), context);
        }
    }

    private void deleteSlice(Slice slice, ApplyContext context) {
        BitSet positions = new BitSet();
        for (int i = 0; i < slice.length(); i++) {
            positions.set(slice.position(i));
        }
        removeAll(positions, context);
    }

    private void reverse() {
        version++;
        for (int i = 0, j = elements.size() - 1; i < j; i++, j--) {
            elements.set(j, elements.set(i, elements.get(j)));
        }
    }

    private void sort(boolean reverse, Work work) {
        Comparator<byte[]> order = (x, y) -> Equality.compare(x, 0, y, 0, work);
        byte[][] sorted = new byte[elements.size()][];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = elements.get(i);
        }
        // reversed order, not reversed result: equal elements keep their order, as in Python
        Arrays.sort(sorted, reverse ? order.reversed() : order);
        version++;
        for (int i = 0; i < sorted.length; i++) {
            elements.set(i, sorted[i]);
        }
    }

    private void repeat(long times, ApplyContext context) {
        int size = elements.size();
        if (times <= 0 || size == 0) {
            clear(context);
            return;
        }
        if (times > MAX_REPEATED / size) {
            throw new ValueException(
                    ErrorCode.TOO_LARGE,
                    size + " elements repeated " + times + " times exceed " + MAX_REPEATED + " elements");
        }
        context.checkEntries(size, size * (times - 1));
        for (int i = 0; i < size; i++) {
            byte[] value = elements.get(i);
            // references within are looked for each time
            context.work().spend(times, Work.ELEMENT / 2 + (Values.mayHoldRefs(value, 0) ? 2L * value.length : 0));
        }
        // takes memory, or fails having changed nothing; what follows takes none
        elements.reserve((int) (size * (times - 1)));
        version++;
        for (long i = size; i < size * times; i++) {
            byte[] value = elements.get((int) (i - size));
            context.references().retain(value);
            elements.addLast(value);
        }
    }

    private Reply snapshotReply(int maxBytes) {
        byte[] list = describe(maxBytes - 18);
        ByteWriter out = new ByteWriter(list.length + 18);
        int mark = out.begin(Tag.TUPLE);
        return Reply.value(
                out.raw(Values.ofInteger(version)).raw(list).end(mark, 2).toByteArray());
    }

    @Override
    long size() {
        return elements.size();
    }

    @Override
    byte[] describe(int maxBytes) {
        return ContainerBuilder.sequence(Tag.LIST, elements.range(0, elements.size()), maxBytes);
    }

    @Override
    void dispose(ApplyContext context) {
        clear(context);
    }

    @Override
    ObjectState durableCopy() {
        ListState copy = new ListState(id(), name(), elements.copy());
        copy.version = version;
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        for (int i = 0; i < elements.size(); i++) {
            action.accept(elements.get(i));
        }
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.i64(version);
        QueueItems.snapshot(out, elements);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        version = in.i64();
        for (int n = in.i32(); n > 0; n--) {
            elements.addLast(in.bytes());
        }
    }
}
