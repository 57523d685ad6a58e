package io.multiproc.server.net;

import io.multiproc.protocol.wire.Spin;
import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/** Has the event loop look for the next request for a moment before it sleeps, if that is worth it. */
final class SpinThenSleep implements SelectStrategy {
    private final Spin spin;

    /** @param nanos how long a moment is; 0 sleeps at once, always */
    SpinThenSleep(long nanos) {
        spin = new Spin(nanos);
    }

    @Override
    public int calculateStrategy(IntSupplier ready, boolean hasTasks) throws Exception {
        if (hasTasks) {
            return ready.get();
        }
        int events = spin.look(ready::get);
        return events > 0 ? events : SELECT;
    }
}
