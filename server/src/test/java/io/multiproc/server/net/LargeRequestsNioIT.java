package io.multiproc.server.net;

import io.multiproc.server.ServerOptions;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** The same on the JDK's selectors, which servers without epoll use. */
class LargeRequestsNioIT extends LargeRequestsIT {
    @Override
    String start(UnaryOperator<ServerOptions> change) throws IOException {
        return super.start(o -> change.apply(o).withNativeTransport(false));
    }
}
