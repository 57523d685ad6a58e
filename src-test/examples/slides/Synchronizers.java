package slides;

import io.multiproc.client.BarrierProxy;
import io.multiproc.client.ConditionProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.Held;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.process.ManagedProcess;

/** Lock, RLock, Semaphore, BoundedSemaphore, Event, Condition and Barrier between two processes. */
public class Synchronizers {
    static void work(EventProxy ready, BarrierProxy barrier, ConditionProxy condition, SemaphoreProxy semaphore)
            throws Exception {
        ready.await();
        System.out.println("event: set");
        int ignored = barrier.await();
        try (Held held = semaphore.hold()) {
            System.out.println("semaphore: entered");
        }
        try (Held held = condition.hold()) {
            System.out.println("condition: notified");
            condition.signal();
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        EventProxy ready = context.event();
        BarrierProxy barrier = context.barrier(2);
        ConditionProxy condition = context.condition();
        SemaphoreProxy semaphore = context.boundedSemaphore(1);
        ManagedProcess p = context.process(Synchronizers::work, ready, barrier, condition, semaphore);
        try (Held held = condition.hold()) {
            p.start();
            ready.set();
            int ignored = barrier.await();
            System.out.println("barrier: both");
            condition.await();
            System.out.println("condition: awake");
        }
        SharedLock lock = context.rlock();
        try (Held once = lock.hold();
                Held twice = lock.hold()) {
            System.out.println("rlock: twice");
        }
        p.join();
        try {
            semaphore.release();
        } catch (IllegalStateException | IllegalArgumentException e) {
            System.out.println("bounded semaphore: released too many times");
        }
    }
}
