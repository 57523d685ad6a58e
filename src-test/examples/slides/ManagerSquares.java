package slides;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A manager's dict, filled by eight processes. */
public class ManagerSquares {
    static void work(DictProxy<Object, Object> dict, int item) {
        dict.put(item, item * item);
    }

    public static void main(String[] args) throws Exception {
        try (Manager manager = Manager.start()) {
            DictProxy<Object, Object> dict = manager.dict();
            List<ManagedProcess> jobs = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                jobs.add(new ManagedProcess(ManagerSquares::work, dict, i));
            }
            jobs.forEach(ManagedProcess::start);
            for (ManagedProcess job : jobs) {
                job.join();
            }
            System.out.println("Results: " + new TreeMap<>(dict.snapshot()));
        }
    }
}
