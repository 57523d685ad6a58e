package indepth;

import io.multiproc.client.EventProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;

/** The states of a process, as it tells them and as its parent sees them. */
public class Lifecycle {
    static void live(EventProxy running, EventProxy go) throws InterruptedException {
        String name = ManagedProcess.currentProcess().name();
        System.out.println("Process " + name + " is Created");
        System.out.println("Process " + name + " is Running");
        running.set();
        go.await();
        System.out.println("Process " + name + " is Terminated");
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        EventProxy running = context.event();
        EventProxy go = context.event();
        ManagedProcess p = context.process(Lifecycle::live, running, go);
        System.out.println("before: " + p.state());
        p.start();
        running.await();
        System.out.println("alive: " + p.isAlive());
        go.set();
        p.join();
        System.out.println("after: " + p.state());
    }
}
