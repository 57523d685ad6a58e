package io.multiproc.server.raft;

import io.microraft.RaftEndpoint;
import io.microraft.model.log.LogEntry;
import io.microraft.model.log.RaftGroupMembersView;
import io.microraft.model.log.SnapshotChunk;
import io.microraft.model.persistence.RaftEndpointPersistentState;
import io.microraft.model.persistence.RaftTermPersistentState;
import io.microraft.persistence.RaftStore;
import io.microraft.persistence.RestoredRaftState;
import io.multiproc.server.log.DataFolder;
import io.multiproc.server.log.Disk;
import io.multiproc.server.log.LogException;
import io.multiproc.server.snapshot.SnapshotException;
import io.multiproc.server.snapshot.SnapshotLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a node keeps of the log on its disk: entries in {@link Segments}, term and vote, who it is, and images. What is taken back is not erased: a frame says so.
 * After a failed write or sync nothing is written any more. Belongs to the log's thread, but for what {@link Images} says.
 */
final class Store implements RaftStore {
    private static final int CUT = 3;
    /** The most entries that the consensus engine has room for at its start. */
    static final int MOST_RESTORED = 250_000;

    private static final String LOCK = "lock";
    private static final String VOTE = "vote";

    final Images images;
    final StoreStats stats = new StoreStats();
    private final RaftOptions options;
    private final Disk disk;
    private final SnapshotLock lock;
    private final NodeFile node;
    private final Segments segments;
    private final BiConsumer<String, IOException> failing;

    private final EntryTable entries = new EntryTable();

    private RaftTermPersistentState term = Entries.MODEL
            .createRaftTermPersistentStateBuilder()
            .setTerm(0)
            .setVotedFor(null)
            .build();
    /** Up to where the consensus engine does not need entries any more. */
    private long dropped;

    private @Nullable SnapshotChunk pending;
    private boolean hadMore;
    private boolean failed;

    private Store(
            RaftOptions options,
            Path folder,
            Disk disk,
            int segmentBytes,
            SnapshotLock lock,
            BiConsumer<String, IOException> failing)
            throws LogException {
        this.options = options;
        this.disk = disk;
        this.lock = lock;
        this.failing = failing;
        node = NodeFile.open(disk, folder, options);
        images = new Images(folder, disk);
        segments = new Segments(folder, disk, node.id(), segmentBytes);
    }

    static Store open(RaftOptions options, Disk disk, int segmentBytes, BiConsumer<String, IOException> failing)
            throws LogException {
        Path folder = DataFolder.prepare(options.folder());
        SnapshotLock lock;
        try {
            lock = SnapshotLock.take(folder.resolve(LOCK), "data folder " + folder);
        } catch (SnapshotException e) {
            throw new LogException(String.valueOf(e.getMessage()), e);
        }
        Store store = null;
        try {
            store = new Store(options, folder, disk, segmentBytes, lock, failing);
            store.load(folder);
            return store;
        } catch (LogException | RuntimeException | Error e) {
            if (store != null) {
                store.close();
            }
            lock.close();
            throw e;
        }
    }

    private void load(Path folder) throws LogException {
        byte[] vote = Files.read(disk, folder.resolve(VOTE));
        if (vote != null) {
            Bytes.In in = new Bytes.In(vote);
            try {
                int t = in.count();
                String voted = in.text();
                in.end();
                term = Entries.MODEL
                        .createRaftTermPersistentStateBuilder()
                        .setTerm(t)
                        .setVotedFor(voted.isEmpty() ? null : new Endpoint(voted, ""))
                        .build();
            } catch (BadMessageException e) {
                throw Files.damaged(folder.resolve(VOTE), String.valueOf(e.getMessage()));
            }
        }
        images.load();
        segments.open(this::read);
        ImageRef newest = images.newest();
        long image = newest == null ? 0 : newest.index;
        if (entries.first() > image + 1) {
            throw Files.damaged(
                    folder,
                    "the log begins with entry " + entries.first() + ", and the image before it is missing or damaged");
        }
        LogEntry atImage = entry(image);
        SnapshotChunk chunk = images.newestChunk();
        boolean other = atImage != null && chunk != null && atImage.getTerm() != chunk.getTerm();
        if (lastIndex() < image || other) {
            // it was installed, and the log did not go on from it
            try {
                startAfter(image);
            } catch (IOException e) {
                throw Files.cannot("write", folder, e);
            }
        }
        if (vote == null && (image > 0 || !entries.isEmpty())) {
            throw Files.damaged(folder.resolve(VOTE), "it is missing");
        }
    }

