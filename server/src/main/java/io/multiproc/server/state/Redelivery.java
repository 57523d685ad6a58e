package io.multiproc.server.state;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a joinable queue does beyond a queue: an item belongs to the session that took it until it is done ({@link Tasks}), and goes back to
 * where it was, or to the dead-letter queue, if that does not happen. How often it has been handed out goes with it.
 */
final class Redelivery {
    private final QueueState queue;
    private final Tasks tasks;
    /** The items that were being worked on when a durable copy was made. */
    private List<Tasks.Task> copiedTasks = List.of();
    /** How often an item is handed out before it goes to the dead-letter queue; 0 for without end. */
    private long mostDeliveries;

    private byte @Nullable [] deadLetter;

    Redelivery(QueueState queue) {
        this.queue = queue;
        tasks = new Tasks(queue);
    }

    /** How many items are being worked on. */
    int size() {
        return tasks.size();
    }

    /** An item is handed to a session. */
    Tasks.Task take(SessionState session, QueueItems.Taken taken, Turn turn) {
        return tasks.take(session, taken.item(), taken.position(), 1 + taken.deliveries(), turn);
    }

    /** An item with how often it has been handed out and the number of its delivery. */
    static byte[] withNumber(Tasks.Task task) {
        return ContainerBuilder.sequence(
                Tag.TUPLE,
                List.of(task.item(), Values.ofInteger(task.deliveries()), Values.ofInteger(task.number())),
                Integer.MAX_VALUE - 64);
    }

    /** Whether what a session has to report first is an item whose time was up; that is then reported. */
    boolean takeGap(SessionState session) {
        return tasks.takeGap(session);
    }

    /** The oldest item of the caller, or of all if it has none, is done; nothing happens if there is none at all. */
    void finishOldest(Turn turn) {
        Tasks.Task task = tasks.oldest(turn.caller());
        if (task != null) {
            finish(task, turn);
        }
    }

    private void finish(Tasks.Task task, Turn turn) {
        tasks.remove(task);
        turn.references().release(task.item());
    }

    /** The item of a delivery is done; false if the delivery is over. */
    boolean done(long number, Turn turn) {
        Tasks.Task task = tasks.find(number, turn.caller());
        if (task == null) {
            return false;
        }
        finish(task, turn);
        queue.unfinished().finishOne(turn);
        return true;
    }

    void configure(Args a, Turn turn) {
        long visibility = a.integer(0);
        long most = a.integer(1);
        byte[] letter = a.present(2) && Tag.of(a.buffer(), a.start(2)) != Tag.NULL ? a.value(2) : null;
        if (visibility < 0 || most < 0 || most > Integer.MAX_VALUE) {
            throw ObjectState.badArgument(
                    "visibility is a number of milliseconds and deliveries a number, neither negative, not "
                            + visibility + " and " + most);
        }
        if ((most > 0) != (letter != null)) {
            throw ObjectState.badArgument("a number of deliveries needs a dead-letter queue, and the reverse");
        }
        if (letter != null) {
            checkDeadLetter(letter);
            Entries.checkReferences(a, 2, turn);
            turn.references().retain(letter);
        }
        if (deadLetter != null) {
            turn.references().release(deadLetter);
        }
        mostDeliveries = most;
        deadLetter = letter;
        tasks.limit(visibility, turn);
    }

    private void checkDeadLetter(byte[] letter) {
        boolean fits = Tag.of(letter, 0) == Tag.REF
                && (Values.refType(letter, 0) == ObjectType.QUEUE.code()
                        || Values.refType(letter, 0) == ObjectType.JOINABLE_QUEUE.code()
                        || Values.refType(letter, 0) == ObjectType.SIMPLE_QUEUE.code());
        if (!fits || Values.refId(letter, 0) == queue.id()) {
            throw ObjectState.badArgument("a dead-letter queue is another queue, joinable queue or simple queue");
        }
    }

