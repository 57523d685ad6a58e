package io.multiproc.server.engine;

import io.multiproc.server.machine.Command;
import java.util.function.LongSupplier;

/** The order of one process without a log: a command is applied before {@link #submit} returns. */
final class Direct implements Sequencer {
    private final Applier applier;
    private final LongSupplier clock;

    Direct(Applier applier, LongSupplier clock) {
        this.applier = applier;
        this.clock = clock;
    }

    @Override
    public void submit(long session, long request, Command command, Completion completion) {
        completion.applied(request, applier.apply(clock.getAsLong(), session, request, command));
    }
}
