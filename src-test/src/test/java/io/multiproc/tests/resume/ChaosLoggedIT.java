package io.multiproc.tests.resume;

import io.multiproc.tests.fixtures.Folders;
import io.multiproc.tests.fixtures.ServerJvm;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;

/** The same with a server that has a log; less of it, as each call waits for the disk. */
@Timeout(300)
class ChaosLoggedIT extends ChaosIT {
    private static final int OPERATIONS = 24_000;

    @Override
    int operations() {
        return Integer.getInteger("multiproc.chaos.operations", OPERATIONS);
    }

    @Override
    ServerJvm server() {
        return new ServerJvm(Duration.ofSeconds(10), Folders.temporary("chaos"), true);
    }
}
