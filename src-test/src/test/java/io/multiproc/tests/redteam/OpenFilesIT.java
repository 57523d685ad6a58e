package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.tests.fixtures.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that may open few files, and strangers who take them all: it says so once, and clients connect. The refused addresses are in its log. */
@Tag("once")
@Timeout(120)
class OpenFilesIT {
    private static final String KEY = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path folder;

    private Path err() {
        return folder.resolve("err");
    }

    private Process serve(String limit, String... options) throws Exception {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("server/bin/multiproc"))) {
            top = top.getParent();
        }
        String command = "ulimit -n " + limit + "; exec " + top.resolve("server/bin/multiproc")
                + " serve --listen tcp://127.0.0.1:0 " + String.join(" ", options);
        ProcessBuilder b = new ProcessBuilder("sh", "-c", command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(err().toFile());
        b.environment().put("MULTIPROC_AUTHKEY", KEY);
        b.environment().put("JAVA_HOME", System.getProperty("java.home"));
        b.environment().put("MULTIPROC_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        Process p = b.start();
        Await.until("it is ready", () -> {
            assertTrue(p.isAlive(), () -> lines(err()).toString());
            return !lines(folder.resolve("out")).isEmpty();
        });
        return p;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (java.io.IOException e) {
            return List.of();
        }
    }

    private String uri() {
        String ready = lines(folder.resolve("out")).get(0);
        return ready.substring(ready.indexOf("tcp://"));
    }

    private Manager connect() {
        return Manager.connect(
                ManagerOptions.defaults().withAddress(uri()).withAuthkey(KEY.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void saysSoOnceAndHasStrangersGo() throws Exception {
        Process server = serve("140");
        try (Strangers flood = new Strangers(uri(), 200, 400, wire -> {}, "127.0.0.2")) {
            Await.until("the files are used up", () -> lines(err()).stream()
                    .anyMatch(l -> l.contains("cannot accept connections")));
            int made = flood.made();
            for (int i = 0; i < 20; i++) {
                try (Manager m = connect()) {
                    m.counter("n").incrementAndGet();
                }
            }
            Await.until("it goes on for a while", () -> flood.made() > made + 200);
        } finally {
            server.destroy();
        }
        assertTrue(server.waitFor(10, TimeUnit.SECONDS));
        List<String> told = lines(err()).stream()
                .filter(l -> l.contains("Too many open files") || l.contains("too many open files, raise"))
                .toList();
        assertEquals(1, told.size(), () -> String.join("\n", lines(err())));
        assertTrue(told.get(0).contains("ulimit -n"), told.get(0));
        assertTrue(lines(err()).size() < 60, () -> String.join("\n", lines(err())));
    }

    @Test
    void refusedAddressesAreInTheLog() throws Exception {
        Process server = serve("1024", "--penalty-exempt", "none", "--max-penalty", "60");
        try {
            for (String from : List.of("127.0.0.2", "127.0.0.3")) {
                for (int i = 0; i < 4; i++) {
                    try (Wire wire = Wire.to(uri(), from)) {
                        if (wire.receive() != null) {
                            wire.send(new byte[40]);
                            assertNotNull(wire.receive());
                            assertNull(wire.receive());
                        }
                    }
                }
            }
            for (String from : List.of("127.0.0.2", "127.0.0.3")) {
                // what OPERATIONS gives to fail2ban, with the address in the place of <ADDR>
                String pattern = ".*refused " + from.replace(".", "\\.") + " port \\d+:.*";
                Await.until(from + " is named", () -> lines(err()).stream().anyMatch(l -> l.matches(pattern)));
            }
            try (Wire wire = Wire.to(uri(), "127.0.0.3")) {
                assertNull(wire.receive());
            }
            connect().close();
        } finally {
            server.destroy();
        }
        assertTrue(server.waitFor(10, TimeUnit.SECONDS));
    }
}
