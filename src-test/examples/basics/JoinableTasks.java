package basics;

import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;

/** A queue that is joined: task_done for each item, and a daemon that consumes. */
public class JoinableTasks {
    static void producer(JoinableQueueProxy<Object> queue) throws InterruptedException {
        for (int item = 0; item < 10; item++) {
            queue.put(item);
            System.out.println("Produced: " + item);
            Thread.sleep(20);
        }
    }

    static void consumer(JoinableQueueProxy<Object> queue) throws InterruptedException {
        while (true) {
            System.out.println("Consumed: " + queue.take());
            queue.taskDone();
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        JoinableQueueProxy<Object> queue = context.joinableQueue();
        ManagedProcess p1 = context.process(JoinableTasks::producer, queue);
        ManagedProcess p2 = context.process(JoinableTasks::consumer, queue).daemon(true);
        p1.start();
        p2.start();
        p1.join();
        queue.join();
        System.out.println("All tasks are completed successfully.");
    }
}
