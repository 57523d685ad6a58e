package notebook;

import io.multiproc.client.QueueProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;

/** One process fills a queue, another empties it; it starts when the queue is full. */
public class QueueSquares {
    static void squares(List<Integer> numbers, QueueProxy<Object> queue) throws InterruptedException {
        for (int n : numbers) {
            queue.put(n * n);
        }
    }

    static void print(QueueProxy<Object> queue) throws InterruptedException {
        while (!queue.empty()) {
            System.out.println(queue.get());
        }
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        QueueProxy<Object> queue = context.queue();
        ManagedProcess p1 = context.process(QueueSquares::squares, List.of(1, 2, 3, 4, 5, 6), queue);
        ManagedProcess p2 = context.process(QueueSquares::print, queue);
        p1.start();
        p1.join();
        p2.start();
        p2.join();
        System.out.println("Completed!");
    }
}
