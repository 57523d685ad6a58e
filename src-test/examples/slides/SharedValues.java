package slides;

import io.multiproc.client.Held;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedValue;

/** Values without an initial value, without a lock, and with a lock that one has. */
public class SharedValues {
    public static void main(String[] args) throws Exception {
        SharedValue<Integer> counter = SharedValue.create("i");
        SharedValue<Boolean> isRunning = SharedValue.createRaw("?", false);
        SharedLock lock = SharedLock.create();
        SharedValue<Long> size = SharedValue.create("l", 0L, lock);
        System.out.println("counter " + counter.get() + ", is_running " + isRunning.get() + ", size " + size.get());
        try (Held held = size.getLock().hold()) {
            size.set(size.get() + 5);
        }
        isRunning.set(true);
        System.out.println(
                "counter " + counter.addAndGet(1) + ", is_running " + isRunning.get() + ", size " + size.get());
    }
}
