package io.multiproc.tests.fuzz;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.state.SharedState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Any bytes as a request of a native client: the first one chooses the operation, the second one the object, the rest are its arguments. Each request is answered by a whole value or an error,
 * or waits; none is a fault. The state can be saved and read again after all of them.
 */
public final class RequestTarget {
    private static final int MAX_FRAME = 1 << 20;
    private static final byte ABSENT = 0;
    private static final int RUNS_OF_A_SERVER = 500;

    private static final List<Op> OPS = List.copyOf(OpTable.all());

    private static @Nullable RequestTarget server;

    private final SharedState state = new SharedState(MAX_FRAME);
    private final Engine engine;
    private final List<Long> objects = new ArrayList<>();
    private long session;
    private long now = 1;
    private long request;
    private int runs;

    private RequestTarget() {
        engine = new Engine(
                state,
                () -> now,
                (delay, task) -> () -> {},
                (to, id, reply) -> check(null, reply),
                new EngineOptions("fuzzed", MAX_FRAME, false, List::of),
                () -> {});
        session = engine.openSession("fuzzer", "here");
        objects.add(0L);
        for (ObjectType type : ObjectType.values()) {
            ByteWriter args = new ByteWriter().u8(2);
            args.raw(Values.ofText(type.wireName())).raw(arguments(type));
            Reply made = invoke(ManagerOp.CREATE, 0, args.toByteArray());
            if (made != null && !made.isError()) {
                objects.add(Values.refId(made.bytes(), made.start()));
            }
        }
    }

    private static byte[] arguments(ObjectType type) {
        List<byte[]> of =
                switch (type) {
                    case ARRAY, VALUE -> List.of(Values.ofText("i"), Values.ofInteger(3));
                    case BARRIER, COUNT_DOWN_LATCH -> List.of(Values.ofInteger(2));
                    default -> List.of();
                };
        return Values.container(Tag.LIST, of);
    }

    private static void check(@Nullable Op op, Reply reply) {
        if (reply.isError()) {
            if (reply.error() == ErrorCode.INTERNAL) {
                throw new AssertionError("a fault: " + reply);
            }
            return;
        }
        byte[] b = reply.bytes();
        if (op == DictOp.GET_MANY) {
            // the one that says absent within a list
            for (byte[] each : Values.elements(b, reply.start())) {
                if (each[0] != ABSENT && Values.check(each, 0, each.length) != each.length) {
                    throw new AssertionError("no whole value in a reply");
                }
            }
            return;
        }
        if (b[reply.start()] != ABSENT && Values.check(b, reply.start(), b.length) != b.length) {
            throw new AssertionError("no whole value as a reply");
        }
    }

    private @Nullable Reply invoke(Op op, long object, byte[] arguments) {
        Args args;
        try {
            args = Args.parse(op, arguments, 0, arguments.length);
        } catch (ValueException e) {
            return null;
        }
        Reply reply = engine.invoke(session, ++request, op, object, args);
        if (reply != null) {
            check(op, reply);
            engine.acknowledge(session, request);
        }
        return reply;
    }

    /** Waits are given up, the session ends, and what is left can be saved. */
    private void end() {
        engine.closeSession(session, "fuzzed");
        ByteWriter out = new ByteWriter();
        state.snapshot(out);
        SharedState again = new SharedState(MAX_FRAME);
        again.restore(out.toByteArray());
        ByteWriter twice = new ByteWriter();
        again.snapshot(twice);
        if (!Arrays.equals(out.toByteArray(), twice.toByteArray())) {
            throw new AssertionError("another state came back");
        }
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) {
        RequestTarget s = server;
        if (s == null || s.runs++ > RUNS_OF_A_SERVER) {
            if (s != null) {
                s.end();
            }
            server = s = new RequestTarget();
        }
        if (b.length < 2) {
            return;
        }
        s.now++;
        Op op = OPS.get((b[0] & 0xff) % OPS.size());
        long object = s.objects.get((b[1] & 0xff) % s.objects.size());
        byte[] arguments = Arrays.copyOfRange(b, 2, b.length);
        Reply unused = s.invoke(op, object, arguments);
        if (s.engine.sessionCount() == 0) {
            s.session = s.engine.openSession("fuzzer", "here");
        }
    }

    /** Requests to start from: each operation with arguments that it may take. */
    static List<byte[]> seeds() {
        List<byte[]> out = new ArrayList<>();
        byte[][] some = {
            Values.ofInteger(1),
            Values.ofText("k"),
            Values.NULL,
            Values.container(Tag.LIST, List.of(Values.ofInteger(1), Values.ofText("a"))),
            Values.container(Tag.DICT, List.of(Values.ofText("k"), Values.ofInteger(1)))
        };
        for (int op = 0; op < OPS.size(); op++) {
            for (int n = 0; n < 4; n++) {
                ByteWriter request =
                        new ByteWriter().u8(op).u8(1 + (op * 7 + n) % 24).u8(n);
                for (int i = 0; i < n; i++) {
                    request.raw(some[(op + i * 3 + n) % some.length]);
                }
                out.add(request.toByteArray());
            }
        }
        return out;
    }
}
