package io.multiproc.server.state;

import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Settings;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.table.LongMap;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The part of a state that outlives its server: the named objects, the anonymous ones that these contain, the names of registered classes and
 * the numbers given so far. No sessions: locks are free, nobody waits, items on their way to a client are back in their queue.
 *
 * <p>{@link SharedState#durableSnapshot} makes it on the engine's thread, copying only the tables of references to values, which
 * never change. The rest of the work is done by {@link #writeTo}, on any thread, once.
 */
public final class DurableSnapshot {
    private final long index;
    private final Settings settings;
    private final long nextId;
    private final ClassRegistry registry;
    private final List<ObjectState> copies;
    private final LongMap<ObjectState> byId = new LongMap<>();
    private final List<SessionState.Delivery> undelivered;

    DurableSnapshot(
            long index,
            Settings settings,
            long nextId,
            ClassRegistry registry,
            List<ObjectState> copies,
            List<SessionState.Delivery> undelivered) {
        this.index = index;
        this.settings = settings;
        this.nextId = nextId;
        this.registry = registry;
        this.copies = copies;
        this.undelivered = undelivered;
    }

    /** The index of the last entry that it shows. */
    public long index() {
        return index;
    }

    /**
     * Writes what {@link SharedState#restore(java.io.InputStream)} reads.
     *
     * @throws UncheckedIOException if the stream fails
     */
    public void writeTo(OutputStream stream) {
        for (ObjectState copy : copies) {
            byId.put(copy.id(), copy);
        }
        returnUndelivered();
        LongMap<ObjectState> kept = reachable();
        SnapshotWriter out = new SnapshotWriter(stream);
        // no cluster: its sessions end with it. No time: without waits nothing depends on it, and the next server's
        // clock may be behind
        SharedState.writeHeader(out, Numbers.of(index), 0, 0, settings);
        new Sessions(kept, new Imaging()).snapshot(out);
        ObjectDirectory.snapshot(out, registry, nextId, kept);
        out.flush();
    }

    private void returnUndelivered() {
        for (ObjectState copy : copies) {
            if (copy instanceof QueueState queue) {
                queue.takeBackInFlight();
            }
        }
        for (SessionState.Delivery delivery : undelivered) {
            if (!delivery.kept() && byId.get(delivery.queue()) instanceof QueueState queue) {
                for (int i = delivery.items().length - 1; i >= 0; i--) {
                    queue.takeBackCopied(delivery.items()[i], delivery.positions()[i], 0);
                }
            }
        }
    }

    /** The named objects and all that they refer to, with the references counted. */
    private LongMap<ObjectState> reachable() {
        LongMap<ObjectState> kept = new LongMap<>();
        ArrayDeque<ObjectState> unseen = new ArrayDeque<>();
        for (ObjectState object : copies) {
            if (object.name() != null) {
                kept.put(object.id(), object);
                unseen.add(object);
            }
        }
        for (ObjectState object = unseen.poll(); object != null; object = unseen.poll()) {
            object.forEachStored(value -> {
                // one value, or a key and a value
                for (int at = 0; at < value.length; at = Values.skip(value, at)) {
                    if (Values.mayHoldRefs(value, at)) {
                        Values.forEachRef(value, at, id -> refer(id, kept, unseen));
                    }
                }
            });
        }
        return kept;
    }

    private void refer(long id, LongMap<ObjectState> kept, ArrayDeque<ObjectState> unseen) {
        ObjectState object = byId.get(id);
        if (object != null) {
            object.references++;
            if (kept.put(id, object) == null) {
                unseen.add(object);
            }
        }
    }
}
