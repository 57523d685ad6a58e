package io.multiproc.server.state;

import io.multiproc.server.table.LongMap;

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
    private final String name;
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

    SessionState(long id, String name, String address, long opened) {
        this.id = id;
        this.name = name;
        this.address = address;
        this.opened = opened;
    }

    long id() {
        return id;
    }

    String name() {
        return name;
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
