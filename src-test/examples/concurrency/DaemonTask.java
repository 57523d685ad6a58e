package concurrency;

import io.multiproc.client.EventProxy;
import io.multiproc.client.context.Context;

/** A daemon ends with its parent. */
public class DaemonTask {
    static void background(EventProxy running) throws InterruptedException {
        while (true) {
            System.out.println("Background process running...");
            running.set();
            Thread.sleep(50);
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        EventProxy running = context.event();
        context.process(DaemonTask::background, running).daemon(true).start();
        running.await();
        Thread.sleep(150);
        System.out.println("Main process exiting, daemon will be terminated");
    }
}
