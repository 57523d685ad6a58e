package io.multiproc.tests.examples;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.python.Python;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each of the tutorials' programs prints what its Python original prints. Programs that need no JVM of their own share one; two of these run at a time.
 */
@Tag("jdk")
@Timeout(900)
class ExamplesIT {
    /** One with code and values of its own class, one with a pool, one with the default manager. */
    private static final Set<String> FROM_SOURCE =
            Set.of("basics/ProducerConsumer", "concurrency/PoolMethods", "slides/Pickling");

    private static final int BATCH = 12;
    private static final long MOST_SECONDS = 400;

    @TempDir
    Path folder;

    private final Map<String, String> said = new ConcurrentHashMap<>();

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    private static List<String> python(Path script, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Python.newest().program().toString());
        command.add(script.toString());
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    private ProcessBuilder builder(List<String> command, boolean stderr, String name) {
        ProcessBuilder b = new ProcessBuilder(command);
        Path flushing = Path.of("target/test-classes/python/flushing");
        b.environment().put("PYTHONPATH", flushing.toAbsolutePath().toString());
        b.environment().remove("PYTHONUNBUFFERED");
        b.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        File errors = folder.resolve(name.replaceAll("\\W", "-") + ".err").toFile();
        return stderr ? b.redirectErrorStream(true) : b.redirectError(ProcessBuilder.Redirect.appendTo(errors));
    }

    private String run(String name, List<String> command, boolean stderr) throws IOException, InterruptedException {
        Process p = builder(command, stderr, name).start();
        p.getOutputStream().close();
        Future<String> output =
                pool.submit(() -> new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        try {
            boolean ended = p.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                p.descendants().forEach(ProcessHandle::destroyForcibly);
                p.destroyForcibly();
            }
            String text = output.get(MOST_SECONDS, TimeUnit.SECONDS);
            return ended ? text : text + "\nDOES NOT END";
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            return "NO OUTPUT: " + e;
        }
    }

    /** For readers of output, which wait. */
    private final ExecutorService pool = Executors.newCachedThreadPool();

    private void batch(List<String> programs) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(Runner.class.getName()));
        arguments.addAll(programs);
        String all = run(programs.get(0), java(arguments.toArray(new String[0])), false);
        for (String part : all.split("(?m)^" + Runner.BEGIN)) {
            int end = part.indexOf('\n');
            if (end > 0) {
                said.put(part.substring(0, end), part.substring(end + 1));
            }
        }
    }

    private String errors(String name) {
        Path file = folder.resolve(name.replaceAll("\\W", "-") + ".err");
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void programsPrintWhatPythonsPrint() throws Exception {
        List<Example> all = Example.all().stream().filter(e -> !e.isPair()).toList();
        ExecutorService workers = Executors.newFixedThreadPool(2);
        List<Future<?>> jobs = new ArrayList<>();
        Map<String, String> batchOf = new ConcurrentHashMap<>();
        List<String> together =
                all.stream().filter(e -> !e.has("alone")).map(Example::name).toList();
        try {
            for (int i = 0; i < together.size(); i += BATCH) {
                List<String> batch = together.subList(i, Math.min(together.size(), i + BATCH));
                batch.forEach(name -> batchOf.put(name, batch.get(0)));
                jobs.add(workers.submit(() -> {
                    batch(batch);
                    return null;
                }));
            }
            for (Example e : all) {
                jobs.add(workers.submit(() -> {
                    said.put("python " + e.name(), run("python " + e.name(), python(e.python()), e.has("stderr")));
                    if (e.has("alone")) {
                        String main = e.name().replace('/', '.');
                        said.put(e.name(), run(e.name(), java(main), e.has("stderr")));
                    }
                    if (FROM_SOURCE.contains(e.name())) {
                        String source = e.java().toString();
                        said.put("source " + e.name(), run("source " + e.name(), java(source), false));
                    }
                    return null;
                }));
            }
            for (Future<?> job : jobs) {
                job.get(MOST_SECONDS * 2, TimeUnit.SECONDS);
            }
        } finally {
            workers.shutdownNow();
            pool.shutdownNow();
        }
        List<Executable> checks = new ArrayList<>();
        for (Example e : all) {
            List<String> expected = e.compared(said.get("python " + e.name()));
            for (String kind : FROM_SOURCE.contains(e.name()) ? List.of("", "source ") : List.of("")) {
                String name = kind + e.name();
                checks.add(() -> assertEquals(
                        String.join("\n", expected),
                        String.join("\n", e.compared(said.getOrDefault(name, "(nothing)"))),
                        () -> name + "\n" + errors(batchOf.getOrDefault(name, name)) + errors("python " + e.name())));
            }
            checks.add(() -> assertTrue(!expected.isEmpty(), "nothing is compared: " + e.name()));
        }
        assertAll(checks);
    }

    private static int freePort() throws IOException {
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return s.getLocalPort();
        }
    }

    @Test
    void aServerAndItsClients() throws Exception {
        Example server = new Example("indepth/MathServer", List.of());
        Example client = new Example("indepth/MathClient", List.of());
        for (String language : List.of("java", "python")) {
            String port = Integer.toString(freePort());
            List<String> command =
                    language.equals("java") ? java("indepth.MathServer", port) : python(server.python(), port);
            Process serving = builder(command, false, "server " + language).start();
            try {
                BufferedReader out =
                        new BufferedReader(new InputStreamReader(serving.getInputStream(), StandardCharsets.UTF_8));
                assertEquals(
                        "Server started. Waiting for connections...",
                        out.readLine(),
                        () -> errors("server " + language));
                assertEquals(
                        "8", run("client", python(client.python(), port), false).strip(), () -> errors("client"));
                if (language.equals("java")) {
                    assertEquals(
                            "8",
                            run("client", java("indepth.MathClient", port), false)
                                    .strip(),
                            () -> errors("client"));
                }
            } finally {
                serving.destroy();
                assertTrue(serving.waitFor(Await.LONG.toMillis(), TimeUnit.MILLISECONDS));
            }
        }
        pool.shutdownNow();
    }

    /** Each program is in the index, and in the table for readers. */
    @Test
    void nothingIsForgotten() throws Exception {
        Set<String> files = new TreeSet<>();
        try (Stream<Path> all = Files.walk(Example.FOLDER, 2)) {
            all.filter(f -> f.toString().endsWith(".java") && !f.toString().contains("target"))
                    .forEach(f ->
                            files.add(Example.FOLDER.relativize(f).toString().replace(".java", "")));
        }
        List<Example> all = Example.all();
        assertEquals(files, all.stream().map(Example::name).collect(Collectors.toCollection(TreeSet::new)));
        String table = Files.readString(Example.FOLDER.resolve("README.md"));
        for (Example e : all) {
            assertTrue(Files.exists(e.python()), e.python().toString());
            assertTrue(table.contains("(" + e.name() + ".java)"), e.name());
            assertTrue(table.contains("(" + Example.FOLDER.relativize(e.python()) + ")"), e.name());
        }
        assertTrue(all.size() > 90);
    }
}
