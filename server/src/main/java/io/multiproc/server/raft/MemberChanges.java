package io.multiproc.server.raft;

import io.microraft.MembershipChangeMode;
import io.microraft.RaftEndpoint;
import io.microraft.report.RaftNodeReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Changes of members, and hand-overs of leadership. Belongs to the log's thread. */
final class MemberChanges {
    /** A learner that lacks fewer entries than this is made a voter. */
    private static final long NEARLY = 1000;

    private static final long AGAIN_NANOS = 20_000_000;
    private static final long DRAIN_NANOS = 1_000_000;
    private static final long PATIENCE = 2_000_000_000;

    private final RaftLog raft;
    private final List<CompletableFuture<@Nullable Void>> open = new ArrayList<>();
    private boolean handingOver;

    MemberChanges(RaftLog raft) {
        this.raft = raft;
    }

    boolean isHandingOver() {
        return handingOver;
    }

    /** This node does not lead any more. */
    void ceased() {
        handingOver = false;
        List<CompletableFuture<@Nullable Void>> all = new ArrayList<>(open);
        open.clear();
        all.forEach(f -> f.completeExceptionally(new IllegalStateException(
                "node " + raft.options.node() + " has ceased to lead, so it is not known whether this was done:"
                        + " look at the status of the cluster and ask the new leader")));
    }

    private CompletableFuture<@Nullable Void> begin(
            java.util.function.Consumer<CompletableFuture<@Nullable Void>> what) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        raft.loop.execute(() -> {
            if (raft.isLeading()) {
                open.add(done);
                what.accept(done);
            } else {
                done.completeExceptionally(
                        new IllegalStateException("node " + raft.options.node() + " does not lead: ask the leader"));
            }
        });
        return done;
    }

    private void end(CompletableFuture<@Nullable Void> done, @Nullable Throwable error) {
        if (error == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
        }
        open.removeIf(CompletableFuture::isDone);
    }

    private @Nullable Endpoint member(String name) {
        for (RaftEndpoint e : raft.node.getCommittedMembers().getMembers()) {
            if (Endpoint.name(e).equals(name)) {
                return (Endpoint) e;
            }
        }
        return null;
    }

    private boolean isVoter(Endpoint e) {
        return raft.node.getCommittedMembers().getVotingMembers().contains(e);
    }

    CompletableFuture<@Nullable Void> add(String name, String address) {
        return begin(done -> {
            Endpoint e = new Endpoint(name, address);
            raft.known(e);
            if (isVoter(e)) {
                end(done, null);
            } else if (member(name) != null) {
                promote(e, done);
            } else if (raft.node.getInitialMembers().getMembers().contains(e)) {
                // MicroRaft takes none of the first voters for a learner
                change(e, MembershipChangeMode.ADD_OR_PROMOTE_TO_FOLLOWER, done, () -> end(done, null));
            } else {
                change(e, MembershipChangeMode.ADD_LEARNER, done, () -> promote(e, done));
            }
        });
    }

    private void promote(Endpoint e, CompletableFuture<@Nullable Void> done) {
        if (done.isDone()) {
            return;
        }
        RaftNodeReport report = raft.report();
        long matched = report.getLog().getFollowerMatchIndices().getOrDefault(e, 0L);
        if (matched == 0 || matched + NEARLY < report.getLog().getLastLogOrSnapshotIndex()) {
            raft.loop.after(AGAIN_NANOS, () -> promote(e, done));
        } else {
            change(e, MembershipChangeMode.ADD_OR_PROMOTE_TO_FOLLOWER, done, () -> end(done, null));
        }
    }

    CompletableFuture<@Nullable Void> remove(String name) {
        return begin(done -> {
            Endpoint e = member(name);
            if (e == null) {
                end(done, null);
            } else {
                change(e, MembershipChangeMode.REMOVE_MEMBER, done, () -> {
                    raft.nodes.forget(name);
                    end(done, null);
                });
            }
        });
    }

    private void change(Endpoint e, MembershipChangeMode mode, CompletableFuture<@Nullable Void> done, Runnable then) {
        CompletableFuture<?> unused = raft.node
                .changeMembership(e, mode, raft.node.getCommittedMembers().getLogIndex())
                .whenComplete((r, error) -> {
                    if (error != null) {
                        end(done, error);
                    } else {
                        // not within the engine's own turn
                        raft.loop.submit(then);
                    }
                });
    }

    CompletableFuture<@Nullable Void> transfer(@Nullable String name) {
        return begin(done -> {
            Endpoint to = name == null ? best() : member(name);
            if (to == null || !isVoter(to)) {
                end(
                        done,
                        new IllegalArgumentException(
                                name == null
                                        ? "there is no other voter to hand over to"
                                        : "node " + name + " is no voter of this cluster"));
            } else if (to.name().equals(raft.options.node())) {
                end(done, null);
            } else {
                // who is asked to take over may do so at any time
                raft.lease.giveUp();
                handingOver = true;
                drain(to, done, System.nanoTime());
            }
        });
    }

    private @Nullable Endpoint best() {
        Map<RaftEndpoint, Long> matched = raft.report().getLog().getFollowerMatchIndices();
        return matched.entrySet().stream()
                .filter(e -> isVoter((Endpoint) e.getKey()))
                .max(Map.Entry.comparingByValue())
                .map(e -> (Endpoint) e.getKey())
                .orElse(null);
    }

    /** No record is taken meanwhile, and MicroRaft tries again only each quarter of a second. */
    private void drain(Endpoint to, CompletableFuture<@Nullable Void> done, long begun) {
        if (done.isDone()) {
            return;
        }
        RaftNodeReport report = raft.report();
        long last = report.getLog().getLastLogOrSnapshotIndex();
        long matched = report.getLog().getFollowerMatchIndices().getOrDefault(to, 0L);
        boolean isReady = report.getLog().getCommitIndex() == last && matched == last;
        if (!isReady && System.nanoTime() - begun < PATIENCE) {
            raft.loop.after(DRAIN_NANOS, () -> drain(to, done, begun));
            return;
        }
        CompletableFuture<?> unused = raft.node.transferLeadership(to).whenComplete((r, error) -> {
            handingOver = false;
            end(done, error);
        });
    }
}
