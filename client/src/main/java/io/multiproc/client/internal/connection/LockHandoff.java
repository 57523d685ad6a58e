package io.multiproc.client.internal.connection;

import io.multiproc.protocol.op.LockOp;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who gets a lock next, where the server has said so: a thread of this process waits right behind another one of it. The owner's release
 * then need not be awaited: the server will grant the lock to that thread in the same step, whatever others do. So it is sent, and the thread goes on at
 * once, owning what nobody else can get. Guarded by its connection's lock.
 *
 * <p>What the server says is true of the replies that it has sent until then, so this keeps up with them: grants, releases, and ends of
 * waits all pass {@link #replied}.
 */
final class LockHandoff {
    private static final Logger LOG = LoggerFactory.getLogger(LockHandoff.class);

    /** A thread that owns a lock or waits for it. */
    private record Party(long lock, long holder) {
        static Party of(Call call) {
            return new Party(call.object, call.args[0] instanceof Long holder ? holder : 0);
        }
    }

    private static final class Link {
        final Call next;
        /** How many releases are left, or will be once the party owns the lock. */
        long levels;

        boolean owns;

        Link(Call next, long levels, boolean owns) {
            this.next = next;
            this.levels = levels;
            this.owns = owns;
        }
    }

    /** A release that nobody waits for, or the grant that it causes: owner and successor are further on already. */
    static final class Foretold extends Call {
        Foretold(Call call) {
            super(call);
        }

        @Override
        boolean isAwaited() {
            return false;
        }

        @Override
        void complete(byte[] payload, int at, byte @Nullable [] ownBytes) {
            try {
                byte[] unused = checked(payload, at);
            } catch (RuntimeException e) {
                LOG.warn(
                        "lock {}: the {} of a thread that has gone on failed; somebody has taken the lock away from this process",
                        object,
                        op == LockOp.RELEASE ? "release" : "grant",
                        e);
            }
            super.complete(payload, at, ownBytes);
        }
    }

    private final Map<Party, Link> links = new HashMap<>();
    private final Map<Call, Party> behind = new HashMap<>();

    /** What a grant looks like whose token nobody has seen yet. */
    static byte[] grant() {
        byte[] value = Values.ofInteger(0);
        byte[] reply = new byte[1 + value.length];
        System.arraycopy(value, 0, reply, 1, value.length);
        return reply;
    }

    /** The server says that a waiting call gets its lock right after a holder. */
    void follows(@Nullable Call next, long holder, long levels, boolean owns) {
        // a future's callbacks need the I/O thread, and who may give up by itself is not sure to be there
        if (next == null || next.op != LockOp.ACQUIRE || next.isAsync() || !next.isAwaited()) {
            return;
        }
        if (next.givesUp || next.deadline != 0) {
            return;
        }
        Party before = new Party(next.object, holder);
        Link old = links.put(before, new Link(next, levels, owns));
        if (old != null) {
            behind.remove(old.next);
        }
        behind.put(next, before);
    }

    /** A call may end without its lock: nothing is foretold of it any more. */
    void forget(Call next) {
        Party before = behind.remove(next);
        if (before != null) {
            links.remove(before);
        }
    }

    /** Nothing is known without a connection. */
    void clear() {
        links.clear();
        behind.clear();
    }

    /** A reply has come to a call. */
    void replied(Call call, byte[] b, int status) {
        if (links.isEmpty() || !(call.op instanceof LockOp op)) {
            return;
        }
        if (op != LockOp.ACQUIRE && op != LockOp.AWAIT && op != LockOp.RELEASE) {
            return;
        }
        boolean foretold = call instanceof Foretold;
        if (foretold && op == LockOp.RELEASE) {
            return;
        }
        forget(call);
        Party party = Party.of(call);
        Link link = links.get(party);
        if (link == null) {
            return;
        }
        boolean done = b[status] == 0 && b[status + 1] != Tag.ABSENT.code();
        if (op == LockOp.RELEASE) {
            link.levels--;
            if (!done || link.levels == 0) {
                drop(party, link);
            }
        } else if (!done) {
            if (!link.owns) {
                drop(party, link);
            }
        } else if (link.owns && op == LockOp.ACQUIRE) {
            link.levels += foretold ? 0 : 1;
        } else {
            link.owns = true;
        }
    }

    private void drop(Party party, Link link) {
        links.remove(party);
        behind.remove(link.next);
    }

    /** The call that gets the lock by this release, if that is sure; it is handed the lock, and forgotten. */
    @Nullable
    Call next(Call release) {
        if (links.isEmpty()) {
            return null;
        }
        Party party = Party.of(release);
        Link link = links.get(party);
        if (link == null || !link.owns || link.levels != 1) {
            return null;
        }
        drop(party, link);
        Link nextOnes = links.get(Party.of(link.next));
        if (nextOnes != null) {
            nextOnes.owns = true;
        }
        return link.next;
    }
}
