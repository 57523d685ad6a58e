package io.multiproc.server.state;

/** A point in time at which an object has something to do. It stands among the {@link Deadlines} until it is removed. */
abstract class Timer {
    /** Of the entry that set it: one entry sets at most one timer of an object. */
    final long index;
    /** {@link Long#MAX_VALUE} for never. */
    final long deadline;

    /** The place among the deadlines; -1 for none. */
    int deadlineAt = -1;

    Timer(long index, long deadline) {
        this.index = index;
        this.deadline = deadline;
    }

    /** The object that it belongs to. */
    abstract ObjectState object();

    /** The time has come. Has to remove the timer from the deadlines. */
    abstract void expire(ApplyContext context);

    /** The order in which timers are due: by time, then by the entry that set them. */
    final boolean isBefore(Timer other) {
        if (deadline != other.deadline) {
            return deadline < other.deadline;
        }
        // one entry can start the timers of several objects
        return index != other.index
                ? index < other.index
                : object().id() < other.object().id();
    }
}
