package io.multiproc.client.process;

/** A way to start a process. */
public enum StartMethod {
    /** A fresh JVM for each process. */
    SPAWN,
    /** A JVM of a reserve that was started before and waits; see {@link ManagedProcess#forkserver}. */
    FORKSERVER,
    /** Python's fork: refused, because a JVM's threads, locks and collector do not survive a fork of the process. */
    FORK
}
