package io.multiproc.server.net;

import io.multiproc.protocol.idle.AdaptiveSpin;
import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/**
 * Has the event loop look for the next request for a moment before it sleeps, if that is worth it. Where many threads share a connection they are
 * the crowd that wants to run: it is no reason not to look.
 */
final class SpinSelectStrategy implements SelectStrategy {
    private final AdaptiveSpin spin;
    private final BatchSizes batchSizes;

    /** @param nanos how long a moment is; 0 sleeps at once, always */
    SpinSelectStrategy(long nanos, BatchSizes batchSizes) {
        spin = new AdaptiveSpin(nanos);
        this.batchSizes = batchSizes;
    }

    @Override
    public int calculateStrategy(IntSupplier ready, boolean hasTasks) throws Exception {
        if (hasTasks) {
            return ready.get();
        }
        int events = spin.look(ready::get, batchSizes.haveSeveral());
        return events > 0 ? events : SELECT;
    }
}
