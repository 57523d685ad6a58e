package basics;

import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.process.ManagedProcess;

/** Two processes append to a manager's list; in any order. */
public class ManagerList {
    static void first(ListProxy<Object> list) {
        list.append("p1");
    }

    static void second(ListProxy<Object> list) {
        list.append("p2");
    }

    public static void main(String[] args) throws Exception {
        try (Manager manager = Manager.start()) {
            ListProxy<Object> list = manager.list();
            ManagedProcess p1 = new ManagedProcess(ManagerList::first, list);
            ManagedProcess p2 = new ManagedProcess(ManagerList::second, list);
            p1.start();
            p2.start();
            p1.join();
            p2.join();
            System.out.println("Final List: " + list.snapshot());
        }
    }
}
