package io.multiproc.server.state;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Dialect;
import io.multiproc.server.machine.OpenSession;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.machine.StateCounts;
import io.multiproc.server.table.LongMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The open sessions, and the one place where the end of a session takes effect. */
final class Sessions {
    /** The first snapshot version that says how a session was opened and what is kept for it. */
    private static final int SINCE_KEPT = 9;

    private final LongMap<SessionState> sessions = new LongMap<>();
    private final LongMap<ObjectState> objects;
    private final Imaging imaging;

    Sessions(LongMap<ObjectState> objects, Imaging imaging) {
        this.objects = objects;
        this.imaging = imaging;
    }

    int size() {
        return sessions.size();
    }

    /** How many requests wait, and how many deliveries are not acknowledged. */
    StateCounts counts(Map<ObjectType, Integer> objectsByType) {
        long waits = 0;
        long undelivered = 0;
        for (SessionState s : sessions.unordered()) {
            waits += s.parked.size();
            undelivered += s.deliveries.size();
        }
        return new StateCounts(objectsByType, waits, undelivered);
    }

    @Nullable
    SessionState get(long id) {
        return sessions.get(id);
    }

    SessionState present(long id) {
        return sessions.present(id);
    }

    void open(long id, Command.SessionOpened opened, long now) {
        sessions.put(id, new SessionState(id, opened, now));
    }

    /** Releases all that a session owns. Each step is in order of age, so that every replica does the same. */
    void close(SessionState session, ApplyContext context) {
        for (Waiter w : parked(session)) {
            // the end of one wait may have ended others of the session
            if (session.parked.get(w.request) == w) {
                imaging.before(w.object());
                w.object().abandon(w, context);
            }
        }
        returnDeliveries(session, context);
        for (long id : session.inFlight.sortedKeys()) {
            QueueState queue = session.inFlight.present(id);
            imaging.before(queue);
            queue.redelivery().takerGone(session, context);
        }
        List<Ownable> owned = new ArrayList<>();
        for (long id : session.owned.sortedKeys()) {
            owned.add(session.owned.present(id));
        }
        owned.sort(Comparator.comparingLong(o -> o.ownedSince(session)));
        for (Ownable object : owned) {
            imaging.before((ObjectState) object);
            object.ownerGone(session, context);
        }
        for (long id : session.holds.sortedKeys()) {
            context.references().unhold(session, id, Long.MAX_VALUE);
        }
        // last: if memory runs out before, the session is closed once more, and each step takes what is left
        SessionState unused = sessions.remove(session.id());
    }

    private static List<Waiter> parked(SessionState session) {
        List<Waiter> out = new ArrayList<>(session.parked.size());
        for (long request : session.parked.sortedKeys()) {
            out.add(session.parked.present(request));
        }
        out.sort(Comparator.comparingLong(w -> w.index));
        return out;
    }

    private void returnDeliveries(SessionState session, ApplyContext context) {
        Set<QueueState> touched = new LinkedHashSet<>();
        long[] requests = session.deliveries.sortedKeys();
        // from the last one, so that each goes in before the ones that were behind it
        for (int r = requests.length - 1; r >= 0; r--) {
            SessionState.Delivery delivery = session.deliveries.present(requests[r]);
            if (!delivery.kept()) {
                makeRoom(delivery);
            }
            SessionState.Delivery unused = session.deliveries.remove(requests[r]);
            session.undelivered -= delivery.items().length;
            if (!delivery.kept()) {
                returnItems(delivery, touched, context);
            }
        }
        for (QueueState queue : touched) {
            queue.settle(context);
        }
    }

    /** Returns the items of one delivery. */
    void giveBack(SessionState session, long request, ApplyContext context) {
        SessionState.Delivery delivery = session.deliveries.get(request);
        if (delivery == null) {
            return;
        }
        makeRoom(delivery);
        SessionState.Delivery unused = session.deliveries.remove(request);
        session.undelivered -= delivery.items().length;
        if (delivery.kept()) {
            QueueState queue = queue(delivery);
            if (queue != null) {
                queue.redelivery().notReceived(delivery.positions(), session, context);
            }
            return;
        }
        Set<QueueState> touched = new LinkedHashSet<>();
        returnItems(delivery, touched, context);
        for (QueueState queue : touched) {
            queue.settle(context);
        }
    }

    /** The queue of a delivery, which is about to change, or null if it was deleted. */
    private @Nullable QueueState queue(SessionState.Delivery delivery) {
        if (objects.get(delivery.queue()) instanceof QueueState queue) {
            imaging.before(queue);
            return queue;
        }
        return null;
    }

    /** In the queue of a delivery, before its items have left the session. */
    private void makeRoom(SessionState.Delivery delivery) {
        QueueState queue = delivery.kept() ? null : queue(delivery);
        if (queue != null) {
            queue.makeRoom(delivery.items().length);
        }
    }

    private void returnItems(SessionState.Delivery delivery, Set<QueueState> touched, ApplyContext context) {
        QueueState queue = queue(delivery);
        for (int i = delivery.items().length - 1; i >= 0; i--) {
            byte[] item = delivery.items()[i];
            if (queue != null) {
                queue.takeBack(item, delivery.positions()[i], 0, context);
                touched.add(queue);
            } else {
                context.references().release(item);
            }
        }
    }

