package slides;

import io.multiproc.client.EventProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;

/** is_alive before the start, while it runs and after terminate; the exit code. */
public class Terminating {
    static void work(EventProxy running) throws InterruptedException {
        System.out.println("Starting the work");
        running.set();
        Thread.sleep(60_000);
        System.out.println("Finished the work");
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        EventProxy running = context.event();
        ManagedProcess p = context.process(Terminating::work, running);
        System.out.println("[Before Start] Process is alive: " + p.isAlive());
        p.start();
        System.out.println("[Running] Process is alive: " + p.isAlive());
        running.await();
        p.terminate();
        p.join();
        System.out.println("[After Termination] Process is alive: " + p.isAlive());
        System.out.println("Process exit code: " + p.exitCode().getAsInt());
    }
}
