package io.multiproc.client.internal.session;

import io.multiproc.client.ManagerException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.LoggerFactory;

/** Queue of a session's events, told to the program in order, on a thread that exists only while there is something to tell. */
public final class SessionEvents {
    /** Receiver of the events. */
    public interface Listener {
        void disconnected(String reason);

        void reconnected(Duration outage);

        void ended(ManagerException reason);

        void renewed();
    }

    private final Listener listener;
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private boolean running;

    SessionEvents(Listener listener) {
        this.listener = listener;
    }

    void disconnected(String reason) {
        add(() -> listener.disconnected(reason));
    }

    void reconnected(long outageNanos) {
        add(() -> listener.reconnected(Duration.ofNanos(outageNanos)));
    }

    void ended(ManagerException reason) {
        add(() -> listener.ended(reason));
    }

    void renewed() {
        add(listener::renewed);
    }

    /** Does something after all events so far, on their thread. */
    void add(Runnable event) {
        synchronized (queue) {
            queue.add(event);
            if (running) {
                return;
            }
            running = true;
        }
        Thread thread = new Thread(this::run, "multiproc-events");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (true) {
            Runnable event;
            synchronized (queue) {
                event = queue.poll();
                if (event == null) {
                    running = false;
                    return;
                }
            }
            try {
                event.run();
            } catch (RuntimeException e) {
                LoggerFactory.getLogger(SessionEvents.class).warn("a connection listener failed", e);
            }
        }
    }
}
