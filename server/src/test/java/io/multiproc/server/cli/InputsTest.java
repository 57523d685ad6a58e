package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.server.cli.Input.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What commands take, and what is said of anything else. */
class InputsTest {
    private final Inputs inputs = new Inputs();
    private final Input<Integer> lease = inputs.option("lease", "SECONDS", Kind.INT, 30, "How long.");
    private final Input<@Nullable Double> share = inputs.option("share", "PART", Kind.DECIMAL, "How much.");
    private final Input<List<String>> listen = inputs.repeatable("listen", "URI", "Where.");
    private final Input<Boolean> force = inputs.flag("force", "Whether.");
    private final Input<Boolean> pipe = inputs.hiddenFlag("pipe");
    private final Input<String> pool = inputs.required("pool", "NAME", "Which.");
    private final Input<String> name = inputs.parameter("OBJECT");

    private Inputs.Request parse(String... words) {
        return inputs.parse(Arrays.asList(words));
    }

    private void refused(String message, String... words) {
        assertEquals(
                message,
                assertThrowsExactly(UsageException.class, () -> parse(words)).getMessage());
    }

    @Test
    void whatIsNotGivenHasItsDefault() {
        assertEquals(Inputs.Request.RUN, parse("--pool", "p", "o"));
        assertEquals(30, lease.get());
        assertNull(share.get());
        assertEquals(List.of(), listen.get());
        assertFalse(force.get());
        assertFalse(pipe.get());
        assertEquals("p", pool.get());
        assertEquals("o", name.get());
    }

    @Test
    void whatIsGivenIsTaken() {
        assertEquals(
                Inputs.Request.RUN,
                parse(
                        "--listen=a=b",
                        "--force",
                        "o",
                        "--share",
                        "-0.5",
                        "--listen",
                        "'c d'",
                        "--lease=7",
                        "--pipe",
                        "--pool",
                        "-Xmx1g"));
        assertEquals(7, lease.get());
        assertEquals(-0.5, share.get());
        assertEquals(List.of("a=b", "'c d'"), listen.get());
        assertTrue(force.get());
        assertTrue(pipe.get());
        assertEquals("-Xmx1g", pool.get());
        assertEquals("o", name.get());
    }

    @Test
    void afterTwoDashesNothingIsAnOption() {
        assertEquals(Inputs.Request.RUN, parse("--pool", "p", "--", "--force"));
        assertEquals("--force", name.get());
        assertFalse(force.get());
    }

    @Test
    void anythingElseIsSaid() {
        String dashes = " here; write '--' before what begins with a dash and is none";
        refused("there is no option --lase" + dashes, "--lase", "3");
        // no abbreviations: they would change with the next option
        refused("there is no option --leas" + dashes, "--leas", "3");
        refused("there is no option -x" + dashes, "-x");
        refused("there is no option -5" + dashes, "--pool", "p", "o", "-5");
        refused("--lease takes SECONDS", "--lease");
        refused("--lease takes a whole number up to 2147483647, not 'x'", "--pool", "p", "o", "--lease", "x");
        refused("--share takes a number, not ''", "--pool", "p", "o", "--share", "");
        refused("--lease is given 2 times", "--pool", "p", "o", "--lease", "1", "--lease", "2");
        refused("--pool NAME is missing", "o");
        refused("OBJECT is missing", "--pool", "p");
        refused("'q' is one word too many", "--pool", "p", "o", "q");
    }

    @Test
    void aValueMayLookLikeAnOption() {
        parse("--pool", "-name", "--listen", "--force", "--listen", "--", "o");
        assertEquals("-name", pool.get());
        assertEquals(List.of("--force", "--"), listen.get());
        assertFalse(force.get());
    }

    @Test
    void numbersAreDecimal() {
        for (String bad : List.of("5d", "60f", "0x1p3", "1 ", " 1", "NaN", "Infinity", "1e999", "\u0665", ".")) {
            refused("--share takes a number, not '" + bad + "'", "--pool", "p", "o", "--share", bad);
        }
        for (String bad : List.of("\u0665", "1.0", "2147483648", "5L")) {
            refused(
                    "--lease takes a whole number up to 2147483647, not '" + bad + "'",
                    "--pool",
                    "p",
                    "o",
                    "--lease",
                    bad);
        }
        parse("--pool", "p", "o", "--share", "2.5e1");
        assertEquals(25.0, share.get());
        Kind<Integer> code = Kind.between(1, 255);
        assertEquals(255, code.reader().apply("255"));
        for (String bad : List.of("0", "256", "-1", "x")) {
            assertThrows(IllegalArgumentException.class, () -> code.reader().apply(bad), bad);
        }
        assertThrows(IllegalArgumentException.class, () -> Kind.SECONDS.reader().apply("-0.5"));
        assertThrows(IllegalArgumentException.class, () -> Kind.PATH.reader().apply(""));
    }

