package notebook;

import java.util.ArrayList;
import java.util.List;

/** Squares one after the other, in one process. */
public class SquareLoop {
    static int square(int n) {
        return n * n;
    }

    public static void main(String[] args) throws Exception {
        List<Integer> results = new ArrayList<>();
        for (int n : List.of(1, 2, 3, 4, 5)) {
            results.add(square(n));
        }
        System.out.println(results);
    }
}
