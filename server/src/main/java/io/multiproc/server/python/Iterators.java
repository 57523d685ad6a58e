package io.multiproc.server.python;

import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.wire.Reply;
import io.multiproc.protocol.wire.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Iterators over the keys of dicts. They are objects of this dialect alone, with idents and counts as any others. One that
 * its client never made a proxy of is dropped with the client's connection.
 */
final class Iterators {
    private static final class Iterator {
        final Peers.Peer peer;
        final PythonSession opener;
        final long dict;
        final long size;
        long cursor;
        long count = 1;
        boolean claimed;

        Iterator(Peers.Peer peer, PythonSession opener, long dict, long size) {
            this.peer = peer;
            this.opener = opener;
            this.dict = dict;
            this.size = size;
        }
    }

    private final PythonHub hub;
    private final Map<Long, Iterator> all = new HashMap<>();
    private long lastId;

    Iterators(PythonHub hub) {
        this.hub = hub;
    }

    int size() {
        return all.size();
    }

    /** A new iterator of the dict that is called. */
    Object open(MethodCall c) {
        if (!hub.engine().hasRoom()) {
            // an error of the dict itself comes first
            Reply unused = c.invoke(DictOp.SIZE);
            throw PyError.remote("MemoryError", "the server's memory is full; remove something first");
        }
        return hub.peers().incref(c.caller, c.caller.peer(), c.object, alive -> opened(c, alive));
    }

    /** The size is of the moment from which on the iterator is there. */
    private Object opened(MethodCall c, boolean held) {
        return c.await(DictOp.SIZE, reply -> {
            if (reply.isError()) {
                if (held) {
                    hub.peers().drop(c.caller.peer(), c.object);
                }
                throw PyError.of(reply);
            }
            long id = ++lastId;
            long size = Values.integer(reply.bytes(), reply.start());
            all.put(id, new Iterator(c.caller.peer(), c.caller, c.object, size));
            c.caller.opened(id);
            return new Replies.NewProxy(
                    Exposed.ITERATOR,
                    Proxies.token(
                            "Iterator", c.caller.serverAddress(), hub.idents().of(Idents.ITERATOR, id)));
        });
    }

    Object call(long id, MethodCall c) {
        Iterator it = all.get(id);
        if (it == null) {
            throw PyError.unknown(hub.idents().of(Idents.ITERATOR, id));
        }
        if (!c.method.equals("__next__")) {
            // exposed, for generators
            throw PyError.remote(
                    "AttributeError",
                    "'dict_keyiterator' object has no attribute '" + c.method + "'\n\nKeyError: '" + c.method + "'");
        }
        if (it.cursor < 0) {
            throw PyError.of("StopIteration");
        }
        if (Values.integer(c.invokeOn(it.dict, DictOp.SIZE).value(), 0) != it.size) {
            throw PyError.of("RuntimeError", "dictionary changed size during iteration");
        }
        byte[] chunk = c.invokeOn(
                        it.dict, DictOp.CHUNK, MethodCall.number(it.cursor), MethodCall.number(1), MethodCall.number(0))
                .value();
        List<byte[]> cursorAndKeys = Values.elements(chunk, 0);
        it.cursor = Values.integer(cursorAndKeys.get(0), 0);
        List<byte[]> keys = Values.elements(cursorAndKeys.get(1), 0);
        if (keys.isEmpty()) {
            throw PyError.of("StopIteration");
        }
        return new MethodCall.Encoded(keys.get(0));
    }

    boolean has(long id) {
        return all.containsKey(id);
    }

    /** One more count; false if there is none that the peer may use. */
    boolean incref(Peers.Peer peer, long id) {
        Iterator it = of(peer, id);
        if (it != null) {
            it.count++;
            it.claimed = true;
        }
        return it != null;
    }

    /** One count less; false if there is none that the peer may use. */
    boolean decref(Peers.Peer peer, long id) {
        Iterator it = of(peer, id);
        if (it != null && --it.count <= 0) {
            drop(id, it);
        }
        return it != null;
    }

    /** Their numbers are small, so anybody can guess one. */
    private @Nullable Iterator of(Peers.Peer peer, long id) {
        Iterator it = all.get(id);
        return it != null && hub.engine().access().sees(peer.session, it.dict) ? it : null;
    }

    private void drop(long id, Iterator it) {
        all.remove(id);
        hub.peers().drop(it.peer, it.dict);
    }

    /** The connection that opened these has ended. */
    void openerGone(PythonSession opener, List<Long> ids) {
        for (long id : ids) {
            Iterator it = all.get(id);
            if (it != null && it.opener == opener && !it.claimed) {
                drop(id, it);
            }
        }
    }

    /** The counts of a peer have been dropped. */
    void peerGone(Peers.Peer peer) {
        all.values().removeIf(it -> it.peer == peer);
    }
}
