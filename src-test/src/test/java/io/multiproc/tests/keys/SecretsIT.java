package io.multiproc.tests.keys;

import static org.junit.jupiter.api.Assertions.*;

import io.multiproc.client.Authkeys;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerException;
import io.multiproc.client.ManagerOptions;
import io.multiproc.protocol.auth.Authkey;
import io.multiproc.protocol.tls.TlsKey;
import io.multiproc.server.ServerOptions;
import io.multiproc.server.access.KeyRing;
import io.multiproc.tests.fixtures.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys that can be recognised are looked for in all that a server and its clients say or show. */
@Timeout(240)
class SecretsIT {
    private static final String OPS = "Recognisable-7f3a91c2e5d8b604-ops";
    private static final String WEB = "Recognisable-11d0c9e7aa52b3f8-web";

    @TempDir
    private Path folder;

    private final List<Process> processes = new ArrayList<>();
    private final List<String> uris = new ArrayList<>();

    @AfterEach
    void end() {
        processes.forEach(p -> {
            p.descendants().forEach(ProcessHandle::destroyForcibly);
            p.destroyForcibly();
        });
    }

    /** The ways in which bytes may be written. */
    private static List<String> forms(String key) {
        byte[] b = key.getBytes(StandardCharsets.US_ASCII);
        String hex = HexFormat.of().formatHex(b);
        String base64 = Base64.getEncoder().withoutPadding().encodeToString(b);
        String numbers = Arrays.toString(b);
        return List.of(
                key,
                hex,
                hex.toUpperCase(Locale.ROOT),
                base64.substring(0, base64.length() - 2),
                numbers.substring(1, numbers.length() - 1));
    }

    private static void assertAbsent(String where, String text) {
        for (String key : List.of(OPS, WEB)) {
            for (String form : forms(key)) {
                assertFalse(text.contains(form), () -> "a key is in " + where + ":\n" + text);
            }
        }
    }

    private static String trace(Throwable e) {
        StringWriter out = new StringWriter();
        e.printStackTrace(new PrintWriter(out));
        return out.toString();
    }

