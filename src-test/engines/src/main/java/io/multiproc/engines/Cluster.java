package io.multiproc.engines;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Nodes as processes in network namespaces, and what can be done to them. */
final class Cluster implements AutoCloseable {
    private static final String PREFIX = "eng" + ProcessHandle.current().pid();

    private final String engine;
    private final int size;
    private final Path folder;
    private final Path shim;
    private final Process[] processes;
    private final Link[] links;
    private final boolean[] paused;

    /** @param shim the compiled {@code shim.c}, or null */
    Cluster(String engine, int size, Path folder, Path shim) throws IOException {
        this.engine = engine;
        this.size = size;
        this.folder = folder;
        this.shim = shim;
        processes = new Process[size];
        links = new Link[size];
        paused = new boolean[size];
        run("ip", "netns", "add", hub());
        run("ip", "-n", hub(), "link", "add", "name", "br0", "type", "bridge");
        run("ip", "-n", hub(), "link", "set", "br0", "up");
        for (int i = 0; i < size; i++) {
            Files.createDirectories(folder(i));
            faults(i, 0, 0, 0);
            run("ip", "netns", "add", ns(i));
            run("ip", "-n", ns(i), "link", "set", "lo", "up");
            run(
                    "ip",
                    "link",
                    "add",
                    "name",
                    "e0",
                    "netns",
                    ns(i),
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "port" + i,
                    "netns",
                    hub());
            run("ip", "-n", hub(), "link", "set", "port" + i, "master", "br0", "up");
            run("ip", "-n", ns(i), "addr", "add", host(i) + "/24", "dev", "e0");
            run("ip", "-n", ns(i), "link", "set", "e0", "up");
        }
    }

    private static String hub() {
        return PREFIX + "h";
    }

    private static String ns(int i) {
        return PREFIX + "n" + i;
    }

    static String name(int i) {
        return String.valueOf((char) ('a' + i));
    }

    private static String host(int i) {
        return "10.77.0." + (i + 1);
    }

    int size() {
        return size;
    }

    String engine() {
        return engine;
    }

    boolean canBendDisks() {
        return shim != null;
    }

    private Path folder(int i) {
        return folder.resolve(name(i));
    }

    Path data(int i) {
        return folder(i).resolve("data");
    }

    static void run(String... words) {
        try {
            Process p = new ProcessBuilder(words).redirectErrorStream(true).start();
            String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (p.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", words) + ": " + out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a node as a voter among all. */
    void start(int i) {
        start(i, IntStream.range(0, size).boxed().toList());
    }

    /** @param voters who votes when the node starts, if its folder does not say so */
    void start(int i, List<Integer> voters) {
        String hosts =
                IntStream.range(0, size).mapToObj(n -> name(n) + "=" + host(n)).collect(Collectors.joining(","));
        String names =
                voters.isEmpty() ? "-" : voters.stream().map(Cluster::name).collect(Collectors.joining(","));
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", ns(i)));
        words.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Djava.net.preferIPv4Stack=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-cp",
                System.getProperty("java.class.path"),
                Node.class.getName(),
                engine,
                name(i),
                folder(i).toString(),
                hosts,
                names));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().put("ENGINES_SHIM", folder(i).resolve("faults").toString());
        if (shim != null) {
            builder.environment().put("LD_PRELOAD", shim.toString());
        }
        builder.redirectError(
                ProcessBuilder.Redirect.appendTo(folder(i).resolve("err").toFile()));
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder(i).resolve("out").toFile()));
        try {
            Files.deleteIfExists(folder(i).resolve("control"));
            processes[i] = builder.start();
            paused[i] = false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive(int i) {
        return processes[i] != null && processes[i].isAlive();
    }

    long pid(int i) {
        return processes[i].pid();
    }

    /** Its exit code, once it has ended. */
    int exit(int i) {
        return processes[i].exitValue();
    }

    /** SIGKILL. */
    void kill(int i) {
        if (processes[i] != null) {
            processes[i].destroyForcibly();
            await(i);
        }
    }

    /** SIGTERM, without waiting. */
    void end(int i) {
        processes[i].destroy();
    }

    void await(int i) {
        try {
            if (!processes[i].waitFor(20, TimeUnit.SECONDS)) {
                processes[i].destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void pause(int i) {
        signal(i, "-STOP");
        paused[i] = true;
    }

    void resume(int i) {
        signal(i, "-CONT");
        paused[i] = false;
    }

    private void signal(int i, String name) {
        if (isAlive(i)) {
            run("kill", name, Long.toString(processes[i].pid()));
        }
    }

    /** One node gets nothing from another any more. */
    void cut(int from, int to) {
        run("ip", "netns", "exec", ns(to), "iptables", "-w", "-A", "INPUT", "-s", host(from), "-j", "DROP");
    }

    void cutBoth(int a, int b) {
        cut(a, b);
        cut(b, a);
    }

    /** The network is whole again, nobody is paused, clocks and disks are right. */
    void heal() {
        for (int i = 0; i < size; i++) {
            run("ip", "netns", "exec", ns(i), "iptables", "-w", "-F", "INPUT");
            if (paused[i]) {
                resume(i);
            }
            faults(i, 0, 0, 0);
        }
    }

    /**
     * @param clockSeconds how much a node's wall clock is off
     * @param syncMicros how much longer a sync takes
     * @param mode 0: nothing; 1: the disk is full; 2: syncs fail
     */
    void faults(int i, long clockSeconds, int syncMicros, int mode) {
        ByteBuffer b = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        b.putLong(clockSeconds * 1_000_000_000L).putInt(syncMicros).putInt(mode).position(0);
        try (FileChannel c =
                FileChannel.open(folder(i).resolve("faults"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            c.write(b, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A node's answer, or null if there is none within so many milliseconds. */
    Link.Reply call(int i, byte[] command, long millis) {
        try {
            return link(i).send(command).get(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (Exception e) {
            return null;
        }
    }

    synchronized Link link(int i) throws IOException {
        if (links[i] == null || links[i].isClosed()) {
            links[i] = new Link(folder(i).resolve("control"));
        }
        return links[i];
    }

    void wipe(int i) throws IOException {
        delete(data(i));
    }

    static void delete(Path path) throws IOException {
        if (Files.exists(path)) {
            try (Stream<Path> all = Files.walk(path, new FileVisitOption[0])) {
                all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    static void copy(Path from, Path to) {
        run("cp", "-r", from.toString(), to.toString());
    }

    /** The last lines of a node's complaints. */
    String complaints(int i) {
        try {
            List<String> lines = Files.readAllLines(folder(i).resolve("err"), StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < size; i++) {
            if (links[i] != null) {
                links[i].close();
            }
            kill(i);
            quietly("ip", "netns", "del", ns(i));
        }
        quietly("ip", "netns", "del", hub());
    }

    private static void quietly(String... words) {
        try {
            run(words);
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
        }
    }
}
