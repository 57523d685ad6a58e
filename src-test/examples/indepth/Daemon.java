package indepth;

import io.multiproc.client.EventProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;
import java.time.Duration;

/** A daemon that is not waited for to its end. */
public class Daemon {
    static void daemon(EventProxy running) throws InterruptedException {
        System.out.println("Starting Daemon");
        running.set();
        Thread.sleep(60_000);
        System.out.println("Exiting Daemon");
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        EventProxy running = context.event();
        ManagedProcess p = context.process(Daemon::daemon, running).daemon(true);
        p.start();
        running.await();
        boolean ended = p.join(Duration.ofMillis(100));
        System.out.println("Main Process exiting" + (ended ? " after it" : ""));
    }
}
