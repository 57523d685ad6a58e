package io.multiproc.tests.linearizability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CheckerTest {
    /** One number: read, write, add. */
    private static final Spec REGISTER = new Spec() {
        @Override
        public Object initial() {
            return 0;
        }

        @Override
        public Step apply(Object state, Call call) {
            return switch (call.name()) {
                case "read" -> new Step(state, state);
                case "write" -> new Step(call.number(0), "ok");
                default -> new Step((int) state + call.number(0), (int) state + call.number(0));
            };
        }
    };

    private final List<Checker.Operation> history = new ArrayList<>();

    private void op(String name, Object arg, Object answer, long called, long returned) {
        history.add(new Checker.Operation(Spec.Call.of(0, name, arg), answer, called, returned));
    }

    private void is(boolean expected) {
        assertEquals(expected, Checker.isLinearizable(REGISTER, history), history::toString);
    }

    @Test
    void nothingIsLinearizable() {
        is(true);
    }

    @Test
    void oneAfterTheOther() {
        op("write", 1, "ok", 0, 1);
        op("read", 0, 1, 2, 3);
        is(true);
        op("read", 0, 0, 4, 5);
        is(false);
    }

    @Test
    void aReadThatOverlapsAWriteSeesEither() {
        op("write", 1, "ok", 0, 10);
        op("read", 0, 0, 1, 2);
        op("read", 0, 1, 3, 4);
        is(true);
        // but not the new value first and then the old one
        op("read", 0, 0, 5, 6);
        is(false);
    }

    @Test
    void aStaleReadIsRejected() {
        op("write", 1, "ok", 0, 1);
        op("write", 2, "ok", 2, 3);
        op("read", 0, 1, 4, 5);
        is(false);
    }

    @Test
    void aLostUpdateIsRejected() {
        op("add", 1, 1, 0, 10);
        op("add", 1, 1, 1, 9);
        is(false);
    }

    @Test
    void twoAddsAtATimeAreAccepted() {
        op("add", 1, 2, 0, 10);
        op("add", 1, 1, 1, 9);
        is(true);
    }

    @Test
    void whatNeverReturnedMayHaveHappened() {
        op("write", 1, "", 0, Checker.NEVER);
        op("read", 0, 0, 1, 2);
        is(true);
        op("read", 0, 1, 3, 4);
        is(true);
        op("read", 0, 0, 5, 6);
        is(false);
    }

    @Test
    void aDoubledItemIsRejected() {
        Spec queue = Specs.spec("queue");
        history.add(new Checker.Operation(Spec.Call.of(0, "offer", 7), true, 0, 1));
        history.add(new Checker.Operation(Spec.Call.of(1, "poll"), 7, 2, 5));
        assertEquals(true, Checker.isLinearizable(queue, history));
        history.add(new Checker.Operation(Spec.Call.of(2, "poll"), 7, 3, 6));
        assertEquals(false, Checker.isLinearizable(queue, history));
    }

    @Test
    void aSecondOwnerIsRejected() {
        Spec lock = Specs.spec("lock");
        history.add(new Checker.Operation(Spec.Call.of(0, "tryLock"), true, 0, 2));
        history.add(new Checker.Operation(Spec.Call.of(1, "tryLock"), false, 1, 3));
        assertEquals(true, Checker.isLinearizable(lock, history));
        history.add(new Checker.Operation(Spec.Call.of(2, "tryLock"), true, 4, 5));
        assertEquals(false, Checker.isLinearizable(lock, history));
    }

    /** Histories made from a sequence, widened at random, are good; with one answer changed almost all are bad. */
    @Test
    void randomHistories() {
        int rejected = 0;
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            history.clear();
            int state = 0;
            for (int i = 0; i < 40; i++) {
                long at = 100L * i;
                state++;
                op("add", 1, state, at - random.nextInt(250), at + 1 + random.nextInt(250));
            }
            is(true);
            int victim = random.nextInt(history.size());
            Checker.Operation o = history.get(victim);
            history.set(victim, new Checker.Operation(o.call(), (int) o.answer() + 1, o.called(), o.returned()));
            rejected += Checker.isLinearizable(REGISTER, history) ? 0 : 1;
        }
        assertEquals(200, rejected, "an answer given twice");
    }
}
