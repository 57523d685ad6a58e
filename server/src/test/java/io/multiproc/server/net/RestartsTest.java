package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.op.CounterOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.access.Audit;
import io.multiproc.server.access.KeyRing;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.engine.Gathered;
import io.multiproc.server.engine.Receipts;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.OpenSession;
import io.multiproc.server.machine.RecordCodec;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.StateLimits;
import io.multiproc.server.state.SharedState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that ask at random, whose connections are cut, and whose server is started again from its log or its image, at random places: what they ask takes effect once
 * and has one answer.
 */
@Timeout(120)
class RestartsTest {
    private static final NamedKey KEY = KeyRing.ofAuthkeys(List.of(Authkey.ofText("restarts-key")))
            .entries()
            .get(0);
    private static final long SECRET = 5;
    private static final int RUNS = 400;
    private static final int STEPS = 600;

    private enum Kind {
        REQUEST,
        CANCEL,
        ACKNOWLEDGE,
        GIVE_BACK,
        RECEIVED
    }

    /** @param number a request, or how many replies */
    private record Frame(Kind kind, long number, @Nullable Op op, long object, Args args) {}

    private record Sent(long request, Reply reply) {}

    private static final Args NONE = Args.of(CounterOp.GET);

    private final List<byte[]> log = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private Random random = new Random(0);
    private Server server = new Server(new SharedState());
    private long counter;
    private long queue;
    private long lock;
    private long time = 1_000;
    private int put;
    private int restarts;
    private int again;

    /** A server as far as its socket: the engine, and the sessions of native clients. */
    private final class Server implements Completions, Receipts {
        private final SharedState state;
        private final Map<Long, NativeSession> sessions = new LinkedHashMap<>();
        private final Engine engine;

        Server(SharedState state) {
            this.state = state;
            Settings settings = new Settings(100_000, StateLimits.DEFAULT, 100, 3_600_000, 2_000, 30_000, 1 << 20);
            engine = new Engine(
                    state,
                    () -> time,
                    (delay, task) -> () -> {},
                    this,
                    new EngineOptions("1", 1 << 20, false, List::of, Map::of, 1, Audit.NONE, settings),
                    () -> {},
                    (applier, clock) -> new Gathered(log::add, applier, clock));
            engine.countedBy(this);
            for (OpenSession s : engine.resumable()) {
                sessions.put(s.id(), NativeSession.restored(s, 1 << 20, engine));
            }
            engine.goOn();
        }

        long open() {
            long id = engine.openSession(Hello.named("c"), "here", KEY, SECRET, 30_000);
            sessions.put(id, NativeSession.opened(id, SECRET, 1, 1 << 20, engine));
            return id;
        }

        NativeSession session(long id) {
            return Objects.requireNonNull(sessions.get(id), "session " + id);
        }

        @Override
        public void complete(long id, long request, Reply reply) {
            NativeSession s = sessions.get(id);
            if (s != null) {
                s.waits--;
                answer(client(id), s, () -> s.reply(request, reply));
            }
        }

        @Override
        public long frame(long id) {
            NativeSession s = sessions.get(id);
            return s == null || s.isAgain() ? 0 : s.received;
        }

        @Override
        public long confirmed(long id) {
            NativeSession s = sessions.get(id);
            return s == null ? 0 : s.replies.confirmedKept();
        }

        /** Sends what is answered meanwhile. */
        private void answer(Client client, NativeSession s, Runnable what) {
            long before = s.replies.total();
            what.run();
            List<Sent> sent = new ArrayList<>();
            s.replies.forEach((request, reply) -> sent.add(new Sent(request, reply)));
            int news = (int) (s.replies.total() - before);
            if (client.connected) {
                client.toClient.addAll(sent.subList(sent.size() - news, sent.size()));
            }
        }

