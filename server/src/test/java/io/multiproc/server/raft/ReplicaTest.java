package io.multiproc.server.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.op.CounterOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.engine.NotLeadingException;
import io.multiproc.server.machine.StateLimits;
import io.multiproc.server.state.SharedState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three states and the engines of their terms over one common log, while who leads changes at random moments. */
@Timeout(60)
class ReplicaTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final CommonLog log = new CommonLog(random);
    private final List<Member> members = new ArrayList<>();

    private static final class Member implements Replica.Images, Replica.Server {
        private final SharedState state = new SharedState(1 << 20, StateLimits.DEFAULT);
        private final ExecutorService thread;
        private final CommonLog.Node node;
        private final Replica replica;
        private final AtomicReference<@Nullable String> lost = new AtomicReference<>();
        private Engine engine;
        private int terms;

        Member(CommonLog log, String name) throws Exception {
            thread = Executors.newSingleThreadExecutor(task -> {
                Thread t = new Thread(task, "engine-" + name);
                t.setDaemon(true);
                return t;
            });
            node = log.node(name);
            replica = new Replica(state, this, this, thread, () -> node);
            engine = on(this::newEngine);
            ReplicatedLog unused = node.open(replica);
        }

        private Engine newEngine() {
            return new Engine(
                    replica.machine(),
                    System::currentTimeMillis,
                    (delay, task) -> () -> {},
                    (session, request, reply) -> {},
                    new EngineOptions("test", 1 << 20, false, List::of),
                    () -> {},
                    replica::order);
        }

        <T> T on(Callable<T> task) throws Exception {
            Future<T> done = thread.submit(task);
            return done.get(20, TimeUnit.SECONDS);
        }

        byte[] snapshot() throws Exception {
            return on(() -> {
                ByteWriter out = new ByteWriter(1024);
                state.snapshot(out);
                return out.toByteArray();
            });
        }

        @Override
        public void termBegins() {
            terms++;
            engine = newEngine();
        }

        @Override
        public void flush() {}

        @Override
        public void lost(String why, @Nullable Throwable cause) {
            lost.compareAndSet(null, why);
        }

        @Override
        public ReplicatedLog.Image take() {
            throw new UnsupportedOperationException("no node of this test lacks so much that it needs an image");
        }

        @Override
        public void install(Path file) {
            throw new UnsupportedOperationException("no node of this test lacks so much that it needs an image");
        }

        @Override
        public long lastTime() {
            return state.lastTime();
        }

        @Override
        public long lastIndex() {
            return state.lastIndex();
        }
    }

    @BeforeEach
    void start() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            members.add(new Member(log, name));
        }
    }

    @AfterEach
    void stop() {
        log.close();
        members.forEach(m -> m.thread.shutdownNow());
    }

    private void settle() throws Exception {
        log.commitAll();
        for (Member m : members) {
            // the log's thread hands over, and the engine's handles it
            m.node.thread().submit(() -> {}).get(20, TimeUnit.SECONDS);
            Object unused = m.on(() -> 1);
        }
    }

    private static Args named(String type, String name) {
        return Args.of(ManagerOp.OPEN, Values.ofText(type), Values.ofText(name), Values.container(Tag.LIST, List.of()));
    }

    @Test
    void whatTheLeaderAppliesTheOthersApply() throws Exception {
        Member a = members.get(0);
        log.elect(a.node);
        settle();
        assertEquals("a", a.replica.leader());
        assertEquals("a", members.get(1).replica.leader());
        long counter = a.on(() -> {
            long session = a.engine.openSession(Hello.named("me"), "here");
            Reply opened = a.engine.invoke(session, 1, ManagerOp.OPEN, 0, named("counter", "n"));
            long id = Values.refId(opened.bytes(), opened.start());
            Reply sum = a.engine.invoke(session, 2, CounterOp.ADD, id, Args.of(CounterOp.ADD, Values.ofInteger(5)));
            assertEquals(Reply.integer(5).toString(), String.valueOf(sum));
            return id;
        });
        settle();
        assertTrue(counter > 0);
        byte[] first = members.get(0).snapshot();
        assertArrayEquals(first, members.get(1).snapshot());
        assertArrayEquals(first, members.get(2).snapshot());
        assertTrue(a.state.clusterId() != 0);
    }

    @Test
    void aReadIsACommandWhereAnotherNodeMightLead() throws Exception {
        Member a = members.get(0);
        log.elect(a.node);
        settle();
        long before = a.state.lastIndex();
        long session = a.on(() -> a.engine.openSession(Hello.named("me"), "here"));
        Callable<Reply> read =
                () -> a.engine.invoke(session, 1, ManagerOp.NUMBER_OF_OBJECTS, 0, Args.of(ManagerOp.NUMBER_OF_OBJECTS));
        assertEquals(Reply.integer(0).toString(), a.on(read).toString());
        assertEquals(before + 1, a.state.lastIndex());
        a.node.lease(false);
        assertEquals(Reply.integer(0).toString(), a.on(read).toString());
        assertEquals(before + 2, a.state.lastIndex());
    }

    /** On the engine's thread of whoever leads, if it still does. */
    private void count(Member leader, int n, AtomicLong answered) {
        int burst = 1 + n % 8;
        try {
            long session = leader.engine.openSession(Hello.named("me"), "here");
            Reply opened = leader.engine.invoke(session, 1, ManagerOp.OPEN, 0, named("counter", "n"));
            long id = Values.refId(opened.bytes(), opened.start());
            Args one = Args.of(CounterOp.ADD, Values.ofInteger(1));
            for (int i = 0; i < n; i++) {
                if (i % burst == 0) {
                    leader.engine.beginBurst();
                }
                leader.engine.submit(session, 2 + i, CounterOp.ADD, id, one, (request, reply) -> {
                    if (reply != null && !reply.isError()) {
                        answered.incrementAndGet();
                    }
                });
                if (i % burst == burst - 1 || i == n - 1) {
                    leader.engine.endBurst();
                }
            }
        } catch (NotLeadingException e) {
            // nobody answers: the client asks the next one
        }
    }

    /** Clients whose every request is answered, or cut off with its term: then nobody knows, so the sum is somewhere between. */
    @RepeatedTest(4)
    void nothingThatWasAnsweredIsLost() throws Exception {
        System.out.println("seed " + seed);
        log.elect(members.get(0).node);
        settle();
        log.slow(40);
        AtomicLong answered = new AtomicLong();
        long asked = 0;
        List<Future<?>> callers = new ArrayList<>();
        for (int round = 0; round < 60; round++) {
            Member leader = members.get(random.nextInt(3));
            if (random.nextInt(6) == 0) {
                log.elect(null);
            }
            log.elect(leader.node);
            int n = 1 + random.nextInt(30);
            Future<?> caller = leader.thread.submit(() -> count(leader, n, answered));
            callers.add(caller);
            asked += n;
            // some terms end at once, some in the middle of a call, some when all is answered
            boolean whole = round % 3 == 0;
            for (int i = random.nextInt(2000); i > 0 || (whole && !caller.isDone()); i--) {
                log.commitAll();
                Thread.onSpinWait();
            }
        }
        log.slow(0);
        log.elect(members.get(1).node);
        for (Future<?> caller : callers) {
            Object unused = caller.get(20, TimeUnit.SECONDS);
        }
        settle();
        Member last = members.get(1);
        long most = asked;
        long sum = last.on(() -> {
            long session = last.engine.openSession(Hello.named("me"), "here");
            Reply opened = last.engine.invoke(session, 1, ManagerOp.OPEN, 0, named("counter", "n"));
            long id = Values.refId(opened.bytes(), opened.start());
            Reply value = last.engine.invoke(session, 2, CounterOp.GET, id, Args.of(CounterOp.GET));
            return Values.integer(value.bytes(), value.start());
        });
        settle();
        assertTrue(
                answered.get() <= sum && sum <= most,
                () -> "seed " + seed + ": " + answered + " of them answered, the sum is " + sum);
        assertTrue(answered.get() > 0);
        byte[] first = members.get(0).snapshot();
        assertArrayEquals(first, members.get(1).snapshot(), "seed " + seed);
        assertArrayEquals(first, members.get(2).snapshot(), "seed " + seed);
        for (Member m : members) {
            assertNull(m.lost.get());
        }
    }
}
