package io.multiproc.peers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that start our one jar as users start it, on JDKs that stand beside the one of this process. */
final class Jdks {
    static final String START = "start to first operation";

    /** A way to start it, and how long it may take until the first operation is done. */
    enum Kind {
        JDK_17("17", "multiproc, JDK 17", 700),
        JDK_25_WITH_CACHE("25", "multiproc, JDK 25 with class cache", 300);

        final String version;
        final String product;
        final int aimMillis;

        Kind(String version, String product, int aimMillis) {
            this.version = version;
            this.product = product;
            this.aimMillis = aimMillis;
        }
    }

    /** Our jar with everything in it. */
    record Jar(Path path) {}

    private Jdks() {}

    /** Beside the server's own jar or classes. */
    static Jar jar() throws Exception {
        Path server = Path.of(io.multiproc.server.Main.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return new Jar(server.resolveSibling("multiproc.jar"));
    }

    /** The command up to the jar; makes the cache of classes first, if it has one. */
    static List<String> command(Kind kind, Jar jar, Path folder) throws Exception {
        if (!Files.exists(jar.path)) {
            throw new Servers.Missing(jar.path.getFileName() + " is not built");
        }
        List<String> command = new ArrayList<>(List.of(java(kind.version), "-XX:+UseSerialGC"));
        if (kind == Kind.JDK_25_WITH_CACHE) {
            // as the image does it
            command.addAll(List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:CompileThresholdScaling=3",
                    "-Xlog:aot=off"));
            Path cache = folder.resolve("multiproc.aot");
            List<String> rehearsal = new ArrayList<>(command);
            rehearsal.addAll(List.of("-XX:AOTCacheOutput=" + cache, "-jar", jar.path.toString(), "rehearse"));
            Process process = new ProcessBuilder(rehearsal)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("rehearsal.log").toFile())
                    .start();
            if (process.waitFor() != 0 || !Files.exists(cache)) {
                throw new IOException("no class cache: " + Files.readString(folder.resolve("rehearsal.log")));
            }
            command.add("-XX:AOTCache=" + cache);
        }
        command.addAll(List.of("-jar", jar.path.toString()));
        return command;
    }

    private static String java(String version) throws Exception {
        Path home = Path.of(System.getProperty("java.home")).toRealPath();
        List<Path> homes = new ArrayList<>(List.of(home));
        File[] others = home.getParent().toFile().listFiles(File::isDirectory);
        for (File other : others == null ? new File[0] : others) {
            homes.add(other.toPath());
        }
        for (Path h : homes) {
            Path release = h.resolve("release");
            if (Files.exists(h.resolve("bin/java"))
                    && Files.exists(release)
                    && Files.readString(release).contains("JAVA_VERSION=\"" + version)) {
                return h.resolve("bin/java").toString();
            }
        }
        throw new Servers.Missing("no JDK " + version + " beside " + home);
    }
}
