package io.multiproc.server.engine;

/**
 * The newest image of a state, as a server with a data folder has it.
 *
 * @param index of the last command in it
 * @param bytes its length; 0 if this process has written none
 * @param ageNanos how long ago it was begun, or this process was, if that has written none
 * @param nanos how long it took to write
 * @param pauseNanos for how long the engine's thread was held up at once, at most
 */
public record ImageStats(long index, long bytes, long ageNanos, long nanos, long pauseNanos) {
    /** Without a data folder. */
    public static final ImageStats NONE = new ImageStats(0, 0, 0, 0, 0);
}
