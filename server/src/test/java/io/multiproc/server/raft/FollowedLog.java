package io.multiproc.server.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A node whose state is the list of the numbers that were committed. */
final class FollowedLog implements ReplicatedLog.Listener {
    final String name;
    final RaftLog log;
    final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    volatile boolean leads;
    volatile @Nullable Throwable failed;
    volatile int installed;
    private final Map<Long, Long> proposed = new ConcurrentHashMap<>();
    private final List<Long> state = new ArrayList<>();

    FollowedLog(String name, Path folder, Nodes nodes, Map<String, String> peers, long imageBytes) throws IOException {
        this.name = name;
        log = RaftLog.open(new RaftOptions(folder, name, "host:" + name, peers, imageBytes), nodes, this);
        log.start();
    }

    /** @return whether it was taken */
    boolean propose(long value, int size) {
        byte[] record = ByteBuffer.allocate(size).putLong(value).array();
        synchronized (proposed) {
            long number = log.propose(record);
            if (number != ReplicatedLog.REFUSED) {
                proposed.put(number, value);
            }
            return number != ReplicatedLog.REFUSED;
        }
    }

    synchronized List<Long> state() {
        return new ArrayList<>(state);
    }

    @Override
    public void committed(long index, byte[] record, long proposal) {
        long value = ByteBuffer.wrap(record).getLong();
        synchronized (this) {
            state.add(value);
        }
        if (proposal != 0) {
            synchronized (proposed) {
                Long mine = proposed.remove(proposal);
                if (mine == null || mine != value) {
                    throw new IllegalStateException("proposal " + proposal + " is " + value + ", not " + mine);
                }
            }
            acknowledged.add(value);
        }
    }

    @Override
    public void leads(long term) {
        leads = true;
    }

    @Override
    public void follows(long term, @Nullable String leader) {
        leads = false;
    }

    @Override
    public ReplicatedLog.Image image() {
        List<Long> now = state();
        return new ReplicatedLog.Image() {
            @Override
            public void writeTo(Path file) throws IOException {
                ByteBuffer b = ByteBuffer.allocate(8 * now.size());
                now.forEach(b::putLong);
                Files.write(file, b.array());
            }

            @Override
            public void giveUp() {}
        };
    }

    @Override
    public void install(long index, Path file) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(Files.readAllBytes(file));
        synchronized (this) {
            state.clear();
            while (b.hasRemaining()) {
                state.add(b.getLong());
            }
            installed++;
        }
    }

    @Override
    public void failed(String what, Throwable cause) {
        failed = cause;
    }
}
