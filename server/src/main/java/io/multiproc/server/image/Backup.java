package io.multiproc.server.image;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ByteWriter;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.snapshot.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An image that a client reads, part by part. Its file stays open, so it is read to its end even if newer ones have taken its place. */
final class Backup implements AutoCloseable {
    private static final long IDLE_NANOS = 60_000_000_000L;
    /** Of one reply: the engine and its client have it in memory several times. */
    private static final int MOST = 1 << 20;

    private final long id;
    private final FileChannel file;
    private final long index;
    private long used = System.nanoTime();

    private Backup(long id, FileChannel file, long index) {
        this.id = id;
        this.file = file;
        this.index = index;
    }

    static Backup open(long id, Path path, long index) throws IOException {
        return new Backup(id, FileChannel.open(path, StandardOpenOption.READ), index);
    }

    /** The answer to the operation that began it. */
    Reply described() throws IOException {
        return Reply.value(new ContainerBuilder(Tag.DICT, MOST)
                .add("id", Values.ofInteger(id))
                .add("size", Values.ofInteger(file.size()))
                .add("index", Values.ofInteger(index))
                .build());
    }

    /** The bytes from an offset on; none at the end. */
    Reply read(long asked, long offset, int most) {
        if (asked != id) {
            return gone();
        }
        used = System.nanoTime();
        try {
            if (offset < 0 || offset > file.size()) {
                return Reply.error(ErrorCode.BAD_ARGUMENT, "offset must be 0 to " + file.size() + ", not " + offset);
            }
            ByteBuffer part = ByteBuffer.allocate((int) Math.min(Math.min(MOST, most), file.size() - offset));
            while (part.hasRemaining()) {
                if (file.read(part, offset + part.position()) < 0) {
                    throw new IOException("the file ends at " + (offset + part.position()));
                }
            }
            byte[] bytes = part.array();
            return Reply.value(new ByteWriter(bytes.length + 8)
                    .tag(Tag.BYTES)
                    .varint(bytes.length)
                    .raw(bytes)
                    .toByteArray());
        } catch (IOException e) {
            return Reply.error(ErrorCode.ILLEGAL_STATE, "the image cannot be read: " + PrivateFiles.text(e));
        }
    }

    static Reply gone() {
        return Reply.error(
                ErrorCode.ILLEGAL_STATE,
                "this backup is over: another one has begun, or nothing was read for " + IDLE_NANOS / 1_000_000_000
                        + " s; begin again");
    }

    boolean isIdle() {
        return System.nanoTime() - used > IDLE_NANOS;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // it was only read
        }
    }
}
