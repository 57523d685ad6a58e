package io.multiproc.engines;

import java.io.DataInput;
import java.io.DataOutput;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FD_SOCK2;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.NON_BLOCKING_SENDS;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.protocols.raft.ELECTION2;
import org.jgroups.protocols.raft.NO_DUPES;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.raft.StateMachine;
import org.jgroups.raft.util.CommitTable;

/** jgroups-raft's core with a log of ours. */
final class JgroupsEngine implements Engine {
    private static final int PORT = 7800;
    private static final long RESEND_MILLIS = 50;
    private static final long STOP_NANOS = 3 * RESEND_MILLIS * 1_000_000;
    private static final long AGAIN_NANOS = 1_000_000_000;
    private static final byte[] NOTHING = {};

    private final Machine machine;
    private final boolean readsInLog;
    private final RAFT raft;
    private final JChannel channel;
    /** The last term in which this node has led and applied a record. */
    private volatile long readyTerm = -1;

    private long begunTerm = -1;
    private long begun;

    private volatile long stoppedUntil = System.nanoTime();
    private volatile boolean closed;

    /**
     * @param hosts all that may ever be members, to be found
     * @param readsInLog whether a read barrier is a record; else it is the engine's own way of reading
     */
    JgroupsEngine(
            String name, Path folder, List<Member> hosts, List<Member> voters, Machine machine, boolean readsInLog)
            throws Exception {
        this.machine = machine;
        this.readsInLog = readsInLog;
        String host = hosts.stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow()
                .host();
        raft = new RAFT()
                .raftId(name)
                .members(voters.stream().map(Member::name).toList())
                .log(new FileLog(folder))
                .maxLogSize(1L << 30)
                .resendInterval(RESEND_MILLIS)
                .maxLogCacheSize(0)
                .stateMachine(new Adapter());
        channel = new JChannel(
                tcp(host),
                // a peer that is cut off would hold up the heartbeats to the others
                new NON_BLOCKING_SENDS(),
                new TCPPING()
                        .setInitialHosts(hosts.stream()
                                .map(m -> new InetSocketAddress(m.host(), PORT))
                                .toList())
                        .setPortRange(0),
                new MERGE3().setMinInterval(400).setMaxInterval(1200),
                new FD_SOCK2(),
                new FD_ALL3().setTimeout(1500).setInterval(400),
                new VERIFY_SUSPECT2().setTimeout(400),
                new NAKACK2().useMcastXmit(false),
                new UNICAST3(),
                new STABLE(),
                new NO_DUPES(),
                new GMS()
                        .setJoinTimeout(3000)
                        .setLeaveTimeout(300)
                        .setViewAckCollectionTimeout(500)
                        .printLocalAddress(false),
                new FRAG2(),
                new ELECTION2(),
                raft);
        channel.name(name);
        Thread joiner = new Thread(this::join, "joiner");
        joiner.setDaemon(true);
        joiner.start();
        Thread help = new Thread(this::helpFollowers, "help");
        help.setDaemon(true);
        help.start();
    }

    /**
     * Sends to followers what they lack. The engine does it only when nothing has come for {@code resend_interval}, so never under load. A snapshot has to be
     * taken by its own thread, so for that the load is stopped for a moment.
     */
    private void helpFollowers() {
        long stopped = System.nanoTime();
        while (!closed) {
            pause();
            beginTerm();
            CommitTable table = raft.commitTable();
            if (!raft.isLeader() || table == null) {
                continue;
            }
            for (Address member : table.keys()) {
                CommitTable.Entry e = table.get(member);
                if (e == null || e.matchIndex() >= raft.lastAppended()) {
                    continue;
                }
                if (e.nextIndex() >= raft.log().firstAppended()) {
                    flush(member);
                } else if (System.nanoTime() - stopped > 1_000_000_000L) {
                    stopped = System.nanoTime();
                    stoppedUntil = stopped + STOP_NANOS;
                }
            }
        }
    }

