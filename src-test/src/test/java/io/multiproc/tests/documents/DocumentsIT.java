package io.multiproc.tests.documents;

import static io.multiproc.tests.documents.Documents.GUIDE;
import static io.multiproc.tests.documents.Documents.OPERATIONS;
import static io.multiproc.tests.documents.Documents.README;
import static io.multiproc.tests.documents.Documents.TOP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.multiproc.client.BaseManager;
import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.QueueProxy;
import io.multiproc.tests.documents.Documents.Block;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every fenced block of every document is run, and every option, method and type that their tables name exists. What a block prints stands
 * in the text block behind it. What cannot run within this test is checked otherwise; each method that does so says why.
 */
@Tag("alone")
@Tag("jdk")
@Timeout(180)
class DocumentsIT {
    private static final String KEY = "documents-key-documents-key";
    private static final Map<String, Class<?>> RECEIVERS = Map.ofEntries(
            Map.entry("d", DictProxy.class),
            Map.entry("l", ListProxy.class),
            Map.entry("q", QueueProxy.class),
            Map.entry("v", io.multiproc.client.ValueProxy.class),
            Map.entry("a", io.multiproc.client.ArrayProxy.class),
            Map.entry("lock", LockProxy.class),
            Map.entry("ns", NamespaceProxy.class),
            Map.entry("manager", Manager.class),
            Map.entry("p", io.multiproc.client.process.ManagedProcess.class),
            Map.entry("pool", io.multiproc.client.pool.Pool.class),
            Map.entry("options", io.multiproc.client.pool.PoolOptions.class),
            Map.entry("r", io.multiproc.client.pool.AsyncResult.class),
            Map.entry("e", io.multiproc.client.pool.ProcessPoolExecutor.class),
            Map.entry("ManagedProcess", io.multiproc.client.process.ManagedProcess.class),
            Map.entry("Context", io.multiproc.client.context.Context.class),
            Map.entry("context", io.multiproc.client.context.Context.class),
            Map.entry("bytes", io.multiproc.client.memory.SharedArray.class),
            Map.entry("ProcessLog", io.multiproc.client.process.ProcessLog.class),
            Map.entry("ProcessPoolExecutor", io.multiproc.client.pool.ProcessPoolExecutor.class),
            Map.entry("Manager", Manager.class));

    /** Of the packages for one machine. */
    private static final Map<String, Class<?>> LOCAL = Map.of(
            "Pipe", io.multiproc.client.pipe.Pipe.class,
            "end", io.multiproc.client.pipe.Connection.class,
            "listener", io.multiproc.client.pipe.Listener.class,
            "Client", io.multiproc.client.pipe.Client.class,
            "Connections", io.multiproc.client.pipe.Connections.class,
            "SharedValue", io.multiproc.client.memory.SharedValue.class,
            "SharedArray", io.multiproc.client.memory.SharedArray.class,
            "SharedMemory", io.multiproc.client.memory.SharedMemory.class,
            "ShareableList", io.multiproc.client.memory.ShareableList.class);

    /** Of what another method of the table has given. */
    private static final Map<String, Class<?>> CHAINED = Map.of(
            "args", io.multiproc.client.process.Target.Of3.class,
            "named", io.multiproc.client.process.ManagedProcess.class,
            "daemon", io.multiproc.client.process.ManagedProcess.class);

    @TempDir
    Path temp;

    // ---- blocks

    @TestFactory
    Stream<DynamicTest> everyBlockIsRun() {
        List<Block> all = Documents.all().stream()
                .flatMap(d -> Documents.blocks(d).stream())
                .toList();
        assertTrue(all.size() > 30, "only " + all.size() + " blocks found");
        return all.stream().map(b -> DynamicTest.dynamicTest(b.toString(), () -> check(b)));
    }

    private void check(Block block) throws Exception {
        Sandbox box = new Sandbox(Files.createTempDirectory(temp, "block"));
        switch (block.language()) {
            case "java" -> java(block, box);
            case "python" -> python(block, box);
            case "sh" -> shell(block, box);
            case "xml" -> coordinates(block);
            case "mermaid" -> assertEquals(README, block.document(), "a picture, which the reader's browser draws");
            case "" -> handshake(block);
            default -> fail("nothing runs this block of " + block.language());
        }
    }

