package io.multiproc.server.state;

import io.multiproc.protocol.op.ObjectType;
import io.multiproc.protocol.wire.Args;
import io.multiproc.protocol.wire.ContainerBuilder;
import io.multiproc.protocol.wire.Tag;
import io.multiproc.protocol.wire.Values;
import io.multiproc.server.machine.SnapshotReader;
import io.multiproc.server.machine.SnapshotWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The redelivery of a joinable queue: an item belongs to the session that took it until it is done ({@link InFlightItems}), and goes back to
 * where it was, or to the dead-letter queue, if that does not happen. How often it has been handed out goes with it.
 */
final class Redelivery {
    /** What {@link #withNumber} adds to an item, at most: the tuple's head and two integers. */
    static final int NUMBER_BYTES = 9 + 2 * 9;

    private final QueueState queue;
    private final InFlightItems inFlight;
    /** The items that were being worked on when a durable copy was made. */
    private List<InFlightItems.Item> copiedItems = List.of();
    /** How often an item is handed out before it goes to the dead-letter queue; 0 for without end. */
    private long mostDeliveries;

    private byte @Nullable [] deadLetter;

    Redelivery(QueueState queue) {
        this.queue = queue;
        inFlight = new InFlightItems(queue, this::expire);
    }

    /** How many items are being worked on. */
    int size() {
        return inFlight.size();
    }

    /** An item is handed to a session. */
    InFlightItems.Item take(SessionState session, QueueItems.Taken taken, ApplyContext context) {
        return inFlight.take(session, taken.item(), taken.position(), 1 + taken.deliveries(), context);
    }

    /** An item with how often it has been handed out and the number of its delivery. */
    static byte[] withNumber(InFlightItems.Item item) {
        return ContainerBuilder.sequence(
                Tag.TUPLE,
                List.of(item.value(), Values.ofInteger(item.deliveries()), Values.ofInteger(item.number())),
                Integer.MAX_VALUE - 64);
    }

    /** Whether what a session has to report first is an item whose time was up; that is then reported. */
    boolean takeGap(SessionState session) {
        return inFlight.takeGap(session);
    }

    /** Whether the item of a delivery to a session went back as its time was up; that is then reported. */
    boolean takeGap(long number, SessionState session) {
        return inFlight.takeGap(number, session);
    }

    /** Nobody works any more on the item of a delivery; false if the delivery is over. */
    boolean finish(long number, ApplyContext context) {
        InFlightItems.Item item = inFlight.find(number, context.caller());
        if (item == null) {
            return false;
        }
        finish(item, context);
        return true;
    }

    /** The oldest item of the caller, or of all if it has none, is done; nothing happens if there is none at all. */
    void finishOldest(ApplyContext context) {
        InFlightItems.Item item = inFlight.oldest(context.caller());
        if (item != null) {
            finish(item, context);
        }
    }

    private void finish(InFlightItems.Item item, ApplyContext context) {
        inFlight.remove(item);
        context.references().release(item.value());
    }

    /** The item of a delivery is done; false if the delivery is over. */
    boolean done(long number, ApplyContext context) {
        boolean live = finish(number, context);
        if (live) {
            queue.unfinished().finishOne(context);
        }
        return live;
    }

    void configure(Args a, ApplyContext context) {
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
            KeyedEntries.checkReferences(a, 2, context);
            context.references().retain(letter);
        }
        if (deadLetter != null) {
            context.references().release(deadLetter);
        }
        mostDeliveries = most;
        deadLetter = letter;
        inFlight.limit(visibility, context);
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

    /** What the caller has taken does not come back: it is gone, and unfinished. */
    void leaveUnfinished(ApplyContext context) {
        for (InFlightItems.Item item : inFlight.removeAll(context.caller())) {
            context.references().release(item.value());
        }
    }

    /** A session has ended: what it took and did not finish goes back. */
    void takerGone(SessionState session, ApplyContext context) {
        giveOutAgain(inFlight.removeAll(session), context);
    }

    /** Deliveries have not been received: they count as if they had never been. */
    void notReceived(long[] numbers, SessionState session, ApplyContext context) {
        for (long number : numbers) {
            InFlightItems.Item item = inFlight.find(number, session);
            if (item != null) {
                inFlight.remove(item);
                queue.takeBack(item.value(), item.position(), item.deliveries() - 1, context);
            }
        }
        queue.settle(context);
    }

    /** The items whose time is up go back. */
    private void expire(ApplyContext context) {
        giveOutAgain(inFlight.expired(context), context);
    }

    private void giveOutAgain(List<InFlightItems.Item> all, ApplyContext context) {
        QueueState dead = null;
        for (InFlightItems.Item item : all) {
            QueueState letters = mostDeliveries > 0 && item.deliveries() >= mostDeliveries ? deadLetter(context) : null;
            if (letters == null) {
                queue.takeBack(item.value(), item.position(), item.deliveries(), context);
            } else {
                // its references stay counted
                letters.append(item.value());
                dead = letters;
                queue.unfinished().finishOne(context);
            }
        }
        queue.settle(context);
        if (dead != null) {
            dead.settle(context);
        }
    }

    /** Null if there is none, or none any more, or one that was shut down: items go on being handed out then. */
    private @Nullable QueueState deadLetter(ApplyContext context) {
        return deadLetter != null
                        && context.references().object(Values.refId(deadLetter, 0)) instanceof QueueState letters
                        && !letters.isShutdown()
                ? letters
                : null;
    }

    /** Everything goes, the queue is no more. */
    void dispose(ApplyContext context) {
        forEachKept(context.references()::release);
        deadLetter = null;
        inFlight.clear(context);
    }

    /** The items being worked on and the reference to the dead-letter queue. */
    void forEachKept(Consumer<byte[]> action) {
        for (InFlightItems.Item item : inFlight.all()) {
            action.accept(item.value());
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
        inFlight.copySettings(other.inFlight);
        List<InFlightItems.Item> all = new ArrayList<>(other.inFlight.size());
        other.inFlight.all().forEach(all::add);
        copiedItems = all;
    }

    /** On a durable copy: what was being worked on is back in the queue. */
    void takeBackCopied() {
        for (InFlightItems.Item item : copiedItems) {
            queue.takeBackCopied(item.value(), item.position(), item.deliveries());
        }
        copiedItems = List.of();
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
        inFlight.snapshot(out);
    }

    void restore(SnapshotReader in, ApplyContext context) {
        mostDeliveries = in.i64();
        deadLetter = in.optionalBytes();
        inFlight.restore(in, context);
    }
}
