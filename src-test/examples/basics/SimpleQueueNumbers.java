package basics;

import io.multiproc.client.EventProxy;
import io.multiproc.client.SimpleQueueProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;

/** A simple queue, and a consumer that is terminated. */
public class SimpleQueueNumbers {
    static void producer(SimpleQueueProxy<Object> queue) throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            queue.put(i);
            Thread.sleep(20);
        }
    }

    static void consumer(SimpleQueueProxy<Object> queue, EventProxy done) throws InterruptedException {
        while (true) {
            Object item = queue.get();
            System.out.println(item);
            if (item.equals(9)) {
                done.set();
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        SimpleQueueProxy<Object> queue = context.simpleQueue();
        EventProxy done = context.event();
        ManagedProcess p1 = context.process(SimpleQueueNumbers::producer, queue);
        ManagedProcess p2 = context.process(SimpleQueueNumbers::consumer, queue, done);
        p1.start();
        p2.start();
        p1.join();
        done.await();
        p2.terminate();
        p2.join();
    }
}
