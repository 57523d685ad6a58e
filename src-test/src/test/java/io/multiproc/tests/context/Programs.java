package io.multiproc.tests.context;

import io.multiproc.client.BarrierProxy;
import io.multiproc.client.EventProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.process.ManagedProcess;

/** What the children of the tests do, and a program of its own. */
final class Programs {
    private Programs() {}

    record Job(String name) {}

    static void work(QueueProxy<Object> queue, EventProxy go, SharedLock lock, SharedValue<Integer> counter)
            throws InterruptedException {
        go.await();
        for (int i = 0; i < 100; i++) {
            lock.lock();
            try {
                counter.set(counter.get() + 1);
            } finally {
                lock.unlock();
            }
        }
        queue.put(new Job(ManagedProcess.currentProcess().name()));
    }

    /** A child of a child shares with both. */
    static void child(QueueProxy<Object> queue, BarrierProxy barrier) throws Exception {
        QueueProxy<Object> own = Context.spawn().queue();
        ManagedProcess grandchild = Context.usual().process(Programs::grandchild, queue, own);
        grandchild.start();
        own.put("from the child");
        queue.put(own);
        int ignored = barrier.await();
        grandchild.join();
    }

    static void grandchild(QueueProxy<Object> queue, QueueProxy<Object> own) throws InterruptedException {
        queue.put("grandchild " + own.take());
    }

    static int plusOne(SharedValue<Integer> counter, QueueProxy<Object> queue) throws InterruptedException {
        int sum = counter.addAndGet(1);
        queue.put(sum);
        return sum;
    }

    /** Ends by itself, although its default manager was started. */
    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        QueueProxy<Object> queue = context.queue(2);
        queue.put(1);
        System.out.println(queue.full() + " " + queue.empty());
        queue.put(2);
        System.out.println(queue.full() + " " + queue.empty() + " " + context);
        System.out.println(context.manager().address());
    }
}
