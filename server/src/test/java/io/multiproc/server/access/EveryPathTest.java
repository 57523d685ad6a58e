package io.multiproc.server.access;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Arg;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.engine.Administration;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.engine.Gathered;
import io.multiproc.server.state.SharedState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each operation by each way that it can take to the state: at once, from what has been applied, as a command, and as a command of a burst. No limited key gets
 * further by one of them than by another.
 */
class EveryPathTest {
    /** How an operation is given to the engine. */
    enum Way {
        /** Reads are answered without a command. */
        AT_ONCE,
        /** Behind another command of its session in a burst, so that reads are commands, too. */
        IN_A_BURST
    }

    private static final byte[] NO_HOLDS = Values.container(Tag.DICT, List.of());

    private final List<String> audit = new ArrayList<>();
    private final List<String> administered = new ArrayList<>();
    private final List<String> later = new ArrayList<>();
    private final List<Consumer<Reply>> reloads = new ArrayList<>();
    private final SharedState state = new SharedState();
    private final Map<ObjectType, Long> named = new EnumMap<>(ObjectType.class);
    private final Map<ObjectType, Long> hidden = new EnumMap<>(ObjectType.class);
    private final Map<ObjectType, Long> own = new EnumMap<>(ObjectType.class);
    private Way way = Way.AT_ONCE;
    private Engine engine = engine(Way.AT_ONCE);
    private long admin;
    private long web;
    private long board;
    private long request;

    private Engine engine(Way by) {
        EngineOptions options = new EngineOptions(
                "test",
                1 << 20,
                true,
                List::of,
                Map::of,
                8,
                (event, facts) -> audit.add(event + " " + facts.get("key") + " " + facts.get("operation") + " object "
                        + facts.get("object") + " done " + facts.get("done")),
                null);
        List<byte[]> records = new ArrayList<>();
        Engine made = by == Way.AT_ONCE
                ? new Engine(
                        state,
                        () -> 1,
                        (delay, task) -> () -> {},
                        (to, id, reply) -> later.add(id + " " + reply),
                        options,
                        () -> administered.add("shutdown"))
                : new Engine(
                        state,
                        () -> 1,
                        (delay, task) -> () -> {},
                        (to, id, reply) -> later.add(id + " " + reply),
                        options,
                        () -> administered.add("shutdown"),
                        (applier, clock) -> new Gathered(records::add, applier, clock));
        made.administeredBy(new Administration() {
            @Override
            public Reply keys() {
                administered.add("keys");
                return Reply.value(Values.container(Tag.LIST, List.of()));
            }

            @Override
            public void reloadKeys(Consumer<Reply> then) {
                administered.add("reload");
                reloads.add(then);
            }

            @Override
            public Reply endSessions(String keyName, long except) {
                administered.add("end " + keyName);
                return keyName.equals("nobody") ? Reply.error(ErrorCode.BAD_ARGUMENT, "no such key") : Reply.integer(0);
            }
        });
        return made;
    }

    private void start(Way by) {
        way = by;
        engine = engine(by);
        admin = open("admin", Role.ADMIN);
        web = open("web", Role.USE, "web.");
        board = open("board", Role.READ);
        for (ObjectType type : ObjectType.values()) {
            named.put(type, made(admin, type, "ops." + type.wireName()));
            hidden.put(type, made(admin, type, null));
            own.put(type, made(admin, type, "web." + type.wireName()));
        }
        long secret = of(named, ObjectType.DICT);
        done(call(admin, DictOp.SET, secret, text("k"), text("nobody's business")));
        done(call(admin, DictOp.SET, secret, text("ref"), Values.ofRef(1, of(hidden, ObjectType.DICT))));
        done(call(admin, LockOp.ACQUIRE, of(named, ObjectType.LOCK), number(1), number(0)));
        audit.clear();
    }

    private long open(String name, Role role, String... prefixes) {
        NamedKey key = new NamedKey(new Principal(name, role, List.of(prefixes)), Authkey.ofText(name));
        return engine.openSession(Hello.named(name), "here", key, 0);
    }

