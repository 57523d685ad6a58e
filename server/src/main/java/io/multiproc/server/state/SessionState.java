package io.multiproc.server.state;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import io.multiproc.server.machine.Dialect;
import io.multiproc.server.table.LongMap;
import org.jspecify.annotations.Nullable;

/** Everything that one session owns, holds and waits for. Fields are changed by {@link ApplyContext}, {@link Sessions}, {@link References} and {@link Ownable} objects only. */
final class SessionState {
    /**
     * Items handed over by one reply and not yet acknowledged.
     *
     * @param positions where they were; of a joinable queue, which keeps them until they are done, the numbers of their deliveries
     * @param kept whether the queue keeps them
     */
    record Delivery(long request, long queue, byte[][] items, long[] positions, boolean kept) {}

    private final long id;
    private final Command.SessionOpened how;
    private String address;
    private boolean connected = true;
    private final long opened;

    /** How many references to an object the session has received and not given back, by its id. */
    final LongMap<Long> holds = new LongMap<>();
    /** By object id. */
    final LongMap<Ownable> owned = new LongMap<>();

    /** The joinable queues of which the session has items that are not done, by id. */
    final LongMap<QueueState> inFlight = new LongMap<>();
    /** Items of joinable queues that the session has taken and not finished, as {@link InFlightItems} counts them. */
    long inProgress;

    final LongMap<Waiter> parked = new LongMap<>();
    final LongMap<Delivery> deliveries = new LongMap<>();
    /** Items in all deliveries. */
    long undelivered;

    /** The number of the last frame that was applied; 0 if frames are not counted. */
    long frame;

    /** Null until a reply is kept. */
    private @Nullable KeptReplies kept;

    SessionState(long id, Command.SessionOpened how, long opened) {
        this.id = id;
        this.how = how;
        this.address = how.address();
        this.opened = opened;
    }

    /** How it was opened, with the address of now. */
    Command.SessionOpened how() {
        return new Command.SessionOpened(how.name(), address, how.dialect(), how.secret(), how.lease(), how.key());
    }

    /** Keeps a reply for a client that may come back to another server, if it is one that can. */
    void keep(long request, Reply reply, long limit) {
        if (how.dialect() == Dialect.NATIVE && request != 0) {
            if (kept == null) {
                kept = new KeptReplies();
            }
            kept.add(request, reply, limit);
        }
    }

    /** Its client has so many of the replies that were kept. */
    void confirm(long count) {
        if (kept != null) {
            kept.confirm(count);
        }
    }

    @Nullable
    KeptReplies kept() {
        return kept;
    }

    void restoreKept(@Nullable KeptReplies replies) {
        kept = replies;
    }

    long id() {
        return id;
    }

    String name() {
        return how.name();
    }

    String address() {
        return address;
    }

    /** Whether there is a connection at the moment. */
    boolean isConnected() {
        return connected;
    }

    /** The last address stays known while there is none. */
    void connected(String from) {
        connected = !from.isEmpty();
        if (connected) {
            address = from;
        }
    }

    long opened() {
        return opened;
    }
}
