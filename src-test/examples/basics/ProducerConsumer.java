package basics;

import io.multiproc.client.QueueProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;

/** A producer, a consumer, a queue between them, and an item that means the end. */
public class ProducerConsumer {
    static void producer(QueueProxy<Object> queue) throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            String item = "Task-" + i;
            queue.put(item);
            System.out.println("[Producer] Pushed: " + item);
            Thread.sleep(20);
        }
    }

    static void consumer(QueueProxy<Object> queue) throws InterruptedException {
        while (true) {
            Object item = queue.take();
            if (item.equals("end")) {
                return;
            }
            System.out.println("[Consumer] Processed: " + item);
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        QueueProxy<Object> queue = context.queue();
        ManagedProcess p1 = context.process(ProducerConsumer::producer, queue);
        ManagedProcess p2 = context.process(ProducerConsumer::consumer, queue);
        p1.start();
        p2.start();
        p1.join();
        queue.put("end");
        p2.join();
    }
}
