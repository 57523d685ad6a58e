package io.multiproc.server.python;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.QueueOp;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.engine.Engine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The objects that each client process holds, in CPython's terms: a count per object, raised by create and incref, lowered by decref. Neither
 * message says which process it is from, so counts are kept by peer: the process, where the kernel tells it (Unix sockets),
 * else the host. A peer is a session of the engine, which holds what its processes hold.
 */
final class Peers {
    /** One process or host. */
    static final class Peer {
        final Id id;
        final @Nullable NamedKey key;
        final long session;
        final Map<Long, Long> counts = new HashMap<>();
        int connections;
        long leftAt;
        private boolean dropped;
        /** The joinable queues of which the connections have taken items, by session. */
        private final Map<Long, Set<Long>> taken = new HashMap<>();

        Peer(Id id, @Nullable NamedKey key, long session) {
            this.id = id;
            this.key = key;
            this.session = session;
        }

        /** A connection has taken an item of a joinable queue. */
        void took(long by, long queue) {
            taken.computeIfAbsent(by, k -> new HashSet<>()).add(queue);
        }
    }

    /** A process or host, and the name of the key that it has proved: what is held with one key is not held with another. */
    private record Id(String where, String keyName) {}

    private final Engine engine;
    private final long awayMillis;
    private final Map<Id, Peer> peers = new HashMap<>();
    /** The counts of all peers by object id, with the type code. */
    private final TreeMap<Long, Held> held = new TreeMap<>();

    /** How often an object is held by Python's clients. */
    static final class Held {
        final int type;
        long count;

        Held(int type) {
            this.type = type;
        }
    }

    Peers(Engine engine, long awayMillis) {
        this.engine = engine;
        this.awayMillis = awayMillis;
    }

    /** A connection of a peer has been opened. */
    Peer connected(String where, String address, @Nullable NamedKey key) {
        Id id = new Id(where, key == null ? "" : key.principal().name());
        Peer peer = peers.get(id);
        if (peer == null) {
            String program = "python " + where;
            peer = new Peer(id, key, engine.openSession(Hello.named(program), address, key, 0));
            peers.put(id, peer);
            engine.access().connected(peer.session, program);
        }
        peer.connections++;
        return peer;
    }

    /** A connection has ended, and its session. */
    void disconnected(Peer peer, long session, long nowMillis) {
        peer.taken.remove(session);
        peer.connections--;
        peer.leftAt = nowMillis;
    }

    /** Drops the counts of peers that have been away too long, and peers that hold nothing. */
    List<Peer> sweep(long nowMillis) {
        List<Peer> gone = new ArrayList<>();
        for (Peer peer : List.copyOf(peers.values())) {
            boolean away = peer.connections == 0
                    && (nowMillis - peer.leftAt >= awayMillis
                            || (peer.id.where().startsWith("pid ") && hasEnded(peer.id.where())));
            if (away || (peer.connections == 0 && peer.counts.isEmpty())) {
                drop(peer, "away");
                gone.add(peer);
            }
        }
        return gone;
    }

    private void drop(Peer peer, String why) {
        peers.remove(peer.id);
        peer.dropped = true;
        peer.counts.forEach((id, n) -> lower(id, n));
        peer.counts.clear();
        engine.closeSession(peer.session, why);
    }

    /** The peer of a session, which has ended with it; null if it is none of a peer. */
    @Nullable
    Peer ended(long session, String why) {
        for (Peer peer : peers.values()) {
            if (peer.session == session) {
                drop(peer, why);
                return peer;
            }
        }
        return null;
    }

    private static boolean hasEnded(String key) {
        return ProcessHandle.of(Long.parseLong(key.substring("pid ".length()))).isEmpty();
    }

    /** A reference was given to the peer by a reply. */
    void counted(Peer peer, int type, long id) {
        if (!peer.dropped) {
            peer.counts.merge(id, 1L, Long::sum);
            held.computeIfAbsent(id, k -> new Held(type)).count++;
        }
    }

    /** One more count of a live object; {@code then} gets whether there is one. */
    Object incref(PythonSession by, Peer peer, long id, Function<Boolean, Object> then) {
        return by.retainBy(peer.session, id, reply -> {
            if (reply.error() == ErrorCode.NOT_PERMITTED) {
                throw PyError.of(reply);
            }
            if (!reply.isError()) {
                counted(peer, Values.refType(reply.bytes(), reply.start()), id);
            }
            return then.apply(!reply.isError());
        });
    }

    /** One count less; {@code then} gets whether the object is alive. A peer cannot lower the counts of others. */
    Object decref(PythonSession by, Peer peer, long id, Function<Boolean, Object> then) {
        if (lower(peer, id)) {
            if (!peer.counts.containsKey(id)) {
                leaveUnfinished(peer, id);
            }
            return by.awaitBy(peer.session, 0, ManagerOp.RELEASE, 0, once(id), reply -> then.apply(true));
        }
        return incref(by, peer, id, alive -> alive ? decref(by, peer, id, then) : then.apply(false));
    }

    /** A peer has given back its last reference to a queue: what it has taken does not come back, as its processes have not been killed. */
    private void leaveUnfinished(Peer peer, long queue) {
        peer.taken.forEach((session, queues) -> {
            if (queues.remove(queue)) {
                Args none = MethodCall.args(QueueOp.LEAVE_UNFINISHED);
                engine.submit(session, 0, QueueOp.LEAVE_UNFINISHED, queue, none, Submitted.UNASKED);
            }
        });
    }

    /** One count less, which nobody waits for. */
    void drop(Peer peer, long id) {
        if (lower(peer, id)) {
            engine.submit(peer.session, 0, ManagerOp.RELEASE, 0, once(id), Submitted.UNASKED);
        }
    }

    private static Args once(long id) {
        List<byte[]> pair = List.of(Values.ofInteger(id), Values.ofInteger(1));
        return MethodCall.args(ManagerOp.RELEASE, Values.container(Tag.DICT, pair));
    }

    private boolean lower(Peer peer, long id) {
        Long count = peer.counts.get(id);
        if (count == null) {
            return false;
        }
        if (count == 1) {
            peer.counts.remove(id);
        } else {
            peer.counts.put(id, count - 1);
        }
        lower(id, 1);
        return true;
    }

    private void lower(long id, long n) {
        Held h = held.get(id);
        if (h != null) {
            h.count -= n;
            if (h.count <= 0) {
                held.remove(id);
            }
        }
    }

    /** What Python's clients hold, by object id. */
    SortedMap<Long, Held> held() {
        return held;
    }
}
