package io.multiproc.tests.resume;

import io.multiproc.server.ServerOptions;
import io.multiproc.server.log.Fsync;
import io.multiproc.tests.fixtures.Folders;
import org.junit.jupiter.api.Timeout;

/** The same with a server that has a log. */
@Timeout(120)
class OutagesLoggedIT extends OutagesIT {
    @Override
    ServerOptions options(ServerOptions o) {
        return super.options(o).withData(Folders.temporary("outages"), Fsync.ALWAYS);
    }
}
