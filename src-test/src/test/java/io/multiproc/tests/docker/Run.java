package io.multiproc.tests.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Commands and conditions, each with a hard limit. */
final class Run {
    static final Path TOP = top();

    private Run() {}

    /** How a command ended. */
    record Result(List<String> command, int exit, String out, String err) {
        /** What it printed; fails if it failed. */
        String ok() {
            assertEquals(0, exit, () -> command + "\n" + out + err);
            return out.strip();
        }
    }

    private static Path top() {
        Path p = Path.of("").toAbsolutePath();
        while (!Files.exists(p.resolve("README.md"))) {
            p = p.getParent();
        }
        return p;
    }

    static Result command(String... words) {
        return command(Duration.ofSeconds(60), TOP.toFile(), words);
    }

    static Result command(Duration limit, File folder, String... words) {
        List<String> command = Arrays.asList(words);
        Path out = null;
        Path err = null;
        try {
            out = Files.createTempFile("run", ".out");
            err = Files.createTempFile("run", ".err");
            Process process = new ProcessBuilder(command)
                    .directory(folder)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new AssertionError(
                            "no end of " + command + " within " + limit + "\n" + text(out) + text(err));
                }
            } finally {
                process.destroyForcibly();
            }
            return new Result(command, process.exitValue(), text(out), text(err));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted in " + command, e);
        } finally {
            delete(out);
            delete(err);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Result docker(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = System.getProperty("docker.command", "docker");
        System.arraycopy(words, 0, all, 1, words.length);
        return command(all);
    }

    /** Looks every 20 ms until the condition holds. */
    static void await(String what, Duration limit, Supplier<Boolean> condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.get()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
