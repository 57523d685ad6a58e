package io.multiproc.server.engine;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.FakeState;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EngineTest {
    private final FakeState state = new FakeState();
    private final List<String> sent = new ArrayList<>();
    private final FakeTimer timer = new FakeTimer();
    private long time = 1000;
    private int shutdowns;
    private final Engine engine = engine(true);
    private final long session = engine.openSession(Hello.named("me"), "here");

    private Engine engine(boolean allowShutdown) {
        return new Engine(
                state,
                () -> time,
                timer,
                (s, request, reply) -> sent.add(s + "/" + request + " " + reply),
                new EngineOptions("1.2.3", 4096, allowShutdown, () -> List.of("tcp://h:1")),
                () -> shutdowns++);
    }

    /** Tasks wait until the test lets time pass. */
    private static final class FakeTimer implements DeadlineTimer {
        private record Task(long delay, Runnable run) {}

        private final List<Task> tasks = new ArrayList<>();
        private int scheduled;

        @Override
        public Runnable schedule(long delayMillis, Runnable task) {
            Task t = new Task(delayMillis, task);
            tasks.add(t);
            scheduled++;
            return () -> tasks.remove(t);
        }

        void fire() {
            assertEquals(1, tasks.size());
            tasks.remove(0).run().run();
        }
    }

    private Reply take(long request, long timeout) {
        Reply r = engine.invoke(session, request, QueueOp.TAKE, 2, Args.of(QueueOp.TAKE, Values.ofInteger(timeout)));
        return r == null ? Reply.text("parked") : r;
    }

    private Reply get(long object) {
        Reply r = engine.invoke(session, 9, DictOp.GET, object, Args.of(DictOp.GET, Values.ofInteger(1)));
        assertNotNull(r);
        return r;
    }

    private Entry last() {
        return state.entries.get(state.entries.size() - 1);
    }

    @Test
    void entriesAreStampedMonotonically() {
        get(1);
        time = 500;
        get(1);
        time = 1500;
        get(1);
        assertEquals(
                List.of(1000L, 1000L, 1000L, 1500L),
                state.entries.stream().map(Entry::time).toList());
    }

    @Test
    void aReadIsNoEntry() {
        int before = state.entries.size();
        Reply size = engine.invoke(session, 1, QueueOp.SIZE, 2, Args.of(QueueOp.SIZE));
        assertEquals(Reply.integer(0).toString(), String.valueOf(size));
        assertEquals(before, state.entries.size());
        assertEquals(1, engine.stats().applied(QueueOp.SIZE));
    }

    @Test
    void answersThatComeLaterArePassedOn() {
        assertEquals("parked", Values.text(take(7, -1).value()));
        long other = engine.openSession(Hello.named("other"), "there");
        Reply put = engine.invoke(
                other, 1, QueueOp.PUT, 2, Args.of(QueueOp.PUT, Values.ofInteger(5), Values.ofInteger(-1)));
        assertSame(Reply.TRUE, put);
        assertEquals(List.of(session + "/7 " + Reply.integer(5)), sent);
    }

    @Test
    void aTickIsScheduledOnceForTheEarliestDeadline() {
        take(1, 100);
        assertEquals(100, timer.tasks.get(0).delay());
        take(2, 200);
        get(1);
        assertEquals(1, timer.scheduled, "later deadlines change nothing");
        take(3, 50);
        assertEquals(2, timer.scheduled);
        assertEquals(1, timer.tasks.size(), "the later tick was withdrawn");
        assertEquals(50, timer.tasks.get(0).delay());
        time = 1050;
        timer.fire();
        assertEquals(List.of(session + "/3 " + Reply.ABSENT), sent);
        assertEquals(50, timer.tasks.get(0).delay(), "and the next one is due in 50 ms");
        time = 1200;
        timer.fire();
        assertEquals(3, sent.size());
        assertEquals(0, timer.tasks.size());
    }

    @Test
    void aTickThatComesTooEarlyIsRepeated() {
        take(1, 100);
        time = 1099;
        timer.fire();
        assertEquals(List.of(), sent);
        assertEquals(1, timer.tasks.get(0).delay());
        time = 1100;
        timer.fire();
        assertEquals(1, sent.size());
    }

    @Test
    void aCancelledWaitLeavesAHarmlessTick() {
        take(1, 100);
        engine.cancel(session, 1);
        assertTrue(sent.get(0).contains("CANCELLED"), sent.toString());
        time = 1100;
        timer.fire();
        assertEquals(1, sent.size());
        assertEquals(0, timer.tasks.size());
    }

    @Test
    void aTickThatFailsIsNotRepeatedInATightLoop() {
        take(1, 1);
        state.failTicks = true;
        time = 1001;
        timer.fire();
        assertEquals(1000, timer.tasks.get(0).delay());
        state.failTicks = false;
        time = 2001;
        timer.fire();
        assertEquals(1, sent.size());
    }

    @Test
    void faultsAnswerTheRequestAtHand() {
        assertEquals(ErrorCode.INTERNAL, get(FakeState.FAULT).error());
        assertEquals(ErrorCode.INTERNAL, get(FakeState.STACK_OVERFLOW).error());
        assertEquals(ErrorCode.BUSY, get(FakeState.OUT_OF_MEMORY).error());
        assertFalse(get(FakeState.FAULT).message().contains("IllegalState"), "no class names on the wire");
        assertFalse(get(1).isError());
    }

    @Test
    void sessionsEndOnce() {
        engine.closeSession(session, "gone");
        engine.closeSession(session, "gone");
        assertEquals(new Command.SessionClosed("gone"), last().command());
        assertEquals(2, state.entries.size());
        assertEquals(0, engine.sessionCount());
        assertTrue(engine.openSession(Hello.named("next"), "") > session, "ids are never reused");
    }

    @Test
    void acknowledgementsReachTheState() {
        engine.acknowledge(session, 3);
        assertEquals(new Command.Acknowledge(), last().command());
        assertEquals(3, last().request());
        assertEquals(session, last().session());
    }

    @Test
    void registriesAreKnownOnceRegistered() {
        byte[] fingerprint = new byte[32];
        Arrays.fill(fingerprint, (byte) 3);
        Hello hello = new Hello(Hello.VERSION, Hello.VERSION, 0, fingerprint, "x");
        long s = engine.openSession(hello, "");
        assertFalse(engine.hasRegistered(s));
        engine.invoke(
                s,
                1,
                ManagerOp.REGISTER_CLASSES,
                0,
                Args.of(ManagerOp.REGISTER_CLASSES, Values.container(Tag.LIST, List.of())));
        assertTrue(engine.hasRegistered(s));
        assertTrue(engine.hasRegistered(engine.openSession(hello, "")));
        assertFalse(engine.hasRegistered(engine.openSession(Hello.named("without classes"), "")));
        engine.closeSession(s, "");
        assertFalse(engine.hasRegistered(s));
    }

    @Test
    void info() {
        time = 1234;
        engine.invoke(session, 1, DictOp.SET, 1, Args.of(DictOp.SET, Values.ofInteger(1), Values.ofInteger(1)));
        Reply reply = engine.invoke(session, 2, ManagerOp.INFO, 0, Args.of(ManagerOp.INFO));
        assertNotNull(reply);
        byte[] value = reply.value();
        assertEquals(value.length, Values.check(value, 0, value.length));
        Map<String, byte[]> facts = new HashMap<>();
        List<byte[]> elements = Values.elements(value, 0);
        for (int i = 0; i < elements.size(); i += 2) {
            facts.put(Values.text(elements.get(i)), elements.get(i + 1));
        }
        assertEquals("1.2.3", Values.text(fact(facts, "version")));
        assertEquals(234, Values.integer(fact(facts, "uptime_ms"), 0));
        assertEquals(1, Values.integer(fact(facts, "sessions"), 0));
        assertEquals(1, Values.integer(fact(facts, "objects"), 0));
        assertEquals(4096, Values.integer(fact(facts, "max_frame"), 0));
        assertEquals(ProcessHandle.current().pid(), Values.integer(fact(facts, "pid"), 0));
        assertTrue(Values.integer(fact(facts, "heap_max"), 0) > Values.integer(fact(facts, "heap_used"), 0));
        assertEquals(
                "tcp://h:1",
                Values.text(Values.elements(fact(facts, "listeners"), 0).get(0)));
        assertEquals(14, facts.size());
    }

    private static byte[] fact(Map<String, byte[]> facts, String name) {
        byte[] value = facts.get(name);
        assertNotNull(value, name);
        return value;
    }

    @Test
    void shutdownNeedsLeave() {
        Reply yes = engine.invoke(session, 1, ManagerOp.SHUTDOWN, 0, Args.of(ManagerOp.SHUTDOWN));
        assertSame(Reply.NOTHING, yes);
        assertEquals(1, shutdowns);
        Reply no = engine(false).invoke(session, 1, ManagerOp.SHUTDOWN, 0, Args.of(ManagerOp.SHUTDOWN));
        assertNotNull(no);
        assertEquals(ErrorCode.FORBIDDEN, no.error());
        assertEquals(1, shutdowns);
    }

    @Test
    void anotherThreadIsCaught() throws InterruptedException {
        List<Throwable> caught = new ArrayList<>();
        Thread t = new Thread(() -> get(1));
        t.setUncaughtExceptionHandler((thread, e) -> caught.add(e));
        t.start();
        t.join();
        assertInstanceOf(AssertionError.class, caught.get(0));
    }
}
