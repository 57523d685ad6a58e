package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Delivery;
import io.multiproc.client.DictProxy;
import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.Outcome;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.SerializationException;
import io.multiproc.client.SetProxy;
import io.multiproc.client.SimpleQueueProxy;
import io.multiproc.client.Tuple;
import io.multiproc.client.UnreadValue;
import io.multiproc.protocol.op.ArrayOp;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.op.IteratorOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.NamespaceOp;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.SetOp;
import io.multiproc.protocol.op.Shape;
import io.multiproc.protocol.op.ValueOp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Values of a class that one of two programs does not know: nothing is lost, and exceptions say what is true. */
class UnreadableContractIT extends Contract {
    /** Known to {@link #writer} only. */
    public record Job(String name) {}

    private static final Job JOB = new Job("build");

    private Manager writer;

    @BeforeEach
    void connectTheWriter() {
        writer = Manager.connect(transport.options().register(7300, Job.class));
    }

    @AfterEach
    void disconnectTheWriter() {
        writer.close();
    }

    private static UnreadValue refused(Outcome outcome, Executable call) {
        SerializationException e = assertThrows(SerializationException.class, call);
        assertEquals(outcome, e.outcome(), e.getMessage());
        UnreadValue value = e.value();
        assertNotNull(value);
        return value;
    }

    private static Executable joined(
            java.util.function.Supplier<? extends java.util.concurrent.CompletableFuture<?>> call) {
        return () -> {
            try {
                call.get().join();
            } catch (CompletionException e) {
                throw e.getCause();
            }
        };
    }

    /** All that changes something and brings a value: each is below, or brings what every program can read. */
    @Test
    void nothingIsForgotten() {
        Set<Op> known = new HashSet<>(Set.of(
                DictOp.PUT,
                DictOp.PUT_IF_ABSENT,
                DictOp.REMOVE,
                DictOp.REPLACE,
                DictOp.POP_ITEM,
                DictOp.ADD,
                ListOp.SET,
                ListOp.REMOVE_AT,
                NamespaceOp.ADD,
                QueueOp.TAKE,
                QueueOp.DRAIN,
                QueueOp.DRAIN_DELIVERIES,
                QueueOp.TAKE_DELIVERY));
        known.addAll(
                Set.of(ValueOp.GET_AND_SET, ValueOp.ADD, ArrayOp.ADD, SetOp.POP, IteratorOp.NEXT, InstanceOp.CALL));
        Set<Op> found = new HashSet<>();
        for (Op op : OpTable.all()) {
            boolean brings = Set.of(
                            Shape.VALUE, Shape.KEY, Shape.VALUES, Shape.KEYS, Shape.TUPLE, Shape.NUMBER, Shape.PAIRS)
                    .contains(op.spec().reply());
            if (op.has(Flag.WRITE)
                    && brings
                    && op != ManagerOp.RELOAD_KEYS
                    && !op.wireName().startsWith("service.")) {
                found.add(op);
            }
        }
        assertEquals(known, found);
    }

    @Test
    void aQueueKeepsItsItemAtItsPlace() throws Exception {
        String name = uniqueName();
        QueueProxy<Object> theirs = writer.queue(name, Object.class, 0);
        QueueProxy<Object> mine = manager.queue(name, Object.class, 0);
        theirs.addAll(List.of(JOB, "second"));
        refused(Outcome.NOT_APPLIED, mine::poll);
        refused(Outcome.NOT_APPLIED, mine::take);
        refused(Outcome.NOT_APPLIED, mine::remove);
        refused(Outcome.NOT_APPLIED, mine::peek);
        refused(Outcome.NOT_APPLIED, mine::element);
        refused(Outcome.NOT_APPLIED, () -> mine.poll(Duration.ofSeconds(1)));
        List<Object> drained = new ArrayList<>();
        refused(Outcome.NOT_APPLIED, () -> mine.drainTo(drained));
        refused(Outcome.NOT_APPLIED, joined(() -> mine.async().take()));
        refused(Outcome.NOT_APPLIED, joined(() -> mine.async().poll()));
        refused(Outcome.NOT_APPLIED, joined(() -> mine.async().drain(9)));
        refused(Outcome.NOT_APPLIED, mine::snapshot);
        assertEquals(List.of(), drained);
        assertEquals(List.of(JOB, "second"), theirs.snapshot(), "each came back to the head");
        assertEquals(JOB, theirs.take(), "who can read it gets it");
        assertEquals("second", mine.take());
        theirs.put(JOB);
        UnreadValue item = refused(Outcome.NOT_APPLIED, mine::poll);
        assertTrue(mine.contains(item));
        assertTrue(mine.remove(item), "who cannot may drop it");
        assertTrue(theirs.isEmpty());
        mine.put(item);
        assertEquals(JOB, theirs.poll(), "or put it somewhere else");
    }

