package io.multiproc.tests.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.server.machine.Command;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The state is the same everywhere: JVMs of both JDKs, with another locale, heap, collector and identity hashes, which restart from their own images,
 * give the same answers to the same log and end in the same state. A million commands: {@code src-test/bin/twins}.
 */
@Tag("jdk")
@Timeout(3_000)
class TwinsIT {
    private static final long COMMANDS = Long.getLong("multiproc.twins.commands", 40_000);
    private static final long SEED = Long.getLong("multiproc.twins.seed", new Random().nextLong());
    private static final int EVERY = 777;

    @TempDir
    private Path folder;

    @Test
    void otherJvmsAgree() throws Exception {
        System.out.println("twins: " + COMMANDS + " commands, seed " + SEED);
        Path log = folder.resolve("log");
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        Replay first = new Replay(EVERY, false, printer(lines));
        RandomCommands commands;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(log))) {
            commands = new RandomCommands(new Random(SEED), first, out);
            commands.run(COMMANDS);
        }
        first.line();
        String expected = lines.toString(StandardCharsets.UTF_8);
        assertTrue(expected.lines().count() >= COMMANDS / EVERY, expected);
        if (COMMANDS >= RandomCommands.ENOUGH) {
            assertEquals(Set.of(), commands.missing(), "operations that never succeeded, seed " + SEED);
        }
        assertEquals(
                Arrays.stream(Command.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .collect(Collectors.toCollection(TreeSet::new)),
                new TreeSet<>(commands.kinds().keySet()));
        Process small = replay("17", log, "-Xmx64m", "-XX:+UseSerialGC", "-Duser.language=en", "-Duser.country=US");
        Process other = replay(
                "25",
                log,
                "-Xmx300m",
                "-XX:+UseParallelGC",
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:hashCode=2",
                "-Duser.language=tr",
                "-Duser.country=TR",
                "-Duser.timezone=Asia/Kathmandu");
        assertAgrees(expected, small, folder.resolve("17.lines"));
        assertAgrees(expected, other, folder.resolve("25.lines"));
    }

    private static PrintStream printer(OutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private Process replay(String version, Path log, String... options) throws IOException {
        List<String> line = new ArrayList<>(List.of(java(version)));
        line.addAll(List.of(options));
        line.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Replay.class.getName(),
                log.toString(),
                String.valueOf(EVERY)));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(version + ".lines").toFile())
                .start();
    }

    private static void assertAgrees(String expected, Process process, Path lines) throws Exception {
        boolean ended = process.waitFor(2_400, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(lines);
        assertTrue(ended, () -> "it does not end: " + said);
        assertEquals(firstDifference(expected, said), "", () -> "seed " + SEED + ", " + lines.getFileName());
        assertEquals(0, process.exitValue(), said);
    }

    private static String firstDifference(String expected, String said) {
        List<String> a = expected.lines().toList();
        List<String> b = said.lines().toList();
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            String here = i < a.size() ? a.get(i) : "no more lines";
            String there = i < b.size() ? b.get(i) : "no more lines";
            if (!here.equals(there)) {
                return here + " here, there " + String.join("\n", b.subList(Math.min(i, b.size()), b.size()));
            }
        }
        return "";
    }

    /** Of a JDK that stands beside the one of this process, or is it. */
    private static String java(String version) throws IOException {
        Path home = Path.of(System.getProperty("java.home")).toRealPath();
        try (Stream<Path> beside = Files.list(home.resolveSibling(""))) {
            for (Path jdk : Stream.concat(Stream.of(home), beside).toList()) {
                Path release = jdk.resolve("release");
                if (Files.exists(jdk.resolve("bin/java"))
                        && Files.exists(release)
                        && Files.readString(release).contains("JAVA_VERSION=\"" + version)) {
                    return jdk.resolve("bin/java").toString();
                }
            }
        }
        throw new AssertionError("no JDK " + version + " beside " + home + ": install one there");
    }

    /** A log of the first format, of 4,000 random commands. To write it anew: {@code -Dmultiproc.twins.update=true}. */
    @Test
    void theGoldenLogGivesWhatItGave() throws Exception {
        Path here = resources();
        if (Boolean.getBoolean("multiproc.twins.update")) {
            update(here);
        }
        byte[] log = Files.readAllBytes(here.resolve("v1.log"));
        for (boolean restarts : new boolean[] {false, true}) {
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            new Replay(1_000, restarts, printer(lines)).all(new ByteArrayInputStream(log));
            assertEquals(Files.readString(here.resolve("v1.lines")), lines.toString(StandardCharsets.UTF_8));
        }
    }

    private static void update(Path here) throws IOException {
        Files.createDirectories(here);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        Replay replay = new Replay(1_000, false, printer(lines));
        try (OutputStream out = Files.newOutputStream(here.resolve("v1.log"))) {
            new RandomCommands(new Random(1), replay, out).run(4_000);
        }
        replay.line();
        Files.writeString(here.resolve("v1.lines"), lines.toString(StandardCharsets.UTF_8));
    }

    private static Path resources() {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("src-test/src/test/resources"))) {
            top = top.getParent();
        }
        return top.resolve("src-test/src/test/resources/io/multiproc/tests/replay");
    }
}
