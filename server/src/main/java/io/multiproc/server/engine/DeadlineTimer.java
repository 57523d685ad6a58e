package io.multiproc.server.engine;

/** Runs a task once, later, on the engine's thread. */
@FunctionalInterface
public interface DeadlineTimer {
    /** @return a handle that withdraws the task */
    Runnable schedule(long delayMillis, Runnable task);
}
