package indepth;

import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** A counter in shared memory; addition is atomic in Java, a lock makes it so in Python. */
public class SharedCounter {
    static void increment(SharedValue<Integer> counter) throws InterruptedException {
        Thread.sleep(10);
        counter.add(1);
    }

    public static void main(String[] args) throws Exception {
        SharedValue<Integer> counter = SharedValue.create("i", 0);
        List<ManagedProcess> processes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            processes.add(new ManagedProcess(SharedCounter::increment, counter));
        }
        processes.forEach(ManagedProcess::start);
        for (ManagedProcess p : processes) {
            p.join();
        }
        System.out.println("Counter = " + counter.get());
    }
}
