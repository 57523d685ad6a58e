package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ObjectInfo;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.wire.Values;
import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.PythonClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that ask for much and read nothing: the slowest are ended before what waits for them takes the server's memory, and the others go on. */
@Timeout(120)
class SlowReadersIT {
    private static final int READERS = 9;
    private static final int LARGE = 25 << 20;
    /** As in a container of 512 MiB. */
    private static final int HEAP_MIB = 300;
    /** What the process may take besides its heap: a quarter of it for buffers, and the JVM itself. */
    private static final int OTHER_MIB = HEAP_MIB / 4 + 110;

    @TempDir
    private Path folder = Path.of("");

    private ServeProcess start() throws IOException {
        return new ServeProcess(folder, List.of("-Xmx" + HEAP_MIB + "m", "-XX:+UseSerialGC"));
    }

    private interface Attack {
        List<AutoCloseable> readers(ServeProcess server, Manager good) throws Exception;
    }

    private void attack(Attack attack) throws Exception {
        try (ServeProcess server = start();
                Manager good = server.connect()) {
            DictProxy<Object, Object> dict = good.dict("shared");
            dict.put("large", new byte[LARGE]);
            dict.put("small", new byte[8 << 10]);
            List<AutoCloseable> readers = attack.readers(server, good);
            try {
                // as long as the slowest take to be noticed, and some more
                long end = System.nanoTime() + 3_000_000_000L;
                long calls = 0;
                while (System.nanoTime() < end) {
                    dict.put("n", ++calls);
                    assertEquals(calls, dict.get("n"));
                }
                Await.until("the slowest are ended", () -> server.log().contains("does not read its replies"));
                long resident = residentMib(server);
                System.out.println("SlowReadersIT: " + calls + " calls meanwhile, " + resident + " MiB resident");
                assertTrue(resident < HEAP_MIB + OTHER_MIB, () -> resident + " MiB\n" + server);
                assertEquals(LARGE, ((byte[]) dict.get("large")).length);
            } finally {
                for (AutoCloseable reader : readers) {
                    reader.close();
                }
            }
            long millis = server.terminate();
            assertTrue(millis < 5000, "SIGTERM took " + millis + " ms");
            assertEquals(0, server.exitValue(), server::toString);
        }
    }

    private static long residentMib(ServeProcess server) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + server.pid() + "/status")).stream()
                .filter(l -> l.startsWith("VmHWM:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) >> 10)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void largeRepliesToPythonClients() throws Exception {
        attack((server, good) -> {
            String ident = PythonClient.ident(server.uri(), ServeProcess.KEY, "shared");
            List<AutoCloseable> out = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                PythonClient reader = PythonClient.open(server.uri(), ServeProcess.KEY);
                reader.request(ident, "get", "large");
                out.add(reader);
            }
            return out;
        });
    }

    @Test
    void largeRepliesToNativeClients() throws Exception {
        attack((server, good) -> {
            long dict = idOfDict(good);
            List<AutoCloseable> out = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Flood reader = Flood.open(server.uri(), ServeProcess.KEY);
                // a reply that is made for it, not a stored value
                reader.add(DictOp.SNAPSHOT, dict);
                reader.send();
                out.add(reader);
            }
            return out;
        });
    }

    @Test
    void manySmallRepliesToNativeClients() throws Exception {
        attack((server, good) -> {
            long dict = idOfDict(good);
            List<AutoCloseable> out = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                Flood reader = Flood.open(server.uri(), ServeProcess.KEY);
                for (int k = 0; k < 1500; k++) {
                    reader.add(DictOp.GET, dict, Values.ofText("small"));
                }
                reader.send();
                out.add(reader);
            }
            return out;
        });
    }

    private static long idOfDict(Manager good) {
        return good.objects().stream()
                .filter(o -> "shared".equals(o.name()))
                .mapToLong(ObjectInfo::id)
                .findFirst()
                .orElseThrow();
    }
}
