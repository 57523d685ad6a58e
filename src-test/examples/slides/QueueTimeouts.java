package slides;

import io.multiproc.client.QueueProxy;
import io.multiproc.client.context.Context;
import java.time.Duration;

/** put and get that do not block, or for so long only. */
public class QueueTimeouts {
    public static void main(String[] args) throws Exception {
        QueueProxy<Object> queue = Context.spawn().queue(1);
        System.out.println("get_nowait: " + (queue.poll() == null ? "empty" : "an item"));
        System.out.println("get(timeout): " + (queue.poll(Duration.ofMillis(20)) == null ? "empty" : "an item"));
        queue.put("item");
        System.out.println("put_nowait: " + (queue.offer("more") ? "done" : "full"));
        System.out.println("put(timeout): " + (queue.offer("more", Duration.ofMillis(20)) ? "done" : "full"));
        System.out.println("get: " + queue.get());
    }
}