    /** A session has ended: what it took and did not finish goes back. */
    void takerGone(SessionState session, Turn turn) {
        giveOutAgain(tasks.removeAll(session), turn);
    }

    /** Deliveries have not been received: they count as if they had never been. */
    void notReceived(long[] numbers, SessionState session, Turn turn) {
        for (long number : numbers) {
            Tasks.Task task = tasks.find(number, session);
            if (task != null) {
                tasks.remove(task);
                queue.takeBack(task.item(), task.position(), task.deliveries() - 1, turn);
            }
        }
        queue.settle(turn);
    }

    /** Whether a waiter is the timer of the oldest item; then the items whose time is up go back. */
    boolean expire(Waiter w, Turn turn) {
        if (!tasks.isTimer(w)) {
            return false;
        }
        giveOutAgain(tasks.expired(turn), turn);
        return true;
    }

    private void giveOutAgain(List<Tasks.Task> all, Turn turn) {
        QueueState dead = null;
        for (Tasks.Task task : all) {
            QueueState letters = mostDeliveries > 0 && task.deliveries() >= mostDeliveries ? deadLetter(turn) : null;
            if (letters == null) {
                queue.takeBack(task.item(), task.position(), task.deliveries(), turn);
            } else {
                // its references stay counted
                letters.append(task.item());
                dead = letters;
                queue.unfinished().finishOne(turn);
            }
        }
        queue.settle(turn);
        if (dead != null) {
            dead.settle(turn);
        }
    }

    /** Null if there is none, or none any more, or one that was shut down: items go on being handed out then. */
    private @Nullable QueueState deadLetter(Turn turn) {
        return deadLetter != null
                        && turn.references().object(Values.refId(deadLetter, 0)) instanceof QueueState letters
                        && !letters.isShutdown()
                ? letters
                : null;
    }

    /** Everything goes, the queue is no more. */
    void dispose(Turn turn) {
        forEachKept(turn.references()::release);
        deadLetter = null;
        tasks.clear(turn);
    }

    /** The items being worked on and the reference to the dead-letter queue. */
    void forEachKept(Consumer<byte[]> action) {
        for (Tasks.Task task : tasks.all()) {
            action.accept(task.item());
        }
        forEachStored(action);
    }

    /** The reference to the dead-letter queue, which a durable copy has, too. */
    void forEachStored(Consumer<byte[]> action) {
        if (deadLetter != null) {
            action.accept(deadLetter);
        }
    }

    /** For a durable copy: the settings of another, and what is being worked on there, to be {@linkplain #takeBackCopied taken back}. */
    void copy(Redelivery other) {
        mostDeliveries = other.mostDeliveries;
        deadLetter = other.deadLetter;
        tasks.copySettings(other.tasks);
        List<Tasks.Task> all = new ArrayList<>(other.tasks.size());
        other.tasks.all().forEach(all::add);
        copiedTasks = all;
    }

    /** On a durable copy: what was being worked on is back in the queue. */
    void takeBackCopied() {
        for (Tasks.Task task : copiedTasks) {
            queue.takeBackCopied(task.item(), task.position(), task.deliveries());
        }
        copiedTasks = List.of();
    }

    /** As {@link #snapshot} of a queue that hands nothing out again. */
    static void snapshotOfNone(SnapshotWriter out) {
        out.i64(0);
        out.optionalBytes(null);
    }

    static void restoreNone(SnapshotReader in) {
        long deliveries = in.i64();
        byte[] letter = in.optionalBytes();
        assert deliveries == 0 && letter == null : "a dead-letter queue of a queue that is not joinable";
    }

    void snapshot(SnapshotWriter out) {
        out.i64(mostDeliveries);
        out.optionalBytes(deadLetter);
        tasks.snapshot(out);
    }

    void restore(SnapshotReader in, Turn turn) {
        mostDeliveries = in.i64();
        deadLetter = in.optionalBytes();
        tasks.restore(in, turn);
    }
}
