package concurrency;

import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** Four processes and their numbers. */
public class Workers {
    static void worker(int name) {
        System.out.println(
                "Worker " + name + ", PID: " + ProcessHandle.current().pid());
    }

    public static void main(String[] args) throws Exception {
        List<ManagedProcess> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ManagedProcess p = new ManagedProcess(Workers::worker, i);
            processes.add(p);
            p.start();
        }
        for (ManagedProcess p : processes) {
            p.join();
        }
        System.out.println("Main process PID: " + ProcessHandle.current().pid());
    }
}