    private static final Pattern PROGRAM = Pattern.compile("(?m)^public class (\\w+) ");

    private void java(Block block, Sandbox box) throws Exception {
        Matcher program = PROGRAM.matcher(block.text());
        if (program.find()) {
            assertTrue(block.output().isPresent(), "a text block with the program's output must follow");
            boolean alone = !block.text().contains(Sandbox.PORT);
            try (Sandbox.Server server = alone ? null : box.new Server()) {
                box.compile(program.group(1), server == null ? block.text() : server.here(block.text()));
                assertPrints(block, box.program(program.group(1)));
            }
        } else if (block.text().contains("@Test")) {
            unitTest(block, box);
        } else {
            snippet(block, box);
        }
    }

    /** A snippet is the body of a program that has a class of its own, and a manager unless it makes one. */
    private void snippet(Block block, Sandbox box) throws Exception {
        boolean own = block.text().contains("Manager manager =");
        String body = own
                ? block.text()
                : "try (Manager manager = Manager.connect(\"tcp://127.0.0.1:50000\")) {\n" + block.text() + "}\n";
        try (Sandbox.Server server = box.new Server()) {
            box.compile(
                    "Snippet",
                    server.here(
                            """
                    import io.multiproc.client.*;
                    import io.multiproc.testcontainers.*;
                    import java.time.Duration;
                    import java.util.concurrent.CompletableFuture;

                    class Snippet {
                        record Job(String name) {}

                        public static void main(String[] args) throws Exception {
                    %s
                        }
                    }
                    """
                                    .formatted(body)));
            // the image is there only where the tests of containers run; MultiprocContainerIT does the same with it
            if (!block.text().contains("MultiprocContainer") || Boolean.getBoolean("docker.tests")) {
                assertPrints(block, box.program("Snippet"));
            }
        }
    }

    /** A test class of the reader, run as JUnit runs it. */
    private void unitTest(Block block, Sandbox box) throws Exception {
        Matcher name = Pattern.compile("(?m)^class (\\w+) ").matcher(block.text());
        assertTrue(name.find(), block.text());
        box.compile(
                name.group(1),
                """
                import io.multiproc.client.*;
                import io.multiproc.testing.*;
                import org.junit.jupiter.api.*;
                import org.junit.jupiter.api.extension.*;

                """
                        + block.text());
        // the launcher is not among the tests' dependencies; what runs this test brings it
        box.add(Class.forName("org.junit.platform.launcher.Launcher"));
        box.compile(
                "RunTests",
                """
                import org.junit.platform.engine.discovery.DiscoverySelectors;
                import org.junit.platform.launcher.core.*;
                import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

                class RunTests {
                    public static void main(String[] args) throws Exception {
                        var summary = new SummaryGeneratingListener();
                        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request()
                                .selectors(DiscoverySelectors.selectClass(Class.forName("%s"))).build(), summary);
                        summary.getSummary().getFailures().forEach(f -> f.getException().printStackTrace());
                        System.out.println(summary.getSummary().getTestsSucceededCount() + " passed");
                    }
                }
                """
                        .formatted(name.group(1)));
        String output = box.program("RunTests").ok();
        assertTrue(output.contains("1 passed"), output);
    }

    private void python(Block block, Sandbox box) throws Exception {
        assertTrue(block.output().isPresent(), "a text block with the program's output must follow");
        Path file = box.folder().resolve("program.py");
        if (!block.text().contains(Sandbox.PORT)) {
            Files.writeString(file, block.text());
            assertPrints(block, box.run(List.of(Sandbox.python(), file.toString())));
            return;
        }
        box.set("PYTHONPATH", TOP.resolve("client/python").toString());
        if (!block.text().contains("MULTIPROC_AUTHKEY")) {
            // the server of "multiproc serve", which makes its user a key
            box.set("HOME", box.folder().toString());
            box.set("XDG_CONFIG_HOME", "");
            try (Sandbox.Server server = box.new Server()) {
                Files.writeString(file, server.here(block.text()));
                assertPrints(block, box.run(List.of(Sandbox.python(), file.toString())));
            }
            return;
        }
        box.set("MULTIPROC_AUTHKEY", KEY);
        try (Sandbox.Server server = box.new Server("--share", "scores=dict", "--share", "jobs=joinable_queue");
                Manager java = Manager.connect(ManagerOptions.defaults()
                        .withAddress("tcp://127.0.0.1:" + server.port)
                        .withAuthkey(KEY.getBytes(StandardCharsets.UTF_8)))) {
            java.register("Math", MathApi.class, MathClass.class);
            Files.writeString(file, server.here(block.text()));
            assertPrints(block, box.run(List.of(Sandbox.python(), file.toString())));
        }
    }

