package io.multiproc.tests.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Handles;
import io.multiproc.client.NoSuchObjectException;
import io.multiproc.client.Proxy;
import io.multiproc.client.RequestRejectedException;
import io.multiproc.client.WrongTypeException;
import io.multiproc.protocol.op.BarrierOp;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.EventOp;
import io.multiproc.protocol.op.Flag;
import io.multiproc.protocol.op.InstanceOp;
import io.multiproc.protocol.op.LatchOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.op.RwLockOp;
import io.multiproc.protocol.op.SemaphoreOp;
import io.multiproc.protocol.op.ServiceOp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever waits: cancelled, its object deleted, its timeout senseless; the object is intact afterwards. */
class ErrorsContractIT extends Contract {
    private static final long THREAD = 77;

    /** An object on which an operation waits; the arguments but for the timeout. */
    private record Waiting(Op op, Proxy object, Object... arguments) {
        Object[] with(long timeout) {
            Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
            all[arguments.length] = timeout;
            return all;
        }

        CompletableFuture<@Nullable Object> call(long timeout) {
            return Handles.of(object).callAsync(v -> v, op, with(timeout));
        }
    }

    /** One for each row that may park, on an object of the name. */
    private Waiting waiting(Op op, String name) throws Exception {
        if (op instanceof QueueOp) {
            var queue = manager.joinableQueue(name, Object.class, 1);
            if (op != QueueOp.TAKE && op != QueueOp.TAKE_DELIVERY) {
                queue.put("first");
            }
            return op == QueueOp.PUT ? new Waiting(op, queue, "second") : new Waiting(op, queue);
        } else if (op instanceof LockOp) {
            var lock = manager.rlock(name);
            if (op == LockOp.ACQUIRE) {
                other.rlock(name).lock();
                return new Waiting(op, lock, THREAD);
            }
            Handles.of(lock).call(LockOp.ACQUIRE, THREAD, -1L);
            return new Waiting(op, lock, THREAD, "c");
        } else if (op instanceof RwLockOp) {
            other.readWriteLock(name).writeLock().lock();
            return new Waiting(op, manager.readWriteLock(name), THREAD);
        } else if (op instanceof EventOp) {
            return new Waiting(op, manager.event(name));
        } else if (op instanceof LatchOp) {
            return new Waiting(op, manager.countDownLatch(name, 1));
        } else if (op instanceof SemaphoreOp) {
            return new Waiting(op, manager.semaphore(name, 0), 1L);
        } else if (op instanceof BarrierOp) {
            return new Waiting(op, manager.barrier(name, 2));
        }
        Proxy service = manager.service(op == ServiceOp.NEXT ? name : name + " class");
        Handles.of(service).call(ServiceOp.HOST, List.of("m"));
        if (op == ServiceOp.NEXT) {
            return new Waiting(op, service);
        }
        assertEquals(InstanceOp.CALL, op);
        return new Waiting(op, instance(service), "m", List.of());
    }

    /** An instance that nobody has constructed: its host does not fetch calls. */
    private Proxy instance(Proxy service) {
        Object made = Handles.of(service)
                .session()
                .call(ManagerOp.CREATE, 0, ObjectType.INSTANCE.wireName(), List.of(service));
        return (Proxy) Objects.requireNonNull(made);
    }

    private List<Op> waitingOps() {
        List<Op> out = new ArrayList<>(OpTable.all());
        out.removeIf(op -> !op.has(Flag.MAY_PARK));
        assertTrue(out.size() >= 13, out::toString);
        return out;
    }

    /** Calls wait on the service, not on the instance. */
    private static String line(Op op, String name) {
        return op == InstanceOp.CALL ? name + " class" : name;
    }

    @Test
    void cancelling() throws Exception {
        for (Op op : waitingOps()) {
            String name = op.wireName() + uniqueName();
            Waiting w = waiting(op, name);
            CompletableFuture<?> call = w.call(-1);
            await(op + " waits", () -> waiters(line(op, name)) == 1);
            call.cancel(false);
            await(op + " waits no longer", () -> waiters(line(op, name)) == 0);
            // and it can wait again
            CompletableFuture<?> again = w.call(op == BarrierOp.AWAIT ? 0 : 2);
            assertTrue(failsOrGives(again), op.wireName());
            assertEquals(0, waiters(line(op, name)), op.wireName());
        }
    }

