package io.multiproc.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.client.QueueProxy;
import io.multiproc.client.context.Context;
import io.multiproc.client.pool.Pool;
import io.multiproc.client.pool.PoolOptions;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.client.process.ProcessLog;
import io.multiproc.tests.fixtures.Await;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@link ProcessLog}: what programs print on standard error, beside CPython's. */
@Timeout(240)
class ProcessLogIT {
    static void greets(String whom) {
        System.out.println("hello " + whom);
    }

    static void startsAnother() {
        new ManagedProcess(ProcessLogIT::greets, "nested").named("inner").start();
    }

    static int square(int n) {
        return n * n;
    }

    /** Logs as Python's {@code log_to_stderr}. */
    static final class Loud {
        public static void main(String[] args) throws Exception {
            ProcessLog.logToStderr(Level.FINE);
            new ManagedProcess(ProcessLogIT::startsAnother).named("outer").start();
            for (ManagedProcess p : ManagedProcess.activeChildren()) {
                p.join();
            }
            System.err.println("--- failing");
            ManagedProcess failing = new ManagedProcess(Programs::fails, "on purpose").named("failing");
            failing.start();
            failing.join();
            System.err.println("--- pool");
            try (Pool pool = new Pool(PoolOptions.defaults().withProcesses(1).withMaxTasksPerChild(1))) {
                pool.map(ProcessLogIT::square, List.of(1, 2), 1);
            }
            System.err.println("--- manager");
            Manager.start().close();
        }
    }

    /** Logs through SLF4J. */
    static final class Quiet {
        public static void main(String[] args) throws Exception {
            try (Pool pool = new Pool(2)) {
                System.out.println(pool.map(ProcessLogIT::square, List.of(1, 2, 3)));
            }
            // a child that is killed is nothing to tell of either
            QueueProxy<Object> queue = Context.spawn().queue();
            ManagedProcess killed = new ManagedProcess(Programs::wait, queue).daemon(true);
            killed.start();
            Object ignored = queue.take();
            killed.kill();
            killed.join();
            Await.until(
                    "its session has ended", () -> Manager.of(queue).sessions().size() == 1);
            System.err.println("--- asked");
            ProcessLog.getLogger().setLevel(Level.INFO);
            ManagedProcess p = new ManagedProcess(ProcessLogIT::greets, "you").named("greeter");
            p.start();
            p.join();
        }
    }

    private static List<String> run(Path folder, Class<?> program, String classes) throws Exception {
        Path error = folder.resolve("error");
        Process p = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // or a newer JVM warns of the server's native sockets
                        Runtime.version().feature() >= 22 ? "--enable-native-access=ALL-UNNAMED" : "-Xshare:auto",
                        "-cp",
                        classes,
                        program.getName())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(error.toFile())
                .start();
        p.getOutputStream().close();
        assertTrue(p.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        List<String> lines = Files.readAllLines(error, StandardCharsets.UTF_8);
        assertEquals(0, p.exitValue(), lines::toString);
        return lines;
    }

    private static void inOrder(List<String> lines, String... wanted) {
        List<String> found = new ArrayList<>(lines);
        found.retainAll(Arrays.asList(wanted));
        assertEquals(List.of(wanted), found, lines::toString);
    }

    @Test
    void whatPythonSays(@TempDir Path folder) throws Exception {
        List<String> all = run(folder, Loud.class, System.getProperty("java.class.path"));
        List<String> nested = all.subList(0, all.indexOf("--- failing"));
        inOrder(
                nested,
                "[INFO/outer] child process calling self.run()",
                "[INFO/outer] process exiting with exitcode 0",
                "[INFO/outer] process shutting down",
                "[INFO/outer] calling join() for process inner",
                "[INFO/inner] child process calling self.run()",
                "[INFO/inner] process exiting with exitcode 0",
                "[INFO/inner] process shutting down",
                "[DEBUG/inner] running the shutdown hooks",
                "[DEBUG/outer] running the shutdown hooks");
        assertTrue(nested.get(0).startsWith("[DEBUG/MainProcess] starting process outer (pid "), nested::toString);
        List<String> failing = all.subList(all.indexOf("--- failing"), all.indexOf("--- pool"));
        inOrder(
                failing,
                "[INFO/failing] child process calling self.run()",
                "Process failing:",
                "[INFO/failing] process exiting with exitcode 1",
                "[INFO/failing] process shutting down");
        List<String> pool = all.subList(all.indexOf("--- pool"), all.indexOf("--- manager"));
        inOrder(
                pool,
                "[DEBUG/MainProcess] added worker PoolWorker-1",
                "[INFO/PoolWorker-1] child process calling self.run()",
                "[DEBUG/PoolWorker-1] worker exiting after 1 tasks",
                "[INFO/PoolWorker-1] process exiting with exitcode 0",
                "[DEBUG/PoolWorker-2] worker exiting after 1 tasks",
                "[INFO/PoolWorker-2] process exiting with exitcode 0");
        // a worker that is replaced
        for (String line : List.of(
                "[DEBUG/MainProcess] cleaning up worker PoolWorker-1",
                "[DEBUG/MainProcess] added worker PoolWorker-2",
                "[DEBUG/MainProcess] closing pool",
                "[DEBUG/MainProcess] joining pool")) {
            assertTrue(pool.contains(line), line + " in " + pool);
        }
        List<String> manager = all.subList(all.indexOf("--- manager") + 1, all.size());
        assertEquals(2, manager.size(), manager::toString);
        assertTrue(manager.get(0).startsWith("[INFO/MainProcess] manager serving at 'tcp://127.0.0.1:"));
        assertEquals("[INFO/MainProcess] sending shutdown message to manager", manager.get(1));
    }

    @Test
    void slf4jAndNothingUnasked(@TempDir Path folder) throws Exception {
        String classes = System.getProperty("java.class.path");
        assertTrue(classes.contains("slf4j-simple"));
        assertEquals(
                List.of(
                        "--- asked",
                        "[greeter] INFO multiproc - child process calling self.run()",
                        "[greeter] INFO multiproc - process exiting with exitcode 0",
                        "[greeter] INFO multiproc - process shutting down"),
                run(folder, Quiet.class, classes));
        String without = Arrays.stream(classes.split(File.pathSeparator))
                .filter(e -> !e.contains("slf4j-simple"))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> lines = run(folder, Quiet.class, without);
        // SLF4J says once to the program, not in each child, that it has no provider
        assertEquals(
                List.of("--- asked"),
                lines.stream().filter(l -> !l.startsWith("SLF4J")).toList());
        assertEquals(
                1,
                lines.stream()
                        .filter(l -> l.contains("No SLF4J providers were found"))
                        .count(),
                lines::toString);
    }
}
