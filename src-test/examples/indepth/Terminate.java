package indepth;

import io.multiproc.client.EventProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;

/** A process that is terminated while it works. */
public class Terminate {
    static void worker(EventProxy running) throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            System.out.println("Working...");
            running.set();
            Thread.sleep(50);
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        EventProxy running = context.event();
        ManagedProcess p = context.process(Terminate::worker, running);
        p.start();
        running.await();
        p.terminate();
        p.join();
        System.out.println("Process terminated.");
    }
}
