package io.multiproc.server;

import io.multiproc.protocol.auth.HelloRefused;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.server.engine.ClusterClock;
import io.multiproc.server.engine.DeadlineTimer;
import io.multiproc.server.engine.Engine;
import io.multiproc.server.engine.EngineClock;
import io.multiproc.server.engine.EngineOptions;
import io.multiproc.server.engine.Facts;
import io.multiproc.server.image.ImageFiles;
import io.multiproc.server.image.NodeImages;
import io.multiproc.server.log.LogFailure;
import io.multiproc.server.machine.Completions;
import io.multiproc.server.machine.StateMachine;
import io.multiproc.server.net.NetServer;
import io.multiproc.server.raft.Replica;
import io.multiproc.server.raft.ReplicatedLog;
import io.multiproc.server.state.SharedState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that changes is in a log that several nodes share, of which this server is one. */
final class Replication extends Durability {
    private static final Logger log = LoggerFactory.getLogger(Replication.class);
    private static final long HAND_OVER_SECONDS = 2;
    private static final long SILENCE_MILLIS = 2000;

    /** Opens the common log; the listener may be called before it returns. */
    @FunctionalInterface
    interface Opening {
        ReplicatedLog open(ReplicatedLog.Listener listener) throws IOException;
    }

    /** What is known of the nodes besides their common log. */
    interface Others {
        /** Where a node takes clients; none if that is not known. */
        List<String> uris(String node);

        /** Bytes of the smallest heap of those that are connected. */
        long smallestHeap();

        /** Tells them of this node. */
        void tell();
    }

    private final SharedState state;
    private final Opening opening;
    private final Replica replica;
    private final NodeImages images;
    private final CompletableFuture<ReplicatedLog> replicated = new CompletableFuture<>();
    private final CompletableFuture<NetServer> started = new CompletableFuture<>();
    private final Others others;
    private final ClusterNode cluster;
    private volatile boolean leaving;
    private volatile boolean finished;

    /**
     * @param folder of the node's data
     * @param state without content
     * @param end ends the process, with a reason: for want of anything better to do
     */
    Replication(
            Path folder,
            SharedState state,
            Opening opening,
            Others others,
            BiConsumer<String, @Nullable Throwable> end) {
        super(null);
        this.others = others;
        this.cluster = new ClusterNode(this::open, others::uris, state::clusterId, this::onLoop);
        this.images =
                new NodeImages(folder, ManagerServer.version(), () -> state.image(System::nanoTime), this::onLoop);
        this.state = state;
        this.opening = opening;
        this.replica = new Replica(state, new Images(), new Server(end), this::onLoop, replicated::join);
    }

    /** Ends the process: what the node has cannot be trusted, or not be kept. */
    static void halt(String why, @Nullable Throwable cause) {
        log.error("this node stops: {}", why, cause);
        Runtime.getRuntime().halt(LogFailure.EXIT);
    }

    StateMachine machine() {
        return replica.machine();
    }

    @Override
    HelloRefused notLeading() {
        String leader = replica.leader();
        Map<String, @Nullable Object> facts = cluster.facts();
        ReplicatedLog present = open();
        List<String> members = present == null
                ? List.of()
                : present.status().members().stream()
                        .flatMap(m -> others.uris(m.node()).stream())
                        .toList();
        String text = leader != null
                ? "node " + leader + " leads"
                : "no node leads at the moment" + (facts.get("why") == null ? "" : ": " + facts.get("why"));
        return new HelloRefused(
                ErrorCode.NOT_LEADER, text, new HelloRefused.Nodes(leader(), members, Facts.encode(facts)));
    }

    @Override
    List<String> leader() {
        String leader = replica.leader();
        return leader == null ? List.of() : others.uris(leader);
    }

    /** Far less than the grace: a node that sleeps, or is cut off, says nothing, and its clients are to find the next one in time. */
    @Override
    long silenceMillis() {
        return SILENCE_MILLIS;
    }