    /** What ends without a hang is either an answer or an exception. */
    private static boolean failsOrGives(CompletableFuture<?> future) throws Exception {
        return future.handle((v, e) -> true).get(30, TimeUnit.SECONDS);
    }

    @Test
    void deleting() throws Exception {
        for (Op op : waitingOps()) {
            String name = op.wireName() + uniqueName();
            Waiting w = waiting(op, name);
            CompletableFuture<?> call = w.call(-1);
            await(op + " waits", () -> waiters(line(op, name)) == 1);
            other.delete(line(op, name));
            failure(NoSuchObjectException.class, call);
            failure(NoSuchObjectException.class, w.call(-1));
        }
    }

    @Test
    void senselessTimeouts() throws Exception {
        for (Op op : waitingOps()) {
            String name = op.wireName() + uniqueName();
            Waiting w = waiting(op, name);
            failure(IllegalArgumentException.class, w.call(-2));
            failure(IllegalArgumentException.class, w.call(Long.MIN_VALUE));
            assertEquals(0, waiters(line(op, name)), op.wireName());
            // longer than time itself is without limit
            CompletableFuture<?> call = w.call(Long.MAX_VALUE);
            await(op + " waits", () -> waiters(line(op, name)) == 1);
            call.cancel(false);
            await(op + " waits no longer", () -> waiters(line(op, name)) == 0);
        }
    }

    @Test
    void timesOfJava() throws Exception {
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        Duration negative = Duration.ofSeconds(Long.MIN_VALUE);
        String name = uniqueName();
        var event = manager.event(name);
        assertFalse(event.await(negative), "a negative time does not wait");
        assertFalse(event.await(Long.MIN_VALUE, TimeUnit.DAYS));
        Task<Boolean> waits = start(() -> event.await(endless) && event.await(Long.MAX_VALUE, TimeUnit.DAYS));
        await("it waits", () -> waiters(name) == 1);
        event.set();
        assertTrue(waits.get());
        var queue = manager.queue(Object.class, 1);
        assertNull(queue.poll(negative));
        assertTrue(queue.offer("x", negative), "there is room");
        assertFalse(queue.offer("y", negative));
        assertEquals("x", queue.poll(endless));
        var lock = manager.lock();
        assertTrue(lock.tryLock(negative));
        assertFalse(lock.tryLock(negative));
        lock.unlock();
        assertTrue(lock.tryLock(endless));
        lock.unlock();
        var semaphore = manager.semaphore(1);
        assertTrue(semaphore.tryAcquire(endless));
        assertFalse(semaphore.tryAcquire(negative));
        assertThrows(NullPointerException.class, () -> event.await((Duration) null));
        assertEquals(0, semaphore.availablePermits());
    }

    @Test
    void whoIsNotTheHost() {
        String name = uniqueName();
        Handles.of(manager.service(name)).call(ServiceOp.HOST, List.of("m"));
        var handle = Handles.of(other.service(name));
        assertThrows(IllegalMonitorStateException.class, () -> handle.call(ServiceOp.NEXT, 0L));
        assertThrows(IllegalMonitorStateException.class, () -> handle.call(ServiceOp.ANSWER, 1L, true, "x"));
        assertThrows(IllegalStateException.class, () -> handle.call(ServiceOp.HOST, List.of("m")));
        assertEquals(List.of("m"), other.service(name).methods());
    }

    @Test
    void operationsOfOtherTypes() {
        var dict = manager.dict();
        dict.put("k", 1);
        assertThrows(RequestRejectedException.class, () -> Handles.of(dict).call(ListOp.SIZE));
        assertThrows(RequestRejectedException.class, () -> Handles.of(dict).call(EventOp.SET));
        assertThrows(IllegalArgumentException.class, () -> Handles.of(dict).call(DictOp.GET));
        assertThrows(WrongTypeException.class, () -> manager.set(List.of(List.of(1))));
        assertEquals(1, dict.size());
    }
}
