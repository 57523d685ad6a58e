package io.multiproc.server.engine;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.state.SharedState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody sets the computer's clock. */
@Timeout(20)
class EngineClockTest {
    private static final long DAY = 24 * 3600 * 1000L;

    private long wall = 1_700_000_000_000L;
    /** Near the end of the numbers, as System.nanoTime may be. */
    private long nanos = Long.MAX_VALUE - 500_000_000;

    private final EngineClock clock = new EngineClock(() -> wall, () -> nanos);

    /** What was scheduled: after how many milliseconds, and what. */
    private final List<Long> delays = new ArrayList<>();

    private final List<Runnable> ticks = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();

    private void pass(long millis) {
        nanos += millis * 1_000_000;
    }

    @Test
    void startsAtTheWallClockAndGoesOnByItself() {
        assertEquals(1_700_000_000_000L, clock.getAsLong());
        pass(1);
        assertEquals(1_700_000_000_001L, clock.getAsLong());
        wall += DAY;
        assertEquals(1_700_000_000_001L, clock.getAsLong());
        wall -= 365 * DAY;
        // over the end of the numbers
        pass(999);
        assertTrue(nanos < 0);
        assertEquals(1_700_000_001_000L, clock.getAsLong());
    }

    @Test
    void aJumpNeitherEndsAWaitNorFreezesIt() {
        Engine engine = new Engine(
                new SharedState(),
                clock,
                (delay, task) -> {
                    delays.add(delay);
                    ticks.add(task);
                    return () -> ticks.remove(task);
                },
                (session, request, reply) -> answers.add(request + " " + reply),
                new EngineOptions("1", 4096, true, List::of),
                () -> {});
        long session = engine.openSession(Hello.named("waits"), "here");
        Reply made = engine.invoke(
                session,
                1,
                ManagerOp.CREATE,
                0,
                Args.of(ManagerOp.CREATE, Values.ofText("queue"), Values.container(Tag.LIST, List.of())));
        assertNotNull(made);
        long queue = Values.refId(made.value(), 0);
        assertNull(engine.invoke(session, 2, QueueOp.TAKE, queue, Args.of(QueueOp.TAKE, Values.ofInteger(1000))));
        assertEquals(List.of(1000L), delays);

        wall += DAY;
        assertNotNull(engine.invoke(session, 3, QueueOp.SIZE, queue, Args.of(QueueOp.SIZE)));
        assertEquals(List.of(), answers, "a day ahead, and nobody's time is up");

        wall -= 2 * DAY;
        pass(1000);
        ticks.remove(0).run();
        assertEquals(List.of("2 " + Reply.ABSENT), answers, "a day behind, and it is up all the same");
    }
}
