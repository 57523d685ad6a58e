package io.multiproc.client.internal.session;

import io.multiproc.protocol.wire.Values;

/**
 * A value as it came over the wire, to be sent back byte by byte: compare-and-set loops must not encode an object of a user
 * class anew, since equal objects need not have equal bytes.
 */
@SuppressWarnings("ArrayRecordComponent")
public record Encoded(byte[] payload, int at) {
    /** The element of this list at an index. */
    public Encoded element(int index) {
        int begin = Values.first(at);
        for (int i = 0; i < index; i++) {
            begin = Values.skip(payload, begin);
        }
        return new Encoded(Values.copy(payload, begin), 0);
    }
}
