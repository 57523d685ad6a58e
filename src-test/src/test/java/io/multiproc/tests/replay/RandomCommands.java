package io.multiproc.tests.replay;

import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Dialect;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.RecordCodec;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.StateLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Random commands of many sessions, as dialects submit them: each operation on objects of each type, waits that are served, run out, are given up and
 * abandoned, deliveries, references, orphaned holds, sessions that come and go. They are applied and written as records. Now and then everything ends, and it
 * begins anew.
 */
final class RandomCommands {
    /** Operations that the engine answers: they never become commands. */
    static final Set<Op> OF_SERVER = Set.of(
            ManagerOp.INFO,
            ManagerOp.SHUTDOWN,
            ManagerOp.KEYS,
            ManagerOp.RELOAD_KEYS,
            ManagerOp.END_SESSIONS,
            ManagerOp.BEGIN_BACKUP,
            ManagerOp.READ_BACKUP,
            ManagerOp.CLUSTER,
            ManagerOp.ADD_NODE,
            ManagerOp.REMOVE_NODE,
            ManagerOp.TRANSFER_LEADERSHIP);

    /** Of so many each operation succeeds mostly. */
    static final int ENOUGH = 40_000;

    private static final int EPISODE = 20_000;
    private static final int MOST_SESSIONS = 6;
    private static final int MOST_OBJECTS = 60;
    private static final int MOST_GRANTS = 30;

    /** A request that waits. */
    private record Parked(long session, Op op) {}

    /** What a session has acquired, and with what it gives it back. */
    private record Grant(long session, long object, Op undo, byte[] holder) {}

    /** An object as references name it. */
    private record Ref(ObjectType type, long id) {
        byte[] value() {
            return Values.ofRef(type.code(), id);
        }
    }

    private final Random random;
    private final RandomArguments arguments;
    private final Replay replay;
    private final OutputStream log;
    private final List<LoggedCommand> burst = new ArrayList<>();
    private final List<Long> live = new ArrayList<>();
    private final Map<Long, Parked> parked = new LinkedHashMap<>();
    /** Requests that handed something over, and their sessions. */
    private final Map<Long, Long> deliveries = new LinkedHashMap<>();

    private final List<Grant> grants = new ArrayList<>();
    private final List<Ref> objects = new ArrayList<>();
    private final Map<ObjectType, Ref> named = new EnumMap<>(ObjectType.class);
    private final Set<Op> succeeded = new HashSet<>();
    private final Map<String, Integer> kinds = new HashMap<>();
    /** How many frames each session has sent. */
    private final Map<Long, Long> frames = new HashMap<>();

    private @Nullable LoggedCommand last;
    private long time = 1_790_000_000_000L;
    private long request;
    private long sessions;

    RandomCommands(Random random, Replay replay, OutputStream log) {
        this.random = random;
        this.arguments = new RandomArguments(random, this::object);
        this.replay = replay;
        this.log = log;
    }

    /** How many commands of each kind there were. */
    Map<String, Integer> kinds() {
        return kinds;
    }