    private long made(long session, ObjectType type, @Nullable String name) {
        byte[] with =
                switch (type) {
                    case VALUE, ARRAY -> Values.container(Tag.LIST, List.of(text("i"), number(1)));
                    case BARRIER, COUNT_DOWN_LATCH, SEMAPHORE, BOUNDED_SEMAPHORE -> Values.container(
                            Tag.LIST, List.of(number(2)));
                    case ITERATOR -> Values.container(Tag.LIST, List.of(ref(ObjectType.DICT)));
                    case INSTANCE -> Values.container(Tag.LIST, List.of(ref(ObjectType.SERVICE)));
                    default -> Values.container(Tag.LIST, List.of());
                };
        Reply reply = name == null
                ? call(session, ManagerOp.CREATE, 0, text(type.wireName()), with)
                : call(session, ManagerOp.OPEN, 0, text(type.wireName()), text(name), with);
        done(reply);
        return Values.refId(reply.bytes(), reply.start());
    }

    /** A reference to what has no name. */
    private byte[] ref(ObjectType type) {
        Reply made = call(admin, ManagerOp.CREATE, 0, text(type.wireName()), Values.container(Tag.LIST, List.of()));
        return made.value();
    }

    private static long of(Map<ObjectType, Long> objects, ObjectType type) {
        return Objects.requireNonNull(objects.get(type), type::wireName);
    }

    private static byte[] text(String s) {
        return Values.ofText(s);
    }

    private static byte[] number(long n) {
        return Values.ofInteger(n);
    }

    private static void done(Reply reply) {
        assertFalse(reply.isError(), reply::message);
    }

    private @Nullable Reply answered(long session, Op op, long object, Args args) {
        List<@Nullable Reply> said = new ArrayList<>();
        long id = ++request;
        if (way == Way.IN_A_BURST) {
            engine.beginBurst();
            engine.submit(
                    session, ++request, ManagerOp.RELEASE, 0, Args.of(ManagerOp.RELEASE, NO_HOLDS), (r, reply) -> {});
        }
        engine.submit(session, id, op, object, args, (r, reply) -> {
            assertEquals(id, r);
            said.add(reply);
        });
        if (way == Way.IN_A_BURST) {
            engine.endBurst();
        }
        assertEquals(1, said.size(), () -> op.wireName() + " is answered so often");
        return said.get(0);
    }

    private Reply call(long session, Op op, long object, byte[]... args) {
        return Objects.requireNonNull(answered(session, op, object, Args.of(op, args)), op::wireName);
    }

    /** Arguments of the right shapes, whatever they mean. */
    private static Args plain(Op op, ObjectType type, long object) {
        List<byte[]> out = new ArrayList<>();
        for (Arg arg : op.spec().args()) {
            out.add(
                    switch (arg.shape()) {
                        case BOOL -> Values.TRUE;
                        case INT, NUMBER -> number(0);
                        case TEXT -> text("x");
                        case VALUE, KEY -> text("k");
                        case REF -> Values.ofRef(type.code(), object);
                        case PAIRS -> NO_HOLDS;
                        case VALUES, KEYS, TUPLE -> Values.container(Tag.LIST, List.of());
                        case NOTHING -> throw new IllegalStateException(op.wireName());
                    });
        }
        return Args.of(op, out.toArray(new byte[0][]));
    }

    private byte[] snapshot() {
        ByteWriter out = new ByteWriter();
        state.snapshot(out);
        return out.toByteArray();
    }

    /** What the administrator sees of all objects: the number of operations on each is part of it. */
    private byte[] objects() {
        return call(admin, ManagerOp.OBJECTS, 0).value();
    }

    private void assertRefused(long session, Op op, ObjectType type, long object) {
        byte[] before = objects();
        byte[] image = snapshot();
        Reply reply = answered(session, op, object, plain(op, type, object));
        assertNotNull(reply, op.wireName());
        assertEquals(ErrorCode.NOT_PERMITTED, reply.error(), () -> op.wireName() + ": " + reply);
        if (way == Way.AT_ONCE) {
            assertArrayEquals(image, snapshot(), op.wireName());
        }
        assertArrayEquals(before, objects(), op.wireName());
    }

