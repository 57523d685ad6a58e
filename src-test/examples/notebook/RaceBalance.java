package notebook;

import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.process.ManagedProcess;

/** The race that loses money: two processes read, change and write without a lock. */
public class RaceBalance {
    static void withdraw(SharedValue<Integer> balance) {
        for (int i = 0; i < 10_000; i++) {
            balance.set(balance.get() - 1);
        }
    }

    static void deposit(SharedValue<Integer> balance) {
        for (int i = 0; i < 10_000; i++) {
            balance.set(balance.get() + 1);
        }
    }

    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 3; i++) {
            SharedValue<Integer> balance = SharedValue.create("i", 100);
            ManagedProcess p1 = new ManagedProcess(RaceBalance::withdraw, balance);
            ManagedProcess p2 = new ManagedProcess(RaceBalance::deposit, balance);
            p1.start();
            p2.start();
            p1.join();
            p2.join();
            System.out.println("Final balance: " + balance.get());
        }
    }
}
