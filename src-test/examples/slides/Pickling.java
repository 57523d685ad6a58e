package slides;

import io.multiproc.client.Complex;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.Tuple;
import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.process.ManagedProcess;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What can travel: None, numbers, texts, collections, functions by name, objects of classes. */
public class Pickling {
    record Point(int x, int y) {}

    static int twice(int n) {
        return 2 * n;
    }

    static void echo(Connection end) throws Exception {
        for (Object value = end.recv(); !"end".equals(value); value = end.recv()) {
            end.send(value);
        }
    }

    public static void main(String[] args) throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess p = new ManagedProcess(Pickling::echo, pipe.second());
        p.start();
        Connection end = pipe.first().allow(ManagerOptions.defaults().allowClass(Point.class));
        List<Object> values = Arrays.asList(
                null,
                true,
                7,
                0.5,
                new Complex(1, 2),
                "text",
                new byte[] {1},
                List.of(1, "a"),
                Map.of("k", 1),
                Tuple.of(1),
                new Point(1, 2));
        int same = 0;
        for (Object value : values) {
            end.send(value);
            same += Objects.deepEquals(value, end.recv()) ? 1 : 0;
        }
        end.send("end");
        System.out.println(same + " of " + values.size() + " came back the same");
        try (Pool pool = new Pool(1)) {
            System.out.println("a function: " + pool.apply(Pickling::twice, 21));
        }
    }
}
