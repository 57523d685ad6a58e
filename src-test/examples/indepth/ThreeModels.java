package indepth;

import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** Three tasks one after the other, in threads, and in processes (three listings in one). */
public class ThreeModels {
    static void task(int n) {
        System.out.println("task " + n);
    }

    public static void main(String[] args) throws Exception {
        for (int n = 1; n <= 3; n++) {
            task(n);
        }
        List<Thread> threads = new ArrayList<>();
        for (int n = 1; n <= 3; n++) {
            int number = n;
            Thread t = new Thread(() -> task(number));
            threads.add(t);
            t.start();
        }
        for (Thread t : threads) {
            t.join();
        }
        List<ManagedProcess> processes = new ArrayList<>();
        for (int n = 1; n <= 3; n++) {
            ManagedProcess p = new ManagedProcess(ThreeModels::task, n);
            processes.add(p);
            p.start();
        }
        for (ManagedProcess p : processes) {
            p.join();
        }
    }
}
