package io.multiproc.server.python;

import io.multiproc.protocol.op.BarrierOp;
import io.multiproc.protocol.pickle.Py;
import io.multiproc.protocol.wire.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A barrier. The timeout that its constructor was given is known to this dialect only. */
final class BarrierReferent implements Referent {
    private static final int MAX_TIMEOUTS = 10_000;

    private final Map<Long, Long> timeouts = new HashMap<>();

    /** Sets what {@code wait(None)} means. */
    void standardTimeout(long barrier, long millis) {
        if (timeouts.size() >= MAX_TIMEOUTS) {
            throw PyError.remote("MemoryError", "more than " + MAX_TIMEOUTS + " barriers with a timeout of their own");
        }
        timeouts.put(barrier, millis);
    }

    @Override
    public Object call(MethodCall c) {
        return switch (c.method) {
            case "wait" -> {
                Object timeout = c.bind("Barrier.wait", List.of("timeout"), NONE)[0];
                long millis =
                        timeout == NONE ? timeouts.getOrDefault(c.object, -1L) : EventReferent.patience(timeout, "+");
                yield c.await(
                        BarrierOp.AWAIT,
                        reply -> {
                            Object arrival =
                                    QueueReferent.done(reply, new MethodCall.Encoded(reply.bytes(), reply.start()));
                            if (Values.integer(reply.bytes(), reply.start()) < 0) {
                                throw PyError.raise("threading", "BrokenBarrierError");
                            }
                            return arrival;
                        },
                        MethodCall.number(millis));
            }
            case "abort" -> {
                c.bind("Barrier.abort", List.of());
                yield c.change(BarrierOp.ABORT);
            }
            case "reset" -> {
                c.bind("Barrier.reset", List.of());
                yield c.change(BarrierOp.RESET);
            }
            case "__getattribute__" -> {
                Object name = c.bind("__getattribute__", List.of("name"), (Object) null)[0];
                if (!(name instanceof String attribute)) {
                    throw PyError.type("attribute name must be string, not '" + Py.typeName(name) + "'");
                }
                yield switch (attribute) {
                    case "parties" -> DictReferent.encoded(c.invoke(BarrierOp.PARTIES));
                    case "n_waiting" -> DictReferent.encoded(c.invoke(BarrierOp.WAITING));
                    case "broken" -> DictReferent.encoded(c.invoke(BarrierOp.IS_BROKEN));
                    default -> throw PyError.of(
                            "AttributeError", "'Barrier' object has no attribute '" + attribute + "'");
                };
            }
            default -> throw new IllegalStateException(c.method);
        };
    }

    @Override
    public String repr(MethodCall c) {
        return "<threading.Barrier at 0x" + Long.toHexString(c.object) + ": waiters="
                + Values.integer(c.look(BarrierOp.WAITING).value(), 0) + "/"
                + Values.integer(c.look(BarrierOp.PARTIES).value(), 0) + ">";
    }

    @Override
    public String typeName() {
        return "_thread.lock";
    }
}
