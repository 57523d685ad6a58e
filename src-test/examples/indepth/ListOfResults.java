package indepth;

import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** Results collected in a manager's list. */
public class ListOfResults {
    static void worker(int i, ListProxy<Object> list) {
        list.append(i * i);
    }

    public static void main(String[] args) throws Exception {
        try (Manager manager = Manager.start()) {
            ListProxy<Object> list = manager.list();
            List<ManagedProcess> processes = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                processes.add(new ManagedProcess(ListOfResults::worker, i, list));
            }
            processes.forEach(ManagedProcess::start);
            for (ManagedProcess p : processes) {
                p.join();
            }
            list.sort(false);
            System.out.println("Squares are: " + list.snapshot());
        }
    }
}
