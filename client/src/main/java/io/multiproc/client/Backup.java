package io.multiproc.client;

import io.multiproc.client.internal.session.Session;
import io.multiproc.protocol.op.ManagerOp;

/**
 * A copy of all that a manager held at one moment, which is read part by part. It stays readable for as long as nobody begins another one, and something of it is read each
 * minute. Thread-safe.
 */
public final class Backup {
    private final Session session;
    private final long id;
    private final long size;
    private final long index;

    Backup(Session session, long id, long size, long index) {
        this.session = session;
        this.id = id;
        this.size = size;
        this.index = index;
    }

    /** {@return how many bytes it has} */
    public long size() {
        return size;
    }

    /** {@return the number of the last command that it shows; it grows with each command that the manager carries out} */
    public long index() {
        return index;
    }

    /**
     * {@return the bytes from an offset on, up to 1 MiB; an empty array at the end} One round trip.
     *
     * @param offset of the first byte, 0 to {@link #size}
     * @throws IllegalStateException if the backup is over: another one has begun, or nothing was read for a minute
     * @throws IllegalArgumentException if the offset is negative or too large
     */
    public byte[] read(long offset) {
        if (session.call(ManagerOp.READ_BACKUP, 0, id, offset) instanceof byte[] bytes) {
            return bytes;
        }
        throw new IllegalStateException("the manager has answered with something else than bytes");
    }
}
