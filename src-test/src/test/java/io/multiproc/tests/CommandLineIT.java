package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.ConnectionLostException;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.tests.fixtures.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code server/bin/multiproc}, as a process, with the real jar. */
@Tag("jdk")
@Timeout(180)
class CommandLineIT {
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final List<String> COMMANDS = List.of(
            "serve",
            "ping",
            "info",
            "objects",
            "sessions",
            "locks",
            "release",
            "get",
            "put",
            "pop",
            "append",
            "queue put",
            "queue get",
            "queue peek",
            "queue purge",
            "queue move",
            "delete",
            "lock",
            "shutdown",
            "worker",
            "context add",
            "context list",
            "context use",
            "context remove",
            "keys list",
            "keys reload",
            "keys end",
            "cluster",
            "cluster add",
            "cluster remove",
            "cluster transfer",
            "completion",
            "help",
            "version",
            "demo");

    @TempDir
    private Path home;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    private record Result(int code, List<String> out, List<String> err) {
        String all() {
            return String.join("\n", out);
        }

        /** Asserts the exit code and that the whole complaint is one line. */
        void fails(int expected, String text) {
            assertEquals(expected, code, this::toString);
            assertEquals(1, err.size(), this::toString);
            assertTrue(err.get(0).contains(text), this::toString);
            assertTrue(err.get(0).startsWith("multiproc: "), this::toString);
        }
    }

