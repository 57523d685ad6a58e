package io.multiproc.server.raft;

import io.multiproc.server.engine.LogStats;
import io.multiproc.server.engine.NotLeadingException;
import io.multiproc.server.engine.Sequencer;
import io.multiproc.server.machine.Command;
import java.util.function.Supplier;

/** The order of a node that does not lead: it takes nothing, since what is applied comes from the leader. */
final class Following implements Sequencer {
    private final Supplier<LogStats> stats;

    Following(Supplier<LogStats> stats) {
        this.stats = stats;
    }

    @Override
    public void submit(long session, long request, Command command, Completion completion) {
        // from a connection that is being cut
    }

    @Override
    public void commit() {
        throw new NotLeadingException();
    }

    @Override
    public void after(long session, Runnable action) {
        // nobody is there to be told
    }

    @Override
    public boolean isPassive() {
        return true;
    }

    @Override
    public boolean mayRead(long session) {
        return false;
    }

    @Override
    public boolean gathers() {
        return true;
    }

    @Override
    public LogStats stats() {
        return stats.get();
    }
}
