package indepth;

import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Ten loops: one after the other, in threads, in processes; a table of times. */
public class CpuBound {
    private static volatile int sink;

    static void loop() {
        int result = 0;
        for (int i = 0; i < 1_000_000; i++) {
            result += 1;
        }
        sink = result;
    }

    private static void row(String how, long start) {
        System.out.println(String.format(Locale.ROOT, "%-16s %7.3f s", how, (System.nanoTime() - start) / 1e9));
    }

    public static void main(String[] args) throws Exception {
        int count = 10;
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            loop();
        }
        row("Sequential", start);
        start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread t = new Thread(CpuBound::loop);
            threads.add(t);
            t.start();
        }
        for (Thread t : threads) {
            t.join();
        }
        row("Threading", start);
        start = System.nanoTime();
        List<ManagedProcess> processes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ManagedProcess p = new ManagedProcess(CpuBound::loop);
            processes.add(p);
            p.start();
        }
        for (ManagedProcess p : processes) {
            p.join();
        }
        row("Multiprocessing", start);
    }
}
