package io.multiproc.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.pipe.Connection;
import io.multiproc.client.pipe.Pipe;
import io.multiproc.client.process.ManagedProcess;
import io.multiproc.tests.fixtures.Await;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The class-data archive: written at the first start, used by the next ones. */
@Tag("jdk")
@Timeout(240)
class ArchiveIT {
    static void flags(Connection c) throws Exception {
        c.send(List.copyOf(ManagementFactory.getRuntimeMXBean().getInputArguments()));
    }

    /** A program: prints the flags of a child, then waits for a line. */
    public static void main(String[] args) throws Exception {
        Pipe pipe = Pipe.open(true);
        ManagedProcess p = new ManagedProcess(ArchiveIT::flags, pipe.second());
        p.start();
        System.out.println(pipe.first().recv());
        p.join();
        int ignored = System.in.read();
    }

    private static String jar(Path folder, Path to) throws IOException {
        try (OutputStream out = Files.newOutputStream(to);
                JarOutputStream jar = new JarOutputStream(out);
                Stream<Path> files = Files.walk(folder)) {
            for (Path f : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                jar.putNextEntry(new JarEntry(folder.relativize(f).toString().replace(File.separatorChar, '/')));
                Files.copy(f, jar);
            }
        }
        return to.toString();
    }

    @Test
    void isWrittenOnceAndUsed(@TempDir Path work) throws Exception {
        List<String> jars = jars(work);
        Path folder = work.resolve("cache/multiproc");
        String first = run(
                work,
                jars,
                () -> Await.until("the archive is there", () -> archives(folder).size() == 1));
        assertTrue(!first.contains("SharedArchiveFile"), first);
        Path archive = archives(folder).get(0);
        String second = run(work, jars, () -> {});
        assertTrue(second.contains("-XX:SharedArchiveFile=" + archive), second);
        assertEquals(List.of(archive), archives(folder));
    }

    private static List<String> jars(Path work) throws IOException {
        List<String> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path p = Path.of(entry);
            if (Files.isDirectory(p)) {
                jars.add(jar(p, work.resolve("classes" + jars.size() + ".jar")));
            } else if (Files.isRegularFile(p)) {
                jars.add(entry);
            }
        }
        return jars;
    }

    @Test
    void aProgramThatIsKilledLeavesNothing(@TempDir Path work) throws Exception {
        Path folder = work.resolve("cache/multiproc");
        Path temp = Files.createDirectory(work.resolve("tmp"));
        Process program = program(work, jars(work), "-Djava.io.tmpdir=" + temp);
        // a child runs, and the archive is being written
        Await.until("it writes", () -> program.descendants()
                .anyMatch(p -> p.info().commandLine().orElse("").contains("ArchiveClassesAtExit")));
        List<ProcessHandle> family = program.descendants().toList();
        program.destroyForcibly();
        Await.until("all have ended", () -> family.stream().noneMatch(ProcessHandle::isAlive));
        assertTrue(program.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(), files.filter(f -> !f.toString().endsWith(".jsa")).toList());
        }
        try (Stream<Path> files = Files.list(temp)) {
            assertEquals(List.of(), files.toList());
        }
    }

    private static List<Path> archives(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".jsa")).toList();
        }
    }

    private static Process program(Path work, List<String> jars, String flag) throws IOException {
        ProcessBuilder b = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                flag,
                "-cp",
                String.join(File.pathSeparator, jars),
                ArchiveIT.class.getName());
        b.environment().put("XDG_CACHE_HOME", work.resolve("cache").toString());
        return b.redirectErrorStream(true).start();
    }

    private static String run(Path work, List<String> jars, Runnable meanwhile) throws Exception {
        Process program = program(work, jars, "-XX:TieredStopAtLevel=1");
        try {
            meanwhile.run();
            program.getOutputStream().close();
            String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(program.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS), out);
            assertEquals(0, program.exitValue(), out);
            // nothing beside: a JVM that does not like an archive must not say so to the user
            assertEquals(1, out.lines().count(), out);
            return out;
        } finally {
            program.destroyForcibly();
        }
    }
}
