package indepth;

import io.multiproc.client.Held;
import io.multiproc.client.SemaphoreProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** At most three of ten processes use the resource at a time. */
public class SemaphoreLimit {
    static void use(SemaphoreProxy semaphore, int id) throws InterruptedException {
        try (Held held = semaphore.hold()) {
            System.out.println(id + " is using the limited resource");
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        SemaphoreProxy semaphore = context.semaphore(3);
        List<ManagedProcess> processes = new ArrayList<>();
        for (int id = 0; id < 10; id++) {
            processes.add(context.process(SemaphoreLimit::use, semaphore, id));
        }
        processes.forEach(ManagedProcess::start);
        for (ManagedProcess p : processes) {
            p.join();
        }
    }
}
