package io.multiproc.engines;

import io.multiproc.server.raft.RaftLog;
import io.multiproc.server.raft.RaftOptions;
import io.multiproc.server.raft.ReplicatedLog;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The server's own log of a cluster. Reads go by its lease, and are records where there is none. */
final class MicroEngine implements Engine, ReplicatedLog.Listener {
    private static final int PORT = 7800;
    private static final long IMAGE_BYTES = 1 << 20;

    private final Machine machine;
    private final RaftLog log;
    private final Map<Long, CompletableFuture<byte[]>> waiting = new HashMap<>();
    private volatile boolean leads;

    MicroEngine(String name, Path folder, List<Member> hosts, List<Member> voters, Machine machine)
            throws IOException {
        this.machine = machine;
        Map<String, String> peers = new HashMap<>();
        voters.forEach(m -> peers.put(m.name(), m.host()));
        String host = hosts.stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow()
                .host();
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(
                    folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        }
        log = RaftLog.open(
                new RaftOptions(folder, name, host, peers, IMAGE_BYTES), new TcpNodes(name, host, PORT), this);
        log.start();
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] record) {
        CompletableFuture<byte[]> f = new CompletableFuture<>();
        synchronized (waiting) {
            long number = log.propose(record);
            if (number == ReplicatedLog.REFUSED) {
                return CompletableFuture.failedFuture(new NotLeader("not ready to lead"));
            }
            waiting.put(number, f);
        }
        return f;
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        if (log.holdsLease()) {
            return CompletableFuture.completedFuture(null);
        }
        return leads
                ? propose(new byte[0]).thenApply(r -> null)
                : CompletableFuture.failedFuture(new NotLeader("not ready to lead"));
    }

    @Override
    public boolean leads() {
        return leads;
    }

    @Override
    public void snapshot() {
        // they are made by bytes
    }

    @Override
    public List<String> members() {
        return log.status().members().stream()
                .filter(m -> m.role() != ReplicatedLog.Role.LEARNER)
                .map(ReplicatedLog.Member::node)
                .toList();
    }

    @Override
    public CompletableFuture<Void> change(List<Member> voters) {
        List<String> now = members();
        CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
        for (Member m : voters) {
            if (!now.contains(m.name())) {
                done = done.thenCompose(r -> log.add(m.name(), m.host()));
            }
        }
        for (String n : now) {
            if (voters.stream().noneMatch(m -> m.name().equals(n))) {
                done = done.thenCompose(r -> log.remove(n));
            }
        }
        return done;
    }

    @Override
    public CompletableFuture<Void> transfer(Member to) {
        return log.transfer(to == null ? null : to.name());
    }

    @Override
    public void close() throws Exception {
        if (leads) {
            try {
                log.transfer(null).get(2, java.util.concurrent.TimeUnit.SECONDS);
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                // the others elect one
            }
        }
        log.close();
    }

    // ReplicatedLog.Listener

    @Override
    public void committed(long index, byte[] record, long proposal) {
        byte[] answers = record.length == 0 ? record : machine.apply(record);
        if (proposal != 0) {
            CompletableFuture<byte[]> f;
            synchronized (waiting) {
                f = waiting.remove(proposal);
            }
            if (f != null) {
                f.complete(answers);
            }
        }
    }

    @Override
    public void leads(long term) {
        leads = true;
    }

    @Override
    public void follows(long term, String leader) {
        leads = false;
        Map<Long, CompletableFuture<byte[]>> open;
        synchronized (waiting) {
            open = new HashMap<>(waiting);
            waiting.clear();
        }
        open.values().forEach(f -> f.completeExceptionally(new IllegalStateException("nobody knows")));
    }

    @Override
    public ReplicatedLog.Image image() {
        byte[] image = machine.snapshot();
        return new ReplicatedLog.Image() {
            @Override
            public void writeTo(Path file) throws IOException {
                Files.write(file, image);
                try (FileChannel c = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    c.force(true);
                }
            }

            @Override
            public void giveUp() {}
        };
    }

    @Override
    public void install(long index, Path file) throws IOException {
        machine.restore(Files.readAllBytes(file));
    }

    @Override
    public void failed(String what, Throwable cause) {
        System.err.println("log: cannot " + what + ": " + cause);
        cause.printStackTrace();
        System.err.flush();
        Runtime.getRuntime().halt(cause instanceof IOException ? FileLog.FAILED : 1);
    }
}
