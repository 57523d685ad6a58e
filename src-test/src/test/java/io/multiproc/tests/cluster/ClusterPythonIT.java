package io.multiproc.tests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.multiproc.client.Manager;
import io.multiproc.tests.python.Python;
import java.net.URI;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CPython programs of any node: those of one that does not lead are passed on. */
@Tag("jdk")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClusterPythonIT {
    @TempDir
    Path folder;

    @Test
    void anyNodeWillDo() throws Exception {
        try (ClusterServers cluster = ClusterServers.three(folder);
                Manager manager = cluster.connect()) {
            int n = 0;
            manager.dict("of_python");
            for (Python version : Python.extremes()) {
                for (ClusterServers.Node node : cluster.all()) {
                    URI uri = URI.create(node.uri());
                    try (Python.Running running = version.start(
                            "any_node.py",
                            uri.getHost(),
                            Integer.toString(uri.getPort()),
                            HexFormat.of().formatHex(cluster.key()),
                            Integer.toString(++n))) {
                        assertEquals("1000000 " + n, running.output().strip());
                    }
                    assertEquals(n, manager.dict("of_python").get("n"));
                }
            }
        }
    }
}
