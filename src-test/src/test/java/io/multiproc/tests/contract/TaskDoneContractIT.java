package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Delivery;
import io.multiproc.client.Handles;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.Manager;
import io.multiproc.protocol.op.QueueOp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which item {@code taskDone} reports: what a process has not reported comes back when it ends, and only that. */
class TaskDoneContractIT extends Contract {
    private JoinableQueueProxy<String> theirs;
    /** Of a process that ends. */
    private Manager process;

    private JoinableQueueProxy<String> mine;

    @BeforeEach
    void queue() {
        String name = uniqueName();
        theirs = manager.joinableQueue(name, String.class, 0);
        process = Manager.connect(transport.options());
        mine = process.joinableQueue(name, String.class, 0);
    }

    /** The items that come back when the process ends, in order. */
    private List<String> left() {
        process.close();
        await("they come back", () -> theirs.inProgress() == 0);
        return theirs.snapshot();
    }

    private <T> T in(java.util.concurrent.Callable<T> work) throws Exception {
        return start(work).get();
    }

    private Void done() {
        mine.taskDone();
        return null;
    }

    @Test
    void aThreadReportsWhatItHasTakenItself() throws Exception {
        theirs.addAll(List.of("a", "b"));
        assertEquals("a", mine.take());
        in(() -> {
            assertEquals("b", mine.take());
            return done();
        });
        assertEquals(1, theirs.unfinished());
        assertEquals(List.of("a"), left(), "which this thread has not reported");
    }

    @Test
    void byWhateverMethodAndProxyItWasTaken() throws Exception {
        theirs.addAll(List.of("first", "a", "b", "c", "d", "e", "f", "g"));
        assertEquals("first", in(mine::take));
        List<String> drained = new ArrayList<>();
        assertEquals("a", mine.poll());
        assertEquals("b", mine.remove());
        assertEquals("c", mine.poll(Duration.ofSeconds(1)));
        assertEquals("d", mine.get());
        assertEquals(2, mine.drainTo(drained, 2));
        assertEquals(List.of("e", "f"), drained);
        assertNotNull(mine.takeDelivery(Duration.ZERO));
        JoinableQueueProxy<String> twin = process.joinableQueue(nameOf(), String.class, 0);
        for (int i = 0; i < 7; i++) {
            twin.taskDone();
        }
        assertEquals(1, theirs.unfinished());
        assertEquals(List.of("first"), left());
    }

    private String nameOf() {
        return manager.objects().stream()
                .filter(o -> o.id() == theirs.objectId())
                .findFirst()
                .orElseThrow()
                .name();
    }

    @Test
    void inTheOrderOfTaking() throws Exception {
        theirs.addAll(List.of("a", "b", "c"));
        assertEquals("a", mine.take());
        assertEquals("b", mine.take());
        assertEquals("c", mine.take());
        done();
        done();
        assertEquals(List.of("c"), left());
    }

    @Test
    void aThreadThatHasNoneReportsForOthers() throws Exception {
        theirs.addAll(List.of("a", "b", "c"));
        assertEquals("a", mine.take());
        assertEquals("b", in(mine::take), "by a thread that has ended");
        assertEquals("c", mine.async().take().get(10, TimeUnit.SECONDS));
        in(this::done);
        assertEquals(2, theirs.inProgress());
        in(this::done);
        assertEquals(List.of("b"), left(), "futures' first, then the oldest");
    }

    @Test
    void futuresAreNoThreads() throws Exception {
        theirs.addAll(List.of("a", "b", "c", "d"));
        assertEquals("a", mine.take());
        assertEquals("b", mine.async().take().get(10, TimeUnit.SECONDS));
        assertEquals(List.of("c"), mine.async().drain(1).get(10, TimeUnit.SECONDS));
        assertNotNull(mine.takeDeliveryAsync().get(10, TimeUnit.SECONDS));
        mine.taskDoneAsync().get(10, TimeUnit.SECONDS);
        mine.taskDoneAsync().get(10, TimeUnit.SECONDS);
        mine.taskDoneAsync().get(10, TimeUnit.SECONDS);
        assertEquals(List.of("a"), left());
    }

    @Test
    void aDeliveryIsReportedExactly() throws Exception {
        theirs.addAll(List.of("a", "b", "c"));
        Delivery<String> a = mine.takeDelivery(Duration.ZERO);
        assertNotNull(a);
        assertEquals("b", mine.take());
        assertEquals("c", mine.take());
        assertTrue(in(() -> mine.done(a)), "by any thread");
        assertFalse(mine.done(a));
        done();
        assertEquals(List.of("c"), left());
    }

    @Test
    void aFutureThatWasCancelledHasTakenNothing() throws Exception {
        for (int i = 0; i < 50; i++) {
            CompletableFuture<String> take = mine.async().take();
            theirs.put("item" + i);
            boolean cancelled = take.cancel(false);
            if (!cancelled) {
                mine.taskDoneAsync().get(10, TimeUnit.SECONDS);
            }
            String item;
            while ((item = mine.poll(cancelled ? Duration.ofSeconds(10) : Duration.ZERO)) != null) {
                assertEquals("item" + i, item);
                done();
                break;
            }
            assertEquals(0, theirs.unfinished());
        }
        assertEquals(List.of(), left());
    }

    @Test
    void anItemThatWentBackIsNotReportedAsAnother() throws Exception {
        theirs.configure(Duration.ofMillis(50), 0, null);
        theirs.put("a");
        assertEquals("a", mine.take());
        await("its time is up", () -> theirs.size() == 1);
        theirs.configure(Duration.ZERO, 0, null);
        assertEquals("a", in(mine::take));
        done();
        assertEquals(1, theirs.inProgress(), "late, and not the other thread's");
        assertEquals(List.of("a"), left());
    }

    @Test
    void whatIsLeftUnfinishedDoesNotComeBack() throws Exception {
        theirs.addAll(List.of("a", "b", "c"));
        assertEquals("a", mine.take());
        Handles.of(mine).call(QueueOp.LEAVE_UNFINISHED);
        assertEquals(0, theirs.inProgress());
        assertEquals(3, theirs.unfinished(), "nobody has reported it");
        assertEquals("b", mine.take());
        assertEquals(List.of("b", "c"), left(), "only what was taken before");
    }

    @Test
    void moreThanWerePutIsAnError() throws Exception {
        theirs.put("a");
        assertEquals("a", mine.take());
        done();
        assertThrows(IllegalStateException.class, this::done);
    }
}
