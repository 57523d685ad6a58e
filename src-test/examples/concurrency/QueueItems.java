package concurrency;

import io.multiproc.client.QueueProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;

/** Items through a queue until one that means the end. */
public class QueueItems {
    static void producer(QueueProxy<Object> queue, List<Integer> items) throws InterruptedException {
        for (Integer item : items) {
            queue.put(item);
            System.out.println("Produced: " + item);
        }
        queue.put("end");
    }

    static void consumer(QueueProxy<Object> queue) throws InterruptedException {
        for (Object item = queue.take(); !item.equals("end"); item = queue.take()) {
            System.out.println("Consumed: " + item);
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        QueueProxy<Object> queue = context.queue();
        ManagedProcess p1 = context.process(QueueItems::producer, queue, List.of(0, 1, 2, 3, 4));
        ManagedProcess p2 = context.process(QueueItems::consumer, queue);
        p1.start();
        p2.start();
        p1.join();
        p2.join();
    }
}
