package io.multiproc.client.internal.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.Entry;
import io.multiproc.server.state.SharedState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A random life of one lock between the real state of a server and clients that hand it over within themselves: whatever is on its way meanwhile, two
 * threads never believe that they own it, what was foretold comes true, and everybody is served in the end.
 */
final class LockLife {
    private static final int STEPS = 120;

    private final Random random;
    private final SharedState state = new SharedState();
    private final List<Client> clients = new ArrayList<>();
    private final ObjectType type;
    private final String life;
    private long time = 1_000;
    private long lock;
    private int step;
    private int foretold;

    LockLife(long seed) {
        random = new Random(seed);
        type = random.nextBoolean() ? ObjectType.LOCK : ObjectType.RLOCK;
        life = type + " seed " + seed;
    }

    /** A call as a thread or a future of a client makes it. */
    private static final class Asked extends Call {
        final Party party;
        final boolean async;

        Asked(LockOp op, long lock, Party party, boolean async, @Nullable Object... args) {
            super(op, lock, args, new ByteWriter(1));
            this.party = party;
            this.async = async;
        }

        @Override
        public boolean isAsync() {
            return async;
        }
    }

    /** A thread, or an owner of futures that makes one call after the other. */
    private static final class Party {
        final long holder;
        final boolean async;
        /** What it believes. */
        long levels;

        @Nullable
        Asked waits;

        Party(long holder, boolean async) {
            this.holder = holder;
            this.async = async;
        }
    }

    private record Message(@Nullable Reply reply, long request, long holder, long levels, boolean owns) {}

    private final class Client implements Completions {
        final long session;
        final LockHandoff successors = new LockHandoff();
        final Map<Long, Call> pending = new HashMap<>();
        final Deque<Runnable> toServer = new ArrayDeque<>();
        final Deque<Message> toClient = new ArrayDeque<>();
        final List<Party> parties = new ArrayList<>();
        long lastId;

        Client() {
            Reply id = state.apply(new Entry(time, 0, 0, new Command.SessionOpened("c", "c:1")), this);
            session = Values.integer(Objects.requireNonNull(id).value(), 0);
            for (int i = 1; i <= 5; i++) {
                parties.add(new Party(i, i == 5));
            }
        }

        @Override
        public void complete(long to, long request, Reply reply) {
            client(to).toClient.add(new Message(reply, request, 0, 0, false));
        }

        @Override
        public void follows(long to, long request, long holder, long levels, boolean owns) {
            client(to).toClient.add(new Message(null, request, holder, levels, owns));
        }

        void send(Call call, byte[]... args) {
            toServer.add(() -> {
                LockOp op = (LockOp) call.op;
                Reply reply = state.apply(
                        new Entry(time, session, call.id, new Command.Invoke(op, lock, Args.of(op, args))), this);
                if (reply != null) {
                    toClient.add(new Message(reply, call.id, 0, 0, false));
                }
            });
        }

        Asked ask(Party party, LockOp op, @Nullable Object... args) {
            Asked call = new Asked(op, lock, party, party.async, args);
            call.id = ++lastId;
            return call;
        }

        void act(Party party) {
            Asked waits = party.waits;
            if (waits != null) {
                if (!waits.givesUp && waits.op != LockOp.RELEASE && random.nextInt(20) == 0) {
                    successors.forget(waits);
                    waits.givesUp = true;
                    toServer.add(() -> state.apply(new Entry(time, session, waits.id, new Command.Cancel()), this));
                }
            } else if (party.levels == 0 && random.nextInt(8) == 0) {
                releaseInVain(party);
            } else if (party.levels == 0 || random.nextInt(4) == 0) {
                acquire(party);
            } else if (random.nextInt(6) == 0) {
                signalOrAwait(party);
            } else {
                release(party);
            }
        }

        private void acquire(Party party) {
            long timeout = random.nextInt(3) > 0 ? -1 : random.nextInt(3) * 10L;
            Asked call = ask(party, LockOp.ACQUIRE, party.holder, timeout);
            wait(party, call, Values.ofInteger(party.holder), Values.ofInteger(timeout));
        }

        private void signalOrAwait(Party party) {
            if (random.nextBoolean()) {
                Asked call = ask(party, LockOp.SIGNAL, party.holder, "c", -1L);
                wait(party, call, Values.ofInteger(party.holder), Values.ofText("c"), Values.ofInteger(-1));
            } else {
                long timeout = random.nextInt(4) * 10L;
                Asked call = ask(party, LockOp.AWAIT, party.holder, "c", timeout);
                // nobody owns it while it waits, or does again; what it had comes back with the reply
                party.levels = -party.levels;
                wait(party, call, Values.ofInteger(party.holder), Values.ofText("c"), Values.ofInteger(timeout));
            }
        }

        private void wait(Party party, Asked call, byte[]... args) {
            party.waits = call;
            pending.put(call.id, call);
            send(call, args);
        }

