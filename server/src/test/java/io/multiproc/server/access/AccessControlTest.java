package io.multiproc.server.access;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.state.SharedState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The check in front of the real state. */
class AccessControlTest {
    private static final Authkey ADMIN = Authkey.ofText("admin");
    private static final Authkey WEB = Authkey.ofText("web");
    private static final Authkey BOARD = Authkey.ofText("board");
    private static final KeyRing RING = ring(Role.READ, List.of());

    private static KeyRing ring(Role board, List<String> prefixes) {
        return KeyRing.of(List.of(
                new NamedKey(new Principal("admin", Role.ADMIN, List.of()), ADMIN),
                new NamedKey(new Principal("web", Role.USE, List.of("web.", "s\n")), WEB),
                new NamedKey(new Principal("board", board, prefixes), BOARD)));
    }

    private final List<String> audit = new ArrayList<>();
    private final Engine engine = new Engine(
            new SharedState(),
            () -> 1,
            (delay, task) -> () -> {},
            (to, id, reply) -> {},
            new EngineOptions(
                    "test", 4096, true, List::of, Map::of, 8, (event, facts) -> audit.add(event + " " + facts), null),
            () -> {});
    private final long admin = open(ADMIN);
    private final long web = open(WEB);
    private final long board = open(BOARD);
    private long request;

    private long open(Authkey key) {
        return engine.openSession(Hello.named("test"), "here", Objects.requireNonNull(RING.entry(key)), 0);
    }

    private Reply call(long session, Op op, long object, byte[]... args) {
        return Objects.requireNonNull(engine.invoke(session, ++request, op, object, Args.of(op, args)));
    }

    private long id(long session, ManagerOp op, byte[]... args) {
        Reply reply = call(session, op, 0, args);
        assertFalse(reply.isError(), () -> reply.message());
        return Values.refId(reply.bytes(), reply.start());
    }

    private long named(long session, String type, String name) {
        return id(session, ManagerOp.OPEN, text(type), text(name), Values.container(Tag.LIST, List.of()));
    }

    private long anonymous(long session, String type) {
        return id(session, ManagerOp.CREATE, text(type), Values.container(Tag.LIST, List.of()));
    }

    private static byte[] text(String s) {
        return Values.ofText(s);
    }

    private static byte[] number(long n) {
        return Values.ofInteger(n);
    }

    private static String refused(Reply reply) {
        assertEquals(ErrorCode.NOT_PERMITTED, reply.error(), reply::toString);
        return reply.message();
    }

    private static void done(Reply reply) {
        assertFalse(reply.isError(), reply::message);
    }

    @Test
    void readingOpensWhatIsThereAndChangesNothing() {
        long scores = named(admin, "dict", "scores");
        assertEquals(scores, named(board, "dict", "scores"));
        assertEquals(
                "the key 'board' has the role read, which does not permit manager.open of what is not there: ask for a key with the role use",
                refused(call(
                        board, ManagerOp.OPEN, 0, text("dict"), text("other"), Values.container(Tag.LIST, List.of()))));
        done(call(board, DictOp.GET, scores, text("k")));
        assertEquals(
                "the key 'board' has the role read, which does not permit dict.set: ask for a key with the role use",
                refused(call(board, DictOp.SET, scores, text("k"), text("v"))));
        assertEquals(
                "the key 'board' has the role read, which does not permit manager.shutdown: ask for a key with the role admin",
                refused(call(board, ManagerOp.SHUTDOWN, 0)));
        done(call(board, ManagerOp.RELEASE, 0, Values.container(Tag.DICT, List.of(number(scores), number(1)))));
        assertEquals(
                List.of(
                        "REFUSED {key=board, role=read, session=" + board
                                + ", address=here, operation=manager.open, object=null, name=other, of_key=null}",
                        "REFUSED {key=board, role=read, session=" + board
                                + ", address=here, operation=dict.set, object=" + scores
                                + ", name=scores, of_key=null}",
                        "REFUSED {key=board, role=read, session=" + board
                                + ", address=here, operation=manager.shutdown, object=null, name=null, of_key=null}"),
                audit);
    }

    @Test
    void usingAdministersNothing() {
        long lock = named(web, "lock", "web.lock");
        done(call(web, LockOp.ACQUIRE, lock, number(1), number(0)));
        String said = refused(call(web, ManagerOp.FORCE_RELEASE, 0, number(lock)));
        assertTrue(said.endsWith("ask for a key with the role admin"), said);
        done(call(admin, ManagerOp.FORCE_RELEASE, 0, number(lock)));
        assertEquals(
                "ADMIN {key=admin, role=admin, session=" + admin
                        + ", address=here, operation=manager.force_release, object=" + lock
                        + ", name=web.lock, of_key=null, done=true}",
                audit.get(1));
    }

