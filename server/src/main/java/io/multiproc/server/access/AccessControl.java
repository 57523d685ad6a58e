package io.multiproc.server.access;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.Arg;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.Shape;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Text;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.machine.StateMachine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The one place where it is decided what a session may do, by the role and the prefixes of its key. A named object may be used by keys whose prefixes its name
 * begins with, whatever leads to it. An anonymous object may be used by a key that a session of holds a reference to it. Belongs to the engine's thread.
 */
public final class AccessControl {
    private static final int LONGEST_NAME = 100;

    private static final class Session {
        NamedKey key;
        /** The session that holds references on behalf of this one: itself, or that of its process. */
        final long holder;

        final String address;

        Session(NamedKey key, long holder, String address) {
            this.key = key;
            this.holder = holder;
            this.address = address;
        }

        Principal principal() {
            return key.principal();
        }
    }

    private final StateMachine machine;
    private final Audit audit;
    private final Map<Long, Session> sessions = new HashMap<>();
    /** The sessions of each key that is limited to prefixes, by its name. */
    private final Map<String, Set<Long>> confined = new HashMap<>();
    /** Open sessions that may not do everything. */
    private int limited;

    public AccessControl(StateMachine machine, Audit audit) {
        this.machine = machine;
        this.audit = audit;
    }

    // ---- sessions

    /**
     * A session was opened.
     *
     * @param holder the session that holds references for it, if that is another one; else the session itself
     */
    public void opened(long session, NamedKey key, long holder, String address) {
        Session s = new Session(key, holder, address);
        sessions.put(session, s);
        count(session, s, 1);
    }

    public void closed(long session) {
        Session s = sessions.remove(session);
        if (s != null) {
            count(session, s, -1);
        }
    }

    private void count(long id, Session s, int by) {
        Principal p = s.principal();
        limited += p.isUnlimited() ? 0 : by;
        if (!p.prefixes().isEmpty()) {
            Set<Long> of = confined.computeIfAbsent(p.name(), n -> new LinkedHashSet<>());
            boolean changed = by > 0 ? of.add(id) : of.remove(id);
            if (changed && of.isEmpty()) {
                confined.remove(p.name());
            }
        }
    }

    /** Other keys are valid. Sessions of those that still are have the roles and prefixes of now; the others are returned, in order of age. */
    public List<Long> changeKeys(KeyRing ring) {
        List<Long> revoked = new ArrayList<>();
        sessions.forEach((id, s) -> {
            NamedKey now = ring.entry(s.key.key());
            if (now == null) {
                revoked.add(id);
            } else {
                count(id, s, -1);
                s.key = now;
                count(id, s, 1);
            }
        });
        revoked.sort(null);
        return revoked;
    }

    /** The open sessions of the key of a name, in order of age. */
    public List<Long> sessionsOf(String keyName) {
        List<Long> of = new ArrayList<>();
        sessions.forEach((id, s) -> {
            if (s.principal().name().equals(keyName)) {
                of.add(id);
            }
        });
        of.sort(null);
        return of;
    }

    /** Whether a session is one of this key, which has just been proved again. */
    public boolean isOf(long session, NamedKey key) {
        Session s = sessions.get(session);
        return s != null && s.key.key().equals(key.key());
    }

    /** The name of the key of a session, or null if it has none. */
    public @Nullable String keyName(long session) {
        Session s = sessions.get(session);
        return s == null ? null : s.principal().name();
    }

    // ---- operations

    /** Whether there is anything to check at all. */
    public boolean isLimiting() {
        return limited > 0;
    }

    /** Why a session may not do an operation, or null if it may. */
    public @Nullable Reply refusal(long session, Op op, long object, Args args) {
        Session s = sessions.get(session);
        if (s == null || s.principal().isUnlimited()) {
            return null;
        }
        String why = forbids(session, s, op, object, args);
        if (why == null) {
            return null;
        }
        audit.record(Audit.Event.REFUSED, facts(session, s, op, object, args));
        return Reply.error(ErrorCode.NOT_PERMITTED, why);
    }

