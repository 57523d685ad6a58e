package io.multiproc.server;

import io.multiproc.protocol.tls.TlsFiles;
import io.multiproc.protocol.wire.Messages;
import io.multiproc.server.access.KeyRing;
import io.multiproc.server.image.ImageFiles;
import io.multiproc.server.net.ListenAddress;
import io.multiproc.server.net.NodeAddress;
import io.multiproc.server.net.NodeChannel;
import io.multiproc.server.net.NodeOptions;
import io.multiproc.server.raft.Adoption;
import io.multiproc.server.raft.NodeFacts;
import io.multiproc.server.raft.RaftLog;
import io.multiproc.server.raft.RaftOptions;
import io.multiproc.server.raft.ReplicatedLog;
import io.multiproc.server.state.SharedState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node of a cluster: its channel to the others, what it says of itself, and the log that they share. */
final class Node implements Replication.Others {
    /** What the log adds to a record of the largest request. */
    private static final int AROUND_A_RECORD = 1 << 20;

    private static final String BEFORE = "before-cluster";
    /** Segments of a log, and images. */
    private static final Pattern ALONE = Pattern.compile("[0-9]{20}\\.(log|image)");

    private final NodeFacts channel;
    private final SharedState state;
    private volatile @Nullable RaftLog log;
    private boolean isNamed;
    private final String name;
    private final Supplier<List<String>> own;
    private volatile Supplier<List<String>> listening = List::of;

    private Node(NodeChannel channel, ServerOptions options, SharedState state) {
        this.state = state;
        this.name = Objects.requireNonNull(options.node());
        this.own = () -> ownUris(options);
        this.channel = new NodeFacts(channel, this::said);
    }

    /**
     * The replication of a server that is a node.
     *
     * @param state without content
     * @throws IOException if the channel cannot listen
     */
    static Replication of(ServerOptions options, KeyRing keys, SharedState state) throws IOException {
        String name = Objects.requireNonNull(options.node());
        Path folder = Objects.requireNonNull(options.data());
        String address = Objects.requireNonNull(options.peers().get(name));
        NodeChannel.forgetNamesSoon();
        adopt(options, folder, name, address);
        TlsFiles files = options.certificates();
        NodeChannel channel = NodeChannel.listen(new NodeOptions(
                name,
                NodeAddress.parse(address),
                null,
                keys.authkeys().subList(0, 1),
                files != null && files.ca() != null ? files : null,
                options.maxFrame() + AROUND_A_RECORD));
        Node node = new Node(channel, options, state);
        Replication replication = new Replication(
                folder, state, listener -> node.open(options, address, listener), node, Replication::halt);
        node.listening = replication::addresses;
        return replication;
    }

    /** A server that was alone with its log goes on as a cluster of one. */
    private static void adopt(ServerOptions options, Path folder, String name, String address) throws IOException {
        List<Path> alone = ofServer(folder);
        if (alone.isEmpty()) {
            return;
        }
        SharedState state = new SharedState(
                options.maxFrame() - Messages.REPLY_HEADER, options.limits().ofState());
        Durability log = Durability.open(options.withoutCluster(), state, null);
        log.close();
        Adoption.adopt(
                new RaftOptions(folder, name, address, options.voters()),
                file -> ImageFiles.write(file, ManagerServer.version(), state.image(System::nanoTime), Runnable::run));
        Path aside = Files.createDirectories(folder.resolve(BEFORE));
        for (Path file : alone) {
            Files.move(file, aside.resolve(file.getFileName()));
        }
        log().info("the state of the server that was alone is the cluster's now; its own log is in {}", aside);
    }

    /** The files of a server that was no node of a cluster. */
    private static List<Path> ofServer(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            f -> ALONE.matcher(String.valueOf(f.getFileName())).matches())
                    .sorted()
                    .toList();
        }
    }

    private static Logger log() {
        return LoggerFactory.getLogger(Node.class);
    }

    private ReplicatedLog open(ServerOptions options, String address, ReplicatedLog.Listener listener)
            throws IOException {
        try {
            RaftLog opened = RaftLog.open(
                    new RaftOptions(Objects.requireNonNull(options.data()), name, address, options.voters()),
                    channel,
                    listener);
            opened.start();
            log = opened;
            return opened;
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private NodeFacts.Said said() {
        Runtime runtime = Runtime.getRuntime();
        return new NodeFacts.Said(
                own.get(),
                runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory(),
                runtime.maxMemory(),
                ManagerServer.version());
    }

    /** Where clients reach this node: as it was told, or where it listens. */
    private List<String> ownUris(ServerOptions options) {
        if (!options.advertise().isEmpty()) {
            return options.advertise();
        }
        String address = Objects.requireNonNull(options.peers().get(name));
        String host = address.substring(0, address.lastIndexOf(':'));
        return listening.get().stream()
                .map(ListenAddress::parse)
                .filter(a -> !a.isUnix())
                .map(a -> a.isOfAllInterfaces() ? a.withHost(host).toString() : a.toString())
                .toList();
    }

    @Override
    public List<String> uris(String node) {
        if (node.equals(name)) {
            return own.get();
        }
        NodeFacts.Said said = channel.of(node);
        return said == null ? List.of() : said.uris();
    }

    @Override
    public long smallestHeap() {
        long least = Long.MAX_VALUE;
        for (NodeFacts.Said said : channel.ofConnected()) {
            least = Math.min(least, said.largestHeap());
        }
        return least;
    }

    @Override
    public void tell() {
        channel.tell();
        RaftLog present = log;
        if (!isNamed && present != null && state.clusterId() != 0) {
            // nodes of other clusters are refused from now on
            isNamed = true;
            present.clusterIs(state.clusterId());
        }
    }
}