    /** Operations that never had one, by name. */
    Set<String> missing() {
        return OpTable.all().stream()
                .filter(op -> !succeeded.contains(op) && !OF_SERVER.contains(op))
                .map(op -> op.wireName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** So many commands, and a few more. Enough for every operation go on until each has succeeded, up to four times as many. */
    void run(long commands) throws IOException {
        long most = commands < ENOUGH ? commands : commands * 4;
        long next = 0;
        while (replay.commands() < commands
                || (replay.commands() < most && !missing().isEmpty())) {
            if (replay.commands() >= next) {
                next = replay.commands() + EPISODE;
                end();
                begin();
            }
            step();
            if (random.nextInt(4) == 0 || burst.size() > 100) {
                write();
                time += random.nextInt(4) == 0 ? random.nextInt(20) : 0;
            }
        }
        write();
    }

    private void write() throws IOException {
        if (!burst.isEmpty()) {
            log.write(RecordCodec.encode(new LogRecord(time, 0, burst)));
            burst.clear();
        }
    }

    private void begin() {
        // only the first one means anything
        Reply none = apply(0, 0, new Command.Genesis(random.nextLong() | 1, settings()));
        open();
        for (ObjectType type : ObjectType.values()) {
            Ref made = open(type);
            if (made == null) {
                throw new IllegalStateException("no " + type);
            }
        }
    }

    private Settings settings() {
        StateLimits limits =
                new StateLimits(100 + random.nextInt(200), 20 + random.nextInt(200), 3 + random.nextInt(20));
        return new Settings(
                2_000 + random.nextInt(5_000),
                limits,
                100,
                3_600_000,
                random.nextInt(10_000),
                30_000,
                2_000L * random.nextInt(4));
    }

    private @Nullable Ref open(ObjectType type) {
        byte[] name = Values.ofText(RandomArguments.name(type));
        Ref service = named.get(ObjectType.SERVICE);
        byte[] ref = type == ObjectType.INSTANCE && service == null ? reopened(ObjectType.SERVICE) : ref(type);
        Reply reply = invoke(
                any(live), 0, ManagerOp.OPEN, Values.ofText(type.wireName()), name, RandomArguments.made(type, ref));
        if (reply == null || reply.isError()) {
            return null;
        }
        Ref made = new Ref(type, Values.refId(reply.bytes(), reply.start()));
        named.put(type, made);
        return made;
    }

    private byte[] reopened(ObjectType type) {
        Ref ref = open(type);
        return ref == null ? Values.NULL : ref.value();
    }

    /** What an object of a type is made of, if it is made of another. */
    private byte[] ref(ObjectType type) {
        Ref of = named.get(type == ObjectType.INSTANCE ? ObjectType.SERVICE : ObjectType.DICT);
        return of == null ? Values.NULL : of.value();
    }

    private void end() {
        if (live.isEmpty()) {
            return;
        }
        long session = any(live);
        for (ObjectType type : ObjectType.values()) {
            Reply ignored = invoke(session, 0, ManagerOp.DELETE, Values.ofText(RandomArguments.name(type)));
        }
        while (!live.isEmpty()) {
            close(live.get(0));
        }
        objects.clear();
        grants.clear();
        named.clear();
    }

    private void open() {
        Dialect dialect = random.nextInt(3) == 0 ? Dialect.PYTHON : Dialect.NATIVE;
        Command opens = new Command.SessionOpened(
                "program " + ++sessions,
                "tcp://10.0.0.1:" + sessions,
                dialect,
                random.nextLong(),
                random.nextInt(60_000),
                "key");
        Reply id = Objects.requireNonNull(apply(0, 0, opens));
        live.add(Values.integer(id.bytes(), id.start()));
    }

    private void close(long session) {
        live.remove(session);
        parked.values().removeIf(p -> p.session == session);
        deliveries.values().removeIf(s -> s == session);
        grants.removeIf(g -> g.session == session);
        Reply none = apply(session, 0, new Command.SessionClosed("random"));
    }

    private void step() {
        long session = any(live);
        int kind = random.nextInt(40);
        if (kind == 0) {
            Reply none = apply(0, 0, new Command.Tick());
        } else if (kind == 1 && live.size() < MOST_SESSIONS) {
            open();
        } else if (kind == 2 && live.size() > 1 && random.nextInt(6) == 0) {
            close(session);
        } else if (kind == 3 && !parked.isEmpty()) {
            long waits = any(List.copyOf(parked.keySet()));
            Parked p = parked.get(waits);
            boolean cancel = random.nextBoolean();
            if (p != null && !cancel) {
                parked.remove(waits);
            }
            Reply none =
                    p == null ? null : apply(p.session, waits, cancel ? new Command.Cancel() : new Command.Abandon());
        } else if (kind < 9 && !deliveries.isEmpty()) {
            long taken = any(List.copyOf(deliveries.keySet()));
            Long to = deliveries.remove(taken);
            boolean back = random.nextInt(4) == 0;
            Reply none =
                    to == null ? null : apply(to, taken, back ? new Command.GiveBack() : new Command.Acknowledge());
        } else if (kind == 9) {
            Reply ignored = apply(
                    session,
                    0,
                    new Command.Orphaned(object().id, random.nextInt(3), random.nextInt(3), random.nextInt(30)));
        } else if (kind == 12 && random.nextInt(20) == 0) {
            Reply none = apply(0, 0, new Command.SettingsChanged(settings()));
        } else if (kind == 14 && random.nextInt(20) == 0) {
            Reply none = apply(0, 0, new Command.Restarted(time + random.nextInt(100_000)));
        } else if (kind == 13 && last != null) {
            // what was applied comes once more
            burst.add(last);
            Reply ignored = replay.apply(time, last, (to, answered, reply) -> {});
        } else if (kind == 14 && !grants.isEmpty()) {
            giveBack(grants.remove(random.nextInt(grants.size())));
        } else if (kind == 10) {
            Reply ignored = apply(session, 0, new Command.Retain(object().id));
        } else if (kind == 11) {
            Reply none = apply(
                    session,
                    0,
                    new Command.SessionConnected(random.nextBoolean() ? "" : "unix:///run/\u0131" + request));
        } else {
            Ref target = random.nextInt(6) == 0 ? null : object();
            List<? extends Op> rows = target == null ? List.of(ManagerOp.values()) : target.type.operations();
            List<? extends Op> fresh = random.nextInt(8) > 0
                    ? List.of()
                    : rows.stream()
                            .filter(o -> !succeeded.contains(o) && !OF_SERVER.contains(o))
                            .toList();
            Op op = any(fresh.isEmpty() ? rows : fresh);
            // those that end what others work with
            boolean rare = op == ManagerOp.DELETE || op.wireName().matches("queue.shutdown|.*\\.clear");
            if (!OF_SERVER.contains(op) && !(rare && fresh.isEmpty() && random.nextInt(10) > 0)) {
                ObjectType made = ObjectType.values()[random.nextInt(ObjectType.values().length)];
                Reply ignored = invoke(session, target == null ? 0 : target.id, op, arguments.of(op, made, ref(made)));
            }
        }
    }

    /** As its holder does it: arguments at random seldom name who holds. */
    private void giveBack(Grant grant) {
        byte[][] values = arguments.of(grant.undo, ObjectType.DICT, Values.NULL);
        if (!grant.undo.spec().args().isEmpty()
                && grant.undo.spec().args().get(0).name().equals("holder")) {
            values[0] = grant.holder;
        }
        Reply ignored = invoke(grant.session, grant.object, grant.undo, values);
    }

    private <T> T any(List<? extends T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Ref object() {
        List<Ref> from = objects.isEmpty() || random.nextInt(3) > 0 ? List.copyOf(named.values()) : objects;
        return from.isEmpty() ? new Ref(ObjectType.DICT, 1) : any(from);
    }

    private byte[] object(@Nullable ObjectType type) {
        Ref of = type == null ? object() : named.get(type);
        return of == null ? Values.NULL : of.value();
    }

    private @Nullable Reply invoke(long session, long object, Op op, byte[]... values) {
        Args args;
        try {
            args = Args.of(op, values);
        } catch (ValueException e) {
            // such as a key that cannot be one: a dialect would answer that
            return null;
        }
        long number = ++request;
        Reply reply = apply(session, number, new Command.Invoke(op, object, args));
        if (reply == null) {
            parked.put(number, new Parked(session, op));
            succeeded.add(op);
        } else {
            answered(session, number, op, reply);
            Op undo = op.undo();
            if (undo != null && !reply.isError() && values.length > 0 && grants.size() < MOST_GRANTS) {
                grants.add(new Grant(session, object, undo, values[0]));
            }
            if (op == LockOp.ACQUIRE && !reply.isError() && reply.bytes()[reply.start()] != Tag.ABSENT.code()) {
                arguments.granted(object, Values.integer(reply.bytes(), reply.start()));
            }
        }
        return reply;
    }

    private void answered(long session, long number, Op op, Reply reply) {
        if (reply.isError()) {
            return;
        }
        succeeded.add(op);
        Tag tag = Tag.of(reply.bytes(), reply.start());
        if (op.has(Flag.DELIVERS) && tag != Tag.ABSENT) {
            deliveries.put(number, session);
        }
        if (tag == Tag.REF) {
            ObjectType type = ObjectType.coded(Values.refType(reply.bytes(), reply.start()));
            if (type != null && objects.size() < MOST_OBJECTS) {
                objects.add(new Ref(type, Values.refId(reply.bytes(), reply.start())));
            } else if (type != null) {
                objects.set(random.nextInt(MOST_OBJECTS), new Ref(type, Values.refId(reply.bytes(), reply.start())));
            }
        }
    }

    private @Nullable Reply apply(long session, long number, Command command) {
        boolean counts = number != 0 && random.nextInt(10) > 0;
        long frame = counts ? frames.merge(session, 1L, Long::sum) : 0;
        long confirmed = counts ? random.nextInt((int) Math.min(frame, 1_000)) : 0;
        LoggedCommand logged = new LoggedCommand(session, number, frame, confirmed, command);
        if (counts) {
            last = logged;
        }
        burst.add(logged);
        kinds.merge(command.getClass().getSimpleName(), 1, Integer::sum);
        return replay.apply(time, logged, (to, answered, reply) -> {
            Parked p = parked.remove(answered);
            if (p != null) {
                answered(to, answered, p.op, reply);
            }
        });
    }
}
