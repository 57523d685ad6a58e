package io.multiproc.server.raft;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What the consensus engine keeps as its snapshot: the name of an image's file. Belongs to the log's thread.
 *
 * <p>It is known to nobody else, and keeps the log before it on the disk, until the file is on the disk.
 */
final class ImageRef {
    static final int HASH = 32;

    final long index;
    private long length;
    private byte[] hash = {};

    private ImageRef(long index) {
        this.index = index;
    }

    static ImageRef pending(long index) {
        return new ImageRef(index);
    }

    static ImageRef of(long index, long length, byte[] hash) {
        ImageRef ref = new ImageRef(index);
        ref.written(length, hash);
        return ref;
    }

    void written(long bytes, byte[] sha256) {
        length = bytes;
        hash = sha256.clone();
    }

    boolean isWritten() {
        return hash.length == HASH;
    }

    long length() {
        return length;
    }

    byte[] hash() {
        return hash;
    }

    boolean same(ImageRef o) {
        return o.index == index && o.length == length && Arrays.equals(o.hash, hash);
    }

    @Override
    public String toString() {
        return "image of " + index + (isWritten() ? " " + HexFormat.of().formatHex(hash, 0, 4) : " (not written)");
    }
}
