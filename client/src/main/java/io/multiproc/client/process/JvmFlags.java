package io.multiproc.client.process;

import io.multiproc.client.internal.os.Platform;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a child's options are on its command line, and in its process. */
final class JvmFlags {
    private static final Pattern COLLECTOR = Pattern.compile("-XX:[+-]Use\\w+GC");
    private static final List<String> HEAP = List.of(
            "-Xmx", "-XX:MaxHeapSize", "-XX:MaxRAMPercentage", "-Xms", "-XX:InitialHeapSize", "-XX:MinHeapSize");
    private static final long PATIENCE_SECONDS = 10;
    private static final int MAX_GIVEN = 100;

    /** Ports for debuggers that were given last: a child may not have taken its own yet. */
    private static final Deque<Integer> GIVEN = new ArrayDeque<>();

    private static final int MAX_TEXT = 1 << 16;

    private JvmFlags() {}

    /** Makes a command line of the flags that a child inherits and those of its options. */
    interface Command {
        List<String> of(List<String> inherited, List<String> own);
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static ChildJvm start(ChildOptions options, List<String> inherited, Command java) throws IOException {
        Path input = options.input();
        if (input != null && !Files.isReadable(input)) {
            throw new NoSuchFileException(input.toString(), null, "the child's input cannot be read");
        }
        int debug = options.debugPort().orElse(-1);
        if (debug == 0) {
            debug = freePort();
        }
        List<String> own = own(options, debug, options.debugSuspends());
        List<String> recorded = new ArrayList<>(own);
        Path file = options.profile().orElse(null);
        ProfilePart profile = file == null ? null : ProfilePart.begin(file);
        if (profile != null) {
            recorded.addAll(profile.flags());
        }
        List<String> command = new ArrayList<>(prefix(options));
        List<String> program = java.of(kept(inherited, options), recorded);
        command.addAll(options.directory() == null ? program : withAbsolutePaths(program));
        boolean done = false;
        try {
            ProcessBuilder builder =
                    in(options, command).redirectOutput(options.output()).redirectError(options.error());
            ChildJvm child = new ChildJvm(builder.start(), options, own, debug, profile);
            done = true;
            return child;
        } finally {
            if (!done && profile != null) {
                profile.forget();
            }
        }
    }

    private static ProcessBuilder in(ChildOptions options, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        Path directory = options.directory();
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        for (Map.Entry<String, @Nullable String> e : options.environment().entrySet()) {
            String value = e.getValue();
            if (value == null) {
                builder.environment().remove(e.getKey());
            } else {
                builder.environment().put(e.getKey(), value);
            }
        }
        return builder;
    }

    private static List<String> prefix(ChildOptions options) {
        List<String> prefix = new ArrayList<>();
        if (!options.affinity().isEmpty()) {
            String list =
                    options.affinity().stream().map(p -> Integer.toString(p)).collect(Collectors.joining(","));
            prefix.addAll(List.of(Platform.current().require("taskset", "the affinity of a process"), "-c", list));
        }
        if (options.niceness() != 0) {
            prefix.addAll(List.of(
                    Platform.current().require("nice", "the niceness of a process"),
                    "-n",
                    Integer.toString(options.niceness())));
        }
        return prefix;
    }

    /** What a child has by its options, but the profile. */
    static List<String> own(ChildOptions options, int debugPort, boolean suspended) {
        List<String> own = new ArrayList<>();
        if (options.maxHeap() != null) {
            own.add("-Xmx" + options.maxHeap());
        }
        options.systemProperties().forEach((k, v) -> {
            if (ChildBootstrap.isOfJvm(k)) {
                own.add("-D" + k + "=" + v);
            }
        });
        own.addAll(options.jvmOptions());
        if (debugPort > 0) {
            own.add("-agentlib:jdwp=transport=dt_socket,server=y,quiet=y,suspend=" + (suspended ? "y" : "n")
                    + ",address=" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + debugPort);
        }
        return own;
    }

    /** Of the inherited flags those that do not contradict a child's own in a way that a JVM refuses. */
    static List<String> kept(List<String> inherited, ChildOptions options) {
        boolean collector =
                options.jvmOptions().stream().anyMatch(o -> COLLECTOR.matcher(o).matches());
        boolean heap =
                options.maxHeap() != null || options.jvmOptions().stream().anyMatch(o -> o.startsWith("-Xmx"));
        return inherited.stream()
                .filter(f -> !(collector && COLLECTOR.matcher(f).matches()))
                .filter(f -> !(heap && HEAP.stream().anyMatch(f::startsWith)))
                .toList();
    }

    /** Whether the next word of a command is a path of jars and folders. */
    static boolean isBeforePath(String word) {
        return word.equals("-cp") || word.equals("--module-path");
    }

    /** A child in another directory finds the same classes. */
    static List<String> withAbsolutePaths(List<String> command) {
        List<String> all = new ArrayList<>(command);
        for (int i = 1; i < all.size(); i++) {
            if (isBeforePath(all.get(i - 1))) {
                all.set(
                        i,
                        Arrays.stream(all.get(i).split(Pattern.quote(File.pathSeparator), -1))
                                .map(e -> Path.of(e).toAbsolutePath().toString())
                                .collect(Collectors.joining(File.pathSeparator)));
            }
        }
        return all;
    }

    /** Another process may take it before the child does; its JVM then says so. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket s = new ServerSocket()) {
                s.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                int port = s.getLocalPort();
                synchronized (GIVEN) {
                    if (!GIVEN.contains(port)) {
                        GIVEN.add(port);
                        if (GIVEN.size() > MAX_GIVEN) {
                            GIVEN.remove();
                        }
                        return port;
                    }
                }
            }
        }
    }

    /**
     * What a JVM says that refuses the options of a child which has ended without a word, or the system that refuses its affinity or niceness; null if nobody refuses
     * them. It is asked again, because the child's own output is the user's, and cannot be read here as well.
     */
    static @Nullable String refusal(ChildJvm child) {
        ChildOptions options = child.options();
        List<String> own = own(options, child.debugPort(), false);
        List<String> prefix = prefix(options);
        if (own.isEmpty() && prefix.isEmpty() && options.environment().isEmpty()) {
            return null;
        }
        List<String> command = new ArrayList<>(prefix);
        command.add(java());
        command.addAll(kept(Launcher.inherited(), options));
        command.addAll(own);
        command.add("-version");
        try {
            Process p = in(options, command).redirectErrorStream(true).start();
            p.getOutputStream().close();
            try (InputStream out = p.getInputStream()) {
                String text = new String(out.readNBytes(MAX_TEXT), Charset.defaultCharset()).strip();
                if (p.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && p.exitValue() != 0) {
                    String asked = own.isEmpty() ? "what it was given" : own.toString();
                    return prefix.isEmpty()
                            ? "the JVM refused " + asked + ": " + text
                            : "the system refused " + String.join(" ", prefix) + ", or the JVM " + asked + ": " + text;
                }
            } finally {
                boolean ignored = p.toHandle().destroyForcibly();
            }
        } catch (IOException e) {
            // then its exit code is what is known
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }
}
