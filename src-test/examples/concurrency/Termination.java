package concurrency;

import io.multiproc.client.EventProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;
import java.time.Duration;

/** terminate, join for a while, kill; and the exit code. */
public class Termination {
    static void work(EventProxy running) {
        try {
            while (true) {
                System.out.println("Working...");
                running.set();
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            System.out.println("Graceful shutdown");
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        EventProxy running = context.event();
        ManagedProcess p = context.process(Termination::work, running);
        p.start();
        running.await();
        p.terminate();
        if (!p.join(Duration.ofSeconds(20))) {
            p.kill();
            p.join();
        }
        System.out.println("Exit code: " + p.exitCode().getAsInt());
    }
}