        /** What {@link NativeDialect} does with a frame. */
        void receive(Client client, Frame f) {
            NativeSession s = session(client.id);
            s.received++;
            boolean isAgain = s.isAgain();
            again += isAgain ? 1 : 0;
            switch (f.kind) {
                case REQUEST -> {
                    Op op = Objects.requireNonNull(f.op);
                    if (s.wasApplied(f.number)) {
                        engine.after(client.id, () -> answer(client, s, () -> s.cameAgain(f.number)));
                        return;
                    }
                    assertFalse(isAgain && op.has(Flag.WRITE), "a write was lost: " + f);
                    engine.submit(
                            client.id,
                            f.number,
                            op,
                            f.object,
                            f.args,
                            (request, reply) -> answer(client, s, () -> s.applied(request, reply)));
                }
                case RECEIVED -> s.replies.confirm(f.number);
                case CANCEL -> {
                    if (!isAgain) {
                        engine.cancel(client.id, f.number);
                    }
                }
                case ACKNOWLEDGE -> {
                    if (!isAgain) {
                        engine.acknowledge(client.id, f.number);
                    }
                }
                case GIVE_BACK -> {
                    if (!isAgain) {
                        engine.giveBack(client.id, f.number);
                    }
                }
            }
        }

        /** Reads from each client, as one burst. */
        void burst(boolean dies) {
            engine.beginBurst();
            for (Client c : clients) {
                for (int n = random.nextInt(5); n > 0 && !c.toServer.isEmpty(); n--) {
                    receive(c, c.toServer.remove());
                }
            }
            if (dies) {
                // the burst is lost, or on the disk and not applied
                List<byte[]> before = List.copyOf(log);
                if (random.nextBoolean()) {
                    engine.endBurst();
                } else {
                    assertEquals(before, log);
                }
                restart();
            } else {
                engine.endBurst();
            }
        }
    }

    /** What the Java client does. */
    private final class Client {
        final long id;
        private final List<Frame> frames = new ArrayList<>();
        private long confirmed;
        private long lastAnswered;
        private long received;
        private boolean connected = true;
        private final Deque<Frame> toServer = new ArrayDeque<>();
        private final Deque<Sent> toClient = new ArrayDeque<>();
        private final Map<Long, Integer> pending = new TreeMap<>();
        private final Map<Long, Reply> answers = new TreeMap<>();
        private final List<Long> took = new ArrayList<>();
        private final List<Long> added = new ArrayList<>();
        private long requests;

        Client(long id) {
            this.id = id;
        }

        private void send(Frame f) {
            frames.add(f);
            if (connected) {
                toServer.add(f);
            }
        }

        void request(Op op, long object, byte[]... args) {
            long request = ++requests;
            send(new Frame(Kind.REQUEST, request, op, object, Args.of(op, args)));
            pending.put(request, frames.size());
        }

        void tell(Kind kind, long number) {
            send(new Frame(kind, number, null, 0, NONE));
        }

        void read() {
            Sent sent = toClient.remove();
            received++;
            Integer frame = pending.remove(sent.request);
            Reply old = answers.putIfAbsent(sent.request, sent.reply);
            if (frame == null) {
                assertEquals(String.valueOf(old), sent.reply.toString(), "another answer to " + sent.request);
                return;
            }
            confirmed = Math.max(confirmed, frame);
            Op op = Objects.requireNonNull(frames.get(frame - 1).op);
            if (!sent.reply.isError() && op.has(Flag.WRITE)) {
                lastAnswered = Math.max(lastAnswered, frame);
            }
            answered(op, sent);
        }

        private void answered(Op op, Sent sent) {
            Reply reply = sent.reply;
            boolean none = reply.isError() || Tag.of(reply.bytes(), reply.start()) == Tag.ABSENT;
            if (op == CounterOp.ADD) {
                added.add(Values.integer(reply.bytes(), reply.start()));
            } else if (op == QueueOp.TAKE && !none) {
                if (random.nextInt(4) == 0) {
                    tell(Kind.GIVE_BACK, sent.request);
                } else {
                    took.add(Values.integer(reply.bytes(), reply.start()));
                    tell(Kind.ACKNOWLEDGE, sent.request);
                }
            } else if (op == LockOp.ACQUIRE && !none) {
                request(LockOp.RELEASE, lock, Values.ofInteger(id));
            } else if (op == LockOp.RELEASE) {
                assertFalse(reply.isError(), reply.toString());
            }
        }

        void cut() {
            connected = false;
            toServer.clear();
            toClient.clear();
        }

        private long keptFrom() {
            return pending.entrySet().stream()
                    .filter(e -> e.getValue() > confirmed)
                    .mapToLong(Map.Entry::getKey)
                    .min()
                    .orElse(requests + 1);
        }

