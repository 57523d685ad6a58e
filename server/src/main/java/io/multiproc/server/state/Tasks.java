package io.multiproc.server.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The items of a joinable queue that have been taken and are being worked on, each by one session. The age of an item here is
 * the number of its delivery, which only grows.
 *
 * <p>An item whose time was up leaves a gap in the list of its session, so that the {@code task_done} that comes for it late is
 * not taken for one of the next item.
 */
final class Tasks {
    /** One delivery of one item: the {@code deliveries}-th. */
    record Task(long number, SessionState session, byte[] item, long position, int deliveries, long takenAt) {}

    /** What one session has, the oldest first; null for an item whose time was up. */
    private static final class Share {
        private final SessionState session;
        private final Map<Long, @Nullable Task> tasks = new LinkedHashMap<>();

        Share(SessionState session) {
            this.session = session;
        }

        SessionState session() {
            return session;
        }

        Map<Long, @Nullable Task> tasks() {
            return tasks;
        }
    }

    /** Gaps that one session may have: one that never reports keeps no more. */
    private static final int MOST_GAPS = 1_000;

    /** For a timer, which is nobody's wait. */
    private static final SessionState NOBODY = new SessionState(0, "", "", 0);

    private final QueueState queue;
    /** All, the oldest first. */
    private final Map<Long, Task> live = new LinkedHashMap<>();

    private final LongMap<Share> shares = new LongMap<>();
    private long lastNumber;
    /** Milliseconds; 0 for no limit. */
    private long visibility;
    /** Stands among the deadlines while there is a limit and an item, at the oldest item's or an earlier time. */
    private @Nullable Waiter timer;

    Tasks(QueueState queue) {
        this.queue = queue;
    }

    int size() {
        return live.size();
    }

    Iterable<Task> all() {
        return live.values();
    }

    /** An item is handed to a session. The number is at least the entry's index, so it grows over restarts, too. */
    Task take(SessionState session, byte[] item, long position, int deliveries, Turn turn) {
        lastNumber = Math.max(turn.index(), lastNumber + 1);
        Task task = new Task(lastNumber, session, item, position, deliveries, turn.now());
        live.put(task.number(), task);
        share(session).tasks().put(task.number(), task);
        session.inProgress++;
        watch(turn);
        return task;
    }

    private Share share(SessionState session) {
        Share share = shares.get(session.id());
        if (share == null) {
            share = new Share(session);
            shares.put(session.id(), share);
            session.tasks.put(queue.id(), queue);
        }
        return share;
    }

    private void dropIfEmpty(Share share) {
        if (share.tasks().isEmpty()) {
            shares.remove(share.session().id());
            share.session().tasks.remove(queue.id());
        }
    }

    /** Whether what a session has to report first is an item whose time was up; that is then reported. */
    boolean takeGap(SessionState session) {
        Share share = shares.get(session.id());
        if (share == null) {
            return false;
        }
        Map.Entry<Long, @Nullable Task> first =
                share.tasks().entrySet().iterator().next();
        if (first.getValue() != null) {
            return false;
        }
        share.tasks().remove(first.getKey());
        dropIfEmpty(share);
        return true;
    }

    /** The oldest item of a session, or of all if it has none; null if there is none at all. */
    @Nullable
    Task oldest(SessionState session) {
        Share share = shares.get(session.id());
        if (share != null) {
            for (Task task : share.tasks().values()) {
                if (task != null) {
                    return task;
                }
            }
        }
        return live.isEmpty() ? null : live.values().iterator().next();
    }

    /** The delivery of a number if it is not over. If it is, and left a gap with the session, the gap is closed. */
    @Nullable
    Task find(long number, SessionState session) {
        Task task = live.get(number);
        Share share = task == null ? shares.get(session.id()) : null;
        if (share != null && share.tasks().containsKey(number)) {
            share.tasks().remove(number);
            dropIfEmpty(share);
        }
        return task;
    }

    /** Nobody works on it any more. */
    void remove(Task task) {
        live.remove(task.number());
        Share share = shares.present(task.session().id());
        share.tasks().remove(task.number());
        task.session().inProgress--;
        dropIfEmpty(share);
    }

    /** Removes and returns what a session has, the oldest first. */
    List<Task> removeAll(SessionState session) {
        List<Task> out = new ArrayList<>();
        Share share = shares.remove(session.id());
        session.tasks.remove(queue.id());
        if (share != null) {
            for (Task task : share.tasks().values()) {
                if (task != null) {
                    live.remove(task.number());
                    session.inProgress--;
                    out.add(task);
                }
            }
        }
        return out;
    }

