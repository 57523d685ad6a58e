package io.multiproc.server;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.engine.Cluster;
import io.multiproc.server.engine.ClusterStats;
import io.multiproc.server.raft.ReplicatedLog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a node of a cluster tells of it, and how clients change it. */
final class ClusterNode implements Cluster {
    private static final long LATELY_MILLIS = 1500;

    private final Supplier<@Nullable ReplicatedLog> replicated;
    private final Function<String, List<String>> uris;
    private final LongSupplier clusterId;
    private final Executor engineThread;

    /**
     * @param replicated the log; null while it is not open
     * @param uris where clients reach a node; none if that is not known
     * @param clusterId of the state; 0 if it has none yet
     */
    ClusterNode(
            Supplier<@Nullable ReplicatedLog> replicated,
            Function<String, List<String>> uris,
            LongSupplier clusterId,
            Executor engineThread) {
        this.replicated = replicated;
        this.uris = uris;
        this.clusterId = clusterId;
        this.engineThread = engineThread;
    }

    @Override
    public Map<String, @Nullable Object> facts() {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        ReplicatedLog present = replicated.get();
        if (present == null) {
            out.put("members", List.of());
            out.put("why", "the log of this node is being opened");
            return out;
        }
        ReplicatedLog.Status s = present.status();
        out.put("node", s.node());
        out.put("role", word(s.role()));
        out.put("term", s.term());
        out.put("leader", s.leader());
        out.put("cluster_id", clusterId.getAsLong());
        out.put("committed", s.committed());
        out.put("applied", s.applied());
        out.put("image_index", s.imageIndex());
        out.put("log_bytes", s.logBytes());
        out.put("elections", s.elections());
        out.put("why", s.why());
        List<Map<String, @Nullable Object>> members = new ArrayList<>();
        for (ReplicatedLog.Member m : s.members()) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("node", m.node());
            one.put("role", word(m.role()));
            one.put("address", m.address());
            one.put("uris", uris.apply(m.node()));
            one.put("lag", m.matched() < 0 ? null : (Long) Math.max(0, s.lastIndex() - m.matched()));
            one.put("heard_ms", m.heardMillis() < 0 ? null : (Long) m.heardMillis());
            members.add(one);
        }
        out.put("members", members);
        return out;
    }

    @Override
    public ClusterStats stats() {
        ReplicatedLog present = replicated.get();
        if (present == null) {
            return ClusterStats.NONE;
        }
        ReplicatedLog.Status s = present.status();
        return new ClusterStats(
                s.role() == ReplicatedLog.Role.LEADER ? 1 : 0,
                s.leader() == null ? 0 : 1,
                s.term(),
                s.elections(),
                s.committed(),
                s.applied(),
                s.members().size(),
                (int) s.members().stream()
                        .filter(m -> m.heardMillis() >= 0 && m.heardMillis() < LATELY_MILLIS)
                        .count());
    }

    private static String word(ReplicatedLog.Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void add(String node, String address, Consumer<Reply> then) {
        try {
            ClusterOptions.checkName(node);
            ClusterOptions.checkAddress(node, address);
        } catch (IllegalArgumentException e) {
            then.accept(Reply.error(ErrorCode.BAD_ARGUMENT, String.valueOf(e.getMessage())));
            return;
        }
        ask(log -> log.add(node, address), then);
    }

    @Override
    public void remove(String node, Consumer<Reply> then) {
        ask(log -> log.remove(node), then);
    }

    @Override
    public void transfer(String node, Consumer<Reply> then) {
        if (node.isEmpty()) {
            then.accept(
                    Reply.error(
                            ErrorCode.BAD_ARGUMENT,
                            "name the node that is to lead: the request may come again at the next leader, which would hand over, too"));
            return;
        }
        ask(log -> log.transfer(node), then);
    }

    private void ask(Function<ReplicatedLog, CompletableFuture<@Nullable Void>> change, Consumer<Reply> then) {
        ReplicatedLog present = replicated.get();
        if (present == null) {
            then.accept(Reply.error(ErrorCode.ILLEGAL_STATE, "the log of this node is being opened; try again"));
            return;
        }
        CompletableFuture<@Nullable Void> done = change.apply(present);
        Object unused = done.whenComplete((nothing, failure) -> answer(failure, then));
    }

    private void answer(@Nullable Throwable failure, Consumer<Reply> then) {
        Throwable cause = failure instanceof CompletionException c && c.getCause() != null ? c.getCause() : failure;
        Reply reply = cause == null
                ? Reply.NOTHING
                : Reply.error(
                        cause instanceof IllegalArgumentException ? ErrorCode.BAD_ARGUMENT : ErrorCode.ILLEGAL_STATE,
                        String.valueOf(cause.getMessage()));
        try {
            engineThread.execute(() -> then.accept(reply));
        } catch (RejectedExecutionException e) {
            // nobody is there to be answered
        }
    }
}
