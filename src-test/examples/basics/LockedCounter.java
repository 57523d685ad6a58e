package basics;

import io.multiproc.client.EventProxy;
import io.multiproc.client.Held;
import io.multiproc.client.context.Context;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedValue;
import java.util.concurrent.ThreadLocalRandom;

/** A lock around two loops: whoever comes first goes to its end. */
public class LockedCounter {
    static void up(SharedValue<Integer> value, SharedLock lock, EventProxy first) throws InterruptedException {
        try (Held held = lock.hold()) {
            first.set();
            while (value.get() < 10) {
                System.out.println("Current Increment Value " + value.get());
                value.add(1);
                Thread.sleep(ThreadLocalRandom.current().nextInt(10));
            }
        }
    }

    static void down(SharedValue<Integer> value, SharedLock lock, EventProxy first) throws InterruptedException {
        first.await();
        try (Held held = lock.hold()) {
            while (value.get() > -10) {
                System.out.println("Current Decrement Value " + value.get());
                value.add(-1);
                Thread.sleep(ThreadLocalRandom.current().nextInt(10));
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        SharedValue<Integer> value = context.value("i", 0);
        SharedLock lock = context.lock();
        EventProxy first = context.event();
        context.process(LockedCounter::up, value, lock, first).start();
        context.process(LockedCounter::down, value, lock, first).start();
    }
}
