package io.multiproc.tests.redteam;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
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

/** A {@code multiproc serve} in a JVM with options of its own. */
final class ServeProcess implements AutoCloseable {
    static final byte[] KEY = "a key of these tests only".getBytes(StandardCharsets.US_ASCII);

    private final Process process;
    private final Path log;
    private final String uri;

    /**
     * Starts one and waits until it is ready.
     *
     * @param folder gets its log
     */
    ServeProcess(Path folder, List<String> jvm, String... arguments) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(jvm);
        line.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.multiproc.server.Main",
                "serve",
                "--listen",
                "tcp://127.0.0.1:0"));
        line.addAll(List.of(arguments));
        log = Files.createTempFile(folder, "serve", ".log");
        ProcessBuilder b = new ProcessBuilder(line).redirectError(log.toFile());
        b.environment().put("MULTIPROC_AUTHKEY", new String(KEY, StandardCharsets.US_ASCII));
        process = b.start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String ready = out.readLine();
        if (ready == null || !ready.startsWith("multiproc ready on ")) {
            throw new IOException(ready + "\n" + log());
        }
        uri = ready.substring("multiproc ready on ".length());
    }

    String uri() {
        return uri;
    }

    Manager connect() {
        return Manager.connect(ManagerOptions.defaults().withAddress(uri).withAuthkey(KEY));
    }

    long pid() {
        return process.pid();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public String toString() {
        try {
            return uri + ", ended with " + (process.isAlive() ? "nothing" : String.valueOf(process.exitValue())) + "\n"
                    + log();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGTERM and returns how many milliseconds the end took. */
    long terminate() throws InterruptedException, IOException {
        long start = System.nanoTime();
        process.destroy();
        if (!process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("SIGTERM has no effect\n" + log());
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    int exitValue() {
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