    private static Path launcher() {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("server/bin/multiproc"))) {
            top = top.getParent();
        }
        return top.resolve("server/bin/multiproc");
    }

    private Process start(Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(launcher().toString());
        command.addAll(Arrays.asList(arguments));
        return started(environment, command);
    }

    private Process started(Map<String, String> environment, List<String> command) {
        ProcessBuilder b = new ProcessBuilder(command);
        b.environment().keySet().removeIf(k -> k.startsWith("MULTIPROC_"));
        b.environment().put("JAVA_HOME", System.getProperty("java.home"));
        b.environment().put("MULTIPROC_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        b.environment().put("XDG_CONFIG_HOME", home.toString());
        b.environment().putAll(environment);
        try {
            // files, so that a process that says much cannot block
            b.redirectError(home.resolve("err-" + processes.size()).toFile());
            Process p = b.start();
            processes.add(p);
            return p;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> errors(Process p) {
        try {
            return Files.readAllLines(home.resolve("err-" + processes.indexOf(p)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Result run(Map<String, String> environment, String... arguments) {
        return finish(start(environment, arguments));
    }

    private Result finish(Process p) {
        try {
            List<String> out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertTrue(p.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS), "the command does not end");
            return new Result(p.exitValue(), out, errors(p));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Result run(String... arguments) {
        return run(Map.of(), arguments);
    }

    private static final Map<String, String> WITH_KEY = Map.of("MULTIPROC_AUTHKEY", KEY);

    /** A server in a process, and where it says it is. */
    private record Served(Process process, String uri) {}

    private Served serve(Map<String, String> environment, String... more) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--listen", "tcp://127.0.0.1:0"));
        arguments.addAll(Arrays.asList(more));
        Process p = start(environment, arguments.toArray(new String[0]));
        try {
            String line =
                    new BufferedReader(new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8)).readLine();
            assertTrue(line != null && line.startsWith("multiproc ready on tcp://127.0.0.1:"), () -> line + errors(p));
            String uri = line.substring("multiproc ready on ".length());
            assertTrue(URI.create(uri).getPort() > 0, uri);
            return new Served(p, uri);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Manager connect(String uri) {
        return Manager.connect(
                ManagerOptions.defaults().withAddress(uri).withAuthkey(KEY.getBytes(StandardCharsets.UTF_8)));
    }

    private static void exits(int code, Process p) throws InterruptedException {
        assertTrue(p.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS), "the process does not end");
        assertEquals(code, p.exitValue());
    }

    @Test
    void aSession() throws Exception {
        Served server = serve(WITH_KEY);
        String[] at = {"--address", server.uri};
        try (Manager m = connect(server.uri)) {
            m.dict("scores").put("ada", 1);
            m.lock("guard").lock();

            Result ping = run(WITH_KEY, "ping", at[0], at[1]);
            assertEquals(0, ping.code, ping::toString);
            assertTrue(
                    ping.all().matches("multiproc \\S+ at " + server.uri + " answered in [0-9.]+ ms"), ping::toString);
            assertEquals(List.of(), ping.err);

            Result info = run(WITH_KEY, "info", at[0], at[1]);
            assertEquals(0, info.code, info::toString);
            assertTrue(info.all().matches("(?s).*version +\\S+.*"), info::toString);
            assertTrue(info.all().matches("(?s).*pid +" + server.process.pid() + "\\b.*"), info::toString);

            Result objects = run(WITH_KEY, "objects", at[0], at[1]);
            assertEquals(0, objects.code, objects::toString);
            assertEquals(3, objects.out.size(), objects::toString);
            assertTrue(
                    objects.out
                            .get(0)
                            .matches("ID +TYPE +NAME +SIZE +REFERENCES +WAITERS +HOLDER +AGE +OPERATIONS +RATE"),
                    objects::toString);
            assertTrue(objects.out.get(1).matches("\\d+ +dict +scores +1 +\\d+ +0 +- .*"), objects::toString);
            assertTrue(objects.out.get(2).matches("\\d+ +lock +guard +1 +\\d+ +0 +\\d+ .*"), objects::toString);

            Result sessions = run(WITH_KEY, "sessions", at[0], at[1]);
            assertEquals(0, sessions.code, sessions::toString);
            assertEquals(3, sessions.out.size(), sessions::toString);
            assertTrue(
                    sessions.out
                            .get(0)
                            .matches(
                                    "ID +NAME +ADDRESS +KEY +CONNECTED +OPENED +HOLDS +LOCKS +WAITS +UNDELIVERED +IN_PROGRESS"),
                    sessions::toString);
            assertTrue(sessions.all().contains("java " + ProcessHandle.current().pid()), sessions::toString);

            Result get = run(WITH_KEY, "get", "scores", at[0], at[1]);
            assertEquals(new Result(0, List.of("{ada=1}"), List.of()), get);
            assertEquals(
                    new Result(0, List.of("deleted scores"), List.of()),
                    run(WITH_KEY, "delete", "scores", at[0], at[1]));
            run(WITH_KEY, "get", "scores", at[0], at[1]).fails(1, "no object is called 'scores'");
            run(WITH_KEY, "delete", "scores", at[0], at[1]).fails(1, "no object is called 'scores'");

            assertEquals(
                    new Result(0, List.of("the manager at " + server.uri + " is ending"), List.of()),
                    run(WITH_KEY, "shutdown", at[0], at[1]));
            exits(0, server.process);
            assertThrowsExactly(ConnectionLostException.class, () -> m.dict("scores"));
        }
        run(WITH_KEY, "ping", at[0], at[1]).fails(1, "cannot connect to " + server.uri);
    }

    @Test
    void aWrongKeyIsExitCodeThree() {
        Served server = serve(WITH_KEY);
        run(Map.of("MULTIPROC_AUTHKEY", "another key, as long as it takes"), "ping", "--address", server.uri)
                .fails(3, "authentication failed: " + server.uri);
        Result file = run(
                Map.of(
                        "MULTIPROC_AUTHKEY_FILE",
                        keyFile("another key, as long as it takes").toString()),
                "ping",
                "--address",
                server.uri);
        file.fails(3, home.resolve("wrong") + ", which MULTIPROC_AUTHKEY_FILE names");
        file.fails(3, "'multiproc ping --authkey-file FILE …'");
        assertFalse(file.err.toString().contains("as long as it takes"), "the key is said");
        assertEquals(0, run(WITH_KEY, "ping", "--address", server.uri).code);
    }

    private Path keyFile(String key) {
        try {
            return Files.setPosixFilePermissions(
                    Files.writeString(home.resolve("wrong"), key), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The key is where HOME says, whatever the system's list of users says; and the first start says where. */
    @Test
    void homeIsRespected() throws Exception {
        Path other = Files.createDirectory(home.resolve("elsewhere"));
        Map<String, String> environment = Map.of("HOME", other.toString(), "XDG_CONFIG_HOME", "");
        Served server = serve(environment);
        Path key = other.resolve(".config/multiproc/authkey");
        assertTrue(Files.exists(key));
        assertTrue(
                errors(server.process).get(0).contains("made an authkey for this user in " + key),
                () -> "" + errors(server.process));
        assertEquals(0, run(environment, "ping", "--address", server.uri).code);
        Served second = serve(environment);
        assertFalse(errors(second.process).toString().contains("made an authkey"), () -> "" + errors(second.process));
        assertTrue(errors(second.process).toString().contains(key.toString()), () -> "" + errors(second.process));
    }

    @Test
    void contexts() throws Exception {
        Served server = serve(WITH_KEY);
        Path key = Files.writeString(home.resolve("prod.key"), KEY + "\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        run("-c", "prod", "ping").fails(1, "there is no context 'prod'. See 'multiproc context list'");
        run("context", "add", "prod", "--address", "nonsense").fails(2, "nonsense");
        run("context", "add", "prod", "--authkey-file", "/no/such").fails(1, "/no/such");
        assertEquals(
                new Result(0, List.of("added prod"), List.of()),
                run("context", "add", "prod", "--address", server.uri, "--authkey-file", key.toString()));
        // before the variable, which is for another manager
        Map<String, String> wrong = Map.of("MULTIPROC_AUTHKEY", "another key, as long as it takes");
        assertEquals(0, run(wrong, "-c", "prod", "ping").code);
        assertEquals(0, run(wrong, "ping", "--context", "prod").code);
        run("ping").fails(1, "no authkey");
        assertEquals(0, run("context", "use", "prod").code);
        assertEquals(0, run(wrong, "queue", "put", "jobs", "x").code);
        assertEquals(List.of("x"), run(wrong, "--context=prod", "queue", "get", "jobs").out);
        // an address is another manager's
        assertEquals(3, run(wrong, "ping", "--address", server.uri).code);
        String listed = run("context", "list", "--json").all();
        assertTrue(
                listed.contains("{\"in_use\":true,\"name\":\"prod\",\"address\":\"" + server.uri
                        + "\",\"authkey_file\":\"" + key),
                listed);
        assertFalse(listed.contains(KEY), listed);
        assertEquals(0, run("context", "remove", "prod").code);
        run("ping").fails(1, "no authkey");
    }

    @Test
    void aLockAroundACommand() throws Exception {
        Served server = serve(WITH_KEY);
        String[] at = {"--address", server.uri};
        assertEquals(7, run(WITH_KEY, "lock", "guard", at[0], at[1], "--", "sh", "-c", "exit 7").code);
        Result token = run(WITH_KEY, "lock", "guard", at[0], at[1], "--", "sh", "-c", "echo $MULTIPROC_FENCING_TOKEN");
        assertTrue(token.all().matches("[1-9]\\d*"), token::toString);
        run(WITH_KEY, "lock", "guard", at[0], at[1], "--", "/no/such/program").fails(127, "/no/such/program");
        run(WITH_KEY, "lock", "guard", at[0], at[1], "--", "/etc/passwd").fails(126, "/etc/passwd");
        try (Manager m = connect(server.uri)) {
            // while it is held nobody else has it; its command's end frees it
            Process holder =
                    start(WITH_KEY, "lock", "guard", at[0], at[1], "--", "sh", "-c", "echo held; read line; exit 3");
            BufferedReader said =
                    new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
            assertEquals("held", said.readLine());
            assertFalse(m.lock("guard").tryLock());
            run(WITH_KEY, "lock", "guard", "--wait", "0.1", at[0], at[1], "--", "true")
                    .fails(1, "is held by others");
            assertEquals(
                    44,
                    run(
                                    WITH_KEY,
                                    "lock",
                                    "guard",
                                    "--wait",
                                    "0",
                                    "--conflict-exit-code",
                                    "44",
                                    at[0],
                                    at[1],
                                    "--",
                                    "true")
                            .code);
            holder.getOutputStream().write('\n');
            holder.getOutputStream().flush();
            exits(3, holder);
            assertTrue(m.lock("guard").tryLock(Await.LONG));
            m.lock("guard").unlock();
            // its own death frees it; a signal ends the command first
            Process killed = start(WITH_KEY, "lock", "guard", at[0], at[1], "--", "sh", "-c", "echo held; read line");
            assertEquals(
                    "held",
                    new BufferedReader(new InputStreamReader(killed.getInputStream(), StandardCharsets.UTF_8))
                            .readLine());
            killed.destroyForcibly();
            assertTrue(m.lock("guard").tryLock(Await.LONG));
            m.lock("guard").unlock();
            Process told = start(
                    WITH_KEY,
                    "lock",
                    "guard",
                    at[0],
                    at[1],
                    "--",
                    "sh",
                    "-c",
                    "trap 'echo ended; exit 7' TERM; echo held; read line");
            BufferedReader heard =
                    new BufferedReader(new InputStreamReader(told.getInputStream(), StandardCharsets.UTF_8));
            assertEquals("held", heard.readLine());
            told.toHandle().destroy();
            assertEquals("ended", heard.readLine());
            exits(7, told);
            assertTrue(m.lock("guard").tryLock(Await.LONG));
            // readers together, a writer alone
            m.readWriteLock("both").readLock().lock();
            assertEquals(0, run(WITH_KEY, "lock", "both", "--shared", "--wait", "0", at[0], at[1], "--", "true").code);
            assertEquals(1, run(WITH_KEY, "lock", "both", "--wait", "0", at[0], at[1], "--", "true").code);
            run(WITH_KEY, "lock", "guard", "--shared", at[0], at[1], "--", "true")
                    .fails(2, "is a lock");
            run(WITH_KEY, "lock", "guard", at[0], at[1]).fails(2, "COMMAND... is missing");
        }
    }

    /** A terminal sends it to the command, too, which alone decides what becomes of it. */
    @Test
    void anInterruptIsTheCommandsOwn() throws Exception {
        Served server = serve(WITH_KEY);
        Result r = run(
                WITH_KEY,
                "lock",
                "guard",
                "--address",
                server.uri,
                "--",
                "sh",
                "-c",
                // not to itself, too: a shell that runs this test in the background has it ignored
                "trap 'echo terminated; exit 1' TERM; kill -INT $PPID; sleep 1; exit 9");
        assertEquals(new Result(9, List.of(), List.of()), r);
    }

    @Test
    void aSignalWhileItWaitsIsNoError() throws Exception {
        Served server = serve(WITH_KEY);
        try (Manager m = connect(server.uri)) {
            m.lock("guard").lock();
            Process waiting = start(WITH_KEY, "lock", "guard", "--address", server.uri, "--", "true");
            Await.until("it waits", () -> m.sessions().stream().anyMatch(s -> s.waits() == 1));
            waiting.toHandle().destroy();
            exits(143, waiting);
            assertEquals(List.of(), errors(waiting));
        }
    }

    /** Runs a line of a shell, in which {@code $0} is the launcher. */
    private Result shellIn(Map<String, String> environment, String line) {
        return finish(started(environment, List.of("sh", "-c", line, launcher().toString())));
    }

    @Test
    void outputThatNobodyReadsIsAFailure() {
        Served server = serve(WITH_KEY);
        Map<String, String> environment = Map.of("MULTIPROC_AUTHKEY", KEY, "AT", server.uri);
        try (Manager m = connect(server.uri)) {
            m.queue("jobs").addAll(List.of("a", "b"));
            for (String line : List.of(
                    "\"$0\" queue get jobs --address $AT >&-",
                    "\"$0\" queue get jobs --address $AT >/dev/full",
                    "\"$0\" objects --address $AT >/dev/full",
                    "\"$0\" version >/dev/full",
                    "\"$0\" objects --watch 0.1 --address $AT >/dev/full")) {
                shellIn(environment, line).fails(1, "standard output could not be written");
            }
            assertEquals(2, m.queue("jobs").size());
            // ends with its reader
            Result first = shellIn(environment, "\"$0\" objects --watch 0.1 --json --address $AT | head -n 1");
            assertEquals(1, first.out.size(), first::toString);
        }
    }

    /** Keys that differ are never one, and the command of a lock gets the bytes that were given. */
    @Test
    void argumentsSurviveAnyLocale() {
        Served server = serve(WITH_KEY);
        Map<String, Map<String, String>> locales = Map.of(
                "C", Map.of("LC_ALL", "C"),
                "none", Map.of("LC_ALL", "", "LC_CTYPE", "POSIX"),
                "C.UTF-8", Map.of("LC_ALL", "C.UTF-8"));
        locales.forEach((own, variables) -> {
            Map<String, String> environment = new java.util.HashMap<>(variables);
            environment.putAll(Map.of("MULTIPROC_AUTHKEY", KEY, "AT", server.uri));
            // by octal numbers: this JVM may be one of ASCII itself
            Result r = shellIn(
                    environment,
                    "k=$(printf 'gr\\303\\266\\303\\237e'); \"$0\" put d \"$k\" 1 --address $AT && \"$0\" lock l --address $AT"
                            + " -- sh -c 'printf \"%s %s\" \"$1\" \"${LC_ALL:-none}\"' sh \"$k\"");
            assertEquals(new Result(0, List.of("gr\u00f6\u00dfe " + own), List.of()), r);
            shellIn(environment, "\"$0\" put d \"$(printf 'x\\377')\" 1 --address $AT")
                    .fails(2, "LC_ALL=C.UTF-8");
        });
        try (Manager m = connect(server.uri)) {
            assertEquals(
                    java.util.Set.of("gr\u00f6\u00dfe"), m.dict("d").snapshot().keySet());
        }
    }

    @Test
    void theLauncherIsFoundThroughLinks() throws Exception {
        Path link = Files.createSymbolicLink(home.resolve("mp"), launcher());
        Files.createSymbolicLink(home.resolve("mp2"), Path.of("mp"));
        for (Path p : List.of(link, home.resolve("mp2"))) {
            Result r = shellIn(Map.of("LINK", p.toString()), "\"$LINK\" version");
            assertEquals(0, r.code, r::toString);
        }
    }

    @Test
    void watchingTakesFractions() throws Exception {
        Served server = serve(WITH_KEY);
        Process watch = start(WITH_KEY, "objects", "--json", "--watch", "0.2", "--address", server.uri);
        BufferedReader looks =
                new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8));
        for (int i = 0; i < 3; i++) {
            assertEquals("[]", looks.readLine());
        }
        watch.destroy();
    }

    @Test
    void namesCannotCommandTheTerminal() {
        Served server = serve(WITH_KEY);
        String name = "x\u001b]0;owned\u0007";
        try (Manager m = connect(server.uri)) {
            m.dict(name).put("k", 1);
            for (String[] words : new String[][] {
                {"objects"},
                {"get", name + "?"},
                {"delete", name},
                {"get", name},
                {"lock", name, "--shared", "--", "true"}
            }) {
                List<String> all = new ArrayList<>(List.of(words));
                all.addAll(1, List.of("--address", server.uri));
                Result r = run(WITH_KEY, all.toArray(new String[0]));
                assertFalse((r.all() + r.err).contains("\u001b"), r::toString);
            }
        }
    }

    @Test
    void badUsageIsExitCodeTwo() {
        for (List<String> arguments : List.of(
                List.<String>of(),
                List.of("nonsense"),
                List.of("get"),
                List.of("ping", "--nonsense"),
                List.of("ping", "too", "many"),
                List.of("serve", "--max-frame", "many"),
                List.of("serve", "--max-frame", "0"),
                List.of("serve", "--log-level", "LOUD"))) {
            Result r = run(WITH_KEY, arguments.toArray(new String[0]));
            assertEquals(2, r.code, () -> arguments + " " + r);
            assertFalse(r.err.isEmpty(), () -> arguments + " " + r);
            assertFalse(String.join("\n", r.err).contains("\tat "), () -> arguments + " " + r);
        }
        run(WITH_KEY, "ping", "--address", "nonsense").fails(2, "'nonsense' is not an address");
        run("ping").fails(1, "no authkey");
        run("ping", "--authkey-file", "/no/such/file").fails(1, "/no/such/file does not exist");
    }

    @Test
    void help() {
        Result root = run("--help");
        assertEquals(0, root.code);
        for (String command : COMMANDS) {
            assertTrue(root.out.stream().anyMatch(l -> l.startsWith("  " + command + " ")), root::toString);
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            words.add("--help");
            Result help = run(words.toArray(new String[0]));
            assertEquals(0, help.code);
            assertTrue(help.out.get(0).startsWith("Usage: multiproc " + command), help::toString);
            assertEquals(List.of(), help.err);
        }
        assertEquals(run("queue", "put", "--help"), run("help", "queue", "put"));
        assertEquals(root, run("help"));
        assertEquals(run("--version"), run("version"));
        Result version = run("--version");
        assertEquals(0, version.code);
        assertTrue(version.all().toLowerCase(Locale.ROOT).matches("multiproc \\d\\S+"), version::toString);
    }

    @Test
    void keyFiles() throws Exception {
        Path file = Files.writeString(home.resolve("key"), KEY + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Served server = serve(Map.of(), "--authkey-file", file.toString());
        String[] ping = {"ping", "--address", server.uri};
        assertEquals(0, run("ping", "--address", server.uri, "--authkey-file", file.toString()).code);
        assertEquals(0, run(Map.of("MULTIPROC_AUTHKEY_FILE", file.toString()), ping).code);
        assertEquals(0, run(WITH_KEY, ping).code);
        // a named file comes before the variables
        assertEquals(
                0,
                run(
                                Map.of("MULTIPROC_AUTHKEY", "another key, as long as it takes"),
                                "ping",
                                "--address",
                                server.uri,
                                "--authkey-file",
                                file.toString())
                        .code);
        assertFalse(Files.exists(home.resolve("multiproc")), "a key was made though one was given");
    }

    /** Wrong usage is something else. */
    @Test
    void aKeyThatCannotBeReadIsAFailureForAll() throws Exception {
        Path empty = Files.writeString(home.resolve("empty"), "");
        Files.setPosixFilePermissions(empty, PosixFilePermissions.fromString("rw-------"));
        for (Path key : List.of(empty, home, home.resolve("none"))) {
            for (List<String> words :
                    List.of(List.of("ping"), List.of("serve"), List.of("worker", "--pool", "p", "--classpath", "."))) {
                List<String> all = new ArrayList<>(words);
                all.addAll(List.of("--authkey-file", key.toString()));
                run(all.toArray(new String[0])).fails(1, "authkey file " + key);
            }
            run("context", "add", "c", "--authkey-file", key.toString()).fails(1, "authkey file " + key);
        }
        Map<String, String> nowhere = Map.of("HOME", "/proc", "XDG_CONFIG_HOME", "");
        run(nowhere, "serve", "--listen", "tcp://127.0.0.1:0")
                .fails(1, "cannot make an authkey for this user in /proc/");
        run(nowhere, "context", "add", "c").fails(1, "cannot write /proc/");
    }

    @Test
    void theFirstServerMakesTheUsersKey() throws Exception {
        run("ping", "--address", "tcp://127.0.0.1:1").fails(1, "no authkey");
        Served server = serve(Map.of());
        Path key = home.resolve("multiproc/authkey");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key.getParent())));
        assertTrue(Files.readString(key).matches("[0-9a-f]{64}"));
        assertEquals(0, run("ping", "--address", server.uri).code);
        String first = Files.readString(key);
        Served second = serve(Map.of());
        assertEquals(first, Files.readString(key));
        assertEquals(0, run("ping", "--address", second.uri).code);
        assertEquals(3, run(WITH_KEY, "ping", "--address", second.uri).code);
    }

    @Test
    void sigtermEndsWithZero() throws Exception {
        Served server = serve(WITH_KEY);
        try (Manager m = connect(server.uri)) {
            var waiting = m.queue("queue").async().take();
            Await.until("it waits", () -> m.sessions().get(0).waits() == 1);
            server.process.destroy();
            exits(0, server.process);
            Await.until("the client knows", waiting::isCompletedExceptionally);
            ConnectionLostException e = assertThrowsExactly(ConnectionLostException.class, () -> m.dict("d"));
            assertTrue(e.getMessage().contains("ended the session"), e::getMessage);
        }
        assertFalse(String.join("\n", errors(server.process)).contains("Exception"), () -> "" + errors(server.process));
    }

    @Test
    void aPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String uri = "tcp://127.0.0.1:" + taken.getLocalPort();
            run(WITH_KEY, "serve", "--listen", uri).fails(1, uri);
            run(WITH_KEY, "serve", "--listen", uri).fails(1, "is another server running there?");
        }
        // nobody is there
        Result r = run(WITH_KEY, "serve", "--listen", "unix://" + home.resolve("none/socket"));
        r.fails(1, "name another place with --listen");
        assertFalse(r.err.toString().contains("another server"), r::toString);
    }

    @Test
    void aShortKeyBeyondLoopback() {
        Result r = run(Map.of("MULTIPROC_AUTHKEY", "short"), "serve", "--listen", "tcp://0.0.0.0:0");
        r.fails(2, "too short for tcp://0.0.0.0:0");
        assertEquals(List.of(), r.out);
    }

    /** The variable is an address that no option names; it stands for no context's. */
    @Test
    void theAddressOfTheVariable() {
        Served server = serve(WITH_KEY);
        Map<String, String> here = Map.of("MULTIPROC_AUTHKEY", KEY, "MULTIPROC_ADDRESS", server.uri);
        assertEquals(0, run(here, "ping").code);
        assertEquals(0, run(WITH_KEY, "context", "add", "other", "--address", "tcp://127.0.0.1:1").code);
        assertEquals(0, run(WITH_KEY, "context", "use", "other").code);
        assertEquals(0, run(here, "ping").code);
        assertEquals(1, run(here, "ping", "-c", "other").code);
        assertEquals(1, run(here, "ping", "--address", "tcp://127.0.0.1:1").code);
    }

    @Test
    void shutdownForbidden() {
        Served server = serve(WITH_KEY, "--no-shutdown");
        Result r = run(WITH_KEY, "shutdown", "--address", server.uri);
        assertEquals(1, r.code, r::toString);
        assertEquals(1, r.err.size(), r::toString);
        assertEquals(0, run(WITH_KEY, "ping", "--address", server.uri).code);
    }

    @Test
    void demo() {
        Result r = run("demo");
        assertEquals(0, r.code, r::toString);
        assertEquals(List.of(), r.err);
        for (String part : List.of(
                "manager  ready on tcp://127.0.0.1:",
                "ada      put ada=1",
                "bob      got 'your turn' from ada; reads {ada=1}",
                "ada      total is 2000 (2000 expected)",
                "manager  stopped")) {
            assertTrue(r.all().contains(part), () -> "'" + part + "' is missing in\n" + r.all());
        }
    }

    /** Starts a manager as a child and says where it is. */
    static final class Starter {
        public static void main(String[] args) throws Exception {
            try (Manager m = Manager.start()) {
                System.out.println(m.address());
                System.out.flush();
                // for ever
                m.queue().take();
            }
        }
    }

    @Test
    void theChildServerOfAKilledProcessEnds() throws Exception {
        Process starter = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starter.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(starter);
        String uri =
                new BufferedReader(new InputStreamReader(starter.getInputStream(), StandardCharsets.UTF_8)).readLine();
        int port = URI.create(uri).getPort();
        assertTrue(accepts(port));
        starter.destroyForcibly();
        Await.until("the server is gone", () -> !accepts(port));
    }

    private static boolean accepts(int port) {
        try (Socket s = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return s.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
