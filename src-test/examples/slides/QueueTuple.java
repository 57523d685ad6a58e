package slides;

import io.multiproc.client.QueueProxy;
import io.multiproc.client.Tuple;
import io.multiproc.client.context.Context;
import io.multiproc.client.process.ManagedProcess;

/** The same with queues: one for each direction, or a process might take its own tuple. */
public class QueueTuple {
    static void makeTuple(QueueProxy<Object> there, QueueProxy<Object> back) throws InterruptedException {
        there.put(Tuple.of("Hi ", 3));
        System.out.println(back.take());
    }

    static void makeString(QueueProxy<Object> there, QueueProxy<Object> back) throws InterruptedException {
        Tuple pair = (Tuple) there.take();
        back.put(((String) pair.get(0)).repeat((Integer) pair.get(1)));
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        QueueProxy<Object> there = context.queue();
        QueueProxy<Object> back = context.queue();
        ManagedProcess p1 = context.process(QueueTuple::makeTuple, there, back);
        ManagedProcess p2 = context.process(QueueTuple::makeString, there, back);
        p1.start();
        p2.start();
        p1.join();
        p2.join();
    }
}
