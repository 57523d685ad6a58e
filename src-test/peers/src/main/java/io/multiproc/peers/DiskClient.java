package io.multiproc.peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The disk by itself: a put writes 128 bytes into a file of zeros, and waits for its fdatasync. What every log has to pay. */
final class DiskClient implements Client {
    private static final int RECORD = 128;
    private static final int SIZE = 16 << 20;

    private final FileChannel file;
    private final ByteBuffer record = ByteBuffer.allocateDirect(RECORD);
    private long at;

    DiskClient() throws IOException {
        Path path = Files.createTempFile("peers", ".disk");
        file = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        ByteBuffer zeros = ByteBuffer.allocate(SIZE);
        while (zeros.hasRemaining()) {
            file.write(zeros);
        }
        file.force(true);
    }

    @Override
    public synchronized void put(String key, String value) throws IOException {
        record.clear();
        while (record.hasRemaining()) {
            record.put((byte) (at + record.position()));
        }
        record.flip();
        file.write(record, at);
        file.force(false);
        at = (at + RECORD) % SIZE;
    }

    @Override
    public void close() {
        // the file goes with the process
    }
}
