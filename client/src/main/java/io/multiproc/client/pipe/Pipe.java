package io.multiproc.client.pipe;

import io.multiproc.client.Manager;

/**
 * A pipe: two connected ends, Python's {@code multiprocessing.Pipe}. Pass one to a process; what is sent at one end is received at the other.
 *
 * @param first the end that Python returns first; of a pipe of one direction, the receiving one
 * @param second the other end; of a pipe of one direction, the sending one
 */
public record Pipe(Connection first, Connection second) implements AutoCloseable {
    /**
     * {@return a new pipe}
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

    /**
     * {@return a new pipe whose ends may be on any hosts that reach a manager} What is sent passes through the manager, where up to 64
     * messages wait in each direction. An end may be an argument of a process or of a pool's task, or an item of the manager's shared
     * objects, by itself or in a list, tuple or dict; it is then its receiver's, when that first uses it. Until then it ends with the
     * process that gave it away.
     *
     * <p>Values may be of the classes that the manager's options allow. The pipe goes when nobody has its ends.
     *
     * @param manager the manager
     * @param duplex as in {@link #open(boolean)}
     */
    public static Pipe open(Manager manager, boolean duplex) {
        SharedPipe shared = SharedPipe.create(manager);
        return new Pipe(
                Connection.of(ManagerLink.opened(shared, 0), manager, true, duplex),
                Connection.of(ManagerLink.opened(shared, 1), manager, duplex, true));
    }

    /** Closes both ends, if they are this process's. */
    @Override
    public void close() {
        first.close();
        second.close();
    }
}
