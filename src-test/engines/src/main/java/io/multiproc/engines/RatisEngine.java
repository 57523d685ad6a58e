package io.multiproc.engines;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.netty.NettyConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Apache Ratis with its own log. */
final class RatisEngine implements Engine {
    private static final RaftGroupId GROUP =
            RaftGroupId.valueOf(UUID.nameUUIDFromBytes("multiproc".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    private static final int PORT = 7800;
    private static final long TIMEOUT_MILLIS = 10_000;

    private final Machine machine;
    private final boolean readsInLog;
    private final RaftServer server;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    RatisEngine(
            String name,
            Path folder,
            String host,
            List<Member> members,
            Machine machine,
            String rpc,
            boolean readsInLog)
            throws IOException {
        this.machine = machine;
        this.readsInLog = readsInLog;
        File storage = folder.toFile();
        boolean known = Files.isDirectory(folder.resolve(GROUP.getUuid().toString()));
        server = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(name))
                .setGroup(RaftGroup.valueOf(GROUP, peers(members)))
                .setProperties(properties(storage, host, rpc))
                .setOption(known ? RaftStorage.StartupOption.RECOVER : RaftStorage.StartupOption.FORMAT)
                .setStateMachine(new Adapter())
                .build();
        server.start();
    }

    private static RaftProperties properties(File storage, String host, String rpc) {
        RaftProperties p = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(p, List.of(storage));
        if (rpc.equals("netty")) {
            org.apache.ratis.RaftConfigKeys.Rpc.setType(p, SupportedRpcType.NETTY);
            NettyConfigKeys.Server.setHost(p, host);
            NettyConfigKeys.Server.setPort(p, PORT);
        } else {
            org.apache.ratis.RaftConfigKeys.Rpc.setType(p, SupportedRpcType.GRPC);
            GrpcConfigKeys.Server.setHost(p, host);
            GrpcConfigKeys.Server.setPort(p, PORT);
        }
        RaftServerConfigKeys.Rpc.setTimeoutMin(p, millis(800));
        RaftServerConfigKeys.Rpc.setTimeoutMax(p, millis(1200));
        RaftServerConfigKeys.Rpc.setRequestTimeout(p, millis(1000));
        RaftServerConfigKeys.Rpc.setSlownessTimeout(p, millis(3000));
        RaftServerConfigKeys.RetryCache.setExpiryTime(p, millis(1000));
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(p, true);
        RaftServerConfigKeys.Log.setPurgeGap(p, 1);
        RaftServerConfigKeys.Log.setSegmentSizeMax(p, SizeInBytes.valueOf("8MB"));
        // by default it lets a millisecond pass between two messages to a follower
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(p, TimeDuration.ZERO);
        // else each commit writes a record of its own that says so
        RaftServerConfigKeys.Log.setLogMetadataEnabled(p, false);
        // by default a follower that was away is asked again after 1 and then 5 s
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(p, "10ms,10, 200ms,1000000");
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(p, 2);
        RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        return p;
    }

    private static TimeDuration millis(long n) {
        return TimeDuration.valueOf(n, TimeUnit.MILLISECONDS);
    }

    private static List<RaftPeer> peers(List<Member> members) {
        return members.stream()
                .map(m -> RaftPeer.newBuilder()
                        .setId(m.name())
                        .setAddress(m.host() + ":" + PORT)
                        .build())
                .toList();
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] record) {
        return submit(Message.valueOf(ByteString.copyFrom(record)), RaftClientRequest.writeRequestType())
                .thenApply(reply -> reply.getMessage().getContent().toByteArray());
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        if (!leads()) {
            return CompletableFuture.failedFuture(new NotLeader("not ready to lead"));
        }
        if (readsInLog) {
            return propose(new byte[0]).thenApply(reply -> null);
        }
        return submit(Message.EMPTY, RaftClientRequest.readRequestType()).thenApply(reply -> null);
    }

