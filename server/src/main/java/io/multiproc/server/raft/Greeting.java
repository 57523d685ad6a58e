package io.multiproc.server.raft;

import org.jspecify.annotations.Nullable;

/** What a node says of itself when it connects: the format of its messages and its cluster's id, 0 if it does not know one yet. */
final class Greeting {
    private Greeting() {}

    static byte[] of(long clusterId) {
        return new Bytes(16).i32(Messages.FORMAT).i64(clusterId).toArray();
    }

    static @Nullable String refusal(byte[] greeting, long clusterId) {
        try {
            Bytes.In in = new Bytes.In(greeting);
            int format = in.i32();
            long id = in.i64();
            if (format != Messages.FORMAT) {
                return "it sends messages of format " + format + ", where this node knows " + Messages.FORMAT
                        + ": run the same version on both";
            }
            if (id != 0 && clusterId != 0 && id != clusterId) {
                return "its folder belongs to cluster " + Long.toHexString(id) + ", this node's to "
                        + Long.toHexString(clusterId) + ": one of them was started with the wrong folder or peers";
            }
            return null;
        } catch (BadMessageException e) {
            return "its greeting is none: " + e.getMessage();
        }
    }
}
