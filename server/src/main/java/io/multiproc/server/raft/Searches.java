package io.multiproc.server.raft;

import io.microraft.RaftNode;
import io.microraft.RaftRole;
import io.microraft.impl.RaftNodeImpl;
import io.microraft.impl.state.RaftState;
import java.util.concurrent.TimeUnit;

/**
 * Has a follower look for a leader where MicroRaft 0.7 would not: one that has begun a pre-vote, and hears of a leader of the same term before that is decided, keeps its
 * pre-vote for ever, and while it has one it begins no other. When that leader dies, nobody is elected if enough nodes are like that.
 */
final class Searches {
    /** Longer than any pre-vote takes that is still under way. */
    private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

    private boolean isLonely;
    private long lonelySince;

    /** On the log's thread, now and then. */
    void look(RaftNode node) {
        if (!(node instanceof RaftNodeImpl engine)) {
            return;
        }
        RaftState state = engine.state();
        if (state.role() != RaftRole.FOLLOWER
                || state.preCandidateState() == null
                || !engine.isLeaderHeartbeatTimeoutElapsed()) {
            isLonely = false;
            return;
        }
        long now = System.nanoTime();
        if (!isLonely) {
            isLonely = true;
            lonelySince = now;
        }
        if (state.leader() != null || now - lonelySince > STUCK_NANOS) {
            // as its own task for heartbeats does where there is no pre-vote
            isLonely = false;
            engine.leader(null);
            engine.runPreVote();
        }
    }
}
