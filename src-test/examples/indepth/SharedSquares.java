package indepth;

import io.multiproc.client.memory.SharedArray;
import io.multiproc.client.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;

/** Five processes square one element each of a shared array. */
public class SharedSquares {
    static void square(int i, SharedArray<Integer> numbers) {
        numbers.set(i, numbers.get(i) * numbers.get(i));
    }

    public static void main(String[] args) throws Exception {
        SharedArray<Integer> numbers = SharedArray.create("i", Integer.class, List.of(0, 1, 2, 3, 4));
        List<ManagedProcess> processes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            processes.add(new ManagedProcess(SharedSquares::square, i, numbers));
        }
        processes.forEach(ManagedProcess::start);
        for (ManagedProcess p : processes) {
            p.join();
        }
        System.out.println("Squared numbers are: " + numbers.slice(null, null, null));
    }
}
