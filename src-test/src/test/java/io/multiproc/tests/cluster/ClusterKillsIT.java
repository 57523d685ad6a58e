package io.multiproc.tests.cluster;

import io.multiproc.tests.durable.KillsContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** {@link KillsContract} on three nodes: the one that leads is killed, and started again. */
@Tag("once")
class ClusterKillsIT extends KillsContract {
    @Override
    protected Subject open(Path data) throws Exception {
        return ClusterServers.three(data);
    }

    @Override
    protected int kills() {
        return Integer.getInteger("multiproc.cluster.kills", 6);
    }
}
