package io.multiproc.server.raft;

import io.microraft.RaftConfig;
import io.microraft.RaftEndpoint;
import io.microraft.RaftNode;
import io.microraft.RaftRole;
import io.microraft.model.message.RaftMessage;
import io.microraft.report.RaftNodeReport;
import io.microraft.statemachine.StateMachine;
import io.microraft.transport.Transport;
import io.multiproc.server.engine.LogStats;
import io.multiproc.server.log.Disk;
import io.multiproc.server.log.LogException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of a cluster by MicroRaft, which knows neither files nor sockets nor the time: a thread, a {@link Store}, messages over {@link Nodes}, and what MicroRaft
 * lacks, which is leases ({@link Lease}), images in files ({@link ImageTransfer}), and a way on from logs that it cannot compare ({@link Mended}).
 */
public final class RaftLog implements ReplicatedLog {
    private static final Logger log = LoggerFactory.getLogger(RaftLog.class);

    private static final int HEARTBEAT_SECONDS = 1;
    private static final int TIMEOUT_SECONDS = 4;
    private static final int ELECTION_MILLIS = 1500;
    /** In entries: it has to be there, but images are made by bytes. */
    private static final int IMAGE_ENTRIES = 100_000;

    private static final int MOST_PENDING = Store.MOST_RESTORED - IMAGE_ENTRIES;
    private static final int BATCH = 256;
    private static final long RETRY_NANOS = 5_000_000;

    final RaftOptions options;
    final Nodes nodes;
    final Listener listener;
    final RaftLoop loop;
    final Store store;
    final Lease lease = new Lease();
    private final Exchange exchange;
    private final ImageTaker taker;
    private final MemberChanges members;
    private final Searches searches = new Searches();
    private final FastClock clock = new FastClock();
    private final AtomicLong proposals = new AtomicLong();
    /** What waits until MicroRaft takes records again, as after a transfer that failed. */
    private final ArrayDeque<Operation> held = new ArrayDeque<>();

    RaftNode node;
    RaftRole role = RaftRole.FOLLOWER;
    long elections;
    /** The last index that the listener has. */
    long delivered;

    private @Nullable Operation termBegins;
    private int toldTerm = -1;
    private @Nullable String toldLeader;
    int leaderTerm;
    private boolean failed;
    private boolean closed;
    private volatile boolean leading;
    private volatile Status status;

    private RaftLog(RaftOptions options, Nodes nodes, Listener listener, Disk disk, int segmentBytes)
            throws LogException {
        this.options = options;
        this.nodes = nodes;
        this.listener = listener;
        loop = new RaftLoop(e -> failed("go on with the log", e));
        store = Store.open(options, disk, segmentBytes, (what, e) -> failed(what + " log file", e));
        exchange = new Exchange(this, disk);
        taker = new ImageTaker(this);
        members = new MemberChanges(this);
        node = build();
        status = Statuses.first(this);
    }

    /**
     * Takes a node's folder; makes it if it is not there. Nothing happens before {@link #start}.
     *
     * @throws LogException if the folder cannot be used, is in use, is damaged, or belongs to another node or cluster
     */
    public static RaftLog open(RaftOptions options, Nodes nodes, Listener listener) throws LogException {
        return open(options, nodes, listener, Disk.REAL, Segments.SEGMENT);
    }

    static RaftLog open(RaftOptions options, Nodes nodes, Listener listener, Disk disk, int segmentBytes)
            throws LogException {
        return new RaftLog(options, nodes, listener, disk, segmentBytes);
    }

    /** Begins to take part. Before anything else the listener gets the newest image, if there is one. */
    public void start() {
        loop.start();
        loop.submit(() -> {
            ImageRef newest = store.images.newest();
            if (newest != null) {
                install(newest);
            }
            if (store.isUsed()) {
                lease.startedAgain();
            }
            taker.begin();
            CompletableFuture<?> unused = node.start();
            for (Endpoint e : store.known()) {
                known(e);
            }
            nodes.start(Greeting.of(store.clusterId()), exchange);
            refresh();
        });
    }

