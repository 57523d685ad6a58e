package io.multiproc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A folder that looks like the checkout, in which blocks of the documents are run: with a configuration and a port of its own. */
final class Sandbox {
    static final String PORT = "50000";

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> jars = new ArrayList<>();

    Sandbox(Path folder) {
        this.folder = folder;
        environment.put("XDG_CONFIG_HOME", folder.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    record Result(int exit, String output) {
        String ok() {
            assertEquals(0, exit, output);
            return output;
        }
    }

    Path folder() {
        return folder;
    }

    void set(String variable, String value) {
        environment.put(variable, value);
    }

    static String multiproc() {
        return Documents.TOP.resolve("server/bin/multiproc").toString();
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static String python() {
        return System.getProperty("multiproc.python", "python3");
    }

    /** Adds the jar of a class to the class path. */
    void add(Class<?> type) throws URISyntaxException {
        jars.add(
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                        .toString());
    }

    String classPath() {
        List<String> out = new ArrayList<>(List.of(folder.toString(), System.getProperty("java.class.path")));
        out.addAll(jars);
        return String.join(System.getProperty("path.separator"), out);
    }

    Result run(List<String> command) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "out", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<ProcessHandle> children = List.of();
        try {
            boolean ended = process.waitFor(120, TimeUnit.SECONDS);
            children = process.descendants().toList();
            assertTrue(ended, () -> "no end of " + command + ": " + read(log));
        } finally {
            children.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), read(log));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    void compile(String name, String source) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", classPath(), "-d", folder.toString(), file.toString());
        assertEquals(0, result, source);
    }

    /** Runs a compiled class with the options that the guide names. */
    Result program(String name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java()));
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", classPath(), name));
        return run(command);
    }

    /** A running manager. */
    final class Server implements AutoCloseable {
        private final Process process;
        final String port;

        Server(String... options) throws IOException {
            List<String> command = new ArrayList<>(List.of(multiproc(), "serve", "--listen", "tcp://127.0.0.1:0"));
            command.addAll(List.of(options));
            ProcessBuilder serve = new ProcessBuilder(command)
                    .redirectError(folder.resolve("serve.log").toFile());
            serve.environment().putAll(environment);
            process = serve.start();
            String ready = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            assertNotNull(ready, () -> "no ready line: " + read(folder.resolve("serve.log")));
            port = ready.substring(ready.lastIndexOf(':') + 1);
        }

        /** A program of the documents, at this server's port. */
        String here(String source) {
            return source.replace(PORT, port);
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            assertTrue(process.waitFor(10, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
        }
    }

    /**
     * Runs commands of a shell. Every top-level folder is the checkout's, but {@code server/bin/multiproc} goes through a script that puts a
     * port of our own for 50000 and has each command wait until the manager it asks answers, as its user would. What still runs at the end is ended.
     */
    Result shell(List<String> commands) throws IOException, InterruptedException {
        List<Path> links = new ArrayList<>();
        link(Documents.TOP, folder, "server", links);
        Files.createDirectories(folder.resolve("server"));
        link(Documents.TOP.resolve("server"), folder.resolve("server"), "bin", links);
        Path bin = Files.createDirectories(folder.resolve("server/bin"));
        Path script = Files.writeString(
                bin.resolve("multiproc"),
                """
                #!/bin/sh
                set -eu
                command=$1
                shift
                case $command in
                    serve)
                        case " $* " in *' --listen '*) ;; *) set -- --listen tcp://127.0.0.1:50000 "$@" ;; esac ;;
                    demo | help | version | completion | context | proxy) ;;
                    *)
                        if [ $command = queue ] || [ $command = keys ]; then
                            command="$command $1"
                            shift
                        fi
                        case " $* " in *' --address '*) ;; *) set -- --address tcp://127.0.0.1:50000 "$@" ;; esac
                        tries=0
                        until REAL ping --address tcp://127.0.0.1:FREE --timeout 1 >/dev/null 2>&1 || [ $tries = 50 ]; do
                            tries=$((tries + 1))
                        done ;;
                esac
                n=$#
                while [ $n -gt 0 ]; do
                    set -- "$@" "$(printf '%s' "$1" | sed 's/:50000$/:FREE/')"
                    shift
                    n=$((n - 1))
                done
                exec REAL $command "$@"
                """
                        .replace("REAL", "'" + multiproc() + "'")
                        .replace("FREE", Integer.toString(freePort())));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        String text = "trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n" + String.join("\n", commands) + "\n";
        try {
            return run(List.of("bash", "-e", "-c", text));
        } finally {
            for (Path link : links) {
                Files.delete(link);
            }
        }
    }

    private static void link(Path from, Path to, String without, List<Path> links) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.equals(without) && !name.startsWith(".")) {
                    links.add(Files.createSymbolicLink(to.resolve(name), file));
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