    private @Nullable String forbids(long session, Session s, Op op, long object, Args args) {
        Principal p = s.principal();
        boolean present = op.has(Flag.OPENS) && machine.isNamed(args.text(nameOf(op)));
        if (!p.role().permits(op, present)) {
            Role needed = Role.needed(op);
            return the(p) + " has the role " + p.role().word() + ", which does not permit " + op.wireName()
                    + (op.has(Flag.OPENS) ? " of what is not there" : "") + ": ask for a key with the role "
                    + needed.word();
        }
        if (p.prefixes().isEmpty()) {
            return null;
        }
        String everything = op == ManagerOp.BEGIN_BACKUP || op == ManagerOp.READ_BACKUP
                ? "a backup holds"
                : op == ManagerOp.ADD_NODE ? "a node is given" : null;
        return everything != null
                ? the(p) + " is limited to names that begin with " + Text.escaped(p.quotedPrefixes()) + ", and "
                        + everything + " all of them: ask for a key with the role admin and without prefixes"
                : outside(session, s, op, object, args);
    }

    private @Nullable String outside(long session, Session s, Op op, long object, Args args) {
        if (object != 0 && !sees(session, s, object)) {
            return outside(s, op, object);
        }
        int name = object == 0 ? nameOf(op) : -1;
        if (name >= 0 && args.present(name) && !s.principal().covers(args.text(name))) {
            return outside(s, op, args.text(name));
        }
        for (int i = 0; i < args.count(); i++) {
            if (!args.present(i)) {
                continue;
            }
            if (isObject(op.spec().args().get(i)) && !sees(session, s, args.integer(i))) {
                return outside(s, op, args.integer(i));
            }
            // a value must not become a way to what its sender has no reference to
            long[] bad = {0};
            Values.forEachRef(
                    args.buffer(), args.start(i), id -> bad[0] = bad[0] == 0 && !sees(session, s, id) ? id : bad[0]);
            if (bad[0] != 0) {
                return outside(s, op, bad[0]);
            }
        }
        return null;
    }

    /** Which argument of an operation on the manager names an object, or -1. */
    private static int nameOf(Op op) {
        List<Arg> args = op.spec().args();
        for (int i = 0; op instanceof ManagerOp && i < args.size(); i++) {
            if (args.get(i).name().equals("name")) {
                return i;
            }
        }
        return -1;
    }

    /** Whether an argument is the number of an object. */
    private static boolean isObject(Arg arg) {
        return arg.shape() == Shape.INT
                && (arg.name().equals("lock") || arg.name().equals("object"));
    }

