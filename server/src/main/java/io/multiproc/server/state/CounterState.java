package io.multiproc.server.state;

import io.multiproc.protocol.op.CounterOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A counter. It wraps around as a Java {@code long}. */
final class CounterState extends ObjectState {
    private long count;

    CounterState(long id, @Nullable String name) {
        super(ObjectType.COUNTER, id, name);
    }

    @Override
    void start(byte[] b, int first, int number, ApplyContext context) {
        count = Values.integer(b, first);
    }

    @Override
    Reply apply(Op op, Args a, ApplyContext context) {
        if (!(op instanceof CounterOp counterOp)) {
            throw notMine(op);
        }
        return switch (counterOp) {
            case GET -> Reply.integer(count);
            case SET -> {
                count = a.integer(0);
                yield Reply.NOTHING;
            }
            case ADD -> {
                count += a.integer(0);
                yield Reply.integer(count);
            }
            case GET_AND_SET -> {
                long before = count;
                count = a.integer(0);
                yield Reply.integer(before);
            }
            case COMPARE_AND_SET -> {
                boolean equal = count == a.integer(0);
                if (equal) {
                    count = a.integer(1);
                }
                yield Reply.bool(equal);
            }
        };
    }

    @Override
    long size() {
        return 1;
    }

    @Override
    byte[] describe(int maxBytes) {
        return Values.ofInteger(count);
    }

    @Override
    void dispose(ApplyContext context) {
        // nothing is stored
    }

    @Override
    ObjectState durableCopy() {
        CounterState copy = new CounterState(id(), name());
        copy.count = count;
        return copy;
    }

    @Override
    void forEachStored(Consumer<byte[]> action) {
        // nothing is stored
    }

    @Override
    void snapshot(SnapshotWriter out) {
        out.i64(count);
    }

    @Override
    void restore(SnapshotReader in, ApplyContext context) {
        count = in.i64();
    }
}
