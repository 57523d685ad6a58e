package io.multiproc.tests.python;

import io.multiproc.tests.fixtures.Await;
import io.multiproc.tests.fixtures.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An interpreter of a version. It is looked for as {@code pythonX.Y} on the PATH, in pyenv's folder of versions, and in the folder that the property
 * {@code multiproc.python.home} names. A version that is missing is a failure, unless {@code -Dmultiproc.python.missing=allowed}.
 */
public record Python(String version, Path program) {
    private static final List<String> VERSIONS =
            List.of(System.getProperty("multiproc.python.versions", "3.8,3.11,3.12,3.13")
                    .split(","));

    private static final Path SCRIPTS = scripts();

    static List<Python> all() {
        List<Python> out = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String version : VERSIONS) {
            Path program = find(version);
            if (program == null) {
                missing.add(version);
            } else {
                out.add(new Python(version, program));
            }
        }
        boolean allowed = System.getProperty("multiproc.python.missing", "").equals("allowed") && !out.isEmpty();
        if (!missing.isEmpty() && !allowed) {
            throw new AssertionError(
                    "no CPython " + missing + " found on the PATH or in pyenv's folder: install them (pyenv install "
                            + String.join(" ", missing) + "), or run with -Dmultiproc.python.missing=allowed");
        }
        return out;
    }

    /** The oldest and the newest one. */
    public static List<Python> extremes() {
        List<Python> all = all();
        return all.size() < 3 ? all : List.of(all.get(0), all.get(all.size() - 1));
    }

    /** The newest one. */
    public static Python newest() {
        List<Python> all = all();
        return all.get(all.size() - 1);
    }

    /** What is done with an interpreter. */
    interface Use {
        void with(Python python) throws Exception;
    }

    /** Does it with all of them at the same time: an interpreter mostly waits. */
    static void together(Use use) throws Exception {
        List<Callable<Void>> uses = new ArrayList<>();
        for (Python python : all()) {
            uses.add(() -> {
                use.with(python);
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(uses.size());
        try {
            for (Future<Void> done : threads.invokeAll(uses)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The 13 of 3.13. */
    int minor() {
        return Integer.parseInt(version.substring(version.indexOf('.') + 1));
    }

    private static Path find(String version) {
        List<Path> candidates = new ArrayList<>();
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            candidates.add(Path.of(folder, "python" + version));
        }
        List<Path> homes = new ArrayList<>();
        if (System.getProperty("multiproc.python.home") != null) {
            homes.add(Path.of(System.getProperty("multiproc.python.home")));
        }
        String root = System.getenv("PYENV_ROOT");
        homes.add(
                root == null
                        ? Path.of(System.getProperty("user.home"), ".pyenv", "versions")
                        : Path.of(root, "versions"));
        for (Path home : homes) {
            if (Files.isDirectory(home)) {
                try (var versions = Files.list(home)) {
                    versions.filter(p -> p.getFileName().toString().startsWith(version + "."))
                            .sorted()
                            .map(p -> p.resolve("bin/python3"))
                            .forEach(candidates::add);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        // a shim on the PATH may stand for a version that is not chosen: only one that answers counts
        return candidates.stream()
                .filter(Files::isExecutable)
                .filter(p -> answers(p, version))
                .findFirst()
                .orElse(null);
    }

    private static boolean answers(Path program, String version) {
        try {
            Process p = new ProcessBuilder(
                            program.toString(), "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return p.waitFor() == 0 && said.strip().equals(version);
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The folder of the scripts, which import each other. */
    private static Path scripts() {
        try {
            return Path.of(Python.class.getResource("/python/common.py").toURI())
                    .getParent();
        } catch (java.net.URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Arguments of scripts: where a server is. */
    static String[] at(TestServer server) {
        URI uri = URI.create(server.uri());
        return new String[] {
            uri.getHost(), Integer.toString(uri.getPort()), HexFormat.of().formatHex(server.key())
        };
    }

    /** A script that runs. */
    public static final class Running implements AutoCloseable {
        final Process process;
        private final String name;
        private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final Queue<String> said = new ConcurrentLinkedQueue<>();
        private final Thread reader;

        Running(Process process, String name) {
            this.process = process;
            this.name = name;
            reader = new Thread(this::read, "output of " + name);
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (InputStream in = process.getInputStream();
                    BufferedReader r = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                String line;
                while ((line = r.readLine()) != null) {
                    said.add(line);
                    lines.add(line);
                }
            } catch (IOException e) {
                said.add("output lost: " + e);
            }
        }

        private String all() {
            return String.join("\n", said);
        }

        /** Waits for a line. */
        public void heard(String line) throws InterruptedException {
            String next;
            do {
                next = lines.poll(Await.LONG.toSeconds(), TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError(name + " did not say '" + line + "':\n" + all());
                }
            } while (!next.equals(line));
        }

        void say(String line) throws IOException {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        /** Its whole output; it must end with exit code 0. */
        public String output() throws InterruptedException {
            if (!process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(name + " does not end:\n" + all());
            }
            reader.join();
            if (process.exitValue() != 0) {
                throw new AssertionError(name + " ended with " + process.exitValue() + ":\n" + all());
            }
            return all();
        }

        /** SIGKILL. */
        void kill() throws InterruptedException {
            process.toHandle().destroyForcibly();
            if (!process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(name + " cannot be killed");
            }
        }

        @Override
        public void close() {
            process.toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
            process.toHandle().destroyForcibly();
        }
    }

    /** Starts a script of the test resources. */
    public Running start(String script, String... args) {
        List<String> command = new ArrayList<>(
                List.of(program.toString(), "-u", SCRIPTS.resolve(script).toString()));
        command.addAll(List.of(args));
        try {
            ProcessBuilder b =
                    new ProcessBuilder(command).redirectErrorStream(true).directory(SCRIPTS.toFile());
            b.environment().put("PYTHONDONTWRITEBYTECODE", "1");
            b.environment().put("PYTHONIOENCODING", "utf-8:backslashreplace");
            b.environment().put("PYTHONHASHSEED", "0");
            return new Running(b.start(), script + " on " + version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "CPython " + version;
    }
}