    /** The class of the guide, which a Python program calls. */
    public interface MathApi {
        long add(long x, long y);
    }

    /** What the calls reach. */
    public static final class MathClass implements MathApi {
        @Override
        public long add(long x, long y) {
            return x + y;
        }
    }

    /** A program prints exactly what stands behind it; a manager within the process also logs where it listens. */
    private static void assertPrints(Block block, Sandbox.Result result) {
        String printed = result.ok()
                .lines()
                .filter(l -> !l.startsWith("[") || block.output().orElse("").contains(l))
                .collect(Collectors.joining("\n"));
        block.output().ifPresent(expected -> assertEquals(expected.strip(), printed.strip(), result.output()));
    }

    private void shell(Block block, Sandbox box) throws Exception {
        if (block.text().contains("docker ")) {
            containers(block);
            return;
        }
        List<String> commands = new ArrayList<>();
        for (String line : block.commands()) {
            String command = line.strip();
            if (command.startsWith("mvn ")) {
                maven(command);
            } else if (command.startsWith("src-test/bin/")) {
                benchmark(command);
            } else if (command.startsWith("kubectl ")) {
                kubernetes(command);
            } else if (command.startsWith("helm ")) {
                helm(command);
            } else if (command.startsWith("pip ")) {
                pip(command, box);
            } else {
                commands.add(line);
            }
        }
        if (commands.isEmpty()) {
            return;
        }
        String output = box.shell(commands).ok();
        for (String line : block.output().orElse("").lines().toList()) {
            String regex =
                    Arrays.stream(line.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
            assertTrue(Pattern.compile(regex).matcher(output).find(), line + " in:\n" + output);
        }
    }

    /** ComposeIT runs the quick start, with Docker, from the same document. */
    private static void containers(Block block) {
        assertEquals(OPERATIONS, block.document());
        assertEquals("In containers", block.section());
        String test = Documents.text("src-test/src/test/java/io/multiproc/tests/docker/ComposeIT.java");
        assertTrue(test.contains('"' + OPERATIONS + '"') && test.contains("\"## " + block.section() + '"'), test);
        assertEquals(4, block.commands().size(), "ComposeIT runs four commands");
    }

    /** A Maven build cannot run within a Maven build of the same folders. What it selects must exist. */
    private static void maven(String command) throws IOException {
        if (command.equals("mvn -B verify")) {
            // it runs this very test
            return;
        }
        List<String> words = List.of(command.split(" "));
        int module = words.indexOf("-pl") + 1;
        assertTrue(module > 0 && words.stream().anyMatch(w -> w.equals("test") || w.equals("verify")), command);
        Path sources = TOP.resolve(words.get(module)).resolve("src/test/java");
        Set<String> tests;
        try (Stream<Path> files = Files.walk(sources)) {
            tests = files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
        }
        for (String word : words) {
            if (word.matches("-D(it\\.)?test=.*") && !word.equals("-Dtest=none")) {
                String name = word.substring(word.indexOf('=') + 1);
                Pattern wanted = Pattern.compile(name.replace("*", "\\w*") + "\\.java");
                assertTrue(tests.stream().anyMatch(t -> wanted.matcher(t).matches()), command);
            }
        }
    }

    /** Benchmarks take minutes and build what is missing; ComparisonTest and CurvesTest run their programs. The options must be the script's. */
    private static void benchmark(String command) {
        List<String> words = List.of(command.split(" "));
        Path script = TOP.resolve(words.get(0));
        assertTrue(Files.isExecutable(script), command);
        String head = Documents.text(words.get(0)).lines().limit(6).collect(Collectors.joining("\n"));
        options(command).forEach(o -> assertTrue(head.contains(o), o + " in " + head));
        int against = words.indexOf("--against");
        assertTrue(against < 0 || Files.exists(TOP.resolve(words.get(against + 1))), command);
    }

    /** There is no cluster here; ImageIT runs the file's probe. */
    private static void kubernetes(String command) {
        List<String> words = List.of(command.split(" "));
        assertEquals(List.of("kubectl", "apply", "-f"), words.subList(0, 3));
        assertTrue(Documents.text(words.get(3)).contains("kind: StatefulSet"), command);
    }

    /** There is no Helm here; DeploymentFilesTest renders the chart. */
    private static void helm(String command) {
        List<String> words = List.of(command.split(" "));
        assertEquals(List.of("helm", "install", "multiproc", "docker/helm", "--set"), words.subList(0, 5));
        String[] path = words.get(5).replaceAll("=.*", "").split("\\.");
        Matcher value = Pattern.compile("(?m)^" + path[0] + ":(?:\n +.*)*\n +" + path[1] + ":")
                .matcher(Documents.text("docker/helm/values.yaml"));
        assertTrue(value.find(), command);
    }

    /** Not every Python brings pip: the wheel is made and read as pip does. */
    private static void pip(String command, Sandbox box) throws Exception {
        assertEquals("pip install client/python", command);
        box.run(List.of(
                        Sandbox.python(),
                        "-c",
                        """
                import os, sys, zipfile
                sys.path.insert(0, sys.argv[1])
                import wheel_backend
                to = sys.argv[2]
                wheel = wheel_backend.build_wheel(to)
                sys.path[0] = os.path.join(to, wheel)
                import multiproc_names
                assert wheel in multiproc_names.__file__, multiproc_names.__file__
                """,
                        TOP.resolve("client/python").toString(),
                        box.folder().toString()))
                .ok();
    }

    /** The coordinates are those of a module. */
    private static void coordinates(Block block) throws IOException {
        Map<String, String> poms = Map.of(
                "multiproc-client", "client",
                "multiproc-server", "server",
                "multiproc-testing", "client/testing",
                "multiproc-testcontainers", "client/testcontainers");
        Matcher m = Pattern.compile(
                        "<dependency>\\s*<groupId>(.*?)</groupId>\\s*<artifactId>(.*?)</artifactId>\\s*<version>(.*?)</version>")
                .matcher(block.text());
        int found = 0;
        while (m.find()) {
            found++;
            assertEquals("io.multiproc", m.group(1));
            String pom = Documents.text(poms.get(m.group(2)) + "/pom.xml");
            assertTrue(pom.contains("<artifactId>" + m.group(2) + "</artifactId>"), m.group());
            assertTrue(pom.contains("<version>" + m.group(3) + "</version>"), m.group());
        }
        assertEquals(block.text().split("<dependency>", -1).length - 1, found);
    }

    /** The example of the protocol document: its lengths, and the answers by the key that it names. */
    private static void handshake(Block block) throws Exception {
        assertEquals("2. Handshake", block.section());
        String document = Documents.text(block.document());
        String key = document.replaceAll("(?s).*\\*\\*Example\\*\\*, key `([^`]*)`.*", "$1");
        List<byte[]> payloads = new ArrayList<>();
        for (String line : block.text().lines().toList()) {
            byte[] frame = HexFormat.of().parseHex(line.replaceAll("^.>.|\\s", ""));
            assertEquals(frame.length - 4, java.nio.ByteBuffer.wrap(frame).getInt(), line);
            payloads.add(Arrays.copyOfRange(frame, 4, frame.length));
        }
        assertEquals(6, payloads.size());
        answers(key, payloads.get(0), payloads.get(1));
        answers(key, payloads.get(3), payloads.get(4));
    }

    private static void answers(String key, byte[] challenge, byte[] answer) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        int prefix = "#CHALLENGE#".length();
        byte[] digest = mac.doFinal(Arrays.copyOfRange(challenge, prefix, challenge.length));
        String named = HexFormat.of().formatHex("{sha256}".getBytes(StandardCharsets.US_ASCII));
        assertEquals(named + HexFormat.of().formatHex(digest), HexFormat.of().formatHex(answer));
    }

