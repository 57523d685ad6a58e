package notebook;

import io.multiproc.client.memory.SharedLock;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.process.ManagedProcess;

/** The lock that does not: the same under a lock. */
public class LockedBalance {
    static void withdraw(SharedValue<Integer> balance, SharedLock lock) {
        for (int i = 0; i < 10_000; i++) {
            lock.lock();
            try {
                balance.set(balance.get() - 1);
            } finally {
                lock.unlock();
            }
        }
    }

    static void deposit(SharedValue<Integer> balance, SharedLock lock) {
        for (int i = 0; i < 10_000; i++) {
            lock.lock();
            try {
                balance.set(balance.get() + 1);
            } finally {
                lock.unlock();
            }
        }
    }

    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 3; i++) {
            SharedValue<Integer> balance = SharedValue.create("i", 100);
            SharedLock lock = SharedLock.create();
            ManagedProcess p1 = new ManagedProcess(LockedBalance::withdraw, balance, lock);
            ManagedProcess p2 = new ManagedProcess(LockedBalance::deposit, balance, lock);
            p1.start();
            p2.start();
            p1.join();
            p2.join();
            System.out.println("Final balance: " + balance.get());
        }
    }
}
