package io.multiproc.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Ratios that have changed since a stored run, and nothing else, are reported. */
class AgainstTest {
    private static String csv(double ours, double jedis, double hazelcast, double bytes) {
        Results results = new Results();
        results.cell("put, 1 thread", "1/s", "multiproc").add(new Workloads.Result(ours, 1, 2));
        results.cell("put, 1 thread", "1/s", "Jedis").add(new Workloads.Result(jedis, 1, 2));
        results.cell("put, 1 thread", "1/s", "Hazelcast").add(new Workloads.Result(hazelcast, 1, 2));
        results.cell("server bytes per entry", "bytes", "multiproc").add(new Workloads.Result(bytes, 0, 0));
        results.cell("server bytes per entry", "bytes", "Redis").add(new Workloads.Result(170, 0, 0));
        results.cell("only ours", "1/s", "multiproc").add(new Workloads.Result(ours, 0, 0));
        return results.csv();
    }

    @Test
    void aSlowerMachineIsNoChange() {
        String report = Against.report(csv(1000, 900, 500, 160), csv(400, 360, 200, 160));
        assertTrue(report.startsWith("no ratio has changed"), report);
        assertTrue(report.contains("2 workloads compared"), report);
    }

    @Test
    void weAloneAreSlower() {
        String report = Against.report(csv(1000, 900, 500, 160), csv(700, 900, 500, 160));
        assertTrue(report.contains("| put, 1 thread | -30 % | **worse** | 2 |"), report);
        assertFalse(report.contains("bytes"), report);
    }

    @Test
    void weAloneAreFaster() {
        assertTrue(Against.report(csv(1000, 900, 500, 160), csv(1300, 900, 500, 160))
                .contains("+30 % | better"));
    }

    @Test
    void moreBytesAreWorse() {
        String report = Against.report(csv(1000, 900, 500, 160), csv(1000, 900, 500, 240));
        assertTrue(report.contains("| server bytes per entry | +50 % | **worse** | 1 |"), report);
    }

    @Test
    void whatOnlyOneRunHasIsLeftOut() {
        String report = Against.report("workload,unit,product,median\n", csv(1, 2, 3, 4));
        assertTrue(report.contains("0 workloads compared"), report);
    }

    @Test
    void anotherFileIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Against.report("a\nb\n", csv(1, 2, 3, 4)));
    }

    @Test
    void theLatencyOfTheBestPeerCounts() {
        Results results = new Results();
        results.cell("get", "1/s", "multiproc").add(new Workloads.Result(1, 10, 50));
        results.cell("get", "1/s", "bare socket").add(new Workloads.Result(1, 1, 1));
        results.cell("get", "1/s", "Jedis").add(new Workloads.Result(1, 10, 20));
        results.cell("get", "1/s", "Lettuce").add(new Workloads.Result(1, 10, 100));
        results.cell("bytes", "bytes", "multiproc").add(new Workloads.Result(1, 0, 0));
        results.cell("bytes", "bytes", "Jedis").add(new Workloads.Result(1, 0, 0));
        List<String> rows = Aims.latencies(results).lines().skip(2).toList();
        assertEquals(List.of("| get | 50.0 | Jedis | 20.0 | 2.50 | **not met** |"), rows);
    }
}