        Hello.Resume resumption() {
            return new Hello.Resume(server.engine.epoch(), SECRET, received, confirmed, keptFrom(), lastAnswered);
        }

        void resume() {
            cut();
            connected = true;
            NativeSession s = server.session(id);
            Hello.Resume resume = resumption();
            assertFalse(s.lacks(resume), "the server knows all that was answered");
            s.resume(resume);
            server.engine.resumed(id, Hello.named("c"), "there");
            assertTrue(confirmed <= s.received && s.received <= frames.size(), "frames");
            // they are kept until an answer has come: the server may lose those of reads
            toServer.addAll(frames.subList((int) s.received, frames.size()));
            s.replies.forEach((request, reply) -> toClient.add(new Sent(request, reply)));
        }

        void act() {
            switch (random.nextInt(9)) {
                case 0, 1 -> request(CounterOp.ADD, counter, Values.ofInteger(1));
                case 2 -> request(CounterOp.GET, counter);
                case 3 -> request(QueueOp.PUT, queue, Values.ofInteger(++put), Values.ofInteger(-1));
                case 4 -> request(QueueOp.TAKE, queue, Values.ofInteger(-1));
                case 5 -> request(LockOp.ACQUIRE, lock, Values.ofInteger(id), Values.ofInteger(-1));
                case 6 -> request(ManagerOp.FIND, 0, Values.ofText("counter"));
                case 7 -> tell(Kind.RECEIVED, received);
                default -> {
                    if (!pending.isEmpty()) {
                        List<Long> waits = new ArrayList<>(pending.keySet());
                        tell(Kind.CANCEL, waits.get(random.nextInt(waits.size())));
                    }
                }
            }
        }
    }

    private Client client(long id) {
        return clients.stream().filter(c -> c.id == id).findFirst().orElseThrow();
    }

    /** A new process: what the old one had not made durable is lost, and so are all connections. */
    private void restart() {
        restarts++;
        SharedState state = new SharedState();
        if (random.nextInt(3) == 0) {
            ByteWriter image = new ByteWriter();
            replayed().snapshot(image);
            state.restore(image.toByteArray());
        } else {
            state = replayed();
        }
        clients.forEach(Client::cut);
        long epoch = server.engine.epoch();
        server = new Server(state);
        assertEquals(epoch, server.engine.epoch());
    }

    private SharedState replayed() {
        SharedState state = new SharedState();
        for (byte[] bytes : log) {
            LogRecord record = RecordCodec.read(bytes, 0, bytes.length);
            for (LoggedCommand c : record.commands()) {
                Reply ignored = state.apply(c.at(record.time()), (s, r, reply) -> {});
            }
        }
        return state;
    }

    private long open(String type) {
        Args args = Args.of(
                ManagerOp.OPEN, Values.ofText(type), Values.ofText(type), Values.container(Tag.LIST, List.of()));
        Reply reply = Objects.requireNonNull(
                server.engine.invoke(server.engine.openSession("maker", ""), 1, ManagerOp.OPEN, 0, args));
        return Values.refId(reply.bytes(), reply.start());
    }

    private void begin(long seed) {
        random = new Random(seed);
        log.clear();
        clients.clear();
        put = 0;
        server = new Server(new SharedState());
        counter = open("counter");
        queue = open("queue");
        lock = open("lock");
        for (int i = 0; i < 3; i++) {
            clients.add(new Client(server.open()));
        }
    }

    /** The log loses its end, or an older copy takes its place: who was answered by what is gone cannot go on, and who was not can. */
    @Test
    void whoKnowsMoreThanTheServerCannotGoOn() {
        begin(7);
        Client knows = clients.get(0);
        Client reads = clients.get(1);
        Client waits = clients.get(2);
        for (Client c : clients) {
            c.request(CounterOp.ADD, counter, Values.ofInteger(1));
        }
        settle();
        int older = log.size();
        knows.request(CounterOp.ADD, counter, Values.ofInteger(1));
        reads.request(CounterOp.GET, counter);
        settle();
        // was applied, and its answer did not arrive
        waits.request(CounterOp.ADD, counter, Values.ofInteger(1));
        while (!waits.toServer.isEmpty()) {
            server.burst(false);
        }
        log.subList(older, log.size()).clear();
        restart();
        assertTrue(server.session(knows.id).lacks(knows.resumption()));
        for (Client c : List.of(reads, waits)) {
            assertFalse(server.session(c.id).lacks(c.resumption()));
            c.resume();
        }
        clients.remove(knows);
        settle();
        assertEquals(2, waits.added.size(), "it was sent again");
        assertFalse(
                server.session(reads.id).lacks(knows.resumption()),
                "it has resumed: this process knows what it was answered");
    }

