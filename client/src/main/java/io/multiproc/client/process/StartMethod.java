package io.multiproc.client.process;

/** A way to start a process. */
public enum StartMethod {
    /** A JVM for each process that has run nothing of the program. It may have been started a little earlier, see {@link ManagedProcess#forkserver}. */
    SPAWN,
    /** A JVM of a reserve that was started before and waits; see {@link ManagedProcess#forkserver}. */
    FORKSERVER,
    /** Python's fork: refused, because a JVM's threads, locks and collector do not survive a fork of the process. */
    FORK;

    /**
     * {@return this}
     *
     * @throws UnsupportedOperationException for FORK; the text says why
     */
    public StartMethod possible() {
        if (this == FORK) {
            throw new UnsupportedOperationException(
                    "a JVM cannot fork: of its threads only one would live on in the child, and the locks of the others,"
                            + " the collector's among them, would stay held; use SPAWN or FORKSERVER");
        }
        return this;
    }
}
