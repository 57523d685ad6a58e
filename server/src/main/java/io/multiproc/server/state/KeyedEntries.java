package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Numbers;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.table.OrderedTable;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The entries of a dict or the attributes of a namespace: an {@link OrderedTable} that counts references. */
final class KeyedEntries {
    private static final int LARGE_KEY = 1_024;
    private static final byte[] ZERO = Values.ofInteger(0);

    private final OrderedTable table;

    KeyedEntries() {
        this(new OrderedTable());
    }

    private KeyedEntries(OrderedTable table) {
        this.table = table;
    }

    /** For {@link ObjectState#durableCopy}. */
    KeyedEntries walkableCopy() {
        return new KeyedEntries(table.walkableCopy());
    }

    void forEachStored(Consumer<byte[]> action) {
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            action.accept(table.entry(at));
        }
    }

    OrderedTable table() {
        return table;
    }

    /** The position of the key that is an argument, or -1. */
    int find(Args a, int argument, ApplyContext context) {
        chargeKey(a, argument, context);
        return find(a.buffer(), a.start(argument), a.stop(argument));
    }

    /** Counts what it costs to hash and compare a key that is an argument, if it is a large one. */
    static void chargeKey(Args a, int argument, ApplyContext context) {
        int from = a.start(argument);
        int to = a.stop(argument);
        if (to - from > LARGE_KEY) {
            context.work().spend(2 * Equality.cost(a.buffer(), from, to));
        }
    }

    int find(byte[] b, int from, int to) {
        return table.find(b, from, Equality.hash(b, from, to));
    }

    Reply valueAt(int at) {
        return at < 0 ? Reply.ABSENT : value(table.entry(at));
    }

    /** The value of an entry as a reply. */
    static Reply value(byte[] entry) {
        return Reply.value(entry, OrderedTable.valueStart(entry));
    }

    /** Sets the value of a key to an argument, and returns the previous entry. */
    byte @Nullable [] put(Args a, int key, int value, ApplyContext context) {
        checkReferences(a, key, context);
        checkReferences(a, value, context);
        chargeKey(a, key, context);
        byte[] b = a.buffer();
        int hash = Equality.hash(b, a.start(key), a.stop(key));
        int at = table.find(b, a.start(key), hash);
        if (at < 0) {
            insert(hash, a.encoded(key, value), a.stop(key) - a.start(key), context);
            return null;
        }
        byte[] old = table.entry(at);
        int start = OrderedTable.valueStart(old);
        // the first spelling of the key stays
        boolean sameSpelling = Arrays.equals(old, 0, start, b, a.start(key), a.stop(key));
        return sameSpelling ? replace(at, a.encoded(key, value), start, context) : replace(at, a, value, context);
    }

    /** Sets all pairs of a dict that starts at an offset and whose references have been checked. */
    void putAll(byte[] b, int dict, ApplyContext context) {
        charge(b, dict, context);
        int count = Values.count(b, dict);
        if (!context.admitsEntries(table.size(), count)) {
            context.checkEntries(table.size(), absentKeys(b, dict));
        }
        table.reserve(count);
        // all that takes memory comes before the first change: it may run out
        byte[][] fresh = new byte[count][];
        int p = Values.first(dict);
        for (int i = 0; i < count; i++) {
            int next = Values.skip(b, Values.skip(b, p));
            fresh[i] = Arrays.copyOfRange(b, p, next);
            p = next;
        }
        for (byte[] entry : fresh) {
            put(entry, context);
        }
    }

    private void put(byte[] entry, ApplyContext context) {
        int keyEnd = OrderedTable.valueStart(entry);
        int hash = Equality.hash(entry, 0, keyEnd);
        int at = table.find(entry, 0, hash);
        if (at < 0) {
            insert(hash, entry, keyEnd, context);
            return;
        }
        byte[] old = table.entry(at);
        int start = OrderedTable.valueStart(old);
        if (Arrays.equals(old, 0, start, entry, 0, keyEnd)) {
            replace(at, entry, start, context);
        } else {
            // the first spelling of the key stays
            byte[] unused = replace(at, entry, keyEnd, entry.length, context);
        }
    }

    /** How many bytes room for so many more entries takes, at most. */
    long growth(int more) {
        return table.growth(more);
    }

    /** The same of one whose key is an argument: nothing if the key is there, however full the table is. */
    long growth(Args a, int key) {
        long bytes = table.growth(1);
        return bytes > 0 && find(a.buffer(), a.start(key), a.stop(key)) >= 0 ? 0 : bytes;
    }

    /** Counts what it costs to look up and store all pairs. */
    private static void charge(byte[] b, int dict, ApplyContext context) {
        int p = Values.first(dict);
        for (int n = Values.count(b, dict); n > 0; n--) {
            int value = Values.skip(b, p);
            context.work().spend(Work.LOOK_UP + 2 * Equality.cost(b, p, value));
            p = Values.skip(b, value);
        }
    }

    private int absentKeys(byte[] b, int dict) {
        int absent = 0;
        int p = Values.first(dict);
        for (int n = Values.count(b, dict); n > 0; n--) {
            int value = Values.skip(b, p);
            absent += find(b, p, value) < 0 ? 1 : 0;
            p = Values.skip(b, value);
        }
        return absent;
    }

    private byte @Nullable [] put(
            byte[] b, int key, int keyEnd, byte[] v, int value, int valueEnd, ApplyContext context) {
        int hash = Equality.hash(b, key, keyEnd);
        int at = table.find(b, key, hash);
        if (at >= 0) {
            return replace(at, v, value, valueEnd, context);
        }
        byte[] entry = new byte[keyEnd - key + valueEnd - value];
        System.arraycopy(b, key, entry, 0, keyEnd - key);
        System.arraycopy(v, value, entry, keyEnd - key, valueEnd - value);
        insert(hash, entry, keyEnd - key, context);
        return null;
    }

    private void insert(int hash, byte[] entry, int valueStart, ApplyContext context) {
        context.checkEntries(table.size(), 1);
        // takes memory, or fails having changed nothing; what follows takes none
        table.insert(hash, entry);
        context.references().retain(entry, 0);
        context.references().retain(entry, valueStart);
    }

    /** Replaces the value at a position by an argument whose references have been checked; returns the previous entry. */
    byte[] replace(int at, Args a, int argument, ApplyContext context) {
        return replace(at, a.buffer(), a.start(argument), a.stop(argument), context);
    }

    private byte[] replace(int at, byte[] v, int value, int valueEnd, ApplyContext context) {
        byte[] old = table.entry(at);
        int start = OrderedTable.valueStart(old);
        byte[] entry = new byte[start + valueEnd - value];
        System.arraycopy(old, 0, entry, 0, start);
        System.arraycopy(v, value, entry, start, valueEnd - value);
        return replace(at, entry, start, context);
    }

    private byte[] replace(int at, byte[] entry, int start, ApplyContext context) {
        byte[] old = table.entry(at);
        context.references().retain(entry, start);
        table.setEntry(at, entry);
        context.references().release(old, start);
        return old;
    }

    /** Removes the entry at a position and returns it. */
    byte[] remove(int at, ApplyContext context) {
        byte[] entry = table.entry(at);
        table.remove(at);
        release(entry, context);
        return entry;
    }

    private static void release(byte[] entry, ApplyContext context) {
        context.references().release(entry, 0);
        context.references().release(entry, OrderedTable.valueStart(entry));
    }

    boolean valueEquals(int at, Args a, int argument, ApplyContext context) {
        byte[] entry = table.entry(at);
        return Equality.equal(entry, OrderedTable.valueStart(entry), a.buffer(), a.start(argument), context.work());
    }

    /** Sets the value to an argument if the key is present with the expected value. */
    boolean compareAndSet(Args a, ApplyContext context) {
        int at = find(a, 0, context);
        if (at < 0 || !valueEquals(at, a, 1, context)) {
            return false;
        }
        checkReferences(a, 2, context);
        replace(at, a, 2, context);
        return true;
    }

    /** Adds the number in argument 1 to the number of the key in argument 0. */
    Reply add(Args a, ApplyContext context) {
        byte[] delta = a.value(1);
        int at = find(a, 0, context);
        byte[] sum;
        if (at >= 0) {
            byte[] entry = table.entry(at);
            sum = Numbers.add(Arrays.copyOfRange(entry, OrderedTable.valueStart(entry), entry.length), delta);
            replace(at, sum, 0, sum.length, context);
        } else {
            checkReferences(a, 0, context);
            boolean flag = delta[0] == Tag.FALSE.code() || delta[0] == Tag.TRUE.code();
            sum = flag ? Numbers.add(ZERO, delta) : delta;
            put(a.buffer(), a.start(0), a.stop(0), sum, 0, sum.length, context);
        }
        return Reply.value(sum);
    }

    /** All entries as a dict. */
    byte[] snapshotValue(int maxBytes) {
        long size = 9;
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            size += table.entry(at).length;
        }
        if (size > maxBytes) {
            throw ContainerBuilder.tooLarge(maxBytes);
        }
        ByteWriter out = new ByteWriter((int) size);
        int mark = out.begin(Tag.DICT);
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            out.raw(table.entry(at));
        }
        return out.end(mark, table.size()).array();
    }

    void clear(ApplyContext context) {
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            release(table.entry(at), context);
        }
        table.clear();
    }

    void snapshot(SnapshotWriter out) {
        snapshot(out, table);
    }

    /** Writes the entries of a table. */
    static void snapshot(SnapshotWriter out, OrderedTable table) {
        out.part(table, table.size(), OrderedTable::walkableCopy, KeyedEntries::write);
    }

    private static void write(SnapshotWriter out, OrderedTable table) {
        out.i64(table.nextSequence()).i32(table.size());
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            out.i64(table.sequence(at));
            out.bytes(table.entry(at));
        }
    }

    void restore(SnapshotReader in) {
        long next = in.i64();
        for (int n = in.i32(); n > 0; n--) {
            long sequence = in.i64();
            byte[] entry = in.bytes();
            table.insert(Equality.hash(entry, 0, OrderedTable.valueStart(entry)), entry, sequence);
        }
        table.restoreSequence(next);
    }

    static void checkReferences(Args a, int argument, ApplyContext context) {
        context.references().check(a.buffer(), a.start(argument));
    }

    /**
     * Checks the keys of a dict that is an object's first content.
     *
     * @throws ValueException with UNHASHABLE
     */
    static void checkKeys(byte[] b, int dict) {
        int p = Values.first(dict);
        for (int n = Values.count(b, dict); n > 0; n--) {
            int value = Values.skip(b, p);
            if (!Values.isHashable(b, p, value)) {
                throw new ValueException(
                        ErrorCode.UNHASHABLE,
                        "unhashable type: '" + Tag.of(b, p).typeName() + "' as a key of the dict");
            }
            p = Values.skip(b, value);
        }
    }
}
