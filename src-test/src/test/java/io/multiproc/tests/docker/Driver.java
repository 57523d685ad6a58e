package io.multiproc.tests.docker;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process that is talked to by lines: a {@link ClientMain}, or a server whose output is watched. */
final class Driver implements AutoCloseable {
    private static final long LIMIT_SECONDS = 60;

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    Driver(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
        Thread reader = new Thread(this::read, "driver-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = in.readLine()) != null) {
                seen.add(line);
                lines.add(line);
            }
        } catch (IOException e) {
            seen.add(e.toString());
        }
        lines.add("end");
    }

    Process process() {
        return process;
    }

    void send(String command) {
        try {
            process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send " + command + " after:\n" + output(), e);
        }
    }

    void endOfInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next line that starts so. */
    String expect(String start) {
        return expect(start, LIMIT_SECONDS);
    }

    String expect(String start, long seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try {
            while (true) {
                String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                assertNotNull(line, () -> "no line '" + start + "…' within " + seconds + " s:\n" + output());
                if (line.startsWith(start)) {
                    return line;
                }
                if (line.equals("end")) {
                    throw new AssertionError("it ended without a line '" + start + "…':\n" + output());
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Sends a command and returns the line that answers it. */
    String ask(String command, String answer) {
        send(command);
        return expect(answer);
    }

    String output() {
        return String.join("\n", seen);
    }

    /** The processes that it has started and that live. */
    List<ProcessHandle> children() {
        return process.children().toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
