package io.multiproc.server.raft;

import io.microraft.RaftRole;
import io.microraft.model.message.AppendEntriesFailureResponse;
import io.microraft.model.message.AppendEntriesRequest;
import io.microraft.model.message.AppendEntriesSuccessResponse;
import io.microraft.model.message.InstallSnapshotRequest;
import io.microraft.model.message.InstallSnapshotResponse;
import io.microraft.model.message.PreVoteRequest;
import io.microraft.model.message.RaftMessage;
import io.microraft.model.message.VoteRequest;
import io.multiproc.server.log.Disk;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log's messages on their way out and in: promises and leases, images, and what MicroRaft cannot compare. Belongs to the log's thread where nothing else is said. */
final class Exchange implements Nodes.Listener {
    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    private final RaftLog raft;
    private final ImageTransfer transfer;
    private final Map<String, Long> heard = new HashMap<>();
    /** The message that is handled, whose stamp goes back with the answer. */
    private @Nullable RaftMessage handled;

    private long handledStamp;

    Exchange(RaftLog raft, Disk disk) {
        this.raft = raft;
        transfer = new ImageTransfer(this, raft, disk);
    }

    /** For how many milliseconds a node was not heard from; -1 if it never was. */
    long heard(String other) {
        Long last = heard.get(other);
        return last == null ? -1 : (System.nanoTime() - last) / 1_000_000;
    }

    void send(String target, RaftMessage m) {
        if (raft.isOver() || isPromised(m)) {
            return;
        }
        long stamp = 0;
        if (m instanceof AppendEntriesRequest) {
            stamp = System.nanoTime();
        } else if (m instanceof InstallSnapshotRequest r) {
            stamp = System.nanoTime();
            if (r.getSnapshotChunk() != null
                    && !Images.ref(r.getSnapshotChunk()).isWritten()) {
                return; // it is asked for again
            }
        } else if (isAnswer(m) && handled != null && handled.getTerm() == m.getTerm()) {
            raft.lease.promise(target);
            stamp = handledStamp;
        }
        try {
            raft.nodes.send(target, Messages.encode(m, stamp));
        } catch (IOException e) {
            raft.failed("read log file", e);
        }
    }

    private boolean isPromised(RaftMessage m) {
        return m instanceof VoteRequest v && v.isSticky() && !raft.lease.mayVoteFor(raft.options.node());
    }

    private static boolean isAnswer(RaftMessage m) {
        return m instanceof AppendEntriesSuccessResponse
                || m instanceof AppendEntriesFailureResponse
                || m instanceof InstallSnapshotResponse;
    }

    @Override
    public @Nullable String greeted(String other, byte[] greeting) {
        return Greeting.refusal(greeting, raft.store.clusterId());
    }

    @Override
    public void received(String other, byte[] message) {
        try {
            Messages.Received r = Messages.decode(other, message);
            raft.loop.submit(() -> received(other, r));
        } catch (BadMessageException e) {
            log.warn("a message of node {} is dropped: {}", other, e.getMessage());
        }
    }

    @Override
    public void lost(String other, String why) {
        log.debug("node {}: {}", other, why);
    }

    void received(String other, Messages.Received r) {
        if (raft.isOver()) {
            return;
        }
        heard.put(other, System.nanoTime());
        if (r instanceof Messages.ImageWanted w) {
            transfer.serve(other, w);
        } else if (r instanceof Messages.ImagePiece p) {
            transfer.piece(other, p);
        } else if (r instanceof Messages.Raft m) {
            handle(other, m);
        }
    }

    private void handle(String other, Messages.Raft received) {
        RaftMessage m = received.message();
        boolean asksForVote = m instanceof VoteRequest v && v.isSticky() || m instanceof PreVoteRequest;
        if (asksForVote && !raft.lease.mayVoteFor(other)) {
            return;
        }
        if (received.stamp() != 0 && isAnswer(m) && raft.role == RaftRole.LEADER && m.getTerm() == raft.leaderTerm) {
            raft.lease.confirmed(other, received.stamp(), raft.options.node(), raft.voters());
        }
        if (m instanceof InstallSnapshotRequest i
                && i.getSnapshotChunk() != null
                && !transfer.has(other, i, received)) {
            return;
        }
        if (m instanceof AppendEntriesRequest a) {
            m = mended(a);
        }
        handled = m;
        handledStamp = received.stamp();
        raft.node.handle(m);
        handled = null;
        if (raft.store.hadMore()) {
            raft.rebuild("there were entries behind the image that was installed");
        }
    }

    /**
     * MicroRaft compares only entries that it has in memory, so it would refuse for ever what goes on from its snapshot if its own log goes on differently. It is given
     * older entries, or the part that differs is taken back here.
     */
    private RaftMessage mended(AppendEntriesRequest r) {
        long previous = r.getPreviousLogIndex();
        boolean compares = previous == 0 || previous >= raft.store.head() || previous >= raft.store.lastIndex();
        if (compares || r.getTerm() < raft.node.getTerm().getTerm()) {
            return r;
        }
        if (raft.store.restoredFrom() <= previous) {
            raft.rebuild("it lacks entry " + previous);
            return r;
        }
        if (previous != raft.store.head() - 1) {
            return r;
        }
        AppendEntriesRequest rest = Mended.withoutWhatIsThere(r, raft.store);
        if (rest == null) {
            try {
                raft.store.truncateLogEntriesFrom(raft.store.head());
                raft.store.flush();
            } catch (IOException e) {
                return r; // the log has failed
            }
            raft.rebuild("its log differs behind the image");
            return r;
        }
        return rest;
    }
}
