package io.multiproc.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A part of a stored value on its way to a client. Nobody ever changes a stored value's bytes, so it waits as a reference, and is copied
 * only while it is written: the client reads the first part meanwhile. Netty knows such messages as regions of files.
 */
final class ValueRegion extends AbstractReferenceCounted implements FileRegion {
    /** Counts regions like buffers: by their bytes. */
    static final MessageSizeEstimator SIZES = () -> message -> message instanceof ByteBuf b
            ? b.readableBytes()
            : message instanceof ValueRegion r ? r.bytes.remaining() : 0;

    private final Connection client;
    private final ByteBuffer bytes;
    private final long count;

    ValueRegion(Connection client, byte[] value, int start, int length) {
        this.client = client;
        bytes = ByteBuffer.wrap(value, start, length);
        count = length;
        client.valueWaits(length);
    }

    /** Bytes that have not been taken. */
    int remaining() {
        return bytes.remaining();
    }

    /** Moves so many of them. */
    void take(byte[] to, int n) {
        bytes.get(to, 0, n);
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // Netty's name of old
    public long transfered() {
        return transferred();
    }

    @Override
    public long transferred() {
        return count - bytes.remaining();
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        return target.write(bytes);
    }

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        // the value belongs to the state
        client.valueWaits(-count);
    }
}
