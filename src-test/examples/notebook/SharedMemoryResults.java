package notebook;

import io.multiproc.client.memory.SharedArray;
import io.multiproc.client.memory.SharedValue;
import io.multiproc.client.process.ManagedProcess;
import java.util.List;

/** An array and a value in shared memory bring results back. */
public class SharedMemoryResults {
    static void squares(List<Integer> numbers, SharedArray<Integer> result, SharedValue<Integer> sum) {
        for (int i = 0; i < numbers.size(); i++) {
            result.set(i, numbers.get(i) * numbers.get(i));
        }
        sum.set(result.asList().stream().mapToInt(Integer::intValue).sum());
    }

    public static void main(String[] args) throws Exception {
        SharedArray<Integer> result = SharedArray.create("i", Integer.class, 4);
        SharedValue<Integer> sum = SharedValue.create("i");
        ManagedProcess p = new ManagedProcess(SharedMemoryResults::squares, List.of(1, 2, 3, 4), result, sum);
        p.start();
        p.join();
        System.out.println("Process completed...");
        System.out.println(sum.get());
        System.out.println(result.slice(0, 4));
    }
}
