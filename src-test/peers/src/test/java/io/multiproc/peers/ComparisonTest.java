package io.multiproc.peers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The comparison runs to its end and measures us in every workload; how fast is not asserted. */
@Tag("once")
@Timeout(300)
class ComparisonTest {
    @TempDir
    Path folder;

    private static void positive(Results results) {
        for (String workload : results.workloads()) {
            double median = results.median(workload, "multiproc");
            // a hundred clients fit into pages that the server has already, so its resident memory need not grow
            assertTrue(workload.startsWith("resident") ? !Double.isNaN(median) : median > 0, workload + " " + median);
        }
    }

    @Test
    void everyWorkloadIsMeasured() throws Exception {
        Path csv = folder.resolve("results.csv");
        Path svg = folder.resolve("results.svg");
        Results results = Comparison.run(
                "--quick",
                "--millis",
                "20",
                "--warm-up",
                "20",
                "--only",
                "bare socket,bare Netty,multiproc,Hazelcast",
                // all but what RowsTest measures
                "--workloads",
                "put,get,queue,lock,counter,values,connect,list,bulk",
                "--csv",
                csv.toString(),
                "--svg",
                svg.toString());
        positive(results);
        assertTrue(results.median("put, 1 thread", "Hazelcast") > 0, "a peer is measured");
        assertTrue(results.median("put, 256 outstanding", "bare Netty") > 0, "the reference is measured");
        assertTrue(Files.readString(csv).contains("\"connect + first operation\""));
        assertTrue(Files.readString(svg).endsWith("</svg>\n"));
        assertTrue(Aims.report(results).contains("bare socket"));
        assertTrue(Aims.latencies(results).contains("| get, 256 outstanding | "));
    }

    /** Without Hazelcast: its hundred clients need a minute. */
    @Test
    void memoryAndStartAreMeasured() throws Exception {
        Results results = Comparison.run("--quick", "--only", "bare Netty,multiproc", "--workloads", "once");
        positive(results);
        assertTrue(results.median("server bytes per entry", "multiproc") > 100);
        assertTrue(results.median(Jdks.START, "bare Netty") > 0);
    }
}