    /** The answer of {@code manager.sessions}. */
    byte[] list(int maxBytes) {
        ContainerBuilder out = new ContainerBuilder(Tag.LIST, maxBytes);
        for (long id : sessions.sortedKeys()) {
            SessionState s = sessions.present(id);
            out.add(new ContainerBuilder(Tag.DICT, maxBytes)
                    .add("id", Values.ofInteger(id))
                    .add("name", Values.ofText(s.name()))
                    .add("address", Values.ofText(s.address()))
                    .add("connected", Values.ofBool(s.isConnected()))
                    .add("opened", Values.ofInteger(s.opened()))
                    .add("holds", Values.ofInteger(s.holds.size()))
                    .add("locks", Values.ofInteger(s.owned.size()))
                    .add("waits", Values.ofInteger(s.parked.size()))
                    .add("undelivered", Values.ofInteger(s.undelivered))
                    .add("in_progress", Values.ofInteger(s.inProgress))
                    .build());
        }
        return out.build();
    }

    /** A session as errors for people name it. */
    String describe(long id) {
        SessionState s = sessions.get(id);
        return s == null ? "session " + id : "program '" + s.name() + "' (session " + id + ", " + s.address() + ")";
    }

    /** What has been handed over and not acknowledged. */
    List<SessionState.Delivery> undelivered() {
        List<SessionState.Delivery> out = new ArrayList<>();
        for (SessionState session : sessions.unordered()) {
            out.addAll(session.deliveries.unordered());
        }
        return out;
    }

    void snapshot(SnapshotWriter out) {
        out.i32(sessions.size());
        for (long id : sessions.sortedKeys()) {
            SessionState s = sessions.present(id);
            Command.SessionOpened how = s.how();
            out.i64(id).i64(s.opened());
            out.text(how.name());
            out.text(how.address());
            out.u8(s.isConnected() ? 1 : 0);
            out.u8(how.dialect().code()).i64(how.secret()).i64(how.lease());
            out.text(how.key());
            KeptReplies kept = s.kept();
            out.i64(s.frame).u8(kept == null ? 0 : 1);
            if (kept != null) {
                kept.snapshot(out);
            }
            out.part(s.holds, s.holds.size(), LongMap::copy, Sessions::writeHolds);
            out.i32(s.deliveries.size());
            for (long request : s.deliveries.sortedKeys()) {
                SessionState.Delivery d = s.deliveries.present(request);
                out.i64(request).i64(d.queue()).u8(d.kept() ? 1 : 0).i32(d.items().length);
                for (int i = 0; i < d.items().length; i++) {
                    out.i64(d.positions()[i]);
                    out.bytes(d.items()[i]);
                }
            }
        }
    }

    private static void writeHolds(SnapshotWriter out, LongMap<Long> holds) {
        out.i32(holds.size());
        for (long object : holds.sortedKeys()) {
            out.i64(object).i64(holds.present(object));
        }
    }

    private static SessionState restored(long id, String name, String address, long opened, SnapshotReader in) {
        Dialect dialect = Dialect.coded(in.u8());
        SessionState s = new SessionState(
                id, new Command.SessionOpened(name, address, dialect, in.i64(), in.i64(), in.text()), opened);
        s.frame = in.i64();
        s.restoreKept(in.u8() == 0 ? null : KeptReplies.restored(in));
        return s;
    }

    /** The open ones, in order of age. */
    List<OpenSession> open() {
        List<OpenSession> out = new ArrayList<>(sessions.size());
        for (long id : sessions.sortedKeys()) {
            SessionState s = sessions.present(id);
            KeptReplies kept = s.kept();
            boolean canResume = s.how().dialect() == Dialect.NATIVE && (kept == null || !kept.isFull());
            out.add(new OpenSession(id, s.how(), s.frame, s.parked.size(), canResume));
        }
        return out;
    }

    /** Parked requests and locks come back with their objects. */
    void restore(SnapshotReader in) {
        sessions.clear();
        for (int left = in.i32(); left > 0; left--) {
            long id = in.i64();
            long opened = in.i64();
            String name = in.text();
            String address = in.text();
            boolean connected = in.u8() != 0;
            SessionState s = in.version() < SINCE_KEPT
                    ? new SessionState(id, new Command.SessionOpened(name, address), opened)
                    : restored(id, name, address, opened, in);
            if (!connected) {
                s.connected("");
            }
            sessions.put(id, s);
            for (int n = in.i32(); n > 0; n--) {
                Long unused = s.holds.put(in.i64(), in.i64());
            }
            for (int n = in.i32(); n > 0; n--) {
                long request = in.i64();
                long queue = in.i64();
                boolean kept = in.u8() != 0;
                int items = in.i32();
                SessionState.Delivery d =
                        new SessionState.Delivery(request, queue, new byte[items][], new long[items], kept);
                for (int i = 0; i < items; i++) {
                    d.positions()[i] = in.i64();
                    d.items()[i] = in.bytes();
                }
                s.deliveries.put(request, d);
                s.undelivered += items;
            }
        }
    }
}
