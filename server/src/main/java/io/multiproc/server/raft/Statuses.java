package io.multiproc.server.raft;

import io.microraft.RaftEndpoint;
import io.microraft.RaftNodeStatus;
import io.microraft.RaftRole;
import io.microraft.report.RaftNodeReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a node says of the log. */
final class Statuses {
    private Statuses() {}

    static ReplicatedLog.Status first(RaftLog raft) {
        ImageRef image = raft.store.images.newest();
        return new ReplicatedLog.Status(
                raft.options.node(),
                ReplicatedLog.Role.FOLLOWER,
                0,
                null,
                raft.store.lastIndex(),
                0,
                0,
                image == null ? 0 : image.index,
                image == null ? 0 : image.length(),
                raft.store.bytes(),
                0,
                List.of(),
                "it has just been started");
    }

    static ReplicatedLog.Status of(RaftLog raft) {
        if (RaftNodeStatus.isTerminal(raft.node.getStatus())) {
            return removed(raft);
        }
        RaftNodeReport report = raft.report();
        RaftEndpoint leader = report.getTerm().getLeaderEndpoint();
        String leaderName = leader == null ? null : Endpoint.name(leader);
        ImageRef image = raft.store.images.newest();
        return new ReplicatedLog.Status(
                raft.options.node(),
                role(report.getRole()),
                report.getTerm().getTerm(),
                leaderName,
                report.getLog().getLastLogOrSnapshotIndex(),
                report.getLog().getCommitIndex(),
                raft.delivered,
                image == null ? 0 : image.index,
                image == null ? 0 : image.length(),
                raft.store.bytes(),
                raft.elections,
                members(raft, report, leaderName),
                leader == null ? why(raft, report) : null);
    }

    private static ReplicatedLog.Status removed(RaftLog raft) {
        ReplicatedLog.Status s = first(raft);
        return new ReplicatedLog.Status(
                s.node(),
                ReplicatedLog.Role.LEARNER,
                s.term(),
                null,
                s.lastIndex(),
                raft.delivered,
                raft.delivered,
                s.imageIndex(),
                s.imageBytes(),
                s.logBytes(),
                raft.elections,
                List.of(),
                "this node was removed from the cluster: empty its folder and add it again, or leave it off");
    }

    private static ReplicatedLog.Role role(RaftRole role) {
        return switch (role) {
            case LEADER -> ReplicatedLog.Role.LEADER;
            case LEARNER -> ReplicatedLog.Role.LEARNER;
            default -> ReplicatedLog.Role.FOLLOWER;
        };
    }

    private static List<ReplicatedLog.Member> members(RaftLog raft, RaftNodeReport report, @Nullable String leader) {
        Map<RaftEndpoint, Long> matched = report.getLog().getFollowerMatchIndices();
        List<ReplicatedLog.Member> all = new ArrayList<>();
        for (RaftEndpoint e : report.getEffectiveMembers().getMembers()) {
            String name = Endpoint.name(e);
            boolean self = name.equals(raft.options.node());
            boolean votes = report.getEffectiveMembers().getVotingMembers().contains(e);
            all.add(new ReplicatedLog.Member(
                    name,
                    ((Endpoint) e).address(),
                    name.equals(leader)
                            ? ReplicatedLog.Role.LEADER
                            : votes ? ReplicatedLog.Role.FOLLOWER : ReplicatedLog.Role.LEARNER,
                    self ? raft.store.lastIndex() : matched.getOrDefault(e, -1L),
                    self ? 0 : raft.heard(name)));
        }
        return all;
    }

    private static String why(RaftLog raft, RaftNodeReport report) {
        List<String> missing = new ArrayList<>();
        for (RaftEndpoint e : report.getEffectiveMembers().getVotingMembers()) {
            String name = Endpoint.name(e);
            String trouble = name.equals(raft.options.node()) ? null : raft.nodes.trouble(name);
            if (trouble != null) {
                missing.add(name + ": " + trouble);
            }
        }
        int voters = report.getEffectiveMembers().getVotingMembers().size();
        return missing.isEmpty()
                ? "the nodes are electing a leader"
                : "a majority of " + voters + " nodes is needed; not reached: " + String.join("; ", missing);
    }
}
