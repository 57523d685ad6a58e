package io.multiproc.server.net;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.protocol.wire.Reply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplyLogTest {
    private record Kept(long request, Reply reply) {}

    private static List<Kept> content(ReplyLog log) {
        List<Kept> out = new ArrayList<>();
        log.forEach((request, reply) -> out.add(new Kept(request, reply)));
        return out;
    }

    @Test
    void isAQueueWhateverTheOrderOfCalls() {
        long seed = System.nanoTime();
        System.out.println("ReplyLogTest seed " + seed);
        Random random = new Random(seed);
        ReplyLog log = new ReplyLog(Long.MAX_VALUE, () -> true);
        ArrayDeque<Kept> model = new ArrayDeque<>();
        long added = 0;
        for (int i = 0; i < 20_000; i++) {
            int most = random.nextInt(5) == 0 ? 200 : 3;
            for (int n = random.nextInt(most); n > 0; n--) {
                Kept kept = new Kept(random.nextLong(), Reply.text("x".repeat(random.nextInt(10))));
                log.add(kept.request(), kept.reply());
                model.add(kept);
                added++;
            }
            if (random.nextInt(3) == 0 && !model.isEmpty()) {
                int n = random.nextInt(model.size() + 1);
                long upTo = added - model.size() + n;
                assertTrue(log.admits(upTo));
                log.confirm(upTo);
                for (int k = 0; k < n; k++) {
                    model.remove();
                }
            }
            if (random.nextInt(10) == 0) {
                log.trim();
            }
            assertEquals(added, log.total());
            if (i % 50 == 0) {
                assertEquals(List.copyOf(model), content(log));
            }
        }
    }

    @Test
    void aPlaceThatIsReservedIsThereForTheNextReply() {
        ReplyLog log = new ReplyLog(Long.MAX_VALUE, () -> true);
        for (int i = 0; i < 100; i++) {
            log.reserve();
            log.reserve();
            assertEquals(i, log.total(), "reserving adds nothing");
            log.add(i, Reply.integer(i));
        }
        assertEquals(100, content(log).size());
        log.giveUp();
        log.reserve();
        log.add(100, Reply.integer(1));
        assertEquals(101, log.total());
        assertFalse(log.admits(101));
    }

    @Test
    void keepsNoMoreThanItMay() {
        ReplyLog log = new ReplyLog(1000, () -> true);
        log.add(1, Reply.text("x".repeat(800)));
        assertFalse(log.isFull());
        log.confirm(1);
        log.add(2, Reply.text("x".repeat(800)));
        assertFalse(log.isFull());
        log.add(3, Reply.text("x".repeat(200)));
        assertTrue(log.isFull());
        log.add(4, Reply.TRUE);
        assertEquals(List.of(), content(log));
        assertEquals(4, log.total());
        assertFalse(log.admits(1));
        assertFalse(log.admits(4));
    }

    @Test
    void whatWasConfirmedIsNoLongerAdmittedAndWhatIsToComeNotYet() {
        ReplyLog log = new ReplyLog(Long.MAX_VALUE, () -> true);
        assertTrue(log.admits(0));
        assertFalse(log.admits(1));
        log.add(7, Reply.TRUE);
        log.add(8, Reply.FALSE);
        assertTrue(log.admits(0));
        assertTrue(log.admits(2));
        log.confirm(1);
        log.confirm(0);
        assertFalse(log.admits(0));
        assertEquals(List.of(new Kept(8, Reply.FALSE)), content(log));
    }
}
