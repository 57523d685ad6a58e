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

    /** Brings a state without content to where a log goes on. */
    @FunctionalInterface
    public interface Beginning {
        /**
         * Is called when the folder is this process's, before the log is read.
         *
         * @return the time of the state, which its clock goes on from; 0 if there is none
         */
        long load(Journal journal) throws IOException;
    }

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
     * Takes a folder and applies its log to a state.
     *
     * @param lastIndex what the state has counted
     * @throws LogException if the folder cannot be used, or its log is damaged
     * @throws IOException what the beginning throws
     */
    public static DurableLog open(
            Path folder,
            Fsync fsync,
            StateMachine machine,
            LongSupplier lastIndex,
            Beginning beginning,
            LogFailure failure)
            throws IOException {
        Journal journal = Journal.open(folder, fsync);
        try {
            long begun = beginning.load(journal);
            boolean isNew = journal.isEmpty() && begun == 0;
            long time = Recovery.replay(journal, lastIndex.getAsLong() + 1, machine);
            if (lastIndex.getAsLong() != journal.next() - 1) {
                throw new LogException("the log in " + folder + " ends with command " + (journal.next() - 1)
                        + ", the state with " + lastIndex.getAsLong() + ": restore the folder from a backup");
            }
            return new DurableLog(
                    journal, fsync, failure, isNew ? new EngineClock() : new ClusterClock(Math.max(time, begun)));
        } catch (IOException | RuntimeException | Error e) {
            journal.close();
            throw e;
        }
    }

    /** Makes the order of the engine's commands. */
    public Sequencer.Factory order() {
        return (applier, time) -> new Logged(journal, fsync, failure, applier, time);
    }

    /** How many bytes of log were written since the start. On any thread. */
    public long written() {
        return journal.written();
    }

    /** The length of the files that hold commands from an index on, in bytes. Before the engine begins. */
    public long bytesFrom(long index) {
        return journal.bytesFrom(index);
    }

    /** Removes the files that hold only commands before an index, but for so many bytes. On the engine's thread. */
    public void trimBefore(long index, long kept) throws IOException {
        journal.trimBefore(index, kept);
    }

    /** Brings all that was written to the disk, whatever was asked for, and looks whether the folder is still this server's. On any thread. */
    public void secure() throws IOException {
        try {
            journal.secure();
        } catch (IOException e) {
            failure.failed("sync", journal, e);
            throw e;
        }
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
