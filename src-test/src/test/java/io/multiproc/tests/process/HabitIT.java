package io.multiproc.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.client.process.ManagedProcess;
import io.multiproc.tests.fixtures.Await;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that starts processes again and again has JVMs waiting without asking for them. */
@Tag("jdk")
@Timeout(180)
class HabitIT {
    /** The program, in a JVM of its own: nobody has asked for a reserve there. */
    static final class Program {
        private Program() {}

        static void nothing() {
            // a process that starts and ends
        }

        private static void once() throws InterruptedException {
            ManagedProcess p = new ManagedProcess(Program::nothing);
            p.start();
            p.join();
            if (p.exitCode().getAsInt() != 0) {
                throw new IllegalStateException(p.toString());
            }
        }

        public static void main(String[] args) throws Exception {
            if (args[0].equals("keeps from it")) {
                ManagedProcess.forkserver(0);
                long begun = System.nanoTime();
                for (int i = 0; i < 2 || System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(2); i++) {
                    once();
                }
                System.out.println(ManagedProcess.forkserverReserve() + " wait");
                return;
            }
            once();
            System.out.println(ManagedProcess.forkserverReserve() + " wait");
            Await.until("one waits", () -> {
                once();
                return ManagedProcess.forkserverReserve() > 0;
            });
            System.out.println("one waits");
            Await.until("none waits any longer", () -> ManagedProcess.forkserverReserve() == 0);
            System.out.println("none waits");
            Await.until("one waits again", () -> {
                once();
                return ManagedProcess.forkserverReserve() > 0;
            });
            System.out.println("one waits again");
        }
    }

    private static List<String> says(String how) throws Exception {
        return says(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName(), how));
    }

    private static List<String> says(List<String> program) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Dmultiproc.process.archive=off"));
        command.addAll(program);
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader out = p.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = out.lines().toList();
            assertEquals(0, p.waitFor(), lines.toString());
            return lines;
        } finally {
            p.destroyForcibly();
        }
    }

    @Test
    void someWaitAsLongAsProcessesAreStarted() throws Exception {
        assertEquals(List.of("0 wait", "one waits", "none waits", "one waits again"), says("starts"));
    }

    @Test
    void aProgramCanKeepFromIt() throws Exception {
        assertEquals(List.of("0 wait"), says("keeps from it"));
    }

    /** Classes without a package, as a first program has them; the value that travels too. */
    private static final String APP =
            """
            import io.multiproc.client.process.ManagedProcess;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.nio.file.StandardCopyOption;

            public class App {
                record Name(String text) {}

                static void say(Name name) {
                    System.out.println(name.text() + Library.version());
                }

                static void once(String name) throws Exception {
                    ManagedProcess p = new ManagedProcess(App::say, new Name(name));
                    p.start();
                    p.join();
                }

                public static void main(String[] args) throws Exception {
                    while (ManagedProcess.forkserverReserve() == 0) {
                        once("before: ");
                    }
                    once("before: ");
                    while (ManagedProcess.forkserverReserve() == 0) {
                        Thread.onSpinWait();
                    }
                    Files.move(Path.of(args[1]), Path.of(args[0]), StandardCopyOption.ATOMIC_MOVE);
                    once("after: ");
                }
            }
            """;

    private static void compiled(Path folder, String name, String text, String classPath) throws IOException {
        Path source = Files.writeString(Files.createDirectories(folder).resolve(name + ".java"), text);
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-cp", classPath, "-d", folder.toString(), source.toString()));
    }

    private static Path jar(Path to, Manifest manifest, Path folder) throws IOException {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to), manifest);
                Stream<Path> all = Files.list(folder)) {
            for (Path f : all.filter(f -> f.toString().endsWith(".class")).toList()) {
                out.putNextEntry(new JarEntry(folder.relativize(f).toString()));
                Files.copy(f, out);
            }
        }
        return to;
    }

    private static Path library(Path work, String version) throws IOException {
        String text = "public class Library { static String version() { return \"" + version + "\"; } }";
        Path folder = work.resolve(version);
        compiled(folder, "Library", text, work.toString());
        return jar(work.resolve(version + ".jar"), new Manifest(), folder);
    }

    private static void changes(List<String> lines) {
        assertEquals("after: two", lines.get(lines.size() - 1));
        assertEquals(
                List.of("before: one"),
                lines.subList(0, lines.size() - 1).stream().distinct().toList());
    }

    @Test
    void aJarThatAManifestBringsIsNeverRunAsItWas(@TempDir Path work) throws Exception {
        Path library = Files.copy(library(work, "one"), work.resolve("library.jar"));
        Path next = library(work, "two");
        String classPath = System.getProperty("java.class.path");
        Path folder = work.resolve("app");
        compiled(folder, "App", APP, library + File.pathSeparator + classPath);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "App");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        "library.jar "
                                + Arrays.stream(classPath.split(File.pathSeparator))
                                        .map(e -> Path.of(e).toUri().toString())
                                        .collect(Collectors.joining(" ")));
        Path jar = jar(work.resolve("app.jar"), manifest, folder);
        changes(says(List.of("-jar", jar.toString(), library.toString(), next.toString())));
    }

    /** Nothing else is said: not of a main class either that cannot be loaded beforehand. */
    @Test
    void whatCannotBePreloadedIsNoConcernOfTheProgram(@TempDir Path work) throws Exception {
        Path library = Files.copy(library(work, "one"), work.resolve("library.jar"));
        Path next = library(work, "two");
        Path folder = work.resolve("app");
        String classPath = String.join(
                File.pathSeparator, folder.toString(), library.toString(), System.getProperty("java.class.path"));
        compiled(folder, "App", APP, classPath);
        compiled(folder, "Gone", "class Gone {}", classPath);
        compiled(
                folder,
                "Starter",
                """
                public class Starter {
                    private static void never(Gone gone) {}

                    public static void main(String[] args) throws Exception {
                        App.main(args);
                    }
                }
                """,
                classPath);
        Files.delete(folder.resolve("Gone.class"));
        changes(says(List.of("-cp", classPath, "Starter", library.toString(), next.toString())));
    }
}
