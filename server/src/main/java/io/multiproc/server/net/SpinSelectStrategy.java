package io.multiproc.server.net;

import io.multiproc.protocol.idle.AdaptiveSpin;
import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/**
 * A select strategy of the event loop: it polls for the next request for a moment before it sleeps, if that pays. It polls even while threads wait
 * for a processor if many threads share a connection: they are most likely its clients.
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
