package io.multiproc.server.log;

import io.multiproc.server.engine.ClusterClock;
import io.multiproc.server.engine.EngineClock;
import io.multiproc.server.engine.LogStats;
import io.multiproc.server.engine.Sequencer;
import io.multiproc.server.machine.StateMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The log of one server from its start to its end: reads it into the state, gives the engine its order and its clock, and syncs by the clock where that is asked for. */
public final class DurableLog implements AutoCloseable {
    private final Journal journal;
    private final Fsync fsync;
    private final LogFailure failure;
    private final LongSupplier clock;
    private final @Nullable Thread syncing;
    private boolean closed;

    private DurableLog(Journal journal, Fsync fsync, LogFailure failure, LongSupplier clock) {
        this.journal = journal;
        this.fsync = fsync;
        this.failure = failure;
        this.clock = clock;
        this.syncing = fsync.millis() > 0 ? new Thread(this::syncNowAndThen, "multiproc-sync") : null;
        if (syncing != null) {
            syncing.setDaemon(true);
            syncing.start();
        }
    }

    /**
     * Takes a folder and applies its log to a state without content.
     *
     * @param lastIndex what the state has counted
     * @throws LogException if the folder cannot be used, or its log is damaged
     */
    public static DurableLog open(
            Path folder, Fsync fsync, StateMachine machine, LongSupplier lastIndex, LogFailure failure)
            throws LogException {
        Journal journal = Journal.open(folder);
        try {
            long time = Recovery.replay(journal, lastIndex.getAsLong() + 1, machine);
            if (lastIndex.getAsLong() != journal.next() - 1) {
                throw new LogException("the log in " + folder + " ends with command " + (journal.next() - 1)
                        + ", the state with " + lastIndex.getAsLong() + ": restore the folder from a backup");
            }
            return new DurableLog(journal, fsync, failure, time == 0 ? new EngineClock() : new ClusterClock(time));
        } catch (LogException | RuntimeException | Error e) {
            journal.close();
            throw e;
        }
    }

    /** Makes the order of the engine's commands. */
    public Sequencer.Factory order() {
        return (applier, time) -> new Logged(journal, fsync, failure, applier, time);
    }

    /** The time that the engine goes by. */
    public LongSupplier clock() {
        return clock;
    }

    private void syncNowAndThen() {
        try {
            while (rest()) {
                journal.sync();
            }
        } catch (InterruptedException e) {
            // nobody does so: it would close the file
        } catch (IOException e) {
            failure.failed("sync", journal, e);
        }
    }

    /** Waits until the next sync is due; false if there is none. */
    private synchronized boolean rest() throws InterruptedException {
        long due = System.nanoTime() + fsync.millis() * 1_000_000L;
        for (long left = due - System.nanoTime(); left > 0 && !closed; left = due - System.nanoTime()) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return !closed;
    }

    private synchronized void end() {
        closed = true;
        notifyAll();
    }

    /** What {@code manager.info} tells. To be called on the engine's thread. */
    public Map<String, @Nullable Object> facts() {
        LogStats stats = journal.stats();
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        out.put("data_folder", journal.folder().toString());
        out.put("log_bytes", stats.bytes());
        out.put("fsync", fsync.toString());
        out.put("fsync_last_us", stats.lastSyncNanos() / 1000);
        out.put("fsync_mean_us", stats.syncs() == 0 ? 0L : stats.syncNanos() / stats.syncs() / 1000);
        out.put("commands_per_record", stats.records() == 0 ? 0L : stats.commands() / stats.records());
        return out;
    }

    /** Brings the last records to the disk and lets go of the folder. After the engine's thread has ended. */
    @Override
    public void close() {
        end();
        if (syncing != null) {
            boolean interrupted = false;
            while (true) {
                try {
                    syncing.join();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        journal.close();
    }
}
