package io.multiproc.tests.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.multiproc.client.BaseManager;
import io.multiproc.client.DictProxy;
import io.multiproc.client.ListProxy;
import io.multiproc.client.LockProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.NamespaceProxy;
import io.multiproc.client.QueueProxy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every command and every snippet of the README is run, every option and method it names exists. */
@Tag("jdk")
@Timeout(180)
class ReadmeIT {
    private static final Path TOP = top();
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

    @TempDir
    Path temp;

    private static Path top() {
        Path p = Path.of("").toAbsolutePath();
        while (!Files.exists(p.resolve("README.md"))) {
            p = p.getParent();
        }
        return p;
    }

    private static String readme() throws IOException {
        return Files.readString(TOP.resolve("README.md"));
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher m =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(readme());
        List<String> out = new ArrayList<>();
        while (m.find()) {
            out.add(m.group(1));
        }
        assertTrue(!out.isEmpty(), "the README has no " + language + " block");
        return out;
    }

    private record Result(int exit, String output) {}

    private Result run(List<String> command, Map<String, String> environment) throws Exception {
        Path log = Files.createTempFile(temp, "out", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), () -> "no end of " + command);
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(log));
    }

    private static String multiproc() {
        return TOP.resolve("server/bin/multiproc").toString();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private Map<String, String> ownConfig() {
        return Map.of("XDG_CONFIG_HOME", temp.toString(), "JAVA_HOME", System.getProperty("java.home"));
    }

    @Test
    void setUpCommandsAreTheOnesThatRun() throws Exception {
        List<String> commands = blocks("sh")
                .get(0)
                .lines()
                .map(l -> l.replaceAll("\\s*#.*", ""))
                .toList();
        assertEquals(List.of("server/bin/multiproc demo", "mvn -B verify"), commands);
        Result demo = run(List.of(multiproc(), "demo"), ownConfig());
        assertEquals(0, demo.exit(), demo.output());
        assertTrue(demo.output().contains("total is 2000 (2000 expected)"), demo.output());
        // the second command is the one that runs this test
        assertTrue(Files.readString(TOP.resolve(".ci/run")).contains("mvn -B -ntp clean verify"));
    }

    @Test
    void firstProgramRunsAsItIsAgainstAServer() throws Exception {
        String source = blocks("java").get(0);
        int lines = (int) source.lines()
                .filter(l ->
                        !l.isBlank() && !l.startsWith("import") && !l.strip().equals("}"))
                .count();
        assertTrue(lines <= 15, "fifteen lines at most, but " + lines);
        ProcessBuilder serve = new ProcessBuilder(multiproc(), "serve", "--listen", "tcp://127.0.0.1:0")
                .redirectError(temp.resolve("serve.log").toFile());
        serve.environment().putAll(ownConfig());
        Process server = serve.start();
        try {
            String ready = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            assertNotNull(ready, () -> "no ready line");
            String uri = ready.substring(ready.lastIndexOf(' ') + 1);
            assertTrue(source.contains("tcp://127.0.0.1:50000"));
            compile("First", source.replace("tcp://127.0.0.1:50000", uri));
            for (int i = 1; i <= 2; i++) {
                Result result = run(List.of(java(), "-cp", classPath(), "First"), ownConfig());
                assertEquals(0, result.exit(), result.output());
                assertEquals("build {ada=" + i + "}", result.output().strip());
            }
        } finally {
            server.destroy();
            assertTrue(server.waitFor(10, TimeUnit.SECONDS));
        }
        assertEquals(0, server.exitValue());
    }

    @Test
    void otherJavaSnippetsCompile() throws Exception {
        List<String> snippets = blocks("java");
        for (String snippet : snippets.subList(1, snippets.size())) {
            if (snippet.contains("public class ")) {
                continue;
            }
            compile(
                    "Snippet",
                    "import io.multiproc.client.*;\nimport io.multiproc.testing.*;\nimport io.multiproc.testcontainers.*;\n"
                            + "import org.junit.jupiter.api.*;\nimport org.junit.jupiter.api.extension.*;\n"
                            + "class Snippet {\n  record Job(String name) {}\n  void run() {\n"
                            + snippet + "  }\n}\n");
        }
    }

    @Test
    void theProcessProgramsRunAsTheyAre() throws Exception {
        runs("Squares", "144, exit code 0");
        runs("Squaring", "[1, 4, 9, 16]");
        runs("Talk", "hello, and goodbye");
        runs("Count", "2000");
    }

    private void runs(String name, String output) throws Exception {
        String source = blocks("java").stream()
                .filter(b -> b.contains("public class " + name + " "))
                .findFirst()
                .orElseThrow();
        compile(name, source);
        List<String> command = new ArrayList<>(List.of(java()));
        if (Runtime.version().feature() >= 24) {
            // as the README says, for programs that hold a manager
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", classPath(), name));
        Result result = run(command, ownConfig());
        assertEquals(0, result.exit(), result.output());
        // a manager within the process logs where it listens
        assertEquals(
                output,
                result.output()
                        .lines()
                        .filter(l -> !l.startsWith("[") || l.equals(output))
                        .collect(Collectors.joining("\n")));
    }

    private String classPath() {
        return temp + System.getProperty("path.separator") + System.getProperty("java.class.path");
    }

    private void compile(String name, String source) throws IOException {
        Path file = Files.writeString(temp.resolve(name + ".java"), source);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", classPath(), "-d", temp.toString(), file.toString());
        assertEquals(0, result, source);
    }

    @Test
    void pythonTwinDoesTheSame() throws Exception {
        Path file = Files.writeString(temp.resolve("first.py"), blocks("python").get(0));
        Result result = run(List.of(System.getProperty("multiproc.python", "python3"), file.toString()), Map.of());
        assertEquals(0, result.exit(), result.output());
        assertEquals("build {'ada': 1}", result.output().strip());
    }

    @Test
    void pythonProgramRunsAgainstAServer() throws Exception {
        String source = blocks("python").get(1);
        Map<String, String> environment = Map.of("MULTIPROC_AUTHKEY", "readme-key-readme-key");
        ProcessBuilder serve = new ProcessBuilder(
                        multiproc(), "serve", "--listen", "tcp://127.0.0.1:0", "--share", "scores=dict")
                .redirectError(temp.resolve("serve.log").toFile());
        serve.environment().putAll(ownConfig());
        serve.environment().putAll(environment);
        Process server = serve.start();
        try {
            String ready = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            assertNotNull(ready, () -> "no ready line");
            assertTrue(source.contains("50000"));
            Path file = Files.writeString(
                    temp.resolve("scores.py"), source.replace("50000", ready.substring(ready.lastIndexOf(':') + 1)));
            for (int i = 1; i <= 2; i++) {
                Result result =
                        run(List.of(System.getProperty("multiproc.python", "python3"), file.toString()), environment);
                assertEquals(0, result.exit(), result.output());
                assertEquals("{'ada': " + i + "}", result.output().strip());
            }
        } finally {
            server.destroy();
            assertTrue(server.waitFor(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void optionsAreThoseOfTheCommandLine() throws Exception {
        String help = run(List.of(multiproc(), "serve", "--help"), ownConfig()).output();
        Set<String> real = options(help);
        real.removeAll(Set.of("--help", "--version"));
        String table = readme().substring(readme().indexOf("## Options"), readme().indexOf("| other commands"));
        assertEquals(real, options(table));
        String commands = run(List.of(multiproc(), "--help"), ownConfig()).output();
        Matcher m = Pattern.compile("`multiproc (\\w+)").matcher(readme());
        while (m.find()) {
            assertTrue(commands.contains(" " + m.group(1) + " ") || m.group(1).equals("ready"), m.group());
        }
    }

    private static Set<String> options(String text) {
        return Pattern.compile("--[a-z][a-z-]+")
                .matcher(text)
                .results()
                .map(r -> r.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void methodsOfTheTableExist() throws Exception {
        String table = readme().substring(readme().indexOf("| Python | Java |"), readme().indexOf("`DictProxy` is a"));
        int checked = 0;
        for (String row : table.split("\n")) {
            String[] cells = row.split("\\|");
            if (cells.length < 3) {
                continue;
            }
            Matcher m = Pattern.compile("(\\w*)\\.(\\w+)\\(").matcher(cells[2]);
            while (m.find()) {
                Class<?> type = m.group(1).isEmpty()
                        ? BaseManager.class
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
                    fail("the README names " + m.group() + " but " + type.getSimpleName() + " has no such method");
                }
            }
        }
        assertTrue(checked > 40, "only " + checked + " methods found");
    }

    @Test
    void linksLeadSomewhere() throws Exception {
        Matcher m = Pattern.compile("\\]\\((?!http)([^)#]+)\\)").matcher(readme());
        while (m.find()) {
            assertTrue(Files.exists(TOP.resolve(m.group(1))), m.group(1));
        }
    }
}
