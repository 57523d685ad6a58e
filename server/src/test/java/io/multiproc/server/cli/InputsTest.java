package io.multiproc.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.server.cli.Input.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
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
        refused("there is no option --lase", "--lase", "3");
        refused("there is no option --leas", "--leas", "3"); // no abbreviations: they would change with the next option
        refused("there is no option -x", "-x");
        refused("--lease takes SECONDS", "--lease");
        refused("--lease takes a whole number up to 2147483647, not 'x'", "--pool", "p", "o", "--lease", "x");
        refused("--share takes a number, not ''", "--pool", "p", "o", "--share", "");
        refused("--lease is given 2 times", "--pool", "p", "o", "--lease", "1", "--lease", "2");
        refused("--pool NAME is missing", "o");
        refused("OBJECT is missing", "--pool", "p");
        refused("'q' is one word too many", "--pool", "p", "o", "q");
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
