package notebook;

import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** A static list of the child is not the parent's. */
public class SeparateMemory {
    private static final List<Integer> RESULT = new ArrayList<>();

    static void squares(List<Integer> numbers) {
        for (int n : numbers) {
            RESULT.add(n * n);
        }
        System.out.println("Result: " + RESULT);
    }

    public static void main(String[] args) throws Exception {
        ManagedProcess p = new ManagedProcess(SeparateMemory::squares, List.of(1, 2, 3, 4, 5));
        p.start();
        p.join();
        System.out.println("DONE...");
        System.out.println(RESULT);
    }
}