    private CompletableFuture<RaftClientReply> submit(Message message, RaftClientRequest.Type type) {
        try {
            RaftClientRequest request = RaftClientRequest.newBuilder()
                    .setClientId(client)
                    .setServerId(server.getId())
                    .setGroupId(GROUP)
                    .setCallId(calls.incrementAndGet())
                    .setMessage(message)
                    .setType(type)
                    .build();
            return server.submitClientRequestAsync(request).thenApply(RatisEngine::checked);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static RaftClientReply checked(RaftClientReply reply) {
        if (reply.isSuccess()) {
            return reply;
        }
        Throwable e = reply.getException();
        if (e instanceof NotLeaderException || e instanceof LeaderNotReadyException) {
            throw new NotLeader(String.valueOf(e.getMessage()));
        }
        throw new CompletionException(e);
    }

    private RaftServer.Division division() {
        try {
            return server.getDivision(GROUP);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean leads() {
        return division().getInfo().isLeaderReady();
    }

    @Override
    public void snapshot() throws IOException {
        checked(server.snapshotManagement(SnapshotManagementRequest.newCreate(
                client, server.getId(), GROUP, calls.incrementAndGet(), TIMEOUT_MILLIS, 1)));
    }

    @Override
    public List<String> members() {
        return division().getRaftConf().getCurrentPeers().stream()
                .map(p -> p.getId().toString())
                .toList();
    }

    @Override
    public CompletableFuture<Void> change(List<Member> voters) {
        try {
            return server.setConfigurationAsync(new SetConfigurationRequest(
                            client,
                            server.getId(),
                            GROUP,
                            calls.incrementAndGet(),
                            SetConfigurationRequest.Arguments.newBuilder()
                                    .setServersInNewConf(peers(voters))
                                    .build()))
                    .thenApply(RatisEngine::checked)
                    .thenApply(reply -> null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<Void> transfer(Member to) {
        try {
            return server.transferLeadershipAsync(new TransferLeadershipRequest(
                            client,
                            server.getId(),
                            GROUP,
                            calls.incrementAndGet(),
                            RaftPeerId.valueOf(to.name()),
                            TIMEOUT_MILLIS))
                    .thenApply(RatisEngine::checked)
                    .thenApply(reply -> null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private final class Adapter extends BaseStateMachine {
        private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();

        @Override
        public void initialize(RaftServer raftServer, RaftGroupId group, RaftStorage raftStorage) throws IOException {
            super.initialize(raftServer, group, raftStorage);
            getLifeCycle().startAndTransition(() -> {
                storage.init(raftStorage);
                load();
            });
        }

        @Override
        public void reinitialize() throws IOException {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            storage.loadLatestSnapshot();
            load();
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }

        @Override
        public void pause() {
            getLifeCycle().transition(LifeCycle.State.PAUSING);
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }

        private void load() throws IOException {
            SingleFileSnapshotInfo image = storage.getLatestSnapshot();
            if (image == null) {
                return;
            }
            File file = image.getFile().getPath().toFile();
            MD5Hash md5 = image.getFile().getFileDigest();
            if (md5 != null) {
                MD5FileUtil.verifySavedMD5(file, md5);
            }
            machine.restore(Files.readAllBytes(file.toPath()));
            setLastAppliedTermIndex(TermIndex.valueOf(image.getTerm(), image.getIndex()));
        }

        @Override
        public StateMachineStorage getStateMachineStorage() {
            return storage;
        }

        @Override
        public long takeSnapshot() throws IOException {
            TermIndex last = getLastAppliedTermIndex();
            File file = storage.getSnapshotFile(last.getTerm(), last.getIndex());
            byte[] image = machine.snapshot();
            Path part = Path.of(file.getPath() + ".part");
            Files.write(part, image);
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, file.toPath(), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            MD5Hash md5 = MD5FileUtil.computeAndSaveMd5ForFile(file);
            storage.updateLatestSnapshot(
                    new SingleFileSnapshotInfo(new FileInfo(file.toPath(), md5), last.getTerm(), last.getIndex()));
            return last.getIndex();
        }

        /** A log that could not be written is never tried again: the process ends, as with a log of ours. */
        @Override
        public void notifyLogFailed(Throwable cause, org.apache.ratis.proto.RaftProtos.LogEntryProto entry) {
            System.err.println("log: " + cause);
            System.err.flush();
            Runtime.getRuntime().halt(FileLog.FAILED);
        }

        @Override
        public CompletableFuture<Message> query(Message request) {
            return CompletableFuture.completedFuture(Message.EMPTY);
        }

        @Override
        public CompletableFuture<Message> applyTransaction(TransactionContext trx) {
            var entry = java.util.Objects.requireNonNull(trx.getLogEntry());
            byte[] answer =
                    machine.apply(entry.getStateMachineLogEntry().getLogData().toByteArray());
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            return CompletableFuture.completedFuture(Message.valueOf(ByteString.copyFrom(answer)));
        }
    }
}
