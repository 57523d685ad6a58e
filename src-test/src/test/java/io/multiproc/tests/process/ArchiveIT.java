package io.multiproc.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.tests.fixtures.Await;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The class-data archive: written at the first start, used by the next ones, of no harm whatever becomes of its files or of the class path. */
@Tag("jdk")
@Timeout(240)
class ArchiveIT {
    @TempDir
    static Path shared;

    /** The library and all that it needs. */
    private static List<String> jars;

    @BeforeAll
    static void jars() throws IOException {
        jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path p = Path.of(entry);
            if (Files.isDirectory(p)) {
                jars.add(jar(p, shared.resolve("classes" + jars.size() + ".jar")));
            } else if (Files.isRegularFile(p)
                    && Stream.of("multiproc-", "kryo", "objenesis", "minlog", "reflectasm", "slf4j-api", "jspecify")
                            .anyMatch(String.valueOf(p.getFileName())::contains)) {
                jars.add(entry);
            }
        }
    }

    private static String jar(Path folder, Path to) throws IOException {
        try (OutputStream out = Files.newOutputStream(to);
                JarOutputStream jar = new JarOutputStream(out);
                Stream<Path> files = Files.walk(folder)) {
            // not compressed: code of the same length makes a jar of the same length
            jar.setLevel(0);
            for (Path f : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                jar.putNextEntry(new JarEntry(folder.relativize(f).toString().replace(File.separatorChar, '/')));
                Files.copy(f, jar);
            }
        }
        return to.toString();
    }

    /** A program in a folder: what its child has to say, whose text is that of the code. */
    private static Path program(Path folder, String text) throws IOException {
        Path source = Files.createDirectories(folder.resolveSibling("source")).resolve("Hello.java");
        Files.writeString(
                source,
                """
                import io.multiproc.client.pipe.Connection;
                import io.multiproc.client.pipe.Pipe;
                import io.multiproc.client.process.ManagedProcess;
                import java.net.URL;

                public class Hello {
                    static void child(Connection c) throws Exception {
                        URL resource = Hello.class.getResource("/said.txt");
                        c.send("TEXT " + System.getProperty("java.class.path").contains("cache/multiproc/")
                                + " " + (resource == null ? "none" : resource.getProtocol()));
                        c.send(java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().toString());
                    }

                    public static void main(String[] args) throws Exception {
                        Pipe pipe = Pipe.open(true);
                        ManagedProcess p = new ManagedProcess(Hello::child, pipe.second());
                        p.start();
                        System.out.println(pipe.first().recv());
                        System.out.println(pipe.first().recv());
                        p.join();
                        if (p.exitCode().getAsInt() != 0) {
                            System.out.println("ended with " + p.exitCode());
                        }
                        int ignored = System.in.read();
                    }
                }
                """
                        .replace("TEXT", text));
        return compiled(source, folder);
    }

    private static Path compiled(Path source, Path folder) throws IOException {
        Files.createDirectories(folder);
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-d",
                                folder.toString(),
                                "-cp",
                                String.join(File.pathSeparator, jars),
                                source.toString()));
        return folder;
    }

    private record Said(String code, boolean packed, String resource, boolean archive) {}

    private static ProcessBuilder java(Path work, Path classes, String... flags) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(flags));
        List<String> path = new ArrayList<>(List.of(classes.toString()));
        path.addAll(jars);
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", String.join(File.pathSeparator, path), "Hello"));
        ProcessBuilder b = new ProcessBuilder(command);
        b.environment().put("XDG_CACHE_HOME", work.resolve("cache").toString());
        return b.redirectErrorStream(true);
    }

    /** Runs it; nothing beside its two lines: a JVM that does not like an archive must not say so to the user. */
    private static Said run(Path work, Path classes, String... flags) throws Exception {
        return run(work, classes, () -> {}, flags);
    }

    private static Said run(Path work, Path classes, Runnable meanwhile, String... flags) throws Exception {
        Process program = java(work, classes, flags).start();
        try {
            meanwhile.run();
            program.getOutputStream().close();
            String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(program.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS), out);
            assertEquals(0, program.exitValue(), out);
            assertEquals(2, out.lines().count(), out);
            String[] words = out.lines().findFirst().orElseThrow().split(" ");
            boolean archive = out.contains("-XX:SharedArchiveFile=") || out.contains("-XX:AOTCache=");
            return new Said(words[0], Boolean.parseBoolean(words[1]), words[2], archive);
        } finally {
            program.destroyForcibly();
        }
    }

    private static List<Path> files(Path work, String end) throws IOException {
        Path folder = work.resolve("cache/multiproc");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(end)).toList();
        }
    }

    private static Path archive(Path work) throws IOException {
        List<Path> all = new ArrayList<>(files(work, ".jsa"));
        all.addAll(files(work, ".aot"));
        assertEquals(1, all.size(), all::toString);
        return all.get(0);
    }

    private static void awaitNotes(Path work, int count) {
        Await.until("the note is there", () -> files(work, ".use").size() == count);
    }

    @Test
    void foldersAreUsedUntilAnythingChanges(@TempDir Path work) throws Exception {
        Path classes = program(work.resolve("classes"), "one");
        Said first = run(work, classes, () -> awaitNotes(work, 1));
        assertEquals(new Said("one", false, "none", false), first);
        assertEquals(new Said("one", true, "none", true), run(work, classes));
        assertEquals(1, files(work, ".use").size());
        // damaged files: as if there were none, and written anew
        for (Path damaged : List.of(archive(work), files(work, ".0.jar").get(0))) {
            byte[] all = Files.readAllBytes(damaged);
            damaged.toFile().setWritable(true);
            Files.write(damaged, java.util.Arrays.copyOf(all, all.length / 2));
            Path note = files(work, ".use").get(0);
            Object before =
                    Files.readAttributes(note, BasicFileAttributes.class).fileKey();
            Said without = run(
                    work,
                    classes,
                    () -> Await.until(
                            "it is written again", () -> !Files.readAttributes(note, BasicFileAttributes.class)
                                    .fileKey()
                                    .equals(before)));
            assertEquals(new Said("one", false, "none", false), without);
            assertEquals(new Said("one", true, "none", true), run(work, classes));
        }
        // the same length and time: the new code runs
        Path file = classes.resolve("Hello.class");
        FileTime time = Files.getLastModifiedTime(file);
        long length = Files.size(file);
        Path other = program(work.resolve("other"), "two");
        assertEquals(length, Files.size(other.resolve("Hello.class")));
        Files.write(file, Files.readAllBytes(other.resolve("Hello.class")));
        Files.setLastModifiedTime(file, time);
        assertEquals(new Said("two", false, "none", false), run(work, classes));
        // and the old one again, by a file that is put into its place
        Path third = program(work.resolve("third"), "one");
        Files.setLastModifiedTime(third.resolve("Hello.class"), time);
        Files.move(third.resolve("Hello.class"), file, StandardCopyOption.REPLACE_EXISTING);
        assertEquals("one", run(work, classes).code());
    }

    @Test
    void otherFilesStayInTheirFolder(@TempDir Path work) throws Exception {
        Path classes = program(work.resolve("classes"), "one");
        Files.writeString(classes.resolve("said.txt"), "words");
        assertEquals(new Said("one", false, "file", false), run(work, classes, () -> awaitNotes(work, 1)));
        assertEquals(new Said("one", true, "file", true), run(work, classes));
        // a file that a jar behind the folder has, too, would be found there: then there is no archive
        Files.createDirectories(classes.resolve("META-INF"));
        Files.writeString(classes.resolve("META-INF/MANIFEST.MF"), "Manifest-Version: 1.0\n");
        run(work, classes, () -> awaitNotes(work, 2));
        assertEquals(new Said("one", false, "file", false), run(work, classes));
        assertEquals(2, files(work, ".use").size());
    }

    @Test
    void jarsAreUsedUntilOneChanges(@TempDir Path work) throws Exception {
        Path folder = program(work.resolve("classes"), "one");
        Path jar = work.resolve("hello.jar");
        jar(folder, jar);
        // two programs at once write one archive
        Process other = java(work, jar).start();
        run(work, jar, () -> awaitNotes(work, 1));
        other.getOutputStream().close();
        assertEquals(0, other.waitFor());
        assertTrue(run(work, jar).archive());
        Path kept = archive(work);
        // another JVM's flags are another archive, and switched off is none
        assertFalse(run(work, jar, "-Dmultiproc.process.archive=off").archive());
        FileTime time = Files.getLastModifiedTime(jar);
        long length = Files.size(jar);
        jar(program(work.resolve("classes"), "two"), jar);
        Files.setLastModifiedTime(jar, time);
        assertEquals(length, Files.size(jar));
        assertEquals(new Said("two", false, "none", false), run(work, jar));
        assertTrue(Files.exists(kept));
        assertEquals(
                List.of(),
                files(work, ".part").stream()
                        .filter(f -> !ProcessHandle.allProcesses()
                                .anyMatch(p -> f.toString().contains("." + p.pid() + ".")))
                        .toList());
    }

    @Test
    void aFolderThatIsNotOursIsLeftAlone(@TempDir Path work) throws Exception {
        Path classes = program(work.resolve("classes"), "one");
        Path cache = Files.createDirectories(work.resolve("cache/multiproc"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals(new Said("one", false, "none", false), run(work, classes));
        assertEquals(List.of(), files(work, ""));
        // no folder can be made there
        Files.delete(cache);
        Files.delete(work.resolve("cache"));
        Files.writeString(work.resolve("cache"), "a file");
        assertEquals(new Said("one", false, "none", false), run(work, classes));
    }

    /** What a waiting JVM cannot load it says when it is used; it is used all the same. */
    @Test
    void aClassThatCannotBePreloadedIsTold(@TempDir Path work) throws Exception {
        Path source = work.resolve("Gone.java");
        Files.writeString(
                source,
                """
                import io.multiproc.client.process.*;
                import java.nio.file.*;
                import java.util.logging.Level;

                public class Gone {
                    public static void main(String[] args) throws Exception {
                        ProcessLog.logToStderr(Level.WARNING);
                        // it is a class of the program when the library looks first
                        int none = ManagedProcess.forkserverReserve();
                        Files.delete(Path.of(args[0]));
                        ManagedProcess.forkserver(1);
                        while (ManagedProcess.forkserverReserve() < 1) {
                            Thread.sleep(1);
                        }
                        ManagedProcess p = Work.make().startMethod(StartMethod.FORKSERVER);
                        p.start();
                        p.join();
                        ManagedProcess.forkserver(0);
                        System.out.println("ended with " + p.exitCode().getAsInt());
                    }
                }

                class Work {
                    static ManagedProcess make() {
                        return new ManagedProcess(Work::hello);
                    }

                    static void hello() {
                        System.out.println("hello");
                    }
                }
                """);
        Path classes = compiled(source, work.resolve("classes"));
        ProcessBuilder b = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dmultiproc.process.archive=off",
                "-cp",
                classes + File.pathSeparator + String.join(File.pathSeparator, jars),
                "Gone",
                classes.resolve("Gone.class").toString());
        Process program = b.redirectErrorStream(true).start();
        String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, program.waitFor(), out);
        assertTrue(out.contains("[WARNING/Process-1] class Gone cannot be preloaded: "), out);
        assertTrue(out.contains("hello") && out.contains("ended with 0"), out);
    }

    @Test
    void aProgramThatIsKilledLeavesNothing(@TempDir Path work) throws Exception {
        Path classes = program(work.resolve("classes"), "one");
        Path temp = Files.createDirectory(work.resolve("tmp"));
        Process program = java(work, classes, "-Djava.io.tmpdir=" + temp).start();
        // a child runs, and the archive is being written
        Await.until("it writes", () -> program.descendants()
                .anyMatch(p -> p.info().commandLine().orElse("").contains("write-archive")));
        List<ProcessHandle> family = program.descendants().toList();
        program.destroyForcibly();
        Await.until("all have ended", () -> family.stream().noneMatch(ProcessHandle::isAlive));
        assertTrue(program.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS));
        assertEquals(List.of(), files(work, ".part"));
        try (Stream<Path> files = Files.list(temp)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