    @Test
    void anItemOfAnotherTypeIsNotTaken() throws Exception {
        String name = uniqueName();
        QueueProxy<Object> theirs = manager.queue(name, Object.class, 0);
        theirs.addAll(List.of("text", 1L << 40));
        QueueProxy<Integer> numbers = other.queue(name, Integer.class, 0);
        assertThrows(ClassCastException.class, numbers::poll);
        assertThrows(ClassCastException.class, numbers::take);
        assertThrows(ClassCastException.class, joined(() -> numbers.async().take()));
        assertEquals("text", theirs.poll());
        assertThrows(ArithmeticException.class, numbers::poll);
        assertEquals(1L << 40, theirs.poll());
    }

    @Test
    void aCollectionThatRefusesItemsLeavesThemInTheQueue() {
        QueueProxy<String> queue = manager.queue(String.class, 0);
        queue.addAll(List.of("a", "b", "c"));
        ArrayBlockingQueue<String> small = new ArrayBlockingQueue<>(1);
        assertThrows(IllegalStateException.class, () -> queue.drainTo(small));
        assertEquals(List.of("a", "b", "c"), queue.snapshot());
        QueueProxy<String> full = manager.queue(String.class, 1);
        assertThrows(IllegalStateException.class, () -> queue.drainTo(full));
        assertEquals(List.of("a", "b", "c"), queue.snapshot());
        assertTrue(full.isEmpty(), "a shared queue takes all or none");
    }

    @Test
    void otherQueues() throws Exception {
        String name = uniqueName();
        JoinableQueueProxy<Object> work = writer.joinableQueue(name, Object.class, 0);
        JoinableQueueProxy<Object> mine = manager.joinableQueue(name, Object.class, 0);
        work.put(JOB);
        refused(Outcome.NOT_APPLIED, mine::poll);
        refused(Outcome.NOT_APPLIED, () -> mine.takeDelivery(Duration.ZERO));
        refused(Outcome.NOT_APPLIED, joined(mine::takeDeliveryAsync));
        refused(Outcome.NOT_APPLIED, () -> mine.drainTo(new ArrayList<>()));
        refused(Outcome.NOT_APPLIED, joined(() -> mine.async().drain(5)));
        assertEquals(0, mine.inProgress());
        Delivery<Object> delivery = work.takeDelivery(Duration.ZERO);
        assertEquals(new Delivery<>(JOB, 1, delivery.number()), delivery, "those did not count as deliveries");
        work.done(delivery);
        assertEquals(0, work.unfinished());
        String simple = uniqueName();
        SimpleQueueProxy<Object> theirs = writer.simpleQueue(simple, Object.class);
        SimpleQueueProxy<Object> here = manager.simpleQueue(simple, Object.class);
        theirs.put(JOB);
        refused(Outcome.NOT_APPLIED, here::get);
        refused(Outcome.NOT_APPLIED, joined(here::getAsync));
        assertEquals(JOB, theirs.get());
    }