    @Test
    void namesOutsideThePrefixes() {
        long secret = named(admin, "dict", "ops.secret");
        for (Reply reply : List.of(
                call(web, ManagerOp.FIND, 0, text("ops.secret")),
                call(web, ManagerOp.DELETE, 0, text("ops.secret")),
                call(web, ManagerOp.DESCRIBE, 0, text("ops.secret")),
                call(
                        web,
                        ManagerOp.OPEN,
                        0,
                        text("dict"),
                        text("ops.secret"),
                        Values.container(Tag.LIST, List.of())))) {
            assertTrue(refused(reply).contains("of 'ops.secret' is not permitted"), reply::message);
        }
        String absent = refused(call(web, ManagerOp.FIND, 0, text("ops.absent")));
        assertEquals(
                refused(call(web, ManagerOp.FIND, 0, text("ops.secret"))).replace("secret", "absent"),
                absent,
                "nobody learns whether it is there");
        assertTrue(absent.contains("names that begin with 'web.' or 's\\n'"), absent);
        // by its number, which can be guessed
        String byNumber = refused(call(web, DictOp.GET, secret, text("k")));
        assertFalse(byNumber.contains("ops.secret"), byNumber);
        assertTrue(refused(call(web, DictOp.SET, secret, text("k"), text("v"))).contains("object " + secret));
        assertEquals(ErrorCode.NOT_PERMITTED, retain(web, secret).error());
        done(retain(admin, secret));
    }

    @Test
    void anonymousObjectsByReferenceOnly() {
        long hidden = anonymous(admin, "dict");
        refused(call(web, DictOp.SIZE, hidden));
        long mine = named(web, "dict", "web.mine");
        // nor by a value that says it refers to it
        refused(call(web, DictOp.SET, mine, text("k"), Values.ofRef(1, hidden)));
        refused(call(
                web,
                DictOp.SET,
                mine,
                text("k"),
                Values.container(Tag.LIST, List.of(number(1), Values.ofRef(1, hidden)))));
        done(call(admin, DictOp.SET, mine, text("k"), Values.ofRef(1, hidden)));
        refused(call(web, DictOp.SIZE, hidden));
        done(call(web, DictOp.GET, mine, text("k")));
        done(call(web, DictOp.SIZE, hidden));
        long second = open(WEB);
        done(call(second, DictOp.SIZE, hidden));
        long own = anonymous(second, "list");
        done(call(second, ListOp.SIZE, own));
    }

    @Test
    void aReferenceToWhatHasAnotherNameLeadsNowhere() {
        long secret = named(admin, "dict", "ops.secret");
        long mine = named(web, "dict", "web.mine");
        done(call(admin, DictOp.SET, mine, text("k"), Values.ofRef(1, secret)));
        done(call(web, DictOp.GET, mine, text("k")));
        refused(call(web, DictOp.SIZE, secret));
        refused(call(web, DictOp.SET, mine, text("again"), Values.ofRef(1, secret)));
        long lock = named(admin, "lock", "ops.lock");
        refused(call(web, DictOp.SET_FENCED, mine, text("k"), text("v"), number(lock), number(1)));
    }

    private List<String> rows(long session, ManagerOp op, String key) {
        Reply reply = call(session, op, 0);
        List<String> out = new ArrayList<>();
        for (byte[] row : Values.elements(reply.bytes(), reply.start())) {
            if (op == ManagerOp.NAMES) {
                out.add(Values.text(row));
                continue;
            }
            List<byte[]> pairs = Values.elements(row, 0);
            for (int i = 0; i < pairs.size(); i += 2) {
                if (Values.text(pairs.get(i)).equals(key)) {
                    byte[] v = pairs.get(i + 1);
                    out.add(Values.isAbsent(v) || v[0] == Values.NULL[0] ? "-" : Values.text(v));
                }
            }
        }
        return out;
    }

    @Test
    void listingsShowWhatMayBeUsed() {
        long ops = named(admin, "lock", "ops.lock");
        long mine = named(web, "lock", "web.lock");
        long unused = anonymous(admin, "dict");
        long held = anonymous(web, "dict");
        done(call(admin, LockOp.ACQUIRE, ops, number(1), number(0)));
        done(call(admin, LockOp.ACQUIRE, mine, number(1), number(0)));
        assertEquals(List.of("web.lock"), rows(web, ManagerOp.NAMES, ""));
        assertEquals(List.of("ops.lock", "web.lock"), rows(board, ManagerOp.NAMES, ""));
        assertEquals(List.of("web.lock", "-"), rows(web, ManagerOp.OBJECTS, "name"));
        assertEquals(List.of("ops.lock", "web.lock", "-", "-"), rows(admin, ManagerOp.OBJECTS, "name"));
        assertEquals(List.of("web.lock"), rows(web, ManagerOp.LOCKS, "name"));
        assertEquals(List.of("admin", "web", "board"), rows(admin, ManagerOp.SESSIONS, "key"));
        assertEquals(List.of("web"), rows(web, ManagerOp.SESSIONS, "key"));
        assertTrue(held > unused);
    }

    @Test
    void keysThatChange() {
        long scores = named(admin, "dict", "scores");
        assertEquals(List.of(), engine.access().changeKeys(ring(Role.USE, List.of())));
        done(call(board, DictOp.SET, scores, text("k"), text("v")));
        assertEquals(List.of(), engine.access().changeKeys(ring(Role.USE, List.of("board."))));
        refused(call(board, DictOp.SET, scores, text("k"), text("v")));
        KeyRing without = KeyRing.of(List.of(new NamedKey(new Principal("admin", Role.ADMIN, List.of()), ADMIN)));
        assertEquals(List.of(web, board), engine.access().changeKeys(without));
        engine.closeSession(web, "revoked");
        engine.closeSession(board, "revoked");
        assertFalse(engine.access().isLimiting(), "nothing is checked where nobody is limited");
    }

    private Reply retain(long session, long object) {
        Reply[] out = new Reply[1];
        engine.retain(session, object, (none, reply) -> out[0] = reply);
        return out[0];
    }
}
