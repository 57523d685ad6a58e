package io.multiproc.server.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.StateLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ids and fencing tokens of states that have lost their end, and were gone on with. */
class NumbersTest {
    private static final Settings SETTINGS = new Settings(1 << 20, StateLimits.DEFAULT, 200, 4_000, 3_000, 9_000, 0);

    private final Bench bench = begun();

    private static Bench begun() {
        Bench bench = new Bench();
        assertNull(bench.apply(0, 0, new Command.Genesis(77, SETTINGS)));
        return bench;
    }

    private static Bench copy(Bench of) {
        SharedState state = new SharedState();
        state.restore(of.snapshot());
        Bench copy = new Bench(state);
        copy.time = of.time;
        return copy;
    }

    private static void restart(Bench bench) {
        assertNull(bench.apply(0, 0, new Command.Restarted(bench.time)));
    }

    /** A session, an object and a token; returns the lowest of them and adds all to what was given. */
    private static long give(Bench bench, List<Long> given) {
        long session = bench.openSession();
        long lock = bench.create(session, ObjectType.LOCK);
        Object token = assertNotNullAnd(bench.call(session, lock, LockOp.ACQUIRE, 1, -1));
        given.addAll(List.of(session, lock, (Long) token));
        return Math.min(session, Math.min(lock, (Long) token));
    }

    private static Object assertNotNullAnd(Object value) {
        assertNotNull(value);
        return value;
    }

    @Test
    void aFirstStartCountsFromOne() {
        List<Long> given = new ArrayList<>();
        long unused = give(bench, given);
        assertEquals(List.of(2L, 1L, 4L), given);
    }

    /** Whatever happened to the newer state, and however often it was started: the older one goes on with higher numbers. */
    @Test
    void anOlderStateGivesNoNumberAgain() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            Bench newer = begun();
            List<Long> given = new ArrayList<>();
            Bench older = copy(newer);
            for (int step = 0; step < 30; step++) {
                newer.time += random.nextInt(50);
                long unused = give(newer, given);
                if (random.nextInt(5) == 0) {
                    restart(newer);
                }
                if (random.nextInt(10) == 0) {
                    older = copy(newer);
                }
            }
            long highest = given.stream().mapToLong(n -> n).max().orElseThrow();
            older.time = newer.time + 1;
            restart(older);
            long lowest = give(older, new ArrayList<>());
            assertTrue(lowest > highest, "seed " + seed + ": " + lowest + " after " + highest);
        }
    }

    @Test
    void theCountOfEntriesStays() {
        long before = bench.state.lastIndex();
        bench.time += 1_000_000;
        restart(bench);
        assertEquals(before + 1, bench.state.lastIndex());
        long raised = bench.state.lastNumber();
        assertTrue(raised >= 4_096L * 1_000_000, String.valueOf(raised));
        assertEquals(raised + 1, bench.openSession());
        assertEquals(before + 2, bench.state.lastIndex());
        Bench copy = copy(bench);
        assertArrayEquals(bench.snapshot(), copy.snapshot());
        assertEquals(raised + 2, copy.openSession());
    }

    @Test
    void aClockThatIsWrongRaisesAsMuchAsItCan() {
        bench.time += 10_000;
        restart(bench);
        long raised = bench.state.lastNumber();
        for (long wall : new long[] {bench.time - 5_000, 0, -1, Long.MIN_VALUE}) {
            assertNull(bench.apply(0, 0, new Command.Restarted(wall)));
            assertTrue(bench.state.lastNumber() >= raised && bench.state.lastNumber() < raised + 10);
        }
        assertNull(bench.apply(0, 0, new Command.Restarted(Long.MAX_VALUE)));
        long most = bench.state.lastNumber();
        assertTrue(most > 1L << 53 && most < 1L << 55, String.valueOf(most));
        long session = bench.openSession();
        assertTrue(session > most);
        assertTrue(bench.create(session, ObjectType.DICT) > most);
    }

    /** The first one may have been started again after the backup was made, which raised its numbers by its age. */
    @Test
    void whatWasRestoredGivesNoNumberOfTheFirstOne() {
        List<Long> given = new ArrayList<>();
        bench.time += 30 * 86_400_000L;
        long unused = give(bench, given);
        Bench backup = copy(bench);
        bench.time += 60_000;
        restart(bench);
        unused = give(bench, given);
        long highest = given.stream().mapToLong(n -> n).max().orElseThrow();
        assertTrue(highest > 1L << 43, "far beyond what a crash leaps by");
        backup.state.renew(78, bench.time);
        assertTrue(give(backup, new ArrayList<>()) > highest);
    }

    /** What a backup makes is another cluster; an older copy of that does not go back either. */
    @Test
    void whatWasRestoredDoesNotGoBackEither() {
        List<Long> given = new ArrayList<>();
        long unused = give(bench, given);
        bench.state.renew(78, bench.time);
        Bench older = copy(bench);
        bench.time += 100;
        unused = give(bench, given);
        long highest = given.stream().mapToLong(n -> n).max().orElseThrow();
        older.time = bench.time;
        restart(older);
        assertTrue(give(older, given) > highest);
    }
}
