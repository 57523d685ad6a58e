package notebook;

import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** A list as an argument is a copy: the second process does not see what the first added. */
public class RecordsCopied {
    static void print(List<List<Object>> records) {
        for (List<Object> record : records) {
            System.out.println("Name: " + record.get(0) + "\nScore: " + record.get(1) + "\n");
        }
    }

    static void insert(List<Object> record, List<List<Object>> records) {
        records.add(record);
        System.out.println("New record added!");
    }

    public static void main(String[] args) throws Exception {
        List<List<Object>> records =
                new ArrayList<>(List.of(List.of("sam", 10), List.of("adam", 9), List.of("kevin", 8)));
        ManagedProcess p1 = new ManagedProcess(RecordsCopied::insert, List.<Object>of("jeff", 7), records);
        ManagedProcess p2 = new ManagedProcess(RecordsCopied::print, records);
        p1.start();
        p1.join();
        p2.start();
        p2.join();
    }
}
