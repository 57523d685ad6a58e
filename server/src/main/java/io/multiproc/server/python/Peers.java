package io.multiproc.server.python;

import io.multiproc.protocol.auth.Hello;
import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.access.KeyRing.NamedKey;
import io.multiproc.server.engine.Engine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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

        Peer(Id id, @Nullable NamedKey key, long session) {
            this.id = id;
            this.key = key;
            this.session = session;
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

    /** A connection has ended. */
    void disconnected(Peer peer, long nowMillis) {
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
        peer.counts.merge(id, 1L, Long::sum);
        held.computeIfAbsent(id, k -> new Held(type)).count++;
    }

    /** One more count of a live object; false if there is none. */
    boolean incref(Peer peer, long id) {
        Reply reply = engine.retain(peer.session, id);
        if (reply.error() == ErrorCode.NOT_PERMITTED) {
            throw PyError.of(reply);
        }
        if (reply.isError()) {
            return false;
        }
        counted(peer, Values.refType(reply.bytes(), reply.start()), id);
        return true;
    }

    /** One count less; false if the object is not alive. A peer cannot lower the counts of others. */
    boolean decref(Peer peer, long id) {
        Long count = peer.counts.get(id);
        if (count == null) {
            boolean alive = incref(peer, id);
            if (alive) {
                decref(peer, id);
            }
            return alive;
        }
        if (count == 1) {
            peer.counts.remove(id);
        } else {
            peer.counts.put(id, count - 1);
        }
        lower(id, 1);
        engine.invoke(
                peer.session,
                0,
                ManagerOp.RELEASE,
                0,
                MethodCall.args(
                        ManagerOp.RELEASE,
                        Values.container(
                                io.multiproc.protocol.wire.Tag.DICT,
                                List.of(Values.ofInteger(id), Values.ofInteger(1)))));
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
