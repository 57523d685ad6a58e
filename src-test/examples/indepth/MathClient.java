package indepth;

import io.multiproc.client.BaseManager;
import io.multiproc.client.Manager;
import java.nio.charset.StandardCharsets;

/** Its client: Java's and Python's clients call Java's server alike. */
public class MathClient {
    public interface MathApi {
        int add(int x, int y);
    }

    public static void main(String[] args) throws Exception {
        String port = args.length > 0 ? args[0] : "50000";
        byte[] key = "secret-key-of-this-example".getBytes(StandardCharsets.US_ASCII);
        BaseManager manager = new BaseManager("tcp://127.0.0.1:" + port, key);
        try (Manager connected = manager.connect()) {
            MathApi math = connected.create("Math", MathApi.class);
            System.out.println(math.add(4, 4));
        }
    }
}
