package io.multiproc.server.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A log of records that the nodes of a cluster agree on, by a consensus engine. All methods may be called on any thread, and none waits for another node.
 */
public interface ReplicatedLog extends AutoCloseable {
    /** What {@link #propose} answers where this node does not lead. */
    long REFUSED = 0;

    /** The receiver of what happens. All calls come from the log's own thread, one after the other; votes and heartbeats wait meanwhile. */
    interface Listener {
        /**
         * The next record in the order of all nodes: a majority has it on the disk.
         *
         * @param index of the record in the log; it grows, with gaps
         * @param record belongs to the log, and is not changed
         * @param proposal what {@link #propose} gave for it, if this process proposed it, else 0
         */
        void committed(long index, byte[] record, long proposal);

        /** This node leads from now on, and all that earlier leaders committed has been given to {@link #committed}. */
        void leads(long term);

        /**
         * This node does not lead, or another one does. What it has proposed and was not told of may still be committed.
         *
         * @param leader the node that leads, or null if none is known
         */
        void follows(long term, @Nullable String leader);

        /** Makes an image of the state with all that was committed so far, and nothing after that. */
        Image image();

        /**
         * Replaces the state by an image that was written by this or another node. Returns when the file may go.
         *
         * @param index the last one of its records
         */
        void install(long index, Path file) throws IOException;

        /** The log cannot go on: its disk has failed, or the state does not agree with the others'. The process is to end. */
        void failed(String what, Throwable cause);
    }

    /** An image of the state at one record, not written yet. */
    interface Image {
        /** Writes it, synced. On a thread of the log's that may wait. */
        void writeTo(Path file) throws IOException, InterruptedException;

        /** It is not needed. */
        void giveUp();
    }

    /** What a node does in the cluster. */
    enum Role {
        LEADER,
        FOLLOWER,
        LEARNER
    }

    /**
     * A node as another one sees it.
     *
     * @param address of its node channel, host and port
     * @param role what it is known to do; a follower unless it is known to lead
     * @param matched the last index that it is known to have; -1 where that is not known, as on a follower
     * @param heardMillis for how long nothing has been heard from it; 0 for the node itself, -1 if nothing was ever heard
     */
    record Member(String node, String address, Role role, long matched, long heardMillis) {}

    /**
     * The log as this node sees it.
     *
     * @param leader null if none is known
     * @param why what keeps the cluster from having a leader, as far as this node knows; null if it has one
     */
    record Status(
            String node,
            Role role,
            long term,
            @Nullable String leader,
            long lastIndex,
            long committed,
            long applied,
            long imageIndex,
            long imageBytes,
            long logBytes,
            long elections,
            List<Member> members,
            @Nullable String why) {
        public Status {
            members = List.copyOf(members);
        }
    }

    /**
     * Brings a record into the log.
     *
     * @param record the log's from now on
     * @return a number that {@link Listener#committed} gives back; {@link #REFUSED} if this node does not lead: the record never gets there
     */
    long propose(byte[] record);

    /** Whether this node leads and no other node can lead at this moment, so that what it has applied is all that was ever answered. Costs a look at the clock. */
    boolean holdsLease();

    Status status();

    /** What the log has done here: records, commands are not counted, bytes and syncs. */
    io.multiproc.server.engine.LogStats stats();

    /** Makes a node a learner, and a voter once it has nearly all of the log. On the leader only. */
    CompletableFuture<@Nullable Void> add(String node, String address);

    /** On the leader only. */
    CompletableFuture<@Nullable Void> remove(String node);

    /** Hands leadership over to a node, or to the one that has most of the log if the name is null. On the leader only. */
    CompletableFuture<@Nullable Void> transfer(@Nullable String node);

    /** Ends; does not hand over. */
    @Override
    void close();
}
