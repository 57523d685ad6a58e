package concurrency;

import io.multiproc.client.EventProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;

/** What the listing means to show: a target that is interrupted ends by itself, and its exit code is 0. */
public class GracefulShutdown {
    static void work(EventProxy running) {
        try {
            System.out.println("Working...");
            running.set();
            while (true) {
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            System.out.println("Graceful shutdown");
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        EventProxy running = context.event();
        ManagedProcess p = context.process(GracefulShutdown::work, running);
        p.start();
        running.await();
        p.interrupt();
        p.join();
        System.out.println("Exit code: " + p.exitCode().getAsInt());
    }
}
