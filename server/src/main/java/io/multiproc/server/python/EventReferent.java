package io.multiproc.server.python;

import io.multiproc.protocol.op.EventOp;
import io.multiproc.protocol.wire.Tag;
import java.util.List;

/** An event. */
final class EventReferent implements Referent {
    @Override
    public Object call(MethodCall c) {
        return switch (c.method) {
            case "is_set" -> {
                c.bind("Event.is_set", List.of());
                yield DictReferent.encoded(c.invoke(EventOp.IS_SET));
            }
            case "set" -> {
                c.bind("Event.set", List.of());
                yield c.change(EventOp.SET);
            }
            case "clear" -> {
                c.bind("Event.clear", List.of());
                yield c.change(EventOp.CLEAR);
            }
            case "wait" -> c.await(
                    EventOp.AWAIT,
                    reply -> QueueReferent.done(reply, new MethodCall.Encoded(reply.bytes(), reply.start())),
                    MethodCall.number(patience(c.bind("Event.wait", List.of("timeout"), NONE)[0])));
            default -> throw new IllegalStateException(c.method);
        };
    }

    /** Milliseconds: None waits for ever, what is not positive not at all. */
    static long patience(Object timeout) {
        return patience(timeout, ">");
    }

    /** The same, of a wait that first does this with the time-out. */
    static long patience(Object timeout, String first) {
        return timeout == NONE ? -1 : MethodCall.millis(PyNumbers.seconds(timeout, first));
    }

    @Override
    public String repr(MethodCall c) {
        boolean set = c.look(EventOp.IS_SET).value()[0] == Tag.TRUE.code();
        return "<threading.Event at 0x" + Long.toHexString(c.object) + ": " + (set ? "set" : "unset") + ">";
    }

    @Override
    public String typeName() {
        return "_thread.lock";
    }
}
