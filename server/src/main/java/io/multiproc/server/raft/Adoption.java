package io.multiproc.server.raft;

import io.multiproc.server.log.Disk;
import io.multiproc.server.log.LogException;
import java.io.IOException;
import java.nio.file.Path;

/** The beginning of a cluster with a state that was not made by its log: that of a server that was alone. */
public final class Adoption {
    /** Everything that comes from elsewhere is the first record, of the first term. */
    private static final int FIRST = 1;

    /** Writes the state. */
    @FunctionalInterface
    public interface Writer {
        /** Writes a file, synced. */
        void writeTo(Path file) throws IOException;
    }

    private Adoption() {}

    /**
     * Has an image be what the log of a new node begins with. It must be the only voter: others could begin without the image.
     *
     * @throws LogException if the folder cannot be used, or its log has begun
     */
    public static void adopt(RaftOptions options, Writer image) throws IOException {
        if (!options.peers().keySet().equals(java.util.Set.of(options.node()))) {
            throw new LogException(
                    "a cluster begins with the state of a server only as a cluster of that one: start it with --peers "
                            + options.node() + "=" + options.address()
                            + ", and add the others then (multiproc cluster add)");
        }
        Store store = Store.open(options, Disk.REAL, Segments.SEGMENT, (what, e) -> {});
        try {
            if (store.lastIndex() > FIRST) {
                throw new LogException("the log of the cluster in " + options.folder()
                        + " has begun, and there is a server's own log beside it: move one of them away");
            }
            store.persistAndFlushTerm(Entries.MODEL
                    .createRaftTermPersistentStateBuilder()
                    .setTerm(FIRST)
                    .setVotedFor(null)
                    .build());
            Path part = store.images.part("new");
            java.nio.file.Files.deleteIfExists(part);
            image.writeTo(part);
            ImageRef ref = Images.summed(FIRST, part);
            store.images.finish(part, FIRST);
            store.images.written(Entries.MODEL
                    .createSnapshotChunkBuilder()
                    .setIndex(FIRST)
                    .setTerm(FIRST)
                    .setOperation(ref)
                    .setSnapshotChunkCount(1)
                    .setSnapshotChunkIndex(0)
                    .setGroupMembersView(store.initialMembers())
                    .build());
        } finally {
            store.close();
        }
    }
}