    private void refresh() {
        if (!closed) {
            searches.look(node);
            status = Statuses.of(this);
            loop.after(100_000_000, this::refresh);
        }
    }

    private RaftNode build() {
        store.starting();
        Adapter adapter = new Adapter();
        adapter.node = RaftNode.newBuilder()
                .setGroupId(Messages.group())
                .setRestoredState(store.restored())
                .setConfig(RaftConfig.newBuilder()
                        .setLeaderHeartbeatPeriodSecs(HEARTBEAT_SECONDS)
                        .setLeaderHeartbeatTimeoutSecs(TIMEOUT_SECONDS)
                        .setLeaderElectionTimeoutMillis(ELECTION_MILLIS)
                        .setAppendEntriesRequestBatchSize(BATCH)
                        .setCommitCountToTakeSnapshot(IMAGE_ENTRIES)
                        .setMaxPendingLogEntryCount(MOST_PENDING)
                        .setTransferSnapshotsFromFollowersEnabled(false)
                        .setRaftNodeReportPublishPeriodSecs(60)
                        .build())
                .setExecutor(loop)
                .setTransport(adapter)
                .setStateMachine(adapter)
                .setStore(store)
                .setModelFactory(Entries.MODEL)
                .setRaftNodeReportListener(adapter::changed)
                .setClock(clock)
                .build();
        return adapter.node;
    }

    /** Starts MicroRaft again from what is on the disk. */
    void rebuild(String why) {
        log.info("the consensus engine is started again from the files: {}", why);
        RaftNode old = node;
        CompletableFuture<?> unused = old.terminate();
        node = build();
        unused = node.start();
    }

    void failed(String what, Throwable cause) {
        if (!failed) {
            failed = true;
            leading = false;
            lease.giveUp();
            listener.failed(what, cause);
        }
    }

    void known(RaftEndpoint e) {
        Endpoint m = (Endpoint) e;
        if (!m.name().equals(options.node())) {
            String given = options.peers().get(m.name());
            String address = given == null ? m.address() : given;
            if (!address.isEmpty()) {
                nodes.known(m.name(), address);
            }
        }
    }

    List<String> voters() {
        return node.getEffectiveMembers().getVotingMembers().stream()
                .map(Endpoint::name)
                .toList();
    }

    boolean isOver() {
        return failed || closed;
    }

    boolean isLeading() {
        return leading;
    }

    RaftNodeReport report() {
        // on the log's thread it is complete at once
        return node.getReport().join().getResult();
    }

    // MicroRaft's side

    private final class Adapter implements StateMachine, Transport {
        private @Nullable RaftNode node;

        private boolean isOld() {
            return node != null && RaftLog.this.node != node;
        }

        void changed(RaftNodeReport report) {
            if (!isOld() || report.getRole() != RaftRole.LEADER) {
                RaftLog.this.changed(report);
            }
        }

        @Override
        public void send(RaftEndpoint target, RaftMessage message) {
            if (!isOld()) {
                exchange.send(Endpoint.name(target), message);
            }
        }

        @Override
        public boolean isReachable(RaftEndpoint endpoint) {
            return nodes.trouble(Endpoint.name(endpoint)) == null;
        }

        @Override
        public @Nullable Object runOperation(long index, Object operation) {
            try {
                if (index > delivered && !failed) {
                    delivered = index;
                    apply(index, (Operation) operation);
                }
            } catch (IOException | RuntimeException | Error e) {
                failed("apply a record", e);
            }
            return null;
        }

        @Override
        public void takeSnapshot(long index, Consumer<Object> chunks) {
            chunks.accept(taker.take(index));
        }

        @Override
        public void installSnapshot(long index, List<Object> chunks) {
            install((ImageRef) chunks.get(0));
        }

        @Override
        public Object getNewTermOperation() {
            Operation o = Operation.termBegins();
            termBegins = o;
            return o;
        }
    }

