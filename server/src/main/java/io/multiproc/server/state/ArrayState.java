package io.multiproc.server.state;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ArrayOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.protocol.wire.Work;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateMachine;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An array of a type code: one Java array of bytes, whatever its length. */
final class ArrayState extends ObjectState {
    /** A bound for one request; more would not fit the largest Java array of the widest code. */
    static final int MOST = 100_000_000;

    private TypeCode code = TypeCode.INT32;
    private byte[] data = {};
    private final AttachedLock lock;

    ArrayState(long id, @Nullable String name) {
        this(id, name, new AttachedLock());
    }

    private ArrayState(long id, @Nullable String name, AttachedLock lock) {
        super(ObjectType.ARRAY, id, name);
        this.lock = lock;
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        TypeCode type = TypeCode.of(Values.text(b, first));
        int second = Values.skip(b, first);
        Tag tag = Tag.of(b, second);
        if (tag == Tag.LIST || tag == Tag.TUPLE) {
            context.checkEntries(0, Values.count(b, second));
            context.work().spend(Values.count(b, second), Work.ELEMENT);
            List<byte[]> values = Values.elements(b, second);
            zeros(type, values.size());
            fill(values, new Slice(0, values.size(), 1, values.size()));
        } else if (tag.isInteger()
                && tag != Tag.BIGINT
                && ObjectTypes.isIn(b, second, 0)
                && Values.integer(b, second) <= MOST) {
            context.checkEntries(0, Values.integer(b, second));
            zeros(type, (int) Values.integer(b, second));
        } else {
            throw badArgument("an array takes " + ObjectTypes.takes(ObjectType.ARRAY) + ", not "
                    + ObjectTypes.spelled(b, second));
        }
    }

    @Override
    @Nullable
    String difference(byte[] b, int first, int count) {
        TypeCode asked = TypeCode.of(Values.text(b, first));
        if (asked != code) {
            return "has type code " + code.symbol() + ", not " + asked.symbol();
        }
        int second = Values.skip(b, first);
        Tag tag = Tag.of(b, second);
        long length = tag == Tag.LIST || tag == Tag.TUPLE
                ? Values.count(b, second)
                : tag.isInteger() && tag != Tag.BIGINT ? Values.integer(b, second) : -1;
        if (length < 0) {
            throw badArgument("an array takes " + ObjectTypes.takes(ObjectType.ARRAY) + ", not "
                    + ObjectTypes.spelled(b, second));
        }
        return length == length() ? null : "has length " + length() + ", not " + length;
    }

    private void zeros(TypeCode type, int length) {
        data = new byte[length * type.width()];
        code = type;
    }

    private int length() {
        return data.length / code.width();
    }

    private byte[] element(int i) {
        return code.value(code.get(data, i));
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        if (op == ArrayOp.LOCK) {
            return lock.growth();
        }
        long elements = op == ArrayOp.SET_SLICE ? Values.count(a.buffer(), a.start(3)) : 0;
        return op.has(Flag.STORES) ? elements * ELEMENT : StateMachine.KEEPS_NOTHING;
    }

    /** How many bytes a new array takes that is made from the arguments at an offset. */
    static long growth(byte[] b, int first) {
        int width = TypeCode.of(Values.text(b, first)).width();
        int second = Values.skip(b, first);
        Tag tag = Tag.of(b, second);
        if (tag == Tag.LIST || tag == Tag.TUPLE) {
            return Values.count(b, second) * (ELEMENT + Long.BYTES + width);
        }
        return tag.isInteger() && tag != Tag.BIGINT
                ? Math.max(0, Math.min(MOST, Values.integer(b, second))) * width
                : 0;
    }

    @Override
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof ArrayOp arrayOp)) {
            throw notMine(op);
        }
        return switch (arrayOp) {
            case GET -> Reply.value(element(index(a, "array index out of range")));
            case SET -> {
                int i = index(a, "array assignment index out of range");
                code.set(data, i, code.bits(a.buffer(), a.start(1)));
                yield Reply.NOTHING;
            }
            case SIZE -> Reply.integer(length());
            case SLICE -> slice(Slice.of(a, 0, length()), context.maxReplyBytes());
            case SET_SLICE -> {
                fill(values(a, 3, context), Slice.of(a, 0, length()));
                yield Reply.NOTHING;
            }
            case ADD -> {
                int i = index(a, "array index out of range");
                code.set(data, i, code.add(code.get(data, i), a.value(1)));
                yield Reply.value(element(i));
            }
            case COMPARE_AND_SET -> {
                int i = index(a, "array index out of range");
                long next = code.bits(a.buffer(), a.start(2));
                boolean equal = Equality.equal(element(i), 0, a.buffer(), a.start(1));
                if (equal) {
                    code.set(data, i, next);
                }
                yield Reply.bool(equal);
            }
            case CODE -> Reply.text(code.symbol());
            case LOCK -> lock.get(context);
        };
    }

    private int index(Args a, String text) {
        long i = a.integer(0);
        long at = i < 0 ? i + length() : i;
        if (at < 0 || at >= length()) {
            throw new ValueException(ErrorCode.INDEX_OUT_OF_RANGE, text + ": index " + i + ", length " + length());
        }
        return (int) at;
    }

    private Reply slice(Slice slice, int maxBytes) {
        ContainerBuilder out = new ContainerBuilder(Tag.LIST, maxBytes);
        for (int i = 0; i < slice.length(); i++) {
            out.add(element(slice.position(i)));
        }
        return Reply.value(out.build());
    }

    private void fill(List<byte[]> values, Slice slice) {
        if (values.size() != slice.length()) {
            throw badArgument("an array has a fixed length: " + values.size() + " values do not fit a slice of "
                    + slice.length());
        }
        // all are checked before the first is set
        long[] bits = new long[values.size()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = code.bits(values.get(i), 0);
        }
        for (int i = 0; i < bits.length; i++) {
            code.set(data, slice.position(i), bits[i]);
        }
    }

    @Override
    long size() {
        return length();
    }

    @Override
    byte[] describe(int maxBytes) {
        ContainerBuilder out = new ContainerBuilder(Tag.DICT, maxBytes)
                .add("code", Values.ofText(code.symbol()))
                .add(
                        "values",
                        slice(new Slice(0, length(), 1, length()), maxBytes).value());
        return (lock.exists() ? out.add("lock", lock.value()) : out).build();
    }

    @Override
    void dispose(ApplyContext context) {
        lock.release(context);
    }

    @Override
    ObjectState durableCopy() {
        ArrayState copy = new ArrayState(id(), name(), lock.copy());
        copy.code = code;
        copy.data = data.clone();
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        lock.forEachStored(action);
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.text(code.symbol());
        out.part(data, data.length, byte[]::clone, SnapshotWriter::bytes);
        lock.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        code = TypeCode.of(in.text());
        data = in.bytes();
        lock.restore(in);
    }
}
