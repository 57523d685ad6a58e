package io.multiproc.client;

import io.multiproc.client.internal.value.BytesCodec;
import io.multiproc.client.internal.value.ValueReader;
import io.multiproc.protocol.auth.HandshakeException;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.wire.ValueException;
import io.multiproc.protocol.wire.Values;
import org.jspecify.annotations.Nullable;

/**
 * No node of the cluster leads, or the one that does cannot be reached, and that has not changed within the connect time-out. Nothing was done. The message says
 * what the nodes said.
 */
public final class NoLeaderException extends RequestRejectedException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable ClusterInfo cluster;

    NoLeaderException(ManagerException why) {
        super(ErrorCode.NOT_LEADER, why.message(), why);
        cluster = told(why);
    }

    private NoLeaderException(NoLeaderException other) {
        super(ErrorCode.NOT_LEADER, other.message(), other);
        cluster = other.cluster;
    }

    /** {@return the cluster as a node sees it that does not lead; null if none has told} */
    public @Nullable ClusterInfo cluster() {
        return cluster;
    }

    private static @Nullable ClusterInfo told(ManagerException why) {
        byte[] status =
                why.getCause() instanceof HandshakeException h ? h.nodes().status() : new byte[0];
        try {
            if (status.length == 0 || Values.check(status, 0, status.length) != status.length) {
                return null;
            }
            ValueReader reader = new ValueReader(BytesCodec.INSTANCE, (type, id) -> "");
            return ClusterInfo.of(Facts.of(reader.read(status)));
        } catch (ValueException | SerializationException e) {
            return null; // of a version that writes it in another way
        }
    }

    @Override
    public NoLeaderException again() {
        return new NoLeaderException(this);
    }
}
