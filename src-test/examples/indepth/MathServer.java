package indepth;

import io.multiproc.client.BaseManager;
import io.multiproc.client.spi.ServerProvider;
import java.nio.charset.StandardCharsets;

/** A server of a class that other programs call; it needs the key that they have. */
public class MathServer {
    public static class MathClass {
        public int add(int x, int y) {
            return x + y;
        }
    }

    public static void main(String[] args) throws Exception {
        String port = args.length > 0 ? args[0] : "50000";
        byte[] key = "secret-key-of-this-example".getBytes(StandardCharsets.US_ASCII);
        BaseManager manager = new BaseManager("tcp://127.0.0.1:" + port, key);
        manager.register("Math", MathClass.class);
        try (ServerProvider.Server server = manager.getServer()) {
            System.out.println("Server started. Waiting for connections...");
            server.serveForever();
        }
    }
}
