package io.multiproc.server.state;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.ValueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Equality;
import io.multiproc.protocol.wire.Notes;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.TypeCode;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A value of a type code, which {@link ValueOp#SET_ANY} may set to anything. */
final class ValueState extends ObjectState {
    /** In the snapshot, follows the type code of one that was set to something else. */
    private static final char ANY = '*';

    private TypeCode code = TypeCode.INT32;
    private long bits;
    /** What it was set to by {@link ValueOp#SET_ANY}; null if that is what the bits are. */
    private byte @Nullable [] any;

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
            case GET -> Reply.value(code.value(typed()));
            case SET -> {
                set(code.bits(a.buffer(), a.start(0)), context);
                yield Reply.NOTHING;
            }
            case GET_AND_SET -> {
                long next = code.bits(a.buffer(), a.start(0));
                byte[] before = code.value(typed());
                set(next, context);
                yield Reply.value(before);
            }
            case COMPARE_AND_SET -> {
                long next = code.bits(a.buffer(), a.start(1));
                boolean equal = Equality.equal(code.value(typed()), 0, a.buffer(), a.start(0));
                if (equal) {
                    set(next, context);
                }
                yield Reply.bool(equal);
            }
            case ADD -> {
                set(code.add(typed(), a.value(0)), context);
                yield Reply.value(code.value(bits));
            }
            case CODE -> Reply.text(code.symbol());
            case LOCK -> lock.get(context);
            case SET_ANY -> {
                KeyedEntries.checkReferences(a, 0, context);
                byte[] next = a.value(0);
                context.references().retain(next);
                release(context);
                any = next;
                yield Reply.NOTHING;
            }
            case GET_ANY -> Reply.value(value());
        };
    }

    /** As the type code has it, of an object of a Python class what it carries. */
    private long typed() {
        byte[] set = any;
        if (set == null) {
            return bits;
        }
        try {
            return code.bits(set, Notes.carried(set, 0));
        } catch (ValueException e) {
            throw new ValueException(
                    e.code(),
                    "a program has set the value to one that its type code does not take (" + e.getMessage()
                            + "): set it to one of its type code before it is used as such");
        }
    }

    private byte[] value() {
        byte[] set = any;
        return set == null ? code.value(bits) : set;
    }

    private void set(long next, ApplyContext context) {
        release(context);
        any = null;
        bits = next;
    }

    private void release(ApplyContext context) {
        if (any != null) {
            context.references().release(any);
        }
    }

    @Override
    long size() {
        return 1;
    }

    @Override
    byte[] describe(int maxBytes) {
        ContainerBuilder out = new ContainerBuilder(Tag.DICT, maxBytes)
                .add("code", Values.ofText(code.symbol()))
                .add("value", value());
        return (lock.exists() ? out.add("lock", lock.value()) : out).build();
    }

    @Override
    void dispose(ApplyContext context) {
        release(context);
        any = null;
        lock.release(context);
    }

    @Override
    ObjectState durableCopy() {
        ValueState copy = new ValueState(id(), name(), lock.copy());
        copy.code = code;
        copy.bits = bits;
        copy.any = any;
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        lock.forEachStored(action);
        if (any != null) {
            action.accept(any);
        }
    }

    @Override
    void snapshot(SnapshotWriter out) {
        byte[] set = any;
        if (set == null) {
            out.text(code.symbol()).i64(bits);
        } else {
            out.text(code.symbol() + ANY).i64(bits).bytes(set);
        }
        lock.snapshot(out);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        String symbol = in.text();
        boolean isAny = symbol.length() == 2 && symbol.charAt(1) == ANY;
        code = TypeCode.of(isAny ? symbol.substring(0, 1) : symbol);
        bits = in.i64();
        any = isAny ? in.bytes() : null;
        lock.restore(in);
    }
}
