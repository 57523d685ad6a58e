package io.multiproc.server.python;

import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.List;
import java.util.Map;

/** An instance of a class that a Java process has registered. Its host decides which methods there are. */
final class InstanceReferent implements Referent {
    /** Java's exceptions that Python has a name of its own for. */
    private static final Map<String, String> NEAREST = Map.of(
            "java.lang.IllegalArgumentException", "ValueError",
            "java.lang.NumberFormatException", "ValueError",
            "java.lang.IndexOutOfBoundsException", "IndexError",
            "java.lang.ArrayIndexOutOfBoundsException", "IndexError",
            "java.util.NoSuchElementException", "LookupError",
            "java.lang.ClassCastException", "TypeError",
            "java.lang.ArithmeticException", "ArithmeticError",
            "java.lang.UnsupportedOperationException", "NotImplementedError",
            "java.lang.IllegalStateException", "RuntimeError",
            "java.lang.NoSuchMethodException", "AttributeError");

    @Override
    public Object call(MethodCall c) {
        byte[] arguments = c.list(c.positional("instance", 0, Integer.MAX_VALUE));
        return c.await(
                InstanceOp.CALL, InstanceReferent::result, Values.ofText(c.method), arguments, MethodCall.number(-1));
    }

    private static Object result(Reply reply) {
        if (reply.isError()) {
            throw PyError.of(reply);
        }
        byte[] b = reply.bytes();
        int success = Values.first(reply.start());
        int value = Values.skip(b, success);
        if (Tag.of(b, success) == Tag.TRUE) {
            return new MethodCall.Encoded(b, value);
        }
        List<byte[]> thrown = Values.elements(b, value);
        String type = Values.text(thrown.get(0));
        String message = Values.text(thrown.get(1));
        String nearest = NEAREST.get(type);
        throw nearest == null ? PyError.remote(type, message) : PyError.of(nearest, message);
    }

    @Override
    public String repr(MethodCall c) {
        return "<instance #" + c.object + " of a registered class>";
    }

    @Override
    public String typeName() {
        return "instance";
    }
}
