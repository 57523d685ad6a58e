package io.multiproc.server.state;

import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import io.multiproc.server.table.LongMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The items of a joinable queue that have been taken and are being worked on, each by one session. The age of an item here is
 * the number of its delivery, which only grows.
 *
 * <p>An item whose time was up leaves a gap in the list of its session, so that the {@code task_done} that comes for it late is
 * not taken for one of the next item.
 */
final class InFlightItems {
    /** One delivery of one item: the {@code deliveries}-th. */
    record Item(long number, SessionState session, byte[] value, long position, int deliveries, long takenAt) {}

    /** What one session has, the oldest first; null for an item whose time was up. */
    private static final class Share {
        private final SessionState session;
        private final Map<Long, @Nullable Item> items = new LinkedHashMap<>();

        Share(SessionState session) {
            this.session = session;
        }

        SessionState session() {
            return session;
        }

        Map<Long, @Nullable Item> items() {
            return items;
        }
    }

    /** Gaps that one session may have: one that never reports keeps no more. */
    private static final int MOST_GAPS = 1_000;

    private final QueueState queue;
    /** All, the oldest first. */
    private final Map<Long, Item> live = new LinkedHashMap<>();

    private final LongMap<Share> shares = new LongMap<>();
    private long lastNumber;
    /** Milliseconds; 0 for no limit. */
    private long visibility;
    /** Stands among the deadlines while there is a limit and an item, at the oldest item's or an earlier time. */
    private @Nullable Timer timer;

    private final Consumer<ApplyContext> onTimer;

    /** @param onTimer is to call {@link #expired} */
    InFlightItems(QueueState queue, Consumer<ApplyContext> onTimer) {
        this.queue = queue;
        this.onTimer = onTimer;
    }

    int size() {
        return live.size();
    }

    Iterable<Item> all() {
        return live.values();
    }

    /** An item is handed to a session. The number is at least the entry's index, so it grows over restarts, too. */
    Item take(SessionState session, byte[] value, long position, int deliveries, ApplyContext context) {
        lastNumber = Math.max(context.index(), lastNumber + 1);
        Item item = new Item(lastNumber, session, value, position, deliveries, context.now());
        live.put(item.number(), item);
        share(session).items().put(item.number(), item);
        session.inProgress++;
        watch(context);
        return item;
    }

    private Share share(SessionState session) {
        Share share = shares.get(session.id());
        if (share == null) {
            share = new Share(session);
            shares.put(session.id(), share);
            session.inFlight.put(queue.id(), queue);
        }
        return share;
    }

    private void dropIfEmpty(Share share) {
        if (share.items().isEmpty()) {
            shares.remove(share.session().id());
            share.session().inFlight.remove(queue.id());
        }
    }

    /** Whether what a session has to report first is an item whose time was up; that is then reported. */
    boolean takeGap(SessionState session) {
        Share share = shares.get(session.id());
        if (share == null) {
            return false;
        }
        Map.Entry<Long, @Nullable Item> first =
                share.items().entrySet().iterator().next();
        if (first.getValue() != null) {
            return false;
        }
        share.items().remove(first.getKey());
        dropIfEmpty(share);
        return true;
    }

    /** Whether the item of a delivery to a session went back as its time was up; that is then reported. */
    boolean takeGap(long number, SessionState session) {
        Share share = shares.get(session.id());
        if (live.containsKey(number) || share == null || !share.items().containsKey(number)) {
            return false;
        }
        share.items().remove(number);
        dropIfEmpty(share);
        return true;
    }

    /** The oldest item of a session, or of all if it has none; null if there is none at all. */
    @Nullable
    Item oldest(SessionState session) {
        Share share = shares.get(session.id());
        if (share != null) {
            for (Item item : share.items().values()) {
                if (item != null) {
                    return item;
                }
            }
        }
        return live.isEmpty() ? null : live.values().iterator().next();
    }

    /** The delivery of a number if it is not over. If it is, and left a gap with the session, the gap is closed. */
    @Nullable
    Item find(long number, SessionState session) {
        boolean unused = takeGap(number, session);
        return live.get(number);
    }

    /** Nobody works on it any more. */
    void remove(Item item) {
        live.remove(item.number());
        Share share = shares.present(item.session().id());
        share.items().remove(item.number());
        item.session().inProgress--;
        dropIfEmpty(share);
    }

    /** Removes and returns what a session has, the oldest first. */
    List<Item> removeAll(SessionState session) {
        List<Item> out = new ArrayList<>();
        Share share = shares.remove(session.id());
        session.inFlight.remove(queue.id());
        if (share != null) {
            for (Item item : share.items().values()) {
                if (item != null) {
                    live.remove(item.number());
                    session.inProgress--;
                    out.add(item);
                }
            }
        }
        return out;
    }

