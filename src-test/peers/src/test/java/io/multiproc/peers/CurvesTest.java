package io.multiproc.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The curves are drawn to their ends; how they run is reported, not asserted. */
@Tag("once")
@Timeout(300)
class CurvesTest {
    @TempDir
    Path folder;

    @Test
    void everyCurveHasItsPoints() throws Exception {
        Path csv = folder.resolve("curves.csv");
        Path svg = folder.resolve("curves.svg");
        Path markdown = folder.resolve("curves.md");
        Map<String, Results> panels = Curves.run(
                "--quick",
                "--millis",
                "20",
                "--csv",
                csv.toString(),
                "--svg",
                svg.toString(),
                "--markdown",
                markdown.toString());
        assertEquals(
                List.of(
                        "threads on one client",
                        "connections, a thread each",
                        "entries of a dict",
                        "elements of a list",
                        "waiters on one lock"),
                List.copyOf(panels.keySet()));
        panels.forEach((panel, results) -> {
            for (String curve : results.workloads()) {
                results.row(curve)
                        .forEach((size, cell) ->
                                assertTrue(Results.median(cell.rates) > 0, panel + ", " + curve + ", " + size));
            }
        });
        assertEquals(7, panels.get("threads on one client").row("multiproc").size());
        assertTrue(panels.get("entries of a dict").row("get").containsKey("1000000"));
        assertTrue(panels.get("waiters on one lock").row("grants").containsKey("10000"));
        assertTrue(Files.readString(csv).contains("\"elements of a list\",\"… in the middle\",1/s,\"100000\","));
        assertEquals(5 + 1, Files.readString(svg).split("<g ").length);
        assertTrue(Files.readString(markdown).contains("| elements of a list: … in the middle | O(n) |"));
    }

    private static double exponent(int... pairs) {
        Results results = new Results();
        for (int i = 0; i < pairs.length; i += 2) {
            results.cell("c", "1/s", Integer.toString(pairs[i])).add(new Workloads.Result(pairs[i + 1], 0, 0));
        }
        return Growth.exponent(results.row("c"));
    }

    @Test
    void whatGrowsIsToldFromWhatDoesNot() {
        assertEquals(0, exponent(10, 500, 100, 500, 1000, 500), 1e-9);
        // hidden behind the round trip first, then in plain view
        assertEquals(1, exponent(10, 500, 100, 500, 1000, 50), 1e-9);
        assertTrue(Double.isNaN(exponent(10, 500)));
        assertTrue(Growth.isWorse(exponent(100, 1000, 1000, 100), 0));
        assertFalse(Growth.isWorse(exponent(100, 1000, 1000, 100), 1));
        assertFalse(Growth.isWorse(exponent(100, 1000, 1000, 600), 0));
    }
}