    private void flush(Address member) {
        try {
            raft.flushCommitTable(member);
        } catch (RuntimeException x) {
            // it has just ceased to lead
        }
    }

    private static TCP tcp(String host) throws java.net.UnknownHostException {
        TCP tcp = new TCP();
        tcp.setBindAddress(InetAddress.getByName(host)).setBindPort(PORT).setPortRange(0);
        tcp.setSockConnTimeout(300);
        tcp.setBundlerType("per-destination");
        return tcp;
    }

    /** While the others still have this node's earlier process among them, they refuse it. */
    private void join() {
        while (!closed) {
            try {
                channel.connect("multiproc");
                return;
            } catch (SecurityException e) {
                pause();
            } catch (Exception e) {
                System.err.println("joining: " + e);
                if (String.valueOf(e).contains("rejected")) {
                    pause();
                } else {
                    e.printStackTrace();
                    Runtime.getRuntime().halt(FileLog.FAILED);
                }
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What earlier terms left is committed when a record of this one is. A leader may get a new term without ceasing to lead. */
    private void beginTerm() {
        long term = raft.currentTerm();
        if (raft.isLeader() && term != readyTerm && (term != begunTerm || System.nanoTime() - begun > AGAIN_NANOS)) {
            begunTerm = term;
            begun = System.nanoTime();
            propose(NOTHING).thenRun(() -> {
                if (raft.currentTerm() == term) {
                    readyTerm = term;
                }
            });
        }
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] record) {
        while (System.nanoTime() < stoppedUntil) {
            pause();
        }
        try {
            return raft.setAsync(record, 0, record.length, null);
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(new NotLeader(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        if (!leads()) {
            return CompletableFuture.failedFuture(new NotLeader("not ready to lead"));
        }
        if (readsInLog) {
            return propose(NOTHING).thenApply(r -> null);
        }
        try {
            return raft.getAsync(NOTHING, 0, 0, null).thenApply(r -> null);
        } catch (Exception e) {
            return CompletableFuture.failedFuture(new NotLeader(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public boolean leads() {
        return raft.isLeader() && raft.currentTerm() == readyTerm;
    }

    @Override
    public void snapshot() throws Exception {
        raft.snapshot();
    }

    @Override
    public List<String> members() {
        return raft.members();
    }

    /** One at a time, as the engine has it. */
    @Override
    public CompletableFuture<Void> change(List<Member> voters) {
        List<String> wanted = voters.stream().map(Member::name).toList();
        List<String> now = raft.members();
        CompletableFuture<?> done = CompletableFuture.completedFuture(null);
        try {
            for (String name : wanted) {
                if (!now.contains(name)) {
                    done = raft.addServer(name);
                }
            }
            for (String name : now) {
                if (!wanted.contains(name)) {
                    done = raft.removeServer(name);
                }
            }
        } catch (Exception e) {
            return CompletableFuture.failedFuture(new NotLeader(String.valueOf(e.getMessage())));
        }
        return done.thenApply(r -> null);
    }

    @Override
    public CompletableFuture<Void> transfer(Member to) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("jgroups-raft 1.1.4 has no transfer"));
    }

    @Override
    public void close() {
        closed = true;
        channel.close();
    }

    private final class Adapter implements StateMachine {
        @Override
        public byte[] apply(byte[] data, int offset, int length, boolean serialize) {
            return length == 0 ? NOTHING : machine.apply(Arrays.copyOfRange(data, offset, offset + length));
        }

        @Override
        public void readContentFrom(DataInput in) throws Exception {
            byte[] image = new byte[in.readInt()];
            in.readFully(image);
            machine.restore(image);
        }

        @Override
        public void writeContentTo(DataOutput out) throws Exception {
            byte[] image = machine.snapshot();
            out.writeInt(image.length);
            out.write(image);
        }
    }
}
