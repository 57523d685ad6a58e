package indepth;

import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;

/** A lock around the output; the program waits for children that nobody joined. */
public class LockPrinter {
    static void print(String item, SharedLock lock) {
        lock.lock();
        try {
            System.out.println("Printing " + item);
        } finally {
            lock.unlock();
        }
    }

    public static void main(String[] args) throws Exception {
        SharedLock lock = SharedLock.create();
        for (String item : List.of("apple", "banana", "cherry")) {
            new ManagedProcess(LockPrinter::print, item, lock).start();
        }
    }
}
