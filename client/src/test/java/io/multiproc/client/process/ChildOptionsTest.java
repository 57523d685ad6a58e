package io.multiproc.client.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What {@link ChildOptions} take, and what they are on a command line. */
@Tag("once")
class ChildOptionsTest {
    private static final ChildOptions NONE = ChildOptions.defaults();

    private static void refused(String text, Executable options) {
        var e = assertThrows(IllegalArgumentException.class, options);
        assertTrue(e.getMessage().contains(text), e.getMessage());
    }

    @Test
    void whatIsNoOption() {
        for (String size : List.of("", "m", "0", "-1m", "1.5g", "256mb", "256 m")) {
            refused("a heap's size is", () -> NONE.withMaxHeap(size));
        }
        for (String option : List.of("", "-", "Main", "java.base/java.lang=ALL-UNNAMED", "-XX:\0")) {
            refused("is no option of a JVM", () -> NONE.withJvmOptions(option));
        }
        for (String option : List.of(
                "-cp",
                "-classpath",
                "--class-path=x",
                "-jar",
                "-m",
                "--module=a/b",
                "--module-path=x",
                "-version",
                "--help",
                "-Djava.class.path=x",
                "--dry-run",
                "-Xshare:dump")) {
            refused("would keep the child from running its task", () -> NONE.withJvmOptions(option));
        }
        refused("write it as --add-opens=value", () -> NONE.withJvmOptions("-ea", "--add-opens"));
        refused("write it as --enable-native-access=value", () -> NONE.withJvmOptions("--enable-native-access"));
        refused("cannot be set", () -> NONE.withSystemProperty("java.class.path", "x"));
        refused("cannot be set", () -> NONE.withSystemProperty("a=b", "x"));
        assertThrows(IllegalArgumentException.class, () -> NONE.withEnvironment("a=b", "x"));
        refused("for a pipe, give", () -> NONE.withOutput(Redirect.PIPE));
        refused("output goes to", () -> NONE.withError(Redirect.from(new File("x"))));
        refused("at least one", () -> NONE.withAffinity());
        refused("from 0", () -> NONE.withAffinity(0, -1));
        refused("-20 to 19", () -> NONE.withNiceness(-21));
        refused("0 (a free one) to 65535", () -> NONE.withDebug(65_536));
        refused("0 (a free one) to 65535", () -> NONE.withDebug(-1));
        refused("quotation mark", () -> NONE.withProfile(Path.of("a\"b")));
    }

    @Test
    void flags() {
        ChildOptions o = NONE.withMaxHeap("64m")
                .withJvmOptions("-XX:+UseSerialGC", "--enable-preview")
                .withJvmOptions("--add-opens=java.base/java.lang=ALL-UNNAMED")
                .withSystemProperty("java.awt.headless", "true")
                .withSystemProperty("mine", "secret");
        assertEquals(
                List.of(
                        "-Xmx64m",
                        "-Djava.awt.headless=true",
                        "-XX:+UseSerialGC",
                        "--enable-preview",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED"),
                JvmFlags.own(o, -1, false));
        String debug = JvmFlags.own(NONE, 5005, true).get(0);
        assertTrue(debug.contains("suspend=y") && debug.endsWith("address=127.0.0.1:5005"), debug);
    }

    @Test
    void whatContradictsIsNotInherited() {
        List<String> inherited = List.of("-Xms1g", "-Xmx4g", "-XX:+UseG1GC", "-ea", "-XX:MaxRAMPercentage=50");
        assertEquals(inherited, JvmFlags.kept(inherited, NONE));
        assertEquals(List.of("-XX:+UseG1GC", "-ea"), JvmFlags.kept(inherited, NONE.withMaxHeap("64m")));
        assertEquals(
                List.of("-Xms1g", "-Xmx4g", "-ea", "-XX:MaxRAMPercentage=50"),
                JvmFlags.kept(inherited, NONE.withJvmOptions("-XX:+UseSerialGC")));
    }

    @Test
    void aChildElsewhereFindsTheSameClasses() {
        String here = Path.of("").toAbsolutePath().toString();
        String paths = String.join(File.pathSeparator, "target" + File.separator + "classes", "", here);
        List<String> command = List.of("java", "--module-path", "mods", "-cp", paths, "Main");
        assertEquals(
                List.of(
                        "java",
                        "--module-path",
                        Path.of("mods").toAbsolutePath().toString(),
                        "-cp",
                        String.join(
                                File.pathSeparator,
                                Path.of("target", "classes").toAbsolutePath().toString(),
                                here,
                                here),
                        "Main"),
                JvmFlags.withAbsolutePaths(command));
    }

    @Test
    void equality() {
        ChildOptions a = NONE.withMaxHeap("64m").withEnvironment("X", "y").withAffinity(0, 1);
        ChildOptions b = NONE.withAffinity(0, 1).withEnvironment("X", "y").withMaxHeap("64m");
        assertEquals(a, b);
        assertEquals(a.hashCode(), b.hashCode());
        assertNotEquals(a, b.withoutEnvironment("X"));
        assertNotEquals(a, NONE);
        // it is immutable
        assertEquals(NONE, ChildOptions.defaults());
    }
}