    private Process java(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                // a JVM leaves SIGHUP ignored if whoever runs the tests does, as nohup
                "env",
                "--default-signal=HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.multiproc.server.Main"));
        line.addAll(List.of(arguments));
        ProcessBuilder b = new ProcessBuilder(line)
                .redirectError(folder.resolve("log" + processes.size()).toFile());
        b.environment().keySet().removeIf(name -> name.startsWith("MULTIPROC_"));
        Process p = b.start();
        processes.add(p);
        return p;
    }

    private Process serve(String... more) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("serve", "--listen", "tcp://127.0.0.1:0", "--listen", "tls://127.0.0.1:0"));
        arguments.addAll(List.of(more));
        Process server = java(arguments.toArray(new String[0]));
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        for (int i = 0; i < 2; i++) {
            String ready = out.readLine();
            assertTrue(ready != null && ready.startsWith("multiproc ready on "), () -> ready + "\n" + log(0));
            uris.add(ready.substring("multiproc ready on ".length()));
        }
        return server;
    }

    private String log(int process) {
        try {
            return Files.readString(folder.resolve("log" + process));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String command(int expected, String... arguments) throws Exception {
        int number = processes.size();
        Process p = java(arguments);
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(p.waitFor(60, TimeUnit.SECONDS));
        String all = out + log(number);
        assertEquals(expected, p.exitValue(), all);
        return all;
    }

    private static String run(String... line) throws Exception {
        Process p = new ProcessBuilder(line).redirectErrorStream(true).start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertEquals(0, p.waitFor(), out);
        return out;
    }

    private ManagerOptions options(String uri, String key) {
        return ManagerOptions.defaults().withAddress(uri).withAuthkey(key.getBytes(StandardCharsets.US_ASCII));
    }

    private Path secret(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void noKeyIsShown() throws Exception {
        Path ops = secret("ops.key", OPS);
        String good = "ops admin file=ops.key\nweb use key=" + WEB + " prefix=web.\n";
        Path keys = secret("keys", good);
        Path audit = folder.resolve("audit");
        Process server = serve("--keys", keys.toString(), "--audit", audit.toString(), "--log-level", "TRACE");
        StringBuilder said = new StringBuilder();
        for (String uri : uris) {
            try (Manager m = Manager.connect(options(uri, OPS));
                    Manager web = Manager.connect(options(uri, WEB))) {
                said.append(m).append(m.info()).append(m.keys()).append(m.sessions());
                said.append(trace(assertThrows(ManagerException.class, () -> web.find("ops"))));
                // no line of the file is right
                secret("keys", OPS + "\nops " + WEB + " key=x\nweb use " + WEB + "\n");
                said.append(trace(assertThrows(IllegalStateException.class, m::reloadKeys)));
                secret("keys", good);
                said.append(m.reloadKeys());
            }
            said.append(
                    trace(assertThrows(ManagerException.class, () -> Manager.connect(options(uri, OPS.substring(1))))));
        }
        said.append(command(0, "keys", "list", "--address", uris.get(0), "--authkey-file", ops.toString()));
        said.append(command(0, "sessions", "--json", "--address", uris.get(1), "--authkey-file", ops.toString()));
        Path wrong = secret("wrong.key", WEB.substring(1));
        said.append(command(3, "ping", "--address", uris.get(0), "--authkey-file", wrong.toString()));
        Process worker = java(
                "worker",
                "--pool",
                "nobody",
                "--classpath",
                folder.toString(),
                "--address",
                uris.get(0),
                "--authkey-file",
                ops.toString(),
                "--wait",
                "60");
        assertTrue(worker.isAlive());
        assertAbsent("what clients say", said.toString());
        assertAbsent("toString", toStrings(ops));
        assertAbsent("the process list", run("ps", "-ef", "ww"));
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        assertAbsent("the heap histogram", run(jcmd, String.valueOf(server.pid()), "GC.class_histogram"));
        server.destroy();
        assertTrue(server.waitFor(60, TimeUnit.SECONDS));
        for (int i = 0; i < processes.size(); i++) {
            assertAbsent("log " + i, log(i));
        }
        assertTrue(log(0).contains("the keys stay as they were"), log(0));
        String audited = Files.readString(audit);
        assertTrue(
                audited.contains("\"event\":\"refused\"") && audited.contains("\"event\":\"keys_rejected\""), audited);
        assertAbsent("the audit", audited);
    }

    private static String toStrings(Path file) throws IOException {
        Authkey key = Authkey.ofText(OPS);
        KeyRing ring = KeyRing.ofAuthkeys(List.of(key));
        return Stream.of(
                        key,
                        TlsKey.of(key),
                        ring,
                        ring.entries(),
                        ServerOptions.of(key),
                        Authkeys.read(file),
                        key.hashCode(),
                        Authkeys.read(file).hashCode())
                .map(String::valueOf)
                .reduce("", String::concat);
    }

    /** SIGHUP reads the files again, and what is not valid any more is not in the server's memory either. */
    @Test
    void aRevokedKeyIsForgotten() throws Exception {
        secret("a.key", OPS);
        secret("b.key", WEB);
        Process server = serve(
                "--authkey-file",
                folder.resolve("a.key").toString(),
                "--authkey-file",
                folder.resolve("b.key").toString(),
                "--handshake-timeout",
                "1");
        for (String uri : uris) {
            for (String key : List.of(OPS, WEB)) {
                try (Manager m = Manager.connect(options(uri, key))) {
                    assertEquals(2, m.keys().size());
                }
            }
        }
        assertTrue(inHeap(server, OPS), "the search finds what is there");
        secret("a.key", "another key of enough bytes");
        run("kill", "-HUP", String.valueOf(server.pid()));
        Await.until("the keys were read again", () -> log(0).contains("the keys were read again"));
        assertThrows(ManagerException.class, () -> Manager.connect(options(uris.get(0), OPS)));
        Manager.connect(options(uris.get(1), WEB)).close();
        Await.until("it is overwritten", () -> !inHeap(server, OPS));
        assertTrue(inHeap(server, WEB));
        assertTrue(server.isAlive());
    }

    private boolean inHeap(Process server, String key) throws Exception {
        Path dump = folder.resolve("dump.hprof");
        Files.deleteIfExists(dump);
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String unused = run(jcmd, String.valueOf(server.pid()), "GC.heap_dump", dump.toString());
        return new String(Files.readAllBytes(dump), StandardCharsets.ISO_8859_1).contains(key);
    }
}
