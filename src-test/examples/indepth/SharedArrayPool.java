package indepth;

import io.multiproc.client.memory.SharedArray;
import io.multiproc.client.pool.Pool;
import java.util.ArrayList;
import java.util.List;

/** A pool works on one array in shared memory; Python's workers inherit it, Java's take it as an argument. */
public class SharedArrayPool {
    static int square(int i, SharedArray<Integer> array) {
        array.set(i, array.get(i) * array.get(i));
        return i;
    }

    public static void main(String[] args) throws Exception {
        SharedArray<Integer> array = SharedArray.create("i", Integer.class, List.of(0, 1, 2, 3, 4));
        try (Pool pool = new Pool(4)) {
            List<List<?>> arguments = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                arguments.add(List.of(i, array));
            }
            List<Integer> done = pool.starmap(SharedArrayPool::square, arguments);
            System.out.println(done + " " + array.toList());
        }
    }
}
