package indepth;

import io.multiproc.client.EventProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;

/** The processor and the niceness of a running process, changed while it works. */
public class Affinity {
    static void worker(EventProxy running, EventProxy done) throws InterruptedException {
        System.out.println(
                "Worker Function running on PID: " + ProcessHandle.current().pid());
        running.set();
        done.await();
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        EventProxy running = context.event();
        EventProxy done = context.event();
        ManagedProcess p = context.process(Affinity::worker, running, done);
        p.start();
        running.await();
        p.affinity(0);
        System.out.println("affinity " + p.affinity());
        int before = p.niceness();
        p.niceness(5);
        System.out.println("nicer by " + (p.niceness() - before));
        done.set();
        p.join();
    }
}
