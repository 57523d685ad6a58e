package io.multiproc.tests.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.multiproc.tests.fixtures.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command {@code server/bin/multiproc} in processes that have one key, and say what goes wrong into a file each. */
final class Commands implements AutoCloseable {
    private final String key;
    private final Path folder;
    private final List<Running> all = new ArrayList<>();

    /** @param folder gets the files of standard error */
    Commands(String key, Path folder) {
        this.key = key;
        this.folder = folder;
    }

    /** A process whose standard error is in a file. */
    record Running(Process process, BufferedReader out, Path err) {
        String errors() {
            try {
                return Files.readString(err);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The address of a server, when it is ready. */
        String ready() throws IOException {
            String line = out.readLine();
            assertTrue(line != null && line.startsWith("multiproc ready on "), () -> line + "\n" + errors());
            return line.substring(line.lastIndexOf(' ') + 1);
        }

        /** Waits for the end, asserts the exit code, and that the last line of standard error says all of this. */
        void ends(int code, String... parts) throws InterruptedException {
            assertTrue(process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS), () -> "it runs\n" + errors());
            String said = errors();
            assertEquals(code, process.exitValue(), said);
            String last = said.lines().reduce("", (before, line) -> line);
            for (String part : parts) {
                assertTrue(last.contains(part), () -> "'" + part + "' is missing in\n" + said);
            }
            assertTrue(!said.contains("\tat "), said);
        }
    }

    static String launcher() {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("README.md"))) {
            top = top.getParent();
        }
        return top.resolve("server/bin/multiproc").toString();
    }

    Running start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher()));
        command.addAll(List.of(words));
        return launch(command);
    }

    Running serve(Path data, String... options) throws IOException {
        List<String> words =
                new ArrayList<>(List.of("serve", "--listen", "tcp://127.0.0.1:0", "--data", data.toString()));
        words.addAll(List.of(options));
        return start(words.toArray(new String[0]));
    }

    /** Runs a line of a shell with a small disk of its own at a folder; {@code $0} is the launcher, {@code $1} that folder. Skips the test where that cannot be had. */
    Running onDisk(String size, Path at, String line) throws Exception {
        assumeTrue(launch(List.of("unshare", "-rm", "true")).process.waitFor() == 0, "no namespaces here");
        return launch(List.of(
                "unshare",
                "-rm",
                "sh",
                "-c",
                "mount -t tmpfs -o size=" + size + ",mode=700 none \"$1\" && " + line,
                launcher(),
                at.toString()));
    }

    private Running launch(List<String> command) throws IOException {
        Path err = folder.resolve("err-" + all.size());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MULTIPROC_"));
        builder.environment().put("MULTIPROC_AUTHKEY", key);
        builder.environment().put("MULTIPROC_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        Running running = new Running(
                process,
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)),
                err);
        all.add(running);
        return running;
    }

    @Override
    public void close() throws InterruptedException {
        for (Running r : all) {
            r.process.descendants().forEach(ProcessHandle::destroyForcibly);
            r.process.destroyForcibly().waitFor();
        }
    }
}
