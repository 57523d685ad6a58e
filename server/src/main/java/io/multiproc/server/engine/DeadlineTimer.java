package io.multiproc.server.engine;

/** A timer that runs a task once, later, on the engine's thread. */
@FunctionalInterface
public interface DeadlineTimer {
    /** @return a handle that withdraws the task */
    Runnable schedule(long delayMillis, Runnable task);
}
