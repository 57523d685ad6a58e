package io.multiproc.tests.fuzz;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.access.KeyRing;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.access.Principal;
import io.multiproc.server.access.Role;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.state.SharedState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Any bytes as a request of a client whose key is limited: the first one chooses the client and the operation, the second one the object, the rest are its arguments. No client with
 * prefixes is told what stands in an object outside of them, or changes it; no client that may only read changes anything.
 */
public final class AccessTarget {
    private static final int MAX_FRAME = 1 << 16;
    private static final int RUNS_OF_A_SERVER = 200;
    private static final int OBJECTS = 8;
    private static final byte[] MARK = "what nobody else may see".getBytes(StandardCharsets.US_ASCII);
    private static final List<Op> OPS = List.copyOf(OpTable.all());

    private static @Nullable AccessTarget server;

    private final SharedState state = new SharedState(MAX_FRAME);
    private final Engine engine = new Engine(
            state,
            () -> 1,
            (delay, task) -> () -> {},
            (to, id, reply) -> {},
            new EngineOptions("fuzzed", MAX_FRAME, false, List::of),
            () -> {});
    private final long admin = open("admin", Role.ADMIN);
    private final long user = open("user", Role.USE, "u.");
    private final long reader = open("reader", Role.READ);
    private final byte[] secret;
    private long request;
    private int runs;

    private AccessTarget() {
        long first = make("dict", "secret");
        long hidden = Values.refId(
                call(ManagerOp.CREATE, 0, Values.ofText("dict"), Values.container(Tag.LIST, List.of()))
                        .value(),
                0);
        for (long id : new long[] {first, hidden}) {
            call(DictOp.SET, id, Values.ofText("k"), Values.ofText(new String(MARK, StandardCharsets.US_ASCII)));
        }
        call(DictOp.SET, first, Values.ofText("hidden"), Values.ofRef(1, hidden));
        call(LockOp.ACQUIRE, make("lock", "lock"), Values.ofInteger(1), Values.ofInteger(0));
        make("dict", "u.dict");
        make("list", "u.list");
        make("queue", "u.queue");
        secret = described();
    }

    private long open(String name, Role role, String... prefixes) {
        NamedKey key = new NamedKey(new Principal(name, role, List.of(prefixes)), Authkey.ofText(name));
        return engine.openSession(
                Hello.named(name), "here", KeyRing.of(List.of(key)).entries().get(0), 0);
    }

    private long make(String type, String name) {
        byte[] ref = call(
                        ManagerOp.OPEN,
                        0,
                        Values.ofText(type),
                        Values.ofText(name),
                        Values.container(Tag.LIST, List.of()))
                .value();
        return Values.refId(ref, 0);
    }

    private Reply call(Op op, long object, byte[]... args) {
        Reply reply = Objects.requireNonNull(engine.invoke(admin, ++request, op, object, Args.of(op, args)));
        if (reply.isError()) {
            throw new AssertionError(reply.message());
        }
        return reply;
    }

    private byte[] described() {
        return call(ManagerOp.DESCRIBE, 0, Values.ofText("secret")).value();
    }

    private byte[] names() {
        return call(ManagerOp.NAMES, 0).value();
    }

    private static boolean holds(byte[] b, byte[] part) {
        for (int i = 0; i + part.length <= b.length; i++) {
            if (Arrays.equals(b, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    private void request(boolean reads, Op op, long object, byte[] arguments) {
        Args args;
        try {
            args = Args.parse(op, arguments, 0, arguments.length);
        } catch (ValueException e) {
            return;
        }
        byte[] before = names();
        long session = reads ? reader : user;
        Reply reply = engine.invoke(session, ++request, op, object, args);
        if (reply == null) {
            engine.cancel(session, request);
        } else if (reply.error() == ErrorCode.INTERNAL) {
            throw new AssertionError("a fault: " + reply);
        } else if (!reads && !reply.isError() && holds(reply.value(), MARK)) {
            throw new AssertionError("the user is told by " + op.wireName());
        } else {
            engine.acknowledge(session, request);
        }
        if (!Arrays.equals(secret, described())) {
            throw new AssertionError((reads ? "the reader" : "the user") + " changes it by " + op.wireName());
        }
        if (reads && !Arrays.equals(before, names())) {
            throw new AssertionError("the reader changes names by " + op.wireName());
        }
        if (engine.sessionCount() != 3) {
            throw new AssertionError("a session has ended");
        }
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] b) {
        AccessTarget s = server;
        if (s == null || s.runs++ > RUNS_OF_A_SERVER) {
            server = s = new AccessTarget();
        }
        if (b.length < 2) {
            return;
        }
        Op op = OPS.get((b[0] & 0xff) % OPS.size());
        s.request((b[1] & 0x80) != 0, op, (b[1] & 0x7f) % OBJECTS, Arrays.copyOfRange(b, 2, b.length));
    }
}
