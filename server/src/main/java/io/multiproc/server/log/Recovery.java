package io.multiproc.server.log;

import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.LogRecord;
import io.multiproc.server.machine.LoggedCommand;
import io.multiproc.server.machine.StateMachine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The application of a log to the state that it is of. What its commands answer goes to nobody. */
public final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);
    private static final Completions NOBODY = (session, request, reply) -> {};
    private static final long TELL_NANOS = 2_000_000_000L;

    private final StateMachine machine;
    private final long begun = System.nanoTime();
    private long told = begun;
    private long commands;
    private long time;

    private Recovery(StateMachine machine) {
        this.machine = machine;
    }

    /**
     * Applies all that a journal holds from an index on; then the journal can be appended to.
     *
     * @param index of the first command that the state has not seen, from 1
     * @return the time of the last record, 0 if there is none
     * @throws LogException if the log is damaged, or the heap too small for what it makes
     */
    public static long replay(Journal journal, long index, StateMachine machine) throws LogException {
        Recovery recovery = new Recovery(machine);
        try {
            journal.replayFrom(index, recovery::record);
        } catch (OutOfMemoryError e) {
            throw new LogException(
                    "the state in data folder " + journal.folder() + " does not fit into this server's heap of "
                            + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB: start it with more memory (java -Xmx, or the container's limit)",
                    e);
        }
        recovery.tellEnd(journal);
        return recovery.time;
    }

    private void record(long first, LogRecord record, int skip, long done, long all) {
        time = record.time();
        for (LoggedCommand c : record.commands().subList(skip, record.commands().size())) {
            try {
                machine.apply(c.at(time), NOBODY);
            } catch (RuntimeException | StackOverflowError e) {
                // as when it was applied first: it was answered with an error then
                log.error(
                        "fault while applying {} of session {} again",
                        c.command().getClass(),
                        c.session(),
                        e);
            }
            commands++;
        }
        tell(done, all);
    }

    private void tell(long done, long all) {
        long now = System.nanoTime();
        if (now - told >= TELL_NANOS) {
            told = now;
            log.info(
                    "reading the log: {} % of {} MiB, {} commands, {} per second",
                    100 * done / Math.max(1, all),
                    all >> 20,
                    commands,
                    commands * 1_000_000_000L / Math.max(1, now - begun));
        }
    }

    private void tellEnd(Journal journal) {
        log.info(
                "{} {} commands from the log in {} in {} ms",
                commands == 0 ? "read" : "restored",
                commands,
                journal.folder(),
                (System.nanoTime() - begun) / 1_000_000);
    }
}
