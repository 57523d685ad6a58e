package io.multiproc.client.process;

import io.multiproc.client.internal.log.EventLog;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The children of this process that have not ended. */
final class Children {
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private static final Set<ManagedProcess> LIVE = ConcurrentHashMap.newKeySet();

    private Children() {}

    static void add(ManagedProcess p) {
        LIVE.add(p);
    }

    static void remove(ManagedProcess p) {
        LIVE.remove(p);
    }

    static List<ManagedProcess> active() {
        return List.copyOf(LIVE);
    }

    /** At the end of a program: its daemons whose recordings are to be added end, and are waited for. */
    static void endProfiled() {
        List<ManagedProcess> all =
                active().stream().filter(p -> p.isDaemon() && p.isProfiled()).toList();
        all.forEach(ManagedProcess::terminate);
        try {
            for (ManagedProcess p : all) {
                boolean ignored = p.join(FAREWELL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Resumer {
        static {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> active().stream()
                                    .filter(ManagedProcess::isPaused)
                                    .forEach(ManagedProcess::resume),
                            "multiproc-resume"));
        }

        static void touch() {
            // once is enough
        }
    }

    /** A paused child would never learn that this process has ended. */
    static void resumeAtEnd() {
        Resumer.touch();
    }

    /** At the end of a child's program: its daemons end, the others are waited for, as Python does. */
    static void joinAll() {
        for (ManagedProcess p : active()) {
            if (p.isDaemon()) {
                EventLog.info("calling terminate() for daemon " + p.name());
                p.terminate();
            }
        }
        for (ManagedProcess p : active()) {
            EventLog.info("calling join() for process " + p.name());
            try {
                p.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