        /** A mistake of the program, which the server refuses. */
        private void releaseInVain(Party party) {
            Asked call = ask(party, LockOp.RELEASE, party.holder);
            assertTrue(successors.next(call) == null, this::toString);
            call.givesUp = true;
            wait(party, call, Values.ofInteger(party.holder));
        }

        private void release(Party party) {
            Asked call = ask(party, LockOp.RELEASE, party.holder);
            party.levels--;
            Call next = party.async ? null : successors.next(call);
            if (next == null) {
                wait(party, call, Values.ofInteger(party.holder));
                return;
            }
            foretold++;
            assertEquals(0, party.levels, this::toString);
            pending.put(call.id, new LockHandoff.SettledCall(call));
            send(call, Values.ofInteger(party.holder));
            assertTrue(pending.put(next.id, new LockHandoff.SettledCall(next)) == next, this::toString);
            granted(((Asked) next).party);
        }

        void hear() {
            Message m = toClient.remove();
            if (m.reply == null) {
                successors.follows(pending.get(m.request), m.holder, m.levels, m.owns);
                return;
            }
            Call call = pending.remove(m.request);
            assertNotNull(call, this::toString);
            ByteWriter frame = new ByteWriter();
            Messages.reply(frame, m.request, m.reply);
            byte[] b = frame.toByteArray();
            successors.replied(call, b, 4 + Messages.REPLY_HEADER - 1);
            boolean done = !m.reply.isError() && m.reply.bytes()[m.reply.start()] != Tag.ABSENT.code();
            if (call instanceof LockHandoff.SettledCall) {
                assertTrue(done, () -> this + " " + m.reply);
            } else {
                answered((Asked) call, done);
            }
        }

        private void answered(Asked call, boolean done) {
            Party party = call.party;
            party.waits = null;
            if (call.op == LockOp.ACQUIRE && done) {
                granted(party);
            } else if (call.op == LockOp.AWAIT) {
                // it has the lock again even if it was cancelled: all other errors are of who does not own it
                party.levels = -party.levels;
                assertOneOwner();
            } else if (call.op == LockOp.RELEASE) {
                assertEquals(!call.givesUp, done, this::toString);
            }
        }

        private void granted(Party party) {
            party.waits = null;
            party.levels++;
            assertOneOwner();
        }

        @Override
        public String toString() {
            return life + " step " + step + " session " + session;
        }
    }

    private Client client(long session) {
        return clients.get((int) session - 1);
    }

    private void assertOneOwner() {
        long owners = clients.stream()
                .flatMap(c -> c.parties.stream())
                .filter(p -> p.levels > 0)
                .count();
        assertTrue(owners <= 1, () -> life + " step " + step + ": " + owners + " own the lock");
    }

    /** How often a thread was handed the lock without being told by the server. */
    int foretold() {
        return foretold;
    }

    void live() {
        int count = 1 + random.nextInt(3);
        for (int i = 1; i <= count; i++) {
            clients.add(new Client());
        }
        Reply made = state.apply(
                new Entry(
                        time,
                        1,
                        1,
                        new Command.Invoke(
                                ManagerOp.OPEN,
                                0,
                                Args.of(
                                        ManagerOp.OPEN,
                                        Values.ofText(type.wireName()),
                                        Values.ofText("lock"),
                                        Values.container(Tag.LIST, List.of())))),
                clients.get(0));
        assertNotNull(made);
        lock = Values.refId(made.bytes(), made.start());
        clients.get(0).lastId = 1;
        for (step = 0; step < STEPS; step++) {
            Client c = clients.get(random.nextInt(clients.size()));
            int kind = random.nextInt(10);
            if (kind < 4) {
                c.act(c.parties.get(random.nextInt(c.parties.size())));
            } else if (kind < 7) {
                if (!c.toServer.isEmpty()) {
                    c.toServer.remove().run();
                }
            } else if (!c.toClient.isEmpty()) {
                c.hear();
            } else if (kind == 9) {
                pass(random.nextInt(8));
            }
        }
        settle();
    }

    private void pass(long millis) {
        time += millis;
        state.apply(new Entry(time, 0, 0, new Command.Tick()), clients.get(0));
    }

    /** Whoever owns the lock releases it, until nobody waits. */
    private void settle() {
        for (int round = 0; round < 200; round++) {
            pass(100);
            for (Client c : clients) {
                while (!c.toServer.isEmpty()) {
                    c.toServer.remove().run();
                }
            }
            for (Client c : clients) {
                while (!c.toClient.isEmpty()) {
                    c.hear();
                }
                for (Party p : c.parties) {
                    if (p.waits == null && p.levels > 0) {
                        c.release(p);
                    }
                }
            }
        }
        for (Client c : clients) {
            assertTrue(c.pending.isEmpty(), () -> c + " waits for " + c.pending.size());
            for (Party p : c.parties) {
                assertTrue(p.waits == null && p.levels == 0, c::toString);
            }
        }
    }
}
