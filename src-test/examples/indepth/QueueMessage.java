package indepth;

import io.multiproc.client.QueueProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;

/** A message from a process through a queue. */
public class QueueMessage {
    static void worker(QueueProxy<Object> queue) throws InterruptedException {
        queue.put("Hello from the worker process");
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        QueueProxy<Object> queue = context.queue();
        ManagedProcess p = context.process(QueueMessage::worker, queue);
        p.start();
        p.join();
        System.out.println("Main process received message: " + queue.get());
    }
}