    @ParameterizedTest
    @EnumSource
    void nothingOutsideOfThePrefixesIsReadOrChanged(Way by) {
        start(by);
        for (ObjectType type : ObjectType.values()) {
            for (Op op : type.operations()) {
                assertRefused(web, op, type, of(named, type));
                assertRefused(web, op, type, of(hidden, type));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWithinIsRead(Way by) {
        start(by);
        for (ObjectType type : ObjectType.values()) {
            for (Op op : type.operations()) {
                if (op.has(Flag.READ) && !op.has(Flag.MAY_PARK)) {
                    long object = of(own, type);
                    long index = state.lastIndex();
                    for (long session : new long[] {web, board}) {
                        Reply reply = answered(session, op, object, plain(op, type, object));
                        assertNotNull(reply);
                        assertNotEquals(ErrorCode.NOT_PERMITTED, reply.error(), reply::message);
                    }
                    boolean refers = op.wireName().equals("instance.service");
                    boolean commands = by == Way.IN_A_BURST || refers;
                    assertEquals(commands, state.lastIndex() > index, op.wireName());
                }
            }
        }
    }

    /** A value that holds references is read by a command, and makes its session hold them. */
    @ParameterizedTest
    @EnumSource
    void aReferenceThatIsReadIsHeldByWhoMayReadIt(Way by) {
        start(by);
        long secret = of(named, ObjectType.DICT);
        long inner = of(hidden, ObjectType.DICT);
        assertEquals(
                ErrorCode.NOT_PERMITTED,
                call(web, DictOp.GET, secret, text("ref")).error());
        assertFalse(state.holds(web, inner));
        done(call(board, DictOp.GET, secret, text("ref")));
        assertTrue(state.holds(board, inner));
    }

    @ParameterizedTest
    @EnumSource
    void aKeyThatReadsChangesNothing(Way by) {
        start(by);
        int refused = 0;
        for (ObjectType type : ObjectType.values()) {
            for (Op op : type.operations()) {
                if (!op.has(Flag.READ)) {
                    assertRefused(board, op, type, of(named, type));
                    refused++;
                }
            }
        }
        assertTrue(refused > 60, refused + " operations");
        for (ManagerOp op : ManagerOp.values()) {
            if (!Role.READ.permits(op, false)) {
                assertRefused(board, op, ObjectType.DICT, 0);
            }
        }
        assertEquals(List.of(), administered);
        for (ManagerOp op : ManagerOp.values()) {
            if (op.has(Flag.ADMIN)) {
                assertRefused(web, op, ObjectType.DICT, 0);
            }
        }
        assertEquals(List.of(), administered, "nor what is not of the state");
        assertTrue(audit.stream().allMatch(l -> l.startsWith("REFUSED ")), audit::toString);
    }

    private List<String> rows(long session, ManagerOp op, String key) {
        Reply reply = call(session, op, 0);
        done(reply);
        List<String> out = new ArrayList<>();
        for (byte[] row : Values.elements(reply.bytes(), reply.start())) {
            List<byte[]> pairs = op == ManagerOp.NAMES ? List.of(text(key), row) : Values.elements(row, 0);
            for (int i = 0; i < pairs.size(); i += 2) {
                if (Values.text(pairs.get(i)).equals(key) && Tag.of(pairs.get(i + 1), 0) == Tag.STRING) {
                    out.add(Values.text(pairs.get(i + 1)));
                }
            }
        }
        return out;
    }

    @ParameterizedTest
    @EnumSource
    void listingsShowWhatMayBeUsed(Way by) {
        start(by);
        List<String> within = Arrays.stream(ObjectType.values())
                .map(t -> "web." + t.wireName())
                .sorted()
                .toList();
        assertEquals(within, rows(web, ManagerOp.NAMES, "").stream().sorted().toList());
        assertEquals(
                within, rows(web, ManagerOp.OBJECTS, "name").stream().sorted().toList());
        assertEquals(2 * within.size(), rows(board, ManagerOp.NAMES, "").size());
        assertEquals(List.of(), rows(web, ManagerOp.LOCKS, "name"));
        assertEquals(List.of("ops.lock"), rows(board, ManagerOp.LOCKS, "name"));
        assertEquals(List.of("web"), rows(web, ManagerOp.SESSIONS, "key"));
        assertEquals(List.of("admin", "web", "board"), rows(admin, ManagerOp.SESSIONS, "key"));
        assertEquals(
                ErrorCode.NOT_PERMITTED,
                call(web, ManagerOp.DESCRIBE, 0, text("ops.dict")).error());
        assertEquals(
                ErrorCode.NOT_PERMITTED,
                call(web, ManagerOp.FIND, 0, text("ops.dict")).error());
        done(call(web, ManagerOp.INFO, 0));
    }

    @ParameterizedTest
    @EnumSource
    void theServersOwnOperationsAreDoneOnceAndToldToTheAudit(Way by) {
        start(by);
        done(call(admin, ManagerOp.KEYS, 0));
        assertNull(answered(admin, ManagerOp.RELOAD_KEYS, 0, Args.of(ManagerOp.RELOAD_KEYS)), "it waits");
        assertEquals(List.of(), later);
        long asked = request - (by == Way.IN_A_BURST ? 1 : 0);
        reloads.remove(0).accept(Reply.integer(7));
        assertEquals(List.of(asked + " " + Reply.integer(7)), later);
        done(call(admin, ManagerOp.END_SESSIONS, 0, text("web")));
        assertEquals(
                ErrorCode.BAD_ARGUMENT,
                call(admin, ManagerOp.END_SESSIONS, 0, text("nobody")).error());
        long lock = of(named, ObjectType.LOCK);
        done(call(admin, ManagerOp.FORCE_RELEASE, 0, number(lock)));
        done(call(admin, ManagerOp.SHUTDOWN, 0));
        assertEquals(List.of("keys", "reload", "end web", "end nobody", "shutdown"), administered);
        assertEquals(
                List.of(
                        "ADMIN admin manager.keys object null done true",
                        "ADMIN admin manager.reload_keys object null done true",
                        "ADMIN admin manager.end_sessions object null done true",
                        "ADMIN admin manager.end_sessions object null done false",
                        "ADMIN admin manager.force_release object " + lock + " done true",
                        "ADMIN admin manager.shutdown object null done true"),
                audit);
    }

    /** The bytes of a request are another's before its burst is applied. */
    @Test
    void theAuditTellsWhatWasAskedFor() {
        start(Way.IN_A_BURST);
        long lock = of(named, ObjectType.LOCK);
        byte[] frame = new ByteWriter().u8(1).raw(number(lock)).toByteArray();
        engine.beginBurst();
        engine.submit(
                admin,
                ++request,
                ManagerOp.FORCE_RELEASE,
                0,
                Args.parse(ManagerOp.FORCE_RELEASE, frame, 0, frame.length),
                (r, reply) -> assertEquals(Reply.TRUE, reply));
        assertEquals(List.of(), audit);
        System.arraycopy(number(1), 0, frame, 1, Math.min(frame.length - 1, number(1).length));
        engine.endBurst();
        assertEquals(List.of("ADMIN admin manager.force_release object " + lock + " done true"), audit);
    }

    /** What the Python dialect does on behalf of a client, in another session or without a request. */
    @ParameterizedTest
    @EnumSource
    void whatIsDoneOnBehalfOfAClient(Way by) {
        start(by);
        long lock = of(named, ObjectType.LOCK);
        byte[] before = snapshot();
        for (long object : new long[] {lock, of(hidden, ObjectType.LOCK)}) {
            assertEquals(ErrorCode.NOT_PERMITTED, retain(web, object).error());
            assertFalse(engine.access().sees(web, object));
            for (LockOp op : new LockOp[] {LockOp.ACQUIRE, LockOp.RELEASE, LockOp.IS_LOCKED}) {
                Reply refusal = engine.notPermitted(web, op, object, plain(op, ObjectType.LOCK, object));
                assertNotNull(refusal, op.wireName());
                assertEquals(ErrorCode.NOT_PERMITTED, refusal.error());
            }
        }
        assertNotNull(engine.notPermitted(board, LockOp.ACQUIRE, lock, plain(LockOp.ACQUIRE, ObjectType.LOCK, lock)));
        assertNull(engine.notPermitted(board, LockOp.IS_LOCKED, lock, plain(LockOp.IS_LOCKED, ObjectType.LOCK, lock)));
        assertArrayEquals(before, snapshot());
        done(retain(web, of(own, ObjectType.LOCK)));
        done(retain(board, lock));
    }

    /** A session is limited until its end has been applied, and nothing is checked where nobody is. */
    @ParameterizedTest
    @EnumSource
    void theLastLimitedSessionEnds(Way by) {
        start(by);
        engine.closeSession(board, "done");
        if (by == Way.IN_A_BURST) {
            engine.beginBurst();
        }
        assertTrue(engine.access().isLimiting());
        engine.closeSession(web, "done");
        if (by == Way.IN_A_BURST) {
            assertTrue(engine.access().isLimiting());
            engine.endBurst();
        }
        assertFalse(engine.access().isLimiting());
        assertNull(engine.access().keyName(web));
    }

    private Reply retain(long session, long object) {
        Reply[] out = new Reply[1];
        engine.retain(session, object, (none, reply) -> out[0] = reply);
        return out[0];
    }
}