    /** Whether a session may use an object. */
    private boolean sees(long session, Session s, long object) {
        String name = machine.nameOf(object);
        if (name != null) {
            return s.principal().covers(name);
        }
        if (machine.holds(session, object) || (s.holder != session && machine.holds(s.holder, object))) {
            return true;
        }
        for (long other : confined.getOrDefault(s.principal().name(), Set.of())) {
            if (machine.holds(other, object)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a session may use an object, or have it shown. */
    public boolean sees(long session, long object) {
        Session s = sessions.get(session);
        return s == null || s.principal().prefixes().isEmpty() || sees(session, s, object);
    }

    /** Why a session may not hold an object, or null if it may. */
    public @Nullable Reply refusalToHold(long session, long object) {
        Session s = sessions.get(session);
        return s == null || s.principal().prefixes().isEmpty() || sees(session, s, object)
                ? null
                : Reply.error(
                        ErrorCode.NOT_PERMITTED,
                        the(s.principal()) + " has no access to object " + object + ": it has had no reference to it");
    }

    private static String the(Principal p) {
        return "the key '" + p.name() + "'";
    }

    private static String outside(Session s, Op op, String name) {
        String shown = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "…" : name;
        return the(s.principal()) + ", role " + s.principal().role().word() + ", is limited to names that begin with "
                + Text.escaped(s.principal().quotedPrefixes()) + ", so " + op.wireName() + " of '" + Text.escaped(shown)
                + "' is not permitted: use such a name, or ask for a key with another prefix";
    }

    private String outside(Session s, Op op, long object) {
        // what is named is not told to whom it is none of the business of
        return the(s.principal()) + ", role " + s.principal().role().word() + ", is limited to names that begin with "
                + Text.escaped(s.principal().quotedPrefixes()) + ", so " + op.wireName() + " of object " + object
                + ", to which it has had no reference, is not permitted: ask for a key with another prefix";
    }

    // ---- what listings show

    /**
     * What makes of the reply to an operation what a session may see: listings leave out what it may not use, sessions are shown with the names of their
     * keys. Null if it may see all of it.
     */
    public @Nullable UnaryOperator<Reply> view(long session, ManagerOp op) {
        Session s = sessions.get(session);
        if (op == ManagerOp.SESSIONS) {
            return sessions.isEmpty() ? null : reply -> sessions(s, reply);
        }
        if (s == null || s.principal().prefixes().isEmpty()) {
            return null;
        }
        return switch (op) {
            case NAMES -> reply -> Listing.of(reply, row -> s.principal().covers(Values.text(row)) ? row : null);
            case OBJECTS, LOCKS -> reply ->
                    Listing.of(reply, row -> sees(session, s, Listing.number(row, "id")) ? row : null);
            default -> null;
        };
    }

    private Reply sessions(@Nullable Session s, Reply reply) {
        String only = s == null || s.principal().prefixes().isEmpty()
                ? null
                : s.principal().name();
        return Listing.of(reply, row -> {
            String key = keyName(Listing.number(row, "id"));
            if (only != null && !only.equals(key)) {
                return null;
            }
            return key == null ? row : Listing.with(row, "key", Values.ofText(key));
        });
    }

    // ---- the audit

    /** An administrative operation that was asked for; the audit is told when it is answered. */
    public final class Administered {
        private final Map<String, @Nullable Object> facts;

        private Administered(Map<String, @Nullable Object> facts) {
            this.facts = facts;
            facts.put("done", false);
        }

        /** @param reply null if it waits */
        public void answered(@Nullable Reply reply) {
            facts.put("done", reply == null || !reply.isError());
            audit.record(Audit.Event.ADMIN, facts);
        }
    }

    /** An administrative operation is asked for, on the manager. */
    public Administered administered(long session, Op op, Args args) {
        return new Administered(facts(session, sessions.get(session), op, 0, args));
    }

    /** A session has a key. */
    public void connected(long session, String program) {
        Session s = sessions.get(session);
        if (s != null && audit != Audit.NONE) {
            Map<String, @Nullable Object> facts = facts(session, s);
            facts.put("program", program);
            audit.record(Audit.Event.CONNECTED, facts);
        }
    }

    /** A client was turned away before it had a session. */
    public void rejected(String address, int port, String why) {
        if (audit != Audit.NONE) {
            Map<String, @Nullable Object> facts = new LinkedHashMap<>();
            facts.put("address", address);
            facts.put("port", port);
            facts.put("why", why);
            audit.record(Audit.Event.REJECTED, facts);
        }
    }

    /** The keys were read again, or could not be. */
    public void reloaded(Audit.Event event, Map<String, @Nullable Object> facts) {
        audit.record(event, facts);
    }

    /** A session was ended, before it is closed. */
    public void ended(long session, String why) {
        Map<String, @Nullable Object> facts = facts(session, sessions.get(session));
        facts.put("why", why);
        audit.record(Audit.Event.SESSION_ENDED, facts);
    }

    private static Map<String, @Nullable Object> facts(long session, @Nullable Session s) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("key", s == null ? null : s.principal().name());
        facts.put("role", s == null ? null : s.principal().role().word());
        facts.put("session", session);
        facts.put("address", s == null || s.address.isEmpty() ? null : s.address);
        return facts;
    }

    private Map<String, @Nullable Object> facts(long session, @Nullable Session s, Op op, long object, Args args) {
        Map<String, @Nullable Object> facts = facts(session, s);
        facts.put("operation", op.wireName());
        int name = nameOf(op);
        long target = object;
        for (int i = 0; target == 0 && i < args.count(); i++) {
            target = args.present(i) && isObject(op.spec().args().get(i)) ? args.integer(i) : 0;
        }
        facts.put("object", target == 0 ? null : target);
        facts.put(
                "name",
                name >= 0 && args.present(name) ? args.text(name) : target == 0 ? null : machine.nameOf(target));
        facts.put("of_key", op == ManagerOp.END_SESSIONS ? args.text(0) : null);
        return facts;
    }
}