    private void step() {
        time += random.nextInt(3);
        Client c = clients.get(random.nextInt(clients.size()));
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> c.act();
            case 4, 5, 6 -> server.burst(random.nextInt(40) == 0);
            case 7, 8, 9 -> {
                for (int n = random.nextInt(6); n > 0 && !c.toClient.isEmpty(); n--) {
                    c.read();
                }
            }
            case 10 -> {
                if (random.nextInt(10) == 0) {
                    c.cut();
                }
            }
            default -> {
                if (!c.connected) {
                    c.resume();
                }
            }
        }
    }

    /** Until nothing is under way. */
    private void settle() {
        for (Client c : clients) {
            if (!c.connected) {
                c.resume();
            }
        }
        for (int round = 0; round < 2_000; round++) {
            server.burst(false);
            boolean idle = true;
            for (Client c : clients) {
                while (!c.toClient.isEmpty()) {
                    c.read();
                }
                idle &= c.toServer.isEmpty();
            }
            if (idle) {
                Client c = clients.get(0);
                if (clients.stream().allMatch(x -> x.pending.isEmpty())) {
                    return;
                }
                c.request(QueueOp.PUT, queue, Values.ofInteger(++put), Values.ofInteger(-1));
            }
        }
        StringBuilder why = new StringBuilder("something waits for ever:");
        for (Client c : clients) {
            NativeSession s = server.session(c.id);
            why.append("\nsession ").append(c.id).append(" waits for ").append(c.pending);
            c.pending.values().forEach(n -> why.append(' ').append(c.frames.get(n - 1)));
            why.append("; parked ").append(Arrays.toString(server.engine.waiting(c.id)));
            why.append("; kept ")
                    .append(server.engine.keptReplies(c.id))
                    .append(' ')
                    .append(s.replies);
        }
        fail(why.toString());
    }

    @Test
    void everythingTakesEffectOnce() {
        for (int run = 0; run < RUNS; run++) {
            long seed = Long.getLong("multiproc.seed", 1 + run);
            try {
                begin(seed);
                for (int i = 0; i < STEPS; i++) {
                    step();
                }
                settle();
                check();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(restarts > RUNS, restarts + " restarts");
        assertTrue(again > RUNS, again + " frames came again");
    }

    private void check() {
        List<Long> added = new ArrayList<>();
        List<Long> took = new ArrayList<>();
        clients.forEach(c -> added.addAll(c.added));
        clients.forEach(c -> took.addAll(c.took));
        Collections.sort(added);
        for (int i = 0; i < added.size(); i++) {
            assertEquals(i + 1, added.get(i), "each sum was given once");
        }
        Reply sum = Objects.requireNonNull(server.state.query(clients.get(0).id, CounterOp.GET, counter, NONE));
        assertEquals(added.size(), Values.integer(sum.bytes(), sum.start()));
        long asked = clients.stream()
                .flatMap(c -> c.frames.stream())
                .filter(f -> f.op == CounterOp.ADD)
                .count();
        assertEquals(asked, added.size(), "each was answered");
        assertEquals(took.size(), new TreeSet<>(took).size(), "no item was taken twice");
        Reply left = Objects.requireNonNull(
                server.state.query(clients.get(0).id, QueueOp.SIZE, queue, Args.of(QueueOp.SIZE)));
        assertEquals(put, took.size() + Values.integer(left.bytes(), left.start()), "no item was lost");
        Reply held = Objects.requireNonNull(
                server.state.query(clients.get(0).id, LockOp.IS_LOCKED, lock, Args.of(LockOp.IS_LOCKED)));
        assertEquals(Reply.FALSE.toString(), held.toString());
    }
}
