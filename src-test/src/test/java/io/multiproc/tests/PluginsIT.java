package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.ManagerPlugin;
import io.multiproc.tests.fixtures.Certificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A standalone server with classes from jars. */
@Tag("jdk")
@Timeout(120)
class PluginsIT {
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final String GREETER =
            """
            package greeter;

            import io.multiproc.client.Registration;
            import io.multiproc.client.ManagerPlugin;

            public class Plugin implements ManagerPlugin {
                public static class Greeter {
                    public String greet(String name) {
                        return "hello " + name;
                    }
                }

                @Override
                public void register(Registrar registrar) {
                    registrar.register("Greeter", Registration.of(Greeter.class, Greeter.class));
                }
            }
            """;

    @TempDir
    Path folder;

    /** Compiles one class and packs it with the service file. */
    private void jar(String name, String source, boolean service) throws IOException {
        Path sources = Files.createDirectories(folder.resolve("src-" + name).resolve("greeter"));
        Path file = Files.writeString(sources.resolve("Plugin.java"), source);
        Path classes = Files.createDirectories(folder.resolve("classes-" + name));
        int code = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "--release",
                        "17",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        file.toString());
        assertEquals(0, code);
        Path plugins = Files.createDirectories(folder.resolve("plugins"));
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(plugins.resolve(name + ".jar")));
                var files = Files.walk(classes)) {
            for (Path f : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(f).toString()));
                jar.write(Files.readAllBytes(f));
            }
            if (service) {
                jar.putNextEntry(new JarEntry("META-INF/services/" + ManagerPlugin.class.getName()));
                jar.write("greeter.Plugin\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private Process serve(String listen, String... more) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.multiproc.server.Main",
                "serve",
                "--listen",
                listen,
                "--plugins",
                folder.resolve("plugins").toString()));
        line.addAll(List.of(more));
        ProcessBuilder b = new ProcessBuilder(line);
        b.environment().put("MULTIPROC_AUTHKEY", KEY);
        return b.redirectError(folder.resolve("err").toFile()).start();
    }

    private static BufferedReader output(Process p) {
        return new BufferedReader(new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8));
    }

    @Test
    void aServerWithAPlugin() throws Exception {
        jar("greeter", GREETER, true);
        serves("tcp://127.0.0.1:0", o -> o);
    }

    @Test
    void encryptedByTheAuthkey() throws Exception {
        jar("greeter", GREETER, true);
        serves("tls://127.0.0.1:0", o -> o);
    }

    @Test
    void encryptedByCertificatesOfBothSides() throws Exception {
        jar("greeter", GREETER, true);
        Certificates authority = new Certificates(folder, "authority");
        Certificates.Pair server = authority.of("server", "localhost");
        Certificates.Pair client = authority.of("client");
        serves(
                "tls://127.0.0.1:0",
                o -> o.withAddress(o.address().replace("127.0.0.1", "localhost"))
                        .withTlsCa(authority.ca())
                        .withTlsCertificate(client.certificate(), client.key()),
                "--tls-cert",
                server.certificate().toString(),
                "--tls-key",
                server.key().toString(),
                "--tls-client-ca",
                authority.ca().toString());
    }

    private void serves(String listen, UnaryOperator<ManagerOptions> how, String... more) throws Exception {
        Process server = serve(listen, more);
        try {
            BufferedReader said = output(server);
            String ready = said.readLine();
            assertTrue(
                    ready != null && ready.startsWith("multiproc ready on "), Files.readString(folder.resolve("err")));
            try (Manager manager = Manager.connect(how.apply(ManagerOptions.defaults()
                    .withAddress(ready.substring("multiproc ready on ".length()))
                    .withAuthkey(KEY.getBytes(StandardCharsets.US_ASCII))))) {
                assertEquals("hello ada", manager.createInstance("Greeter").call("greet", "ada"));
                manager.shutdownServer();
            }
            assertTrue(server.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, server.exitValue());
            assertEquals(null, said.readLine(), "one listener is told");
        } finally {
            server.destroyForcibly();
        }
    }

    private void refused(String... texts) throws Exception {
        Process server = serve("tcp://127.0.0.1:0");
        try {
            assertTrue(server.waitFor(60, TimeUnit.SECONDS), "it does not end");
            assertEquals(1, server.exitValue());
            assertEquals(null, output(server).readLine(), "it never said that it is ready");
            String err = Files.readString(folder.resolve("err"));
            for (String text : texts) {
                assertTrue(err.contains(text), err);
            }
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void badPluginsAreNamedAtTheStart() throws Exception {
        jar("silent", GREETER, false);
        refused("silent.jar", "META-INF/services");
        Files.delete(folder.resolve("plugins/silent.jar"));
        Files.writeString(folder.resolve("plugins/garbage.jar"), "no jar");
        refused("garbage.jar", "cannot be read");
        Files.delete(folder.resolve("plugins/garbage.jar"));
        jar(
                "throwing",
                GREETER.replace(
                        "registrar.register(\"Greeter\"",
                        "if (true) throw new IllegalStateException(\"not today\"); registrar.register(\"Greeter\""),
                true);
        refused("throwing.jar", "not today");
        Files.delete(folder.resolve("plugins/throwing.jar"));
        jar("one", GREETER, true);
        jar("two", GREETER, true);
        refused("two.jar", "registered");
    }
}
