package basics;

import io.multiproc.client.EventProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.process.ManagedProcess;

/** One process sees what another writes into a shared value. */
public class SharedValueReader {
    static void reader(SharedValue<Integer> value, EventProxy read, EventProxy written) throws InterruptedException {
        System.out.println("Initial Value: " + value.get());
        read.set();
        written.await();
        System.out.println("Updated Value: " + value.get());
    }

    static void writer(SharedValue<Integer> value, EventProxy read, EventProxy written) throws InterruptedException {
        read.await();
        value.set(10);
        System.out.println("Value modified to 10");
        written.set();
    }

    public static void main(String[] args) throws Exception {
        Context context = Context.spawn();
        SharedValue<Integer> value = context.value("i", 0);
        EventProxy read = context.event();
        EventProxy written = context.event();
        ManagedProcess p1 = context.process(SharedValueReader::reader, value, read, written);
        ManagedProcess p2 = context.process(SharedValueReader::writer, value, read, written);
        p1.start();
        p2.start();
        p1.join();
        p2.join();
    }
}
