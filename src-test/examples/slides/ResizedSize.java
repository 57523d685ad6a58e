package slides;

import io.multiproc.client.Held;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** A sum that several processes add to, under the value's lock. */
public class ResizedSize {
    static void resize(SharedValue<Long> resized, int bytes) {
        try (Held held = resized.getLock().hold()) {
            resized.set(resized.get() + bytes);
        }
    }

    public static void main(String[] args) throws Exception {
        SharedValue<Long> resized = SharedValue.create("q", 0L);
        List<ManagedProcess> processes = new ArrayList<>();
        for (int bytes : List.of(1_000, 20_000, 300)) {
            processes.add(new ManagedProcess(ResizedSize::resize, resized, bytes));
        }
        processes.forEach(ManagedProcess::start);
        for (ManagedProcess p : processes) {
            p.join();
        }
        System.out.println("Resized to " + resized.get() + " bytes");
    }
}
