package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Numbers;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The entries of a dict or the attributes of a namespace: an {@link OrderedTable} that counts references. */
final class Entries {
    private static final byte[] ZERO = Values.ofInteger(0);

    private final OrderedTable table;

    Entries() {
        this(new OrderedTable());
    }

    private Entries(OrderedTable table) {
        this.table = table;
    }

    /** For {@link ObjectState#durableCopy}. */
    Entries walkableCopy() {
        return new Entries(table.walkableCopy());
    }

    void forEachStored(Consumer<byte[]> action) {
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            action.accept(table.key(at));
            action.accept(table.value(at));
        }
    }

    OrderedTable table() {
        return table;
    }

    /** The position of the key that is an argument, or -1. */
    int find(Args a, int argument) {
        return find(a.buffer(), a.start(argument), a.stop(argument));
    }

    int find(byte[] b, int from, int to) {
        return table.find(b, from, Equality.hash(b, from, to));
    }

    Reply valueAt(int at) {
        return at < 0 ? Reply.ABSENT : Reply.value(table.value(at));
    }

    /** Sets the value of a key to an argument, and returns the previous value. */
    byte @Nullable [] put(Args a, int key, int value, Turn turn) {
        checkReferences(a, key, turn);
        checkReferences(a, value, turn);
        return put(a.buffer(), a.start(key), a.stop(key), a.value(value), turn);
    }

    /** Sets all pairs of a dict that starts at an offset and whose references have been checked. */
    void putAll(byte[] b, int dict, Turn turn) {
        int p = Values.first(dict);
        table.reserve(Values.count(b, dict));
        for (int n = Values.count(b, dict); n > 0; n--) {
            int value = Values.skip(b, p);
            int next = Values.skip(b, value);
            put(b, p, value, Arrays.copyOfRange(b, value, next), turn);
            p = next;
        }
    }

    private byte @Nullable [] put(byte[] b, int from, int to, byte[] value, Turn turn) {
        int hash = Equality.hash(b, from, to);
        int at = table.find(b, from, hash);
        turn.references().retain(value);
        if (at >= 0) {
            byte[] old = table.value(at);
            table.setValue(at, value);
            turn.references().release(old);
            return old;
        }
        byte[] key = Arrays.copyOfRange(b, from, to);
        turn.references().retain(key);
        table.insert(hash, key, value);
        return null;
    }

    /** Replaces the value at a position by an argument whose references have been checked; returns the previous value. */
    byte[] replace(int at, byte[] value, Turn turn) {
        byte[] old = table.value(at);
        turn.references().retain(value);
        table.setValue(at, value);
        turn.references().release(old);
        return old;
    }

    /** Removes the entry at a position and returns its value. */
    byte[] remove(int at, Turn turn) {
        byte[] key = table.key(at);
        byte[] value = table.value(at);
        table.remove(at);
        turn.references().release(key);
        turn.references().release(value);
        return value;
    }

    boolean valueEquals(int at, Args a, int argument) {
        return Equality.equal(table.value(at), 0, a.buffer(), a.start(argument));
    }

    /** Sets the value to an argument if the key is present with the expected value. */
    boolean compareAndSet(Args a, Turn turn) {
        int at = find(a, 0);
        if (at < 0 || !valueEquals(at, a, 1)) {
            return false;
        }
        checkReferences(a, 2, turn);
        replace(at, a.value(2), turn);
        return true;
    }

    /** Adds the number in argument 1 to the number of the key in argument 0. */
    Reply add(Args a, Turn turn) {
        byte[] delta = a.value(1);
        int at = find(a, 0);
        byte[] sum;
        if (at >= 0) {
            sum = Numbers.add(table.value(at), delta);
            table.setValue(at, sum);
        } else {
            checkReferences(a, 0, turn);
            boolean flag = delta[0] == Tag.FALSE.code() || delta[0] == Tag.TRUE.code();
            sum = flag ? Numbers.add(ZERO, delta) : delta;
            put(a.buffer(), a.start(0), a.stop(0), sum, turn);
        }
        return Reply.value(sum);
    }

    /** All entries as a dict. */
    byte[] snapshotValue(int maxBytes) {
        long size = 9;
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            size += table.key(at).length + (long) table.value(at).length;
        }
        if (size > maxBytes) {
            throw ContainerBuilder.tooLarge(maxBytes);
        }
        ByteWriter out = new ByteWriter((int) size);
        int mark = out.begin(Tag.DICT);
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            out.raw(table.key(at)).raw(table.value(at));
        }
        return out.end(mark, table.size()).array();
    }

    void clear(Turn turn) {
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            turn.references().release(table.key(at));
            turn.references().release(table.value(at));
        }
        table.clear();
    }

    void snapshot(SnapshotWriter out) {
        out.i64(table.nextSequence()).i32(table.size());
        for (int at = table.from(0); at >= 0; at = table.from(at + 1)) {
            out.i64(table.sequence(at));
            out.bytes(table.key(at));
            out.bytes(table.value(at));
        }
    }

    void restore(SnapshotReader in) {
        long next = in.i64();
        for (int n = in.i32(); n > 0; n--) {
            long sequence = in.i64();
            byte[] key = in.bytes();
            table.insert(Equality.hash(key), key, in.bytes(), sequence);
        }
        table.restoreSequence(next);
    }

    static void checkReferences(Args a, int argument, Turn turn) {
        turn.references().check(a.buffer(), a.start(argument), a.stop(argument));
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
