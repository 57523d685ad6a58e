package io.multiproc.client.pool;

/** Is told how far a call of a {@link Pool} has come. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * So many of all the call's tasks have a result or have failed. Called on the pool's thread, in order; must not block.
     *
     * @param done how many are done
     * @param total how many there are
     */
    void progress(int done, int total);
}
