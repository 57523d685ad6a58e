package io.multiproc.client.pool;

import io.multiproc.client.Manager;
import io.multiproc.client.Tuple;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A worker's way to the owner of its pool. Thread-safe, but that one thread takes. */
interface OwnerLink {
    /** The manager that the pool is on, or null. */
    @Nullable
    Manager manager();

    /** Before anything else: from now on this worker's death is noticed. */
    void open();

    /** Says that this worker takes tasks. */
    void join(String key, String name) throws InterruptedException;

    /** Sends an event, in order. An interrupt does not stop it. */
    CompletableFuture<Boolean> send(Tuple event);

    /** The next message. */
    Object take() throws InterruptedException;

    /** The next message, or null. */
    @Nullable
    Object poll();
}
