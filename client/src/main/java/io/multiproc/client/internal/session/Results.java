package io.multiproc.client.internal.session;

import io.multiproc.client.Outcome;
import io.multiproc.client.SerializationException;
import io.multiproc.client.UnreadValue;
import io.multiproc.client.internal.value.ValueReader;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes results of replies, and says what is true of the operation where that fails. */
final class Results {
    private Results() {}

    /** The result of a reply whose value starts at {@code at}. */
    static <T> @Nullable T of(ValueReader reader, Session.Decoder<T> decoder, Op op, byte[] reply, int at) {
        if (reply[at] == Tag.ABSENT.code()) {
            return decoder.none();
        }
        try {
            return decoder.decode(reader.read(reply, at));
        } catch (RuntimeException | StackOverflowError e) {
            throw failure(op, e, reply, at);
        }
    }

    /** A value that was only looked at. */
    static @Nullable Object look(ValueReader reader, byte[] reply, int at) {
        try {
            return reader.read(reply, at);
        } catch (SerializationException | StackOverflowError e) {
            throw unread(Outcome.NOT_APPLIED, text(e), e, reply, at);
        }
    }

    /** As {@link #of}, of a byte array that came as one. */
    static <T> @Nullable T ofBytes(Session.Decoder<T> decoder, Op op, byte[] bytes) {
        try {
            return decoder.decode(bytes);
        } catch (RuntimeException e) {
            ByteWriter value = new ByteWriter(bytes.length + 6);
            value.tag(Tag.BYTES).varint(bytes.length).raw(bytes);
            throw failure(op, e, value.toByteArray(), 0);
        }
    }

    private static RuntimeException failure(Op op, Throwable e, byte[] reply, int at) {
        boolean unreadable = e instanceof SerializationException || e instanceof StackOverflowError;
        // what puts only where there is nothing has not put when it brings something
        boolean untouched = op.has(Flag.READ) || op.has(Flag.DELIVERS) || op == DictOp.PUT_IF_ABSENT;
        // of another type than the proxy's; the other exceptions of decoders are results: what a called method or a
        // barrier has thrown
        boolean mistyped =
                (e instanceof ClassCastException || e instanceof ArithmeticException) && op != InstanceOp.CALL;
        if (e instanceof RuntimeException r && !unreadable && (untouched || !mistyped)) {
            return r;
        }
        if (op.has(Flag.DELIVERS)) {
            String what = ": what it took is back in the queue, at its place, because this program cannot read it: ";
            return unread(Outcome.NOT_APPLIED, op.wireName() + what + text(e), e, reply, at);
        }
        if (untouched) {
            return unread(Outcome.NOT_APPLIED, text(e), e, reply, at);
        }
        String what =
                " took effect, but this program cannot read what it brought, which value() of this exception has: ";
        return unread(Outcome.APPLIED, op.wireName() + what + text(e), e, reply, at);
    }

    private static SerializationException unread(Outcome outcome, String text, Throwable e, byte[] reply, int at) {
        UnreadValue value = new UnreadValue(Arrays.copyOfRange(reply, at, Values.skip(reply, at)));
        return SerializationException.reading(outcome, text, e, value);
    }

    private static String text(Throwable e) {
        String text = e.getMessage();
        return text == null ? "it is nested too deep" : text;
    }
}
