package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The projects in {@code src-test/consumers}, each built as its user would build it, from the artifacts as they would be published and with an empty
 * repository of its own. Each runs one program: a started manager, a connection, one in this process, a process and a pool.
 */
@Timeout(400)
class ConsumersIT {
    private static final List<String> OUTPUT =
            List.of("process 144, exit code 0", "in process {ada=1}", "pool [1, 4, 9, 16]");

    private static final Path TOP = top();

    @TempDir
    private static Path work;

    private static String version;
    private static String thirdParty;
    private static String built;

    private static Path top() {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("server/bin/multiproc"))) {
            top = top.getParent();
        }
        return top;
    }

    /** Builds all that Maven builds; each project gets the same program. */
    @BeforeAll
    static void build() throws Exception {
        String pom = Files.readString(TOP.resolve("pom.xml"));
        version = pom.substring(pom.indexOf("<version>") + 9, pom.indexOf("</version>"));
        thirdParty = Path.of(System.getProperty("local.repository")).toUri().toString();
        Path consumers = TOP.resolve("src-test/consumers");
        copy(consumers, work);
        for (String project : List.of("plain", "jpms", "boot3", "boot4", "gradle")) {
            copy(consumers.resolve("program"), work.resolve(project));
        }
        stage();
        Path settings = work.resolve("settings.xml");
        Files.writeString(
                settings,
                """
                <settings><activeProfiles><activeProfile>here</activeProfile></activeProfiles><profiles><profile><id>here</id>
                <repositories>
                <repository><id>staging</id><url>%1$s</url><releases><checksumPolicy>ignore</checksumPolicy></releases></repository><repository><id>here</id><url>%2$s</url><releases><checksumPolicy>ignore</checksumPolicy></releases></repository>
                </repositories>
                <pluginRepositories><pluginRepository><id>here</id><url>%2$s</url><releases><checksumPolicy>ignore</checksumPolicy></releases></pluginRepository></pluginRepositories>
                </profile></profiles></settings>
                """
                        .formatted(staging().toUri(), thirdParty));
        built = run(
                work,
                "mvn",
                "-B",
                "-ntp",
                "-gs",
                settings.toString(),
                "-Dmaven.repo.local=" + work.resolve("repository"),
                "-Dmultiproc.version=" + version,
                "verify");
    }

    /** What this build would install, as a repository: the artifacts of the modules, without Maven's own start for each. */
    private static void stage() throws IOException {
        place("", "multiproc-parent", false);
        place("protocol", "multiproc-protocol", true);
        place("client", "multiproc-client", true);
        place("server", "multiproc-server", true);
        place("client/testing", "multiproc-testing", true);
    }

    private static void place(String module, String artifact, boolean jar) throws IOException {
        Path from = TOP.resolve(module);
        Path to = staging().resolve("io/multiproc").resolve(artifact).resolve(version);
        Files.createDirectories(to);
        String name = artifact + "-" + version;
        Path pom = from.resolve("pom.xml");
        // what the shade plugin puts in the place of a module's POM, unless it is told not to
        Path reduced = from.resolve("dependency-reduced-pom.xml");
        Path shaded = from.resolve("target/multiproc.jar");
        if (Files.exists(reduced)
                && Files.getLastModifiedTime(reduced).compareTo(Files.getLastModifiedTime(shaded)) >= 0) {
            pom = reduced;
        }
        Files.copy(pom, to.resolve(name + ".pom"));
        if (jar) {
            Files.copy(from.resolve("target").resolve(name + ".jar"), to.resolve(name + ".jar"));
        }
    }

    private static Path staging() {
        return work.resolve("staging");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(work, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().keySet().removeIf(k -> k.startsWith("MULTIPROC_") || k.startsWith("MAVEN_"));
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(300, TimeUnit.SECONDS);
            String said = Files.readString(output);
            assertTrue(ended, () -> List.of(command) + " does not end:\n" + said);
            assertEquals(0, process.exitValue(), () -> List.of(command) + ":\n" + said);
            return said;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static void assertOutput(String said) {
        List<String> lines = new ArrayList<>(said.lines().toList());
        lines.retainAll(OUTPUT);
        assertEquals(OUTPUT, lines, said);
    }

    @Test
    void oneVersionEverywhere() throws IOException {
        List<String> places = new ArrayList<>();
        for (String file : List.of("README.md", "client/GUIDE.md", "client/bom/pom.xml")) {
            Matcher found = Pattern.compile(
                            "multiproc-\\w+</artifactId>\\s*<version>([^<$]+)<|multiproc-\\w+:([0-9][^']*)'")
                    .matcher(Files.readString(TOP.resolve(file)));
            while (found.find()) {
                String named = found.group(1) == null ? found.group(2) : found.group(1);
                assertEquals(version, named, file);
                places.add(file);
            }
        }
        assertEquals(
                List.of("README.md", "client/GUIDE.md", "client/bom/pom.xml"),
                places.stream().distinct().toList());
    }

    /** In each jar the licence of its contents. */
    @Test
    void theLicenceIsInside() throws IOException {
        for (String jar : List.of(
                "protocol/target/multiproc-protocol-" + version + ".jar",
                "client/target/multiproc-client-" + version + ".jar",
                "server/target/multiproc-server-" + version + ".jar",
                "client/testing/target/multiproc-testing-" + version + ".jar",
                "client/testcontainers/target/multiproc-testcontainers-" + version + ".jar",
                "server/target/multiproc.jar")) {
            try (ZipFile zip = new ZipFile(TOP.resolve(jar).toFile())) {
                for (String name : List.of("LICENSE", "NOTICE")) {
                    byte[] inside =
                            zip.getInputStream(zip.getEntry("META-INF/" + name)).readAllBytes();
                    assertArrayEquals(Files.readAllBytes(TOP.resolve("client/" + name)), inside, jar + " " + name);
                }
            }
        }
    }

    @Test
    void theirTestsRun() {
        // plain, boot3 and boot4 have a test with the extension, and so has the module
        assertEquals(
                4,
                built.lines()
                        .filter(l -> l.startsWith("[INFO] Tests run: 1,") && !l.contains("Time"))
                        .count(),
                built);
    }

    @Test
    void maven() throws Exception {
        Path target = work.resolve("plain/target");
        assertOutput(run(
                work,
                java(),
                "-cp",
                target.resolve("consumer.jar") + File.pathSeparator + target.resolve("lib") + "/*",
                "consumer.Program"));
    }

    /** Maven's {@code exec:java}: a class loader of its own, and a class path of Maven's. */
    @Test
    void insideMaven() {
        assertOutput(built);
    }

    @Test
    void module() throws Exception {
        Path target = work.resolve("jpms/target");
        assertOutput(run(
                work,
                java(),
                "-p",
                target.resolve("consumer.jar") + File.pathSeparator + target.resolve("lib"),
                "-m",
                "consumer/consumer.Program"));
    }

    @Test
    void springBoot3() throws Exception {
        assertOutput(run(work, java(), "-jar", "boot3/target/consumer.jar"));
    }

    @Test
    void springBoot4() throws Exception {
        assertOutput(run(work, java(), "-jar", "boot4/target/consumer.jar"));
    }

    @Test
    void gradle() throws Exception {
        assertOutput(run(
                work.resolve("gradle"),
                "gradle",
                "-q",
                "--no-daemon",
                "--console=plain",
                "-g",
                work.resolve("gradle-home").toString(),
                "-Pstaging=" + staging().toUri(),
                "-PthirdParty=" + thirdParty,
                "-PmultiprocVersion=" + version,
                "run"));
    }
}