    private void read(Segments.Segment s, int position, byte[] content) throws LogException {
        ByteBuffer in = ByteBuffer.wrap(content);
        int kind = in.get();
        int ofTerm = in.getInt();
        long index = in.getLong();
        if (kind == CUT) {
            entries.cut(index);
            return;
        }
        if (index != entries.next(index)) {
            throw Files.damaged(s.path, "entry " + index + " follows " + lastIndex());
        }
        s.lastIndex = Math.max(s.lastIndex, index);
        try {
            Object operation = kind == Entries.MEMBERS
                    ? Entries.operation(kind, java.util.Arrays.copyOfRange(content, ENTRY, content.length))
                    : stored(kind, s, position, content.length - ENTRY);
            entries.add(Entries.entry(index, ofTerm, operation));
        } catch (BadMessageException e) {
            throw Files.damaged(s.path, "entry " + index + ": " + e.getMessage());
        }
    }

    /** Kind, term and index of an entry. */
    private static final int ENTRY = 1 + 4 + 8;

    private static Operation stored(int kind, Segments.Segment s, int position, int length) throws BadMessageException {
        if (kind != Entries.RECORD && kind != Entries.TERM_BEGINS) {
            throw new BadMessageException("no such kind: " + kind);
        }
        return Operation.stored(kind == Entries.TERM_BEGINS, length, () -> s.read(position + ENTRY, length));
    }

    // what there is

    /** Whether this node may have voted, or promised something. */
    boolean isUsed() {
        return term.getTerm() > 0;
    }

    long lastIndex() {
        return entries.last();
    }

    @Nullable
    LogEntry entry(long index) {
        return entries.get(index);
    }

    long bytes() {
        return segments.bytes();
    }

    RaftGroupMembersView initialMembers() {
        return node.initialMembers();
    }

    long clusterId() {
        return node.clusterId();
    }

    void clusterIs(long id) throws IOException {
        sure("write", () -> node.clusterIs(id));
    }

    /**
     * What the consensus engine begins with: the oldest image that the log goes on from, so that it has entries before the newest one, too. It finds out where two
     * logs differ only among entries that it has.
     */
    RestoredRaftState restored() {
        SnapshotChunk base = base();
        List<LogEntry> from = entries.from(base == null ? 0 : base.getIndex() + 1);
        Endpoint self = new Endpoint(options.node(), options.address());
        // those of the image from the beginning on: the engine cannot change this node's role before it has started
        RaftGroupMembersView members = base == null
                ? node.initialMembers()
                : Entries.view(
                        0,
                        base.getGroupMembersView().getMembers(),
                        base.getGroupMembersView().getVotingMembers());
        return new RestoredRaftState(
                Entries.MODEL
                        .createRaftEndpointPersistentStateBuilder()
                        .setLocalEndpoint(self)
                        .setVoting(members.getVotingMembers().contains(self))
                        .build(),
                members,
                term,
                base == null
                        ? null
                        : Entries.MODEL
                                .createSnapshotEntryBuilder()
                                .setIndex(base.getIndex())
                                .setTerm(base.getTerm())
                                .setSnapshotChunks(List.of(base))
                                .setGroupMembersView(base.getGroupMembersView())
                                .build(),
                from);
    }

    private @Nullable SnapshotChunk base() {
        SnapshotChunk newest = images.newestChunk();
        if (newest == null || entries.first() == 1 && entries.size() <= MOST_RESTORED) {
            return null;
        }
        SnapshotChunk older = images.olderChunk();
        boolean goesOn = older != null
                && entries.first() <= older.getIndex() + 1
                && lastIndex() - older.getIndex() <= MOST_RESTORED;
        return goesOn ? older : newest;
    }

    /** The index of the first entry that {@link #restored} would give. */
    long restoredFrom() {
        SnapshotChunk base = base();
        return base == null ? entries.first() : base.getIndex() + 1;
    }

    // what the consensus engine asks for

    private interface Write {
        void run() throws IOException;
    }

    private void sure(String what, Write write) throws IOException {
        if (failed) {
            throw new IOException("the log has failed");
        }
        try {
            write.run();
        } catch (IOException | RuntimeException e) {
            failed = true;
            failing.accept(what, e instanceof IOException io ? io : new IOException(e));
            throw e;
        }
    }

    @Override
    public void persistAndFlushLocalEndpoint(RaftEndpointPersistentState state) throws IOException {
        sure("write", () -> node.voting(state.isVoting()));
    }

    @Override
    public void persistAndFlushInitialGroupMembers(RaftGroupMembersView initial) {
        // they are in the node's file from the beginning
    }

    @Override
    public void persistAndFlushTerm(RaftTermPersistentState state) throws IOException {
        RaftEndpoint voted = state.getVotedFor();
        boolean same = state.getTerm() == term.getTerm() && java.util.Objects.equals(voted, term.getVotedFor());
        if (same) {
            return;
        }
        Bytes b = new Bytes(64).i32(state.getTerm()).text(voted == null ? "" : Endpoint.name(voted));
        sure("write", () -> Files.replace(disk, images.folder.resolve(VOTE), b.toArray()));
        term = state;
    }

