package io.multiproc.tests.durable;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** {@link KillsContract} on one server with a log. {@code src-test/bin/kills} has it killed more often. */
@Tag("once")
class KillsIT extends KillsContract {
    @Override
    protected Subject open(Path data) throws IOException {
        return new DataServer(data);
    }

    @Override
    protected int kills() {
        return Integer.getInteger("multiproc.kills", 12);
    }
}
