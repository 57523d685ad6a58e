package notebook;

import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.Tuple;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;

/** A manager's list is one for all processes. */
public class RecordsManaged {
    static void print(ListProxy<Object> records) {
        for (Object each : records) {
            Tuple record = (Tuple) each;
            System.out.println("Name: " + record.get(0) + "\nScore: " + record.get(1) + "\n");
        }
    }

    static void insert(Tuple record, ListProxy<Object> records) {
        records.append(record);
        System.out.println("New record added!");
    }

    public static void main(String[] args) throws Exception {
        try (Manager manager = Manager.start()) {
            ListProxy<Object> records =
                    manager.list(List.of(Tuple.of("sam", 10), Tuple.of("adam", 9), Tuple.of("kevin", 8)));
            ManagedProcess p1 = new ManagedProcess(RecordsManaged::insert, Tuple.of("jeff", 7), records);
            ManagedProcess p2 = new ManagedProcess(RecordsManaged::print, records);
            p1.start();
            p1.join();
            p2.start();
            p2.join();
        }
    }
}
