package io.multiproc.engines;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The port to a consensus engine: what a replicated sequencer needs of one, and no more. */
interface Engine extends AutoCloseable {
    /** The state that the engine replicates. Its methods are called by one thread at a time. */
    interface Machine {
        /** Applies a committed record; gives what {@link Engine#propose} answers. */
        byte[] apply(byte[] record);

        byte[] snapshot();

        void restore(byte[] snapshot);
    }

    /** A node of a cluster. */
    record Member(String name, String host) {}

    /** What was asked for has not happened, since this node does not lead. */
    final class NotLeader extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotLeader(String text) {
            super(text, null, false, false);
        }
    }

    /**
     * Brings a record into the log and answers when it is committed and applied here. Fails with {@link NotLeader} if it never gets there; with anything
     * else, nobody knows.
     */
    CompletableFuture<byte[]> propose(byte[] record);

    /** Completes when all that was committed before the call is applied here. Fails if this node does not lead. */
    CompletableFuture<Void> readBarrier();

    /** Whether this node leads, and all of earlier terms is applied. */
    boolean leads();

    /** Takes an image of the state now and drops the log before it. */
    void snapshot() throws Exception;

    List<String> members();

    /** Makes these the voters. On the leader only. */
    CompletableFuture<Void> change(List<Member> voters);

    /** Hands leadership over. On the leader only. */
    CompletableFuture<Void> transfer(Member to);

    @Override
    void close() throws Exception;
}
