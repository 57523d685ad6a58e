package io.multiproc.client.pipe;

/**
 * A pipe: two connected ends, Python's {@code multiprocessing.Pipe}. Pass one to a process; what is sent at one end is received at the other.
 *
 * @param first the end that Python returns first; of a pipe of one direction, the receiving one
 * @param second the other end; of a pipe of one direction, the sending one
 */
public record Pipe(Connection first, Connection second) implements AutoCloseable {
    /**
     * A new pipe.
     *
     * @param duplex whether both ends send and receive; otherwise the first one receives and the second one sends
     */
    public static Pipe open(boolean duplex) {
        MemoryLink.Pair pair = new MemoryLink.Pair();
        Connection first = new Connection(pair.a, null, true, duplex);
        Connection second = new Connection(pair.b, null, duplex, true);
        pair.a.owner(first);
        pair.b.owner(second);
        return new Pipe(first, second);
    }

    /** Closes both ends, if they are this process's. */
    @Override
    public void close() {
        first.close();
        second.close();
    }
}