    // ---- the README

    @Test
    void theReadmeIsAFace() throws Exception {
        assertTrue(Files.size(TOP.resolve(README)) <= 10_240, "the README has 10 KB; the rest belongs in the guides");
        Block setUp = Documents.blocks(README).stream()
                .filter(b -> b.language().equals("sh"))
                .findFirst()
                .orElseThrow();
        assertEquals(List.of("server/bin/multiproc demo", "mvn -B verify"), setUp.commands());
        Block first = Documents.blocks(README).stream()
                .filter(b -> b.language().equals("java"))
                .findFirst()
                .orElseThrow();
        long lines = first.text()
                .lines()
                .filter(l ->
                        !l.isBlank() && !l.startsWith("import") && !l.strip().equals("}"))
                .count();
        assertTrue(lines <= 15, "fifteen lines at most, but " + lines);
        Sandbox box = new Sandbox(temp);
        Sandbox.Result demo = box.run(List.of(Sandbox.multiproc(), "demo"));
        assertTrue(demo.ok().contains("total is 2000 (2000 expected)"), demo.output());
        // "run it in as many JVMs as you like"
        try (Sandbox.Server server = box.new Server()) {
            box.compile("First", server.here(first.text()));
            for (int i = 1; i <= 2; i++) {
                assertEquals("build {ada=" + i + "}", box.program("First").ok().strip());
            }
        }
    }

