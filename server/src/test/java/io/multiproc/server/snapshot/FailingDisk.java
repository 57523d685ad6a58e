package io.multiproc.server.snapshot;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.UnaryOperator;

/** A disk with room for so many bytes. */
final class FailingDisk implements UnaryOperator<OutputStream> {
    volatile long room;

    FailingDisk(long room) {
        this.room = room;
    }

    @Override
    public OutputStream apply(OutputStream disk) {
        return new FilterOutputStream(disk) {
            private long left = room;

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] b, int from, int length) throws IOException {
                int fits = (int) Math.min(left, length);
                out.write(b, from, fits);
                left -= fits;
                if (fits < length) {
                    throw new IOException("No space left on device");
                }
            }
        };
    }
}