    /** Removes all of all sessions. */
    void clear(ApplyContext context) {
        stopTimer(context);
        for (Share share : shares.unordered()) {
            share.session().inFlight.remove(queue.id());
        }
        for (Item item : live.values()) {
            item.session().inProgress--;
        }
        shares.clear();
        live.clear();
    }

    /** Sets the time after which an item goes back, for those taken already, too. */
    void limit(long millis, ApplyContext context) {
        visibility = millis;
        stopTimer(context);
        watch(context);
    }

    private void stopTimer(ApplyContext context) {
        if (timer != null) {
            context.deadlines().remove(timer);
            timer = null;
        }
    }

    private void watch(ApplyContext context) {
        if (visibility > 0 && timer == null && !live.isEmpty()) {
            // not now: what is due by an entry has ended before it
            long due = Math.max(dueAt(live.values().iterator().next()), context.now() + 1);
            timer = new ObjectTimer(queue, context.index(), due, onTimer);
            context.deadlines().add(timer);
        }
    }

    /** Grows with the number: all items have the same limit. */
    private long dueAt(Item item) {
        return visibility > Long.MAX_VALUE - item.takenAt() ? Long.MAX_VALUE : item.takenAt() + visibility;
    }

    /** The timer's time has come: removes and returns the items whose time is up, the oldest first. */
    List<Item> expired(ApplyContext context) {
        stopTimer(context);
        List<Item> out = new ArrayList<>();
        for (Item item : live.values()) {
            if (dueAt(item) > context.now()) {
                break;
            }
            out.add(item);
        }
        Set<Share> touched = new LinkedHashSet<>();
        for (Item item : out) {
            live.remove(item.number());
            Share share = shares.present(item.session().id());
            // keeps its place
            share.items().put(item.number(), null);
            item.session().inProgress--;
            touched.add(share);
        }
        for (Share share : touched) {
            dropOldestGaps(share.items().entrySet());
        }
        watch(context);
        return out;
    }

    private static void dropOldestGaps(Set<Map.Entry<Long, @Nullable Item>> items) {
        int gaps = -MOST_GAPS;
        for (Map.Entry<Long, @Nullable Item> e : items) {
            gaps += e.getValue() == null ? 1 : 0;
        }
        for (Iterator<Map.Entry<Long, @Nullable Item>> i = items.iterator(); gaps > 0 && i.hasNext(); ) {
            if (i.next().getValue() == null) {
                i.remove();
                gaps--;
            }
        }
    }

    void snapshot(SnapshotWriter out) {
        out.i64(lastNumber).i64(visibility);
        out.i64(timer == null ? 0 : timer.index).i64(timer == null ? 0 : timer.deadline);
        out.i32(shares.size());
        for (long session : shares.sortedKeys()) {
            Map<Long, @Nullable Item> items = shares.present(session).items();
            out.i64(session).i32(items.size());
            for (Map.Entry<Long, @Nullable Item> e : items.entrySet()) {
                Item item = e.getValue();
                out.i64(e.getKey()).u8(item == null ? 0 : 1);
                if (item != null) {
                    out.i64(item.position()).i32(item.deliveries()).i64(item.takenAt());
                    out.bytes(item.value());
                }
            }
        }
    }

    void restore(SnapshotReader in, ApplyContext context) {
        lastNumber = in.i64();
        visibility = in.i64();
        long index = in.i64();
        long deadline = in.i64();
        if (index != 0) {
            timer = new ObjectTimer(queue, index, deadline, onTimer);
            context.deadlines().add(timer);
        }
        List<Item> all = new ArrayList<>();
        for (int n = in.i32(); n > 0; n--) {
            Share share = share(context.sessions().present(in.i64()));
            for (int left = in.i32(); left > 0; left--) {
                long number = in.i64();
                Item item = null;
                if (in.u8() != 0) {
                    long position = in.i64();
                    int deliveries = in.i32();
                    long takenAt = in.i64();
                    item = new Item(number, share.session(), in.bytes(), position, deliveries, takenAt);
                    all.add(item);
                    share.session().inProgress++;
                }
                share.items().put(number, item);
            }
        }
        all.sort(Comparator.comparingLong(Item::number));
        for (Item item : all) {
            live.put(item.number(), item);
        }
    }

    /** The settings of another, and none of its items. */
    void copySettings(InFlightItems other) {
        lastNumber = other.lastNumber;
        visibility = other.visibility;
    }
}