    @Test
    void typesOfTheReadmeExist() throws Exception {
        Set<String> named = new TreeSet<>();
        int checked = 0;
        for (String[] cells : rows(Documents.section(README, "Types"))) {
            List<String> proxies =
                    code(cells[2]).stream().filter(c -> c.matches("\\w+Proxy")).toList();
            named.addAll(proxies);
            List<String> faces = code(cells[3]);
            for (int i = 0;
                    i < proxies.size() && !faces.isEmpty() && !proxies.get(i).isEmpty();
                    i++) {
                String face = faces.get(Math.min(i, faces.size() - 1));
                Class<?> proxy = Class.forName("io.multiproc.client." + proxies.get(i));
                assertTrue(supertypes(proxy).contains(face), proxies.get(i) + " is no " + face);
                checked++;
            }
        }
        assertTrue(checked >= 9, "only " + checked + " types checked");
        assertEquals(proxies(), named);
    }

    private static Set<String> supertypes(Class<?> type) {
        Set<String> out = new TreeSet<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (Class<?> face : c.getInterfaces()) {
                out.add(face.getSimpleName());
                out.addAll(supertypes(face));
            }
        }
        return out;
    }

    /** The public proxies of shared types. */
    private static Set<String> proxies() throws IOException {
        try (Stream<Path> files = Files.list(TOP.resolve("client/src/main/java/io/multiproc/client"))) {
            return files.map(f -> f.getFileName().toString().replace(".java", ""))
                    .filter(n -> n.matches("\\w+Proxy"))
                    .filter(n -> !Set.of("InstanceProxy", "IteratorProxy", "ServiceProxy")
                            .contains(n))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    // ---- tables

    @Test
    void optionsAreThoseOfTheCommandLine() throws Exception {
        Sandbox box = new Sandbox(temp);
        Set<String> real =
                options(box.run(List.of(Sandbox.multiproc(), "serve", "--help")).output());
        real.removeAll(Set.of("--help", "--version"));
        Set<String> listed = new TreeSet<>();
        for (String[] cells : rows(Documents.section(OPERATIONS, "Options"))) {
            listed.addAll(options(cells[1]));
        }
        assertEquals(real, listed);
    }

    @Test
    void commandsExistWithTheOptionsThatAreNamed() throws Exception {
        Sandbox box = new Sandbox(temp);
        String commands = box.run(List.of(Sandbox.multiproc(), "--help")).output();
        int checked = 0;
        Map<String, Set<String>> known = new java.util.HashMap<>();
        for (String document : Documents.all()) {
            Matcher m = Pattern.compile("`(?:server/bin/)?multiproc (\\w+)([^`\n]*)`")
                    .matcher(Documents.text(document));
            while (m.find()) {
                String command = m.group(1);
                // what a server prints, and labels of the protocol
                if (command.equals("ready") || m.group(2).matches("( answer)? v\\d.*")) {
                    continue;
                }
                assertTrue(commands.contains(" " + command + " "), document + ": " + m.group());
                if (!known.containsKey(command)) {
                    known.put(
                            command,
                            options(box.run(List.of(Sandbox.multiproc(), command, "--help"))
                                    .output()));
                }
                assertTrue(known.get(command).containsAll(options(m.group(2))), document + ": " + m.group());
                checked++;
            }
        }
        assertTrue(checked > 20, "only " + checked + " commands found");
    }

    @Test
    void optionsOfTheGuideAreThoseOfTheClient() {
        Set<String> listed = new TreeSet<>();
        for (String[] cells : rows(Documents.section(GUIDE, "Connect"))) {
            code(cells[1]).stream().filter(c -> c.matches("\\w+")).forEach(listed::add);
        }
        Set<String> real = Arrays.stream(ManagerOptions.class.getMethods())
                .filter(m -> m.getReturnType() == ManagerOptions.class
                        && !java.lang.reflect.Modifier.isStatic(m.getModifiers()))
                .map(java.lang.reflect.Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(real, listed);
    }

    @Test
    void exceptionsOfTheGuideAreThoseOfTheClient() throws Exception {
        Set<String> listed = new TreeSet<>();
        rows(Documents.section(GUIDE, "Exceptions")).forEach(cells -> listed.addAll(code(cells[1])));
        try (Stream<Path> files = Files.list(TOP.resolve("client/src/main/java/io/multiproc/client"))) {
            Set<String> real = files.map(f -> f.getFileName().toString().replace(".java", ""))
                    .filter(n -> n.endsWith("Exception") && !n.equals("ManagerException"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(real, listed);
        }
    }

    @Test
    void methodsOfTheTableExist() {
        int checked = 0;
        for (String[] cells : rows(Documents.section(GUIDE, "From Python to Java"))) {
            Matcher m = Pattern.compile("(\\w*)\\.(\\w+)\\(").matcher(cells[2]);
            while (m.find()) {
                Class<?> type = m.group(1).isEmpty()
                        ? CHAINED.getOrDefault(m.group(2), BaseManager.class)
                        : RECEIVERS.getOrDefault(m.group(1), LOCAL.get(m.group(1)));
                if (m.group(1).equals("q") && Set.of("taskDone", "join").contains(m.group(2))) {
                    type = io.multiproc.client.JoinableQueueProxy.class;
                }
                String method = m.group(2);
                if (method.equals("serveForever")) {
                    type = io.multiproc.client.spi.ServerProvider.Server.class;
                }
                if (Set.of("Duration", "Job", "List").contains(m.group(1))) {
                    continue;
                }
                assertNotNull(type, m.group());
                checked++;
                if (Arrays.stream(type.getMethods()).noneMatch(x -> x.getName().equals(method))) {
                    fail("the guide names " + m.group() + " but " + type.getSimpleName() + " has no such method");
                }
            }
        }
        assertTrue(checked > 40, "only " + checked + " methods found");
    }

    /** The cells of all rows of tables but their heads; the first cell is what stands before the first bar. */
    private static List<String[]> rows(String section) {
        List<String[]> out = new ArrayList<>();
        List<String> lines = section.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            boolean head = i + 1 < lines.size() && lines.get(i + 1).startsWith("|---");
            if (lines.get(i).startsWith("|") && !lines.get(i).startsWith("|---") && !head) {
                out.add(lines.get(i).split("(?<!\\\\)\\|", -1));
            }
        }
        assertTrue(!out.isEmpty(), section);
        return out;
    }

    private static List<String> code(String cell) {
        return Pattern.compile("`([^`]+)`")
                .matcher(cell)
                .results()
                .map(r -> r.group(1))
                .toList();
    }

    private static Set<String> options(String text) {
        return Pattern.compile("--[a-z][a-z-]+")
                .matcher(text)
                .results()
                .map(r -> r.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
