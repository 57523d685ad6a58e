package io.multiproc.peers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rows that no worker measures are there: Python processes, and starts of our jar. */
@Tag("once")
@Timeout(300)
class RowsTest {
    @Test
    void pythonProcessesAndStarts(@TempDir Path folder) throws Exception {
        Path stored = folder.resolve("stored.csv");
        Results results = Comparison.run(
                "--quick", "--only", "multiproc,CPython", "--workloads", "jdk,python", "--csv", stored.toString());
        for (String operation : new String[] {"dict set", "queue put and get"}) {
            for (String processes : new String[] {"1 process", "4 processes", "16 processes"}) {
                String row = "Python: " + operation + ", " + processes;
                assertTrue(results.median(row, "multiproc") > 0, row);
                assertTrue(results.median(row, "CPython") > 0, row);
            }
        }
        // the jar exists from Maven's phase package on, and either JDK may be missing where this runs
        for (Jdks.Kind kind : Jdks.Kind.values()) {
            double millis = results.median(Jdks.START, kind.product);
            assertTrue(Double.isNaN(millis) || millis > 0, kind + " " + millis);
            assertTrue(Double.isNaN(millis) || Aims.report(results).contains("| " + kind.product + " |"), kind.product);
        }
        assertTrue(Against.report(Files.readString(stored), results.csv()).startsWith("no ratio has changed"));
    }
}
