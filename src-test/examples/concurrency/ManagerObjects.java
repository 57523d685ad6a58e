package concurrency;

import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A manager's dict and list, filled by four processes. */
public class ManagerObjects {
    static void worker(DictProxy<Object, Object> dict, ListProxy<Object> list, int id) {
        dict.put(id, id * 10);
        list.append(id);
    }

    public static void main(String[] args) throws Exception {
        try (Manager manager = Manager.start()) {
            DictProxy<Object, Object> dict = manager.dict();
            ListProxy<Object> list = manager.list();
            List<ManagedProcess> processes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ManagedProcess p = new ManagedProcess(ManagerObjects::worker, dict, list, i);
                processes.add(p);
                p.start();
            }
            for (ManagedProcess p : processes) {
                p.join();
            }
            System.out.println("Dict: " + new TreeMap<>(dict.snapshot()));
            list.sort(false);
            System.out.println("List: " + list.snapshot());
        }
    }
}
