package io.multiproc.client.process;

/**
 * What a process does, as {@link ManagedProcess#state} found it.
 *
 * @param kind created, running, waiting, paused or terminated
 * @param waitingFor what it waits for, as {@code QueueProxy.take} or {@code LockProxy.lock of lock 'accounts', owned by Process-1 4711}; empty unless it waits
 */
public record ProcessState(Kind kind, String waitingFor) {
    /** The states of a process. */
    public enum Kind {
        /** It was not started. */
        CREATED,
        /** It is being started, or the thread of its target has something to do. */
        RUNNING,
        /** The thread of its target waits: for a lock, an item, a pipe, a time. */
        WAITING,
        /** {@link ManagedProcess#pause} or somebody else's signal stopped it. */
        PAUSED,
        /** It has ended. */
        TERMINATED
    }

    static ProcessState of(Kind kind) {
        return new ProcessState(kind, "");
    }

    @Override
    public String toString() {
        return kind == Kind.WAITING ? kind + " for " + waitingFor : kind.toString();
    }
}
