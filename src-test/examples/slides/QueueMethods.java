package slides;

import io.multiproc.client.JoinableQueueProxy;
import io.multiproc.client.context.Context;

/** The methods of a queue and of a joinable one. */
public class QueueMethods {
    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        JoinableQueueProxy<Integer> queue = context.joinableQueue(Integer.class, 2);
        System.out.println("qsize " + queue.size() + ", empty " + queue.empty() + ", full " + queue.full());
        queue.put(1);
        queue.put(2);
        System.out.println("qsize " + queue.size() + ", empty " + queue.empty() + ", full " + queue.full());
        for (int i = 0; i < 2; i++) {
            System.out.println("get " + queue.get());
            queue.taskDone();
        }
        queue.join();
        System.out.println("joined");
    }
}