    @Test
    void aDictSaysWhatItHasDone() {
        String name = uniqueName();
        DictProxy<String, Object> theirs = writer.dict(name, String.class, Object.class);
        DictProxy<String, Object> mine = manager.dict(name, String.class, Object.class);
        theirs.set("k", JOB);
        refused(Outcome.NOT_APPLIED, () -> mine.get("k"));
        refused(Outcome.NOT_APPLIED, mine::snapshot);
        refused(Outcome.NOT_APPLIED, () -> mine.putIfAbsent("k", "new"));
        refused(Outcome.NOT_APPLIED, () -> mine.setDefault("k", "new"));
        refused(Outcome.NOT_APPLIED, () -> mine.computeIfAbsent("k", k -> "new"));
        refused(Outcome.NOT_APPLIED, () -> mine.compute("k", (k, v) -> "new"));
        refused(Outcome.NOT_APPLIED, () -> mine.merge("k", "new", (a, b) -> b));
        refused(Outcome.NOT_APPLIED, () -> mine.replaceAll((k, v) -> "new"));
        refused(Outcome.NOT_APPLIED, () -> mine.values().removeIf(v -> true));
        refused(Outcome.NOT_APPLIED, joined(() -> mine.async().putIfAbsent("k", "new")));
        assertEquals(Map.of("k", JOB), theirs.snapshot());
        UnreadValue before = refused(Outcome.APPLIED, () -> mine.put("k", "put"));
        assertEquals("put", theirs.get("k"));
        mine.set("k", before);
        assertEquals(JOB, theirs.get("k"), "what it was can be put back");
        refused(Outcome.APPLIED, () -> mine.replace("k", "replaced"));
        assertEquals("replaced", theirs.put("k", JOB));
        refused(Outcome.APPLIED, () -> mine.remove("k"));
        assertNull(theirs.put("k", JOB));
        refused(Outcome.APPLIED, () -> mine.pop("k"));
        assertNull(theirs.put("k", JOB));
        refused(Outcome.APPLIED, () -> mine.pop("k", "default"));
        assertNull(theirs.put("k", JOB));
        UnreadValue pair = refused(Outcome.APPLIED, mine::popItem);
        assertEquals(0, theirs.size());
        manager.list(uniqueName()).add(pair);
        theirs.set("k", JOB);
        refused(Outcome.APPLIED, joined(() -> mine.async().put("k", "put")));
        assertEquals("put", theirs.put("k", JOB));
        refused(Outcome.APPLIED, joined(() -> mine.async().remove("k")));
        assertEquals(0, theirs.size());
        theirs.set("k", JOB);
        assertTrue(mine.keySet().remove("k"), "which asks for no value");
        theirs.set("k", JOB);
        var keys = mine.keySet().iterator();
        keys.next();
        keys.remove();
        assertEquals(0, theirs.size());
    }

    @Test
    void aValueOfAnotherTypeIsTold() {
        String name = uniqueName();
        manager.dict(name).put("k", "text");
        DictProxy<String, Integer> mine = other.dict(name, String.class, Integer.class);
        assertThrows(ClassCastException.class, () -> mine.get("k"));
        UnreadValue before = refused(Outcome.APPLIED, () -> mine.put("k", 1));
        manager.dict(name).set("k", before);
        assertEquals("text", manager.dict(name).get("k"));
        manager.dict(name).set("k", 1L << 40);
        refused(Outcome.APPLIED, () -> mine.add("k", 1));
        assertEquals((1L << 40) + 1, manager.dict(name).get("k"));
    }

    @Test
    void listsSetsAndIterators() {
        String name = uniqueName();
        ListProxy<Object> theirs = writer.list(name, Object.class);
        ListProxy<Object> mine = manager.list(name, Object.class);
        theirs.addAll(List.of(JOB, JOB, JOB, "last"));
        refused(Outcome.NOT_APPLIED, () -> mine.get(0));
        refused(Outcome.NOT_APPLIED, () -> mine.removeIf(e -> true));
        refused(Outcome.NOT_APPLIED, () -> mine.replaceAll(e -> "new"));
        assertEquals(4, theirs.size());
        UnreadValue element = refused(Outcome.APPLIED, () -> mine.set(0, "set"));
        assertEquals("set", theirs.get(0));
        mine.set(0, element);
        assertEquals(JOB, theirs.get(0));
        refused(Outcome.APPLIED, () -> mine.remove(0));
        refused(Outcome.APPLIED, () -> mine.pop(0));
        refused(Outcome.APPLIED, joined(() -> mine.async().pop(0)));
        assertEquals(List.of("last"), theirs.snapshot());
        String shared = uniqueName();
        writer.list(shared).addAll(List.of(JOB, "next"));
        var steps = manager.iterator(manager.list(shared));
        UnreadValue step = refused(Outcome.APPLIED, steps::next);
        assertTrue(step.bytes().length > 0);
        assertEquals("next", steps.next());
        String elements = uniqueName();
        SetProxy<Object> set = writer.set(elements, Object.class);
        set.add("text");
        SetProxy<Integer> typed = manager.set(elements, Integer.class);
        UnreadValue popped = refused(Outcome.APPLIED, typed::pop);
        assertTrue(set.isEmpty());
        manager.set(elements, Object.class).add(popped);
        assertEquals(Set.of("text"), set.snapshot());
    }

    @Test
    void whatIsNestedTellsTheSame() throws Exception {
        String name = uniqueName();
        writer.queue(name, Object.class, 0).put(Tuple.of("a", List.of(JOB)));
        QueueProxy<Object> mine = manager.queue(name, Object.class, 0);
        SerializationException e = assertThrows(SerializationException.class, mine::take);
        assertTrue(e.getMessage().contains("7300"), e.getMessage());
        assertInstanceOf(SerializationException.class, e.getCause());
        assertFalse(mine.isEmpty());
    }
}