    /** Removes all of all sessions. */
    void clear(Turn turn) {
        stopTimer(turn);
        for (Share share : shares.unordered()) {
            share.session().tasks.remove(queue.id());
        }
        for (Task task : live.values()) {
            task.session().inProgress--;
        }
        shares.clear();
        live.clear();
    }

    /** Sets the time after which an item goes back, for those taken already, too. */
    void limit(long millis, Turn turn) {
        visibility = millis;
        stopTimer(turn);
        watch(turn);
    }

    private void stopTimer(Turn turn) {
        if (timer != null) {
            turn.deadlines().remove(timer);
            timer = null;
        }
    }

    private void watch(Turn turn) {
        if (visibility > 0 && timer == null && !live.isEmpty()) {
            // not now: what is due by an entry has ended before it
            long due = Math.max(dueAt(live.values().iterator().next()), turn.now() + 1);
            timer = new Waiter(queue, NOBODY, 0, turn.index(), due);
            turn.deadlines().add(timer);
        }
    }

    /** Grows with the number: all items have the same limit. */
    private long dueAt(Task task) {
        return visibility > Long.MAX_VALUE - task.takenAt() ? Long.MAX_VALUE : task.takenAt() + visibility;
    }

    boolean isTimer(Waiter w) {
        return w == timer;
    }

    /** The timer's time has come: removes and returns the items whose time is up, the oldest first. */
    List<Task> expired(Turn turn) {
        stopTimer(turn);
        List<Task> out = new ArrayList<>();
        for (Task task : live.values()) {
            if (dueAt(task) > turn.now()) {
                break;
            }
            out.add(task);
        }
        Set<Share> touched = new LinkedHashSet<>();
        for (Task task : out) {
            live.remove(task.number());
            Share share = shares.present(task.session().id());
            // keeps its place
            share.tasks().put(task.number(), null);
            task.session().inProgress--;
            touched.add(share);
        }
        for (Share share : touched) {
            dropOldestGaps(share.tasks().entrySet());
        }
        watch(turn);
        return out;
    }

    private static void dropOldestGaps(Set<Map.Entry<Long, @Nullable Task>> tasks) {
        int gaps = -MOST_GAPS;
        for (Map.Entry<Long, @Nullable Task> e : tasks) {
            gaps += e.getValue() == null ? 1 : 0;
        }
        for (Iterator<Map.Entry<Long, @Nullable Task>> i = tasks.iterator(); gaps > 0 && i.hasNext(); ) {
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
            Map<Long, @Nullable Task> tasks = shares.present(session).tasks();
            out.i64(session).i32(tasks.size());
            for (Map.Entry<Long, @Nullable Task> e : tasks.entrySet()) {
                Task task = e.getValue();
                out.i64(e.getKey()).u8(task == null ? 0 : 1);
                if (task != null) {
                    out.i64(task.position()).i32(task.deliveries()).i64(task.takenAt());
                    out.bytes(task.item());
                }
            }
        }
    }

    void restore(SnapshotReader in, Turn turn) {
        lastNumber = in.i64();
        visibility = in.i64();
        long index = in.i64();
        long deadline = in.i64();
        if (index != 0) {
            timer = new Waiter(queue, NOBODY, 0, index, deadline);
            turn.deadlines().add(timer);
        }
        List<Task> all = new ArrayList<>();
        for (int n = in.i32(); n > 0; n--) {
            Share share = share(turn.sessions().present(in.i64()));
            for (int left = in.i32(); left > 0; left--) {
                long number = in.i64();
                Task task = null;
                if (in.u8() != 0) {
                    long position = in.i64();
                    int deliveries = in.i32();
                    long takenAt = in.i64();
                    task = new Task(number, share.session(), in.bytes(), position, deliveries, takenAt);
                    all.add(task);
                    share.session().inProgress++;
                }
                share.tasks().put(number, task);
            }
        }
        all.sort(Comparator.comparingLong(Task::number));
        for (Task task : all) {
            live.put(task.number(), task);
        }
    }

    /** The settings of another, and none of its items. */
    void copySettings(Tasks other) {
        lastNumber = other.lastNumber;
        visibility = other.visibility;
    }
}
