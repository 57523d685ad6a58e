package io.multiproc.client;

import io.multiproc.client.internal.session.SessionEvents;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes the events of a session on to the program. */
final class ListenerAdapter implements SessionEvents.Listener {
    private static final ConnectionListener NOBODY = new ConnectionListener() {};

    private final Manager manager;
    private final ConnectionListener listener;
    private final @Nullable Consumer<Manager> renewal;

    ListenerAdapter(Manager manager, @Nullable ConnectionListener listener, @Nullable Consumer<Manager> renewal) {
        this.manager = manager;
        this.listener = listener == null ? NOBODY : listener;
        this.renewal = renewal;
    }

    @Override
    public void disconnected(String reason) {
        listener.disconnected(manager, reason);
    }

    @Override
    public void reconnected(Duration outage) {
        listener.reconnected(manager, outage);
    }

    @Override
    public void ended(ManagerException reason) {
        listener.ended(manager, reason);
    }

    @Override
    public void renewed() {
        if (renewal != null) {
            renewal.accept(manager);
        }
        listener.renewed(manager);
    }
}
