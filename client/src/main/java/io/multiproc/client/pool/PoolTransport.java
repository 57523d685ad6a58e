package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.Tuple;
import io.multiproc.client.process.ManagedProcess;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How the owner of a pool and its workers reach each other: through a manager, or over a pipe for each worker. Thread-safe; no method waits for a worker. */
interface PoolTransport {
    /** The way to one worker. */
    interface Line {
        /** Sends a message; completes with an exception if it cannot travel. One to a dead worker is lost, and its death is told. */
        CompletableFuture<Boolean> send(Tuple message);

        /** After the worker's end. */
        void close();
    }

    /** The manager that tasks may take proxies of, or null. */
    @Nullable
    Manager manager();

    /** An event of this process itself. */
    void post(Tuple event);

    /**
     * The next event.
     *
     * @throws io.multiproc.client.ManagerException if none can come any more
     */
    Object take() throws InterruptedException;

    /** The way to a worker that has said so. Its death comes as an event, behind all that it said. */
    Line joined(String key, Tuple joining);

    /** A process that will be a worker; not started. */
    ManagedProcess process(String key);

    /** Posts an event about a process that has ended, or was never started, behind all that its worker said. */
    void ended(String key, Tuple event);

    /** Whether what cannot be sent is one message, and not the end. */
    boolean isOpen();

    /** Ends it: workers that live learn that the pool is over. */
    void close();
}
