package indepth;

import io.multiproc.client.EventProxy;
import io.multiproc.client.Held;
import io.multiproc.client.context.Context;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.process.ManagedProcess;
import java.time.Duration;

/** A lock that is asked for with a time limit, while another process holds it. */
public class LockTimeout {
    static void hold(SharedLock lock, EventProxy held, EventProxy done) throws InterruptedException {
        try (Held h = lock.hold()) {
            held.set();
            done.await();
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        SharedLock lock = context.lock();
        EventProxy held = context.event();
        EventProxy done = context.event();
        ManagedProcess p = context.process(LockTimeout::hold, lock, held, done);
        p.start();
        held.await();
        try (Held h = lock.tryHold(Duration.ofMillis(50))) {
            System.out.println(h != null ? "acquired" : "Potential deadlock detected");
        }
        done.set();
        p.join();
        try (Held h = lock.tryHold(Duration.ofSeconds(5))) {
            System.out.println(h != null ? "acquired" : "Potential deadlock detected");
        }
    }
}
