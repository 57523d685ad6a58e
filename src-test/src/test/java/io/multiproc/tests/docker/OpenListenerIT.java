package io.multiproc.tests.docker;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.Manager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code multiproc serve} beyond loopback, as a container runs it; needs no Docker. */
@Tag("jdk")
@Timeout(60)
class OpenListenerIT {
    @TempDir
    Path temp;

    private Driver serve(Map<String, String> key, String... options) {
        List<String> command =
                new ArrayList<>(List.of(Run.TOP.resolve("server/bin/multiproc").toString(), "serve"));
        command.addAll(List.of(options));
        Map<String, String> environment = new HashMap<>(key);
        environment.put("XDG_CONFIG_HOME", temp.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        return new Driver(command, environment);
    }

    @Test
    void beyondLoopbackNoKeyIsMade() throws Exception {
        for (String open : List.of("tcp://0.0.0.0:0", "tls://[::]:0")) {
            try (Driver serve = serve(Map.of(), "--listen", "tcp://127.0.0.1:0", "--listen", open)) {
                String line = serve.expect("multiproc: no authkey for " + open);
                assertTrue(line.contains("MULTIPROC_AUTHKEY_FILE") && line.contains("--authkey-file"), line);
                serve.expect("end");
                assertEquals(2, serve.process().waitFor());
                assertEquals(1, serve.output().lines().count(), serve.output());
            }
        }
        assertFalse(Files.exists(temp.resolve("multiproc")), "no key was made");
    }

    @Test
    void aKeyThatMadeItselfIsForThisMachineOnly() throws Exception {
        try (Driver local = serve(Map.of(), "--listen", "tcp://127.0.0.1:0")) {
            local.expect("multiproc ready on");
        }
        Path own = temp.resolve("multiproc/authkey");
        assertTrue(Files.exists(own));
        try (Driver open = serve(Map.of(), "--listen", "0.0.0.0:0")) {
            open.expect("multiproc: no authkey for");
        }
        try (Driver open = serve(Map.of(), "--listen", "0.0.0.0:0", "--authkey-file", own.toString())) {
            open.expect("multiproc ready on");
        }
    }

    @Test
    void eachWayOfGivingAKeyWorks() throws Exception {
        Path file = Files.writeString(temp.resolve("secret"), Containers.KEY + "\n");
        for (Map<String, String> key : List.of(
                Map.of("MULTIPROC_AUTHKEY", Containers.KEY), Map.of("MULTIPROC_AUTHKEY_FILE", file.toString()))) {
            try (Driver open = serve(key, "--listen", "0.0.0.0:0", "--lease", "5")) {
                String uri =
                        open.expect("multiproc ready on tls://0.0.0.0:").replaceAll(".*//0.0.0.0", "tls://localhost");
                try (Manager manager = Containers.connect(uri, Duration.ofSeconds(10))) {
                    assertEquals(1L, manager.dict("d", String.class, Long.class).add("k", 1L));
                }
            }
        }
    }

    /** By name only, and with one line that says what that exposes. */
    @Test
    void plainTcpBeyondLoopbackSaysWhatItExposes() throws Exception {
        Map<String, String> key = Map.of("MULTIPROC_AUTHKEY", Containers.KEY);
        try (Driver open = serve(key, "--listen", "tcp://0.0.0.0:0", "--listen", "127.0.0.1:0")) {
            String uri = open.expect("multiproc ready on tcp://0.0.0.0:").replaceAll(".* ", "");
            open.expect("multiproc ready on tcp://127.0.0.1:");
            List<String> warned =
                    open.output().lines().filter(l -> l.contains("WARN")).toList();
            assertEquals(1, warned.size(), open.output());
            String line = warned.get(0);
            assertTrue(line.contains(uri + " is not encrypted"), line);
            assertTrue(line.contains("read and change the values, keys and names"), line);
            assertTrue(line.contains("Write " + uri.replace("tcp", "tls")), line);
            try (Manager manager = Containers.connect(uri.replace("0.0.0.0", "localhost"), Duration.ofSeconds(10))) {
                assertEquals(1L, manager.dict("d", String.class, Long.class).add("k", 1L));
            }
        }
        try (Driver closed = serve(key, "--listen", "0.0.0.0:0", "--listen", "tls://127.0.0.1:0")) {
            closed.expect("multiproc ready on tls://127.0.0.1:");
            assertFalse(closed.output().contains("WARN"), closed.output());
        }
    }

    /** A weak key is stretched on loopback, with one line; beyond it is refused, encrypted or not. */
    @Test
    void aWeakKey() throws Exception {
        Map<String, String> key = Map.of("MULTIPROC_AUTHKEY", "weak");
        try (Driver local = serve(key, "--listen", "tls://127.0.0.1:0")) {
            local.expect("multiproc ready on tls://127.0.0.1:");
            List<String> warned =
                    local.output().lines().filter(l -> l.contains("WARN")).toList();
            assertEquals(1, warned.size(), local.output());
            assertTrue(warned.get(0).contains("stretched"), warned.get(0));
            assertTrue(warned.get(0).contains("head -c 32 /dev/urandom"), warned.get(0));
        }
        for (String uri : List.of("0.0.0.0:0", "tls://0.0.0.0:0", "tcp://0.0.0.0:0")) {
            try (Driver open = serve(key, "--listen", uri)) {
                String line = open.expect("multiproc: an authkey of 4 bytes is too short for ");
                assertTrue(line.contains("head -c 32 /dev/urandom"), line);
                assertEquals(2, open.process().waitFor());
            }
        }
    }

    @Test
    void anOddLeaseIsWrongUsage() throws Exception {
        for (String lease : List.of("0", "601")) {
            try (Driver serve = serve(Map.of(), "--lease", lease)) {
                serve.expect("multiproc: --lease must be 1 to 600 seconds, not " + lease);
                assertEquals(2, serve.process().waitFor());
            }
        }
    }

    @Test
    void ipv6AndHostNamesLeadToOneDict() throws Exception {
        Map<String, String> key = Map.of("MULTIPROC_AUTHKEY", Containers.KEY);
        try (Driver serve = serve(key, "--listen", "tcp://[::1]:0", "--listen", "tcp://127.0.0.1:0")) {
            String six = serve.expect("multiproc ready on tcp://[::1]:").replaceAll(".* ", "");
            String four = serve.expect("multiproc ready on tcp://127.").replaceAll(".* ", "");
            long sum = 0;
            for (String uri : List.of(six, four, four.replace("127.0.0.1", "localhost"))) {
                try (Manager manager = Containers.connect(uri, Duration.ofSeconds(10))) {
                    assertEquals(
                            ++sum, manager.dict("d", String.class, Long.class).add("k", 1L), uri);
                }
            }
        }
    }
}
