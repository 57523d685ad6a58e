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
        if (spin.begins()) {
            do {
                int events = ready.get();
                if (events > 0) {
                    spin.found();
                    return events;
                }
            } while (spin.goesOn());
        }
        return SELECT;
    }
}
