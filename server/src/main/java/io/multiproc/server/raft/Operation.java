package io.multiproc.server.raft;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A record in the log, or the empty one with which a term begins. Its bytes may be dropped once they are in a file, and are read from there when somebody lacks
 * them. Belongs to the log's thread.
 */
final class Operation {
    /** Where the bytes of an operation are. */
    interface Source {
        byte[] read() throws IOException;
    }

    final boolean beginsTerm;
    final int length;
    /** What its proposer knows it by; 0 on other nodes. */
    final long proposal;

    private byte @Nullable [] bytes;
    private @Nullable Source source;

    private Operation(boolean beginsTerm, byte @Nullable [] bytes, int length, long proposal) {
        this.beginsTerm = beginsTerm;
        this.bytes = bytes;
        this.length = length;
        this.proposal = proposal;
    }

    static Operation record(byte[] bytes, long proposal) {
        return new Operation(false, bytes, bytes.length, proposal);
    }

    static Operation stored(boolean beginsTerm, int length, Source source) {
        Operation o = new Operation(beginsTerm, null, length, 0);
        o.source = source;
        return o;
    }

    static Operation termBegins() {
        return new Operation(true, new byte[0], 0, 0);
    }

    byte[] bytes() throws IOException {
        byte[] kept = bytes;
        if (kept != null) {
            return kept;
        }
        if (source == null) {
            throw new IllegalStateException("an operation without bytes");
        }
        return source.read();
    }

    void storedIn(Source where) {
        source = where;
    }

    /** Lets go of the bytes, which are in a file. */
    void forget() {
        if (source != null) {
            bytes = null;
        }
    }

    @Override
    public String toString() {
        return beginsTerm ? "beginning of a term" : length + " bytes";
    }
}
