package io.multiproc.client.internal.connection;

import io.multiproc.protocol.op.Op;
import io.multiproc.protocol.wire.ByteWriter;

/** A call that undoes what another one brought. Nobody waits for its reply. */
final class UnawaitedCall extends Call {
    UnawaitedCall(Op op, long object, Long argument, ByteWriter frame) {
        super(op, object, new Object[] {argument}, frame);
    }

    @Override
    boolean isAwaited() {
        return false;
    }

    @Override
    public boolean isAsync() {
        return true; // sent by the I/O thread while it reads
    }
}