    private void apply(long index, Operation o) throws IOException {
        if (!o.beginsTerm) {
            taker.applied(o.length);
            listener.committed(index, o.bytes(), o.proposal);
        } else if (o == termBegins && role == RaftRole.LEADER && !leading) {
            leading = true;
            toldTerm = leaderTerm;
            toldLeader = options.node();
            lease.count(options.node(), voters());
            listener.leads(leaderTerm);
        }
    }

    private void install(ImageRef ref) {
        if (ref.index <= delivered || failed) {
            return;
        }
        try {
            listener.install(ref.index, store.images.path(ref.index));
            delivered = ref.index;
            taker.installed();
        } catch (IOException | RuntimeException e) {
            failed("install image " + store.images.path(ref.index), e);
        }
    }

    private void changed(RaftNodeReport report) {
        role = report.getRole();
        int term = report.getTerm().getTerm();
        if (role == RaftRole.LEADER) {
            if (leaderTerm != term) {
                leaderTerm = term;
                elections++;
                leading = false;
                lease.begin();
            }
            lease.count(options.node(), voters(report));
        } else {
            leading = false;
            lease.giveUp();
            held.clear();
            members.ceased();
            RaftEndpoint leader = report.getTerm().getLeaderEndpoint();
            String name = leader == null ? null : Endpoint.name(leader);
            if (!failed && (term != toldTerm || !java.util.Objects.equals(name, toldLeader))) {
                toldTerm = term;
                toldLeader = name;
                listener.follows(term, name);
            }
        }
        report.getEffectiveMembers().getMembers().forEach(this::known);
    }

    private static List<String> voters(RaftNodeReport report) {
        return report.getEffectiveMembers().getVotingMembers().stream()
                .map(Endpoint::name)
                .toList();
    }

    // ReplicatedLog

    @Override
    public long propose(byte[] record) {
        if (!leading) {
            return REFUSED;
        }
        long number = proposals.incrementAndGet();
        Operation o = Operation.record(record, number);
        loop.execute(() -> replicate(o));
        return number;
    }

    private void replicate(Operation o) {
        if (!leading) {
            return;
        }
        if (!held.isEmpty() || members.isHandingOver() || !isTaken(o)) {
            held.add(o);
            if (held.size() == 1) {
                loop.after(RETRY_NANOS, this::retry);
            }
        }
    }

    private boolean isTaken(Operation o) {
        return !node.replicate(o).isCompletedExceptionally();
    }

    private void retry() {
        while (leading && !members.isHandingOver() && !held.isEmpty() && isTaken(held.element())) {
            held.remove();
        }
        if (leading && !held.isEmpty()) {
            loop.after(RETRY_NANOS, this::retry);
        }
    }

    @Override
    public boolean holdsLease() {
        return leading && lease.isHeld();
    }

    @Override
    public Status status() {
        return status;
    }

    @Override
    public LogStats stats() {
        return store.stats.read(status.logBytes());
    }

    /**
     * The id of the cluster, once it is known. Nodes whose folders have another one are refused.
     */
    public void clusterIs(long id) {
        loop.execute(() -> {
            try {
                store.clusterIs(id);
                nodes.greetWith(Greeting.of(id));
            } catch (IOException e) {
                log.debug("the log has failed", e);
            }
        });
    }

    @Override
    public CompletableFuture<@Nullable Void> add(String name, String address) {
        return members.add(name, address);
    }

    @Override
    public CompletableFuture<@Nullable Void> remove(String name) {
        return members.remove(name);
    }

    @Override
    public CompletableFuture<@Nullable Void> transfer(@Nullable String name) {
        return members.transfer(name);
    }

    long heard(String other) {
        return exchange.heard(other);
    }

    @Override
    public void close() {
        leading = false;
        nodes.close();
        loop.submit(() -> {
            closed = true;
            lease.giveUp();
            held.clear();
            members.ceased();
            CompletableFuture<?> unused = node.terminate();
            loop.close();
        });
        try {
            loop.join();
            taker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.close();
    }
}