    @Test
    void aCommandHasItsOwnOptions() {
        Inputs lock = new Inputs();
        Input<Boolean> shared = lock.flag("shared", "Whether.");
        Input<String> of = lock.parameter("NAME");
        Input<List<String>> command = lock.command("COMMAND...");
        assertEquals(Inputs.Request.RUN, lock.parse(List.of("guard", "--shared", "--", "ls", "-h", "--", "--shared")));
        assertEquals("guard", of.get());
        assertTrue(shared.get());
        assertEquals(List.of("ls", "-h", "--", "--shared"), command.get());
        for (List<String> bad : List.of(
                List.of("guard", "ls"),
                List.of("guard", "ls", "-x"),
                List.of("guard", "ls", "--", "x"),
                List.of("guard", "--"),
                List.of("guard"),
                List.of("--", "guard", "ls"))) {
            assertThrowsExactly(UsageException.class, () -> lock.parse(bad), bad.toString());
        }
        assertEquals(" [OPTION]... NAME -- COMMAND...", lock.synopsis());
    }

    @Test
    void whereTheManagerIsMayStandFirst() {
        assertEquals(
                List.of("queue", "get", "-c", "prod", "--address", "tcp://x:1", "jobs"),
                Multiproc.connectionLast(List.of("-c", "prod", "--address", "tcp://x:1", "queue", "get", "jobs")));
        assertEquals(
                List.of("ping", "--address=tcp://x:1"),
                Multiproc.connectionLast(List.of("--address=tcp://x:1", "ping")));
        for (List<String> as :
                List.of(List.<String>of(), List.of("-c"), List.of("-c", "prod"), List.of("ping", "-c"))) {
            assertEquals(as, Multiproc.connectionLast(as));
        }
    }

    /** A JVM makes another character of what it cannot decode, and two keys would be one. */
    @Test
    void whatWasNotDecodedIsRefused() {
        byte[] none = new byte[0];
        Arguments.check(List.of("put", "gr\u00f6\u00dfe?"), "UTF-8", none);
        Arguments.check(List.of("put", "what?"), "ANSI_X3.4-1968", "put\0what?".getBytes(StandardCharsets.UTF_8));
        String text = assertThrowsExactly(
                        UsageException.class, () -> Arguments.check(List.of("put", "gr\ufffd\ufffd"), "UTF-8", none))
                .getMessage();
        assertTrue(text.contains("LC_ALL=C.UTF-8"), text);
        byte[] given = "put\0gr\u00f6".getBytes(StandardCharsets.UTF_8);
        assertThrowsExactly(
                UsageException.class, () -> Arguments.check(List.of("put", "gr??"), "ANSI_X3.4-1968", given));
    }

    @Test
    void theCommandOfALockHasTheUsersOwnVariables() {
        Map<String, String> variables = new HashMap<>(Map.of(
                "MULTIPROC_FENCING_TOKEN", "7", "MULTIPROC_LC_ALL", "", "LC_ALL", "C.UTF-8", "HOME", "/home/ada"));
        LockCommand.environment(variables, null);
        assertEquals(Map.of("HOME", "/home/ada"), variables);
        variables.put("MULTIPROC_LC_ALL", "POSIX");
        LockCommand.environment(variables, 8L);
        assertEquals(Map.of("HOME", "/home/ada", "LC_ALL", "POSIX", "MULTIPROC_FENCING_TOKEN", "8"), variables);
    }

    @Test
    void helpAndVersionNeedNothingElse() {
        assertEquals(Inputs.Request.HELP, parse("--help"));
        assertEquals(Inputs.Request.HELP, parse("-hV"));
        assertEquals(Inputs.Request.VERSION, parse("o", "q", "-V"));
    }

    @Test
    void theHelpNamesAllThatIsNotHidden() {
        assertEquals(" [OPTION]... --pool NAME OBJECT", inputs.synopsis());
        assertEquals(
                List.of(
                        List.of("    --force", "Whether."),
                        List.of("-h, --help", "Shows this text."),
                        List.of("    --lease SECONDS", "How long. Default: 30"),
                        List.of("    --listen URI", "Where."),
                        List.of("    --pool NAME", "Which."),
                        List.of("    --share PART", "How much."),
                        List.of("-V, --version", "Shows the version.")),
                inputs.rows());
    }

    @Test
    void theHelpFitsAScreen() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Help.of(new Serve(), new PrintStream(out, true, StandardCharsets.UTF_8));
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals("Usage: multiproc serve [OPTION]...", lines.get(0));
        for (String line : lines) {
            assertTrue(line.length() <= 100 && line.equals(line.stripTrailing()), line);
        }
    }
}
