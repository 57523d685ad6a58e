package indepth;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Results in a manager's dict. */
public class DictOfResults {
    static void worker(int i, DictProxy<Object, Object> dict) {
        dict.put(i, i * i);
    }

    public static void main(String[] args) throws Exception {
        try (Manager manager = Manager.start()) {
            DictProxy<Object, Object> dict = manager.dict();
            List<ManagedProcess> processes = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                processes.add(new ManagedProcess(DictOfResults::worker, i, dict));
            }
            processes.forEach(ManagedProcess::start);
            for (ManagedProcess p : processes) {
                p.join();
            }
            System.out.println("Squares are: " + new TreeMap<>(dict.snapshot()));
        }
    }
}
