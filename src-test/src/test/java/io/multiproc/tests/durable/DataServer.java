package io.multiproc.tests.durable;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.tests.fixtures.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A {@code multiproc serve --data} that is killed and started again at the same address, over the same folder. */
final class DataServer implements KillsContract.Subject {
    private static final byte[] KEY = "a key of these tests only".getBytes(StandardCharsets.US_ASCII);

    private final String heap;
    private final Path folder;
    private final String uri;
    private final List<String> options;
    private @Nullable Process process;
    private int starts;

    /**
     * Starts one.
     *
     * @param folder gets the data and the logs
     * @param options more options of {@code serve}
     */
    DataServer(Path folder, String... options) throws IOException {
        this("512m", folder, options);
    }

    private DataServer(String heap, Path folder, String... options) throws IOException {
        this.heap = heap;
        this.folder = folder;
        this.options = List.of(options);
        try (ServerSocket any = new ServerSocket(0)) {
            uri = "tcp://127.0.0.1:" + any.getLocalPort();
        }
        start();
    }

    /** One with so much heap. */
    static DataServer withHeap(String heap, Path folder, String... options) throws IOException {
        return new DataServer(heap, folder, options);
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public byte[] key() {
        return KEY.clone();
    }

    Path data() {
        return folder.resolve("data");
    }

    /** Returns when it is ready. */
    @Override
    public void start() throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx" + heap,
                "-cp",
                System.getProperty("java.class.path"),
                "io.multiproc.server.Main",
                "serve",
                "--listen",
                uri,
                "--data",
                data().toString()));
        line.addAll(options);
        Path log = log(++starts);
        ProcessBuilder b = new ProcessBuilder(line).redirectError(log.toFile());
        b.environment().put("MULTIPROC_AUTHKEY", new String(KEY, StandardCharsets.US_ASCII));
        Process started = b.start();
        process = started;
        BufferedReader out =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        String ready = out.readLine();
        if (ready == null || !ready.startsWith("multiproc ready on ")) {
            throw new AssertionError("the server does not start: " + ready + "\n" + Files.readString(log));
        }
    }

    private Path log(int start) {
        return folder.resolve("serve" + start + ".log");
    }

    /** What the server wrote since its last start. */
    String log() {
        try {
            return Files.readString(log(starts));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it, and puts another folder in the place of its data; to be started then. */
    void killAndReplaceBy(Path older) throws IOException, InterruptedException {
        kill();
        Files.move(data(), folder.resolve("newer" + starts));
        copy(older, data());
    }

    /** Copies its data as they are now. */
    Path copyTo(String name) throws IOException {
        return copy(data(), folder.resolve(name));
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectory(to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(f -> !f.toString().endsWith(".tmp")).toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return to;
    }

    boolean isAlive() {
        Process p = process;
        return p != null && p.isAlive();
    }

    /** SIGKILL; returns when the process is gone. */
    @Override
    public void kill() throws InterruptedException {
        Process p = process;
        if (p == null || !p.isAlive()) {
            throw new AssertionError("the server has ended by itself\n" + log());
        }
        p.destroyForcibly();
        if (!p.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the server cannot be killed");
        }
    }

    @Override
    public Manager connect() {
        return Manager.connect(
                ManagerOptions.defaults().withAddress(uri).withAuthkey(KEY).withConnectTimeout(Duration.ofSeconds(60)));
    }

    @Override
    public void close() {
        Process p = process;
        if (p != null) {
            p.destroyForcibly();
        }
    }
}
