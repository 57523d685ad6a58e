package concurrency;

import io.multiproc.client.Held;
import io.multiproc.client.memory.SharedArray;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** A counter under its own lock, and an array that a process doubles. */
public class ValueAndArray {
    static void increment(SharedValue<Integer> counter) {
        for (int i = 0; i < 10_000; i++) {
            try (Held held = counter.getLock().hold()) {
                counter.set(counter.get() + 1);
            }
        }
    }

    static void twice(SharedArray<Double> array) {
        for (int i = 0; i < array.size(); i++) {
            array.set(i, array.get(i) * 2);
        }
    }

    public static void main(String[] args) throws Exception {
        SharedValue<Integer> counter = SharedValue.create("i", 0);
        List<ManagedProcess> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ManagedProcess p = new ManagedProcess(ValueAndArray::increment, counter);
            processes.add(p);
            p.start();
        }
        for (ManagedProcess p : processes) {
            p.join();
        }
        System.out.println("Counter: " + counter.get());
        SharedArray<Double> array = SharedArray.create("d", Double.class, List.of(1.0, 2.0, 3.0, 4.0));
        ManagedProcess p = new ManagedProcess(ValueAndArray::twice, array);
        p.start();
        p.join();
        System.out.println("Array: " + array.toList());
    }
}