    @Override
    void sweep() {
        others.tell();
    }

    @Override
    boolean isReady() {
        return replica.leader() != null;
    }

    /** The log, or null where it is not open. */
    private @Nullable ReplicatedLog open() {
        return replicated.isCompletedExceptionally() ? null : replicated.getNow(null);
    }

    /** Where this server listens; none before it does. */
    List<String> addresses() {
        NetServer net = started.getNow(null);
        return net == null ? List.of() : net.addresses();
    }

    private void onLoop(Runnable task) {
        started.join().execute(task);
    }

    @Override
    void start(NetServer net) throws IOException {
        started.complete(net);
        try {
            replicated.complete(opening.open(replica));
            images.start();
        } catch (IOException | RuntimeException | Error e) {
            replicated.completeExceptionally(e);
            throw e;
        }
    }

    @Override
    Engine engine(
            StateMachine machine, DeadlineTimer timer, Completions out, EngineOptions options, Runnable onShutdown) {
        long last = state.lastTime();
        Engine engine = new Engine(
                machine,
                last == 0 ? new EngineClock() : new ClusterClock(last),
                timer,
                out,
                options,
                onShutdown,
                replica::order);
        engine.backedUpBy(images);
        engine.clusteredBy(cluster);
        engine.boundBy(others::smallestHeap);
        return engine;
    }

    /** Another node is to lead, so that clients wait for less than an election takes. */
    @Override
    void leave() {
        ReplicatedLog present = open();
        if (leaving || present == null) {
            return;
        }
        leaving = true;
        ReplicatedLog.Status status = present.status();
        if (status.role() == ReplicatedLog.Role.LEADER && status.members().size() > 1) {
            try {
                // its vote may be what the other one needs, so it ends when that one leads
                CompletableFuture<@Nullable Void> followed = replica.leave();
                Object unused =
                        present.transfer(null).thenCompose(done -> followed).get(HAND_OVER_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                log.warn("no other node could be made to lead: {}", e.getMessage());
            }
        }
    }

    @Override
    Map<String, @Nullable Object> facts() {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        ReplicatedLog present = open();
        if (present != null) {
            ReplicatedLog.Status s = present.status();
            out.put("node", s.node());
            out.put("leader", s.leader());
            out.put("term", s.term());
            out.put("log_bytes", s.logBytes());
            out.put("image_index", s.imageIndex());
            out.put("image_bytes", s.imageBytes());
        }
        return out;
    }

    @Override
    synchronized void finish() {
        close();
    }

    @Override
    boolean isFinished() {
        return finished;
    }

    @Override
    public synchronized void close() {
        replica.close();
        images.close();
        ReplicatedLog present = open();
        if (present != null) {
            present.close();
        }
        finished = true;
    }

    private final class Images implements Replica.Images {
        @Override
        public ReplicatedLog.Image take() {
            NodeImages.Taken taken = images.take();
            return new ReplicatedLog.Image() {
                @Override
                public void writeTo(Path file) throws IOException {
                    taken.writeTo(file);
                }

                @Override
                public void giveUp() {
                    taken.giveUp();
                }
            };
        }

        @Override
        public void install(Path file) throws IOException {
            ImageFiles.read(file, state);
        }

        @Override
        public long lastTime() {
            return state.lastTime();
        }

        @Override
        public long lastIndex() {
            return state.lastIndex();
        }
    }

    private final class Server implements Replica.Server {
        private final BiConsumer<String, @Nullable Throwable> end;

        Server(BiConsumer<String, @Nullable Throwable> end) {
            this.end = end;
        }

        @Override
        public void termBegins() {
            started.join().beginTerm();
        }

        @Override
        public void flush() {
            started.join().flush();
        }

        @Override
        public void lost(String why, @Nullable Throwable cause) {
            end.accept(why, cause);
        }
    }
}
