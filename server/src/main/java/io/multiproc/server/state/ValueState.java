package io.multiproc.server.state;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.ValueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A value of a type code. */
final class ValueState extends ObjectState {
    private TypeCode code = TypeCode.INT32;
    private long bits;
    private final AttachedLock lock;

    ValueState(long id, @Nullable String name) {
        this(id, name, new AttachedLock());
    }

    private ValueState(long id, @Nullable String name, AttachedLock lock) {
        super(ObjectType.VALUE, id, name);
        this.lock = lock;
    }

    @Override
    void start(byte[] b, int first, int count, ApplyContext context) {
        code = TypeCode.of(Values.text(b, first));
        bits = code.bits(b, Values.skip(b, first));
    }

    @Override
    @Nullable
    String difference(byte[] b, int first, int count) {
        TypeCode asked = TypeCode.of(Values.text(b, first));
        return asked == code ? null : "has type code " + code.symbol() + ", not " + asked.symbol();
    }

    @Override
    long growth(Op op, Args a, @Nullable SessionState caller) {
        return op == ValueOp.LOCK ? lock.growth() : super.growth(op, a, caller);
    }

    @Override
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof ValueOp valueOp)) {
            throw notMine(op);
        }
        return switch (valueOp) {
            case GET -> Reply.value(code.value(bits));
            case SET -> {
                bits = code.bits(a.buffer(), a.start(0));
                yield Reply.NOTHING;
            }
            case GET_AND_SET -> {
                long next = code.bits(a.buffer(), a.start(0));
                byte[] before = code.value(bits);
                bits = next;
                yield Reply.value(before);
            }
            case COMPARE_AND_SET -> {
                long next = code.bits(a.buffer(), a.start(1));
                boolean equal = Equality.equal(code.value(bits), 0, a.buffer(), a.start(0));
                if (equal) {
                    bits = next;
                }
                yield Reply.bool(equal);
            }
            case ADD -> {
                bits = code.add(bits, a.value(0));
                yield Reply.value(code.value(bits));
            }
            case CODE -> Reply.text(code.symbol());
            case LOCK -> lock.get(context);
        };
    }

    @Override
    long size() {
        return 1;
    }

    @Override
    byte[] describe(int maxBytes) {
        ContainerBuilder out = new ContainerBuilder(Tag.DICT, maxBytes)
                .add("code", Values.ofText(code.symbol()))
                .add("value", code.value(bits));
        return (lock.exists() ? out.add("lock", lock.value()) : out).build();
    }

    @Override
    void dispose(ApplyContext context) {
        lock.release(context);
    }

    @Override
    ObjectState durableCopy() {
        ValueState copy = new ValueState(id(), name(), lock.copy());
        copy.code = code;
        copy.bits = bits;
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        lock.forEachStored(action);
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.text(code.symbol()).i64(bits);
        lock.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        code = TypeCode.of(in.text());
        bits = in.i64();
        lock.restore(in);
    }
}
