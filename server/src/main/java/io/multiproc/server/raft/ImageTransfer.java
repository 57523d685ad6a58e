package io.multiproc.server.raft;

import io.microraft.model.message.InstallSnapshotRequest;
import io.multiproc.server.log.Disk;
import io.multiproc.server.log.Disk.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings images from node to node, in pieces, one after the other. */
final class ImageTransfer {
    private static final Logger log = LoggerFactory.getLogger(ImageTransfer.class);

    private static final int PIECE = 1 << 20;
    private static final long PATIENCE = 500_000_000;

    private final Exchange exchange;
    private final RaftLog raft;
    private final Disk disk;

    private @Nullable Fetch fetch;
    private @Nullable ImageRef fetched;

    /** An image on its way. */
    private final class Fetch {
        final String from;
        final ImageRef ref;
        final Messages.Raft request;
        final Path part;
        final LogFile file;
        long at;
        long asked;
        boolean checking;

        Fetch(String from, ImageRef ref, Messages.Raft request) throws IOException {
            this.from = from;
            this.ref = ref;
            this.request = request;
            part = raft.store.images.part("of-another");
            disk.delete(part);
            file = disk.create(part);
        }

        void ask() {
            asked = System.nanoTime();
            raft.nodes.send(from, Messages.wanted(ref, at));
        }
    }

    ImageTransfer(Exchange exchange, RaftLog raft, Disk disk) {
        this.exchange = exchange;
        this.raft = raft;
        this.disk = disk;
    }

    /** Whether the image of a request is on the disk here, or not needed; else it is fetched, and the request handled then. */
    boolean has(String from, InstallSnapshotRequest r, Messages.Raft request) {
        ImageRef ref = Images.ref(r.getSnapshotChunk());
        boolean here = fetched != null && fetched.same(ref) || raft.store.images.find(ref) != null;
        if (here || r.getSnapshotIndex() <= raft.delivered) {
            return true;
        }
        Fetch f = fetch;
        if (f != null && f.ref.same(ref) && f.from.equals(from)) {
            if (!f.checking && System.nanoTime() - f.asked > PATIENCE) {
                f.ask();
            }
            return false;
        }
        if (f != null && f.checking) {
            return false;
        }
        try {
            close(f);
            log.info("fetching image {} ({} bytes) from node {}", ref.index, ref.length(), from);
            Fetch next = new Fetch(from, ref, request);
            fetch = next;
            if (ref.length() == 0) {
                check(next);
            } else {
                next.ask();
            }
        } catch (IOException e) {
            raft.failed("write an image", e);
        }
        return false;
    }

    private static void close(@Nullable Fetch f) throws IOException {
        if (f != null) {
            f.file.close();
        }
    }

    void piece(String from, Messages.ImagePiece p) {
        Fetch f = fetch;
        if (f == null || f.checking || !f.from.equals(from) || p.index() != f.ref.index || p.from() != f.at) {
            return;
        }
        try {
            Disk.write(f.file, p.content(), 0, p.content().length, f.at);
            f.at += p.content().length;
            if (f.at < f.ref.length()) {
                f.ask();
            } else {
                check(f);
            }
        } catch (IOException e) {
            raft.failed("write image " + f.part, e);
        }
    }

    private void check(Fetch f) throws IOException {
        f.checking = true;
        f.file.close();
        Thread thread = new Thread(
                () -> {
                    try {
                        boolean whole = f.ref.same(Images.summed(f.ref.index, f.part));
                        if (whole) {
                            raft.store.images.finish(f.part, f.ref.index);
                        }
                        raft.loop.submit(() -> checked(f, whole));
                    } catch (IOException e) {
                        raft.loop.submit(() -> raft.failed("write image " + f.part, e));
                    }
                },
                "multiproc-raft-image");
        thread.setDaemon(true);
        thread.start();
    }

    private void checked(Fetch f, boolean whole) {
        fetch = null;
        if (!whole) {
            log.warn("image {} of node {} has not the bytes that it should have, and is dropped", f.ref.index, f.from);
            return;
        }
        fetched = f.ref;
        exchange.received(f.from, f.request);
    }

    void serve(String to, Messages.ImageWanted w) {
        ImageRef ref = raft.store.images.find(ImageRef.of(w.index(), 0, w.hash()));
        if (ref == null || w.from() >= ref.length()) {
            return;
        }
        byte[] piece = new byte[(int) Math.min(PIECE, ref.length() - w.from())];
        try (LogFile file = disk.open(raft.store.images.path(ref.index))) {
            if (Disk.read(file, piece, piece.length, w.from()) == piece.length) {
                raft.nodes.send(to, Messages.piece(ref.index, w.from(), piece));
            }
        } catch (IOException e) {
            log.warn("image {} cannot be read: {}", ref.index, e.toString());
        }
    }
}
