package concurrency;

import io.multiproc.client.Held;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** A lock beside the value that it guards. */
public class SafeIncrement {
    static void increment(SharedValue<Integer> counter, SharedLock lock) {
        for (int i = 0; i < 10_000; i++) {
            try (Held held = lock.hold()) {
                counter.set(counter.get() + 1);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        SharedLock lock = SharedLock.create();
        SharedValue<Integer> counter = SharedValue.create("i", 0);
        List<ManagedProcess> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(new ManagedProcess(SafeIncrement::increment, counter, lock));
        }
        processes.forEach(ManagedProcess::start);
        for (ManagedProcess p : processes) {
            p.join();
        }
        System.out.println("Counter: " + counter.get());
    }
}