    @Override
    public void persistLogEntries(List<LogEntry> more) throws IOException {
        for (LogEntry e : more) {
            append(e);
        }
    }

    private void append(LogEntry e) throws IOException {
        sure("write", () -> {
            if (e.getIndex() != entries.next(e.getIndex())) {
                throw new IOException("entry " + e.getIndex() + " was to follow " + lastIndex());
            }
            Bytes all = new Bytes(64 + (e.getOperation() instanceof Operation o ? o.length : 1024));
            Entries.write(all, e);
            byte[] content = frame(all.toArray());
            int position = segments.append(content, e.getIndex());
            Segments.Segment s = segments.last();
            if (e.getOperation() instanceof Operation o && s != null) {
                o.storedIn(() -> s.read(position + ENTRY, o.length));
                entries.cache(o);
                stats.record(o.length);
            }
            entries.add(e);
        });
    }

    /** {@link Entries}' form is for messages: index, term, kind, length. */
    private static byte[] frame(byte[] entry) {
        ByteBuffer in = ByteBuffer.wrap(entry);
        long index = in.getLong();
        int ofTerm = in.getInt();
        byte kind = in.get();
        int length = in.getInt();
        return ByteBuffer.allocate(ENTRY + length)
                .put(kind)
                .putInt(ofTerm)
                .putLong(index)
                .put(in)
                .array();
    }

    @Override
    public void truncateLogEntriesFrom(long index) throws IOException {
        sure("write", () -> {
            segments.append(
                    ByteBuffer.allocate(ENTRY)
                            .put((byte) CUT)
                            .putInt(0)
                            .putLong(index)
                            .array(),
                    0);
            entries.cut(index);
        });
    }

    @Override
    public void truncateLogEntriesUntil(long index) throws IOException {
        dropped = Math.max(dropped, index);
        trim();
    }

    /** Two images are kept, and the log from the older one on. */
    void trim() throws IOException {
        SnapshotChunk older = images.olderChunk();
        long until = older == null ? 0 : Math.min(dropped, older.getIndex());
        if (until < entries.first()) {
            return;
        }
        sure("delete", () -> segments.trim(until));
        entries.trim(until);
    }

    /** Of an image that another node has made, and that is on the disk here: nothing of the log is needed any more. */
    @Override
    public void persistSnapshotChunk(SnapshotChunk chunk) throws IOException {
        if (((ImageRef) chunk.getOperation()).isWritten()) {
            sure("write", () -> images.installed(chunk));
            hadMore = lastIndex() > chunk.getIndex();
            startAfter(chunk.getIndex());
            dropped = chunk.getIndex();
            sure("delete", () -> segments.trim(chunk.getIndex()));
        } else {
            pending = chunk;
        }
    }

    /** Drops all entries. */
    private void startAfter(long index) throws IOException {
        truncateLogEntriesFrom(entries.first());
        entries.startAfter(index);
        flush();
    }

    /** Whether entries behind the image that was installed last were dropped, of which the consensus engine does not know. */
    boolean hadMore() {
        boolean had = hadMore;
        hadMore = false;
        return had;
    }

    /** The image that was asked for last is on the disk. */
    void imageWritten(ImageRef ref, ImageRef file) throws IOException {
        SnapshotChunk chunk = pending;
        if (chunk != null && chunk.getOperation() == ref) {
            ref.written(file.length(), file.hash());
            sure("write", () -> images.written(chunk));
            trim();
        }
    }

    /** The index of the first entry that the consensus engine has. */
    long head() {
        return dropped + 1;
    }

    /** The consensus engine is started with {@link #restored}. */
    void starting() {
        dropped = restoredFrom() - 1;
    }

    long bytesSinceImage() {
        ImageRef newest = images.newest();
        return entries.bytesAfter(newest == null ? 0 : newest.index);
    }

    @Override
    public void deleteSnapshotChunks(long index, int count) {
        // two images are kept; older ones go when there is a new one
    }

    @Override
    public void flush() throws IOException {
        sure("sync", () -> {
            long before = System.nanoTime();
            if (segments.sync()) {
                stats.sync(System.nanoTime() - before);
            }
        });
    }

    /** The addresses of all nodes that it has read of. */
    Set<Endpoint> known() {
        Set<Endpoint> all = new LinkedHashSet<>();
        options.peers().forEach((n, address) -> all.add(new Endpoint(n, address)));
        SnapshotChunk newest = images.newestChunk();
        if (newest != null) {
            newest.getGroupMembersView().getMembers().forEach(m -> all.add((Endpoint) m));
        }
        return all;
    }

    void close() {
        segments.close();
        lock.close();
    }
}
