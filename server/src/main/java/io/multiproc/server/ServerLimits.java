package io.multiproc.server;

import io.multiproc.server.machine.StateLimits;

/**
 * Limits on what clients may ask of a server. A request over a limit fails with an error that names it; other clients are unaffected. Immutable.
 *
 * @param objects live objects; more are refused with BUSY
 * @param entries entries, elements or items of one object; more are refused with BUSY
 * @param waiters requests that wait for one object; more are refused with BUSY
 * @param sessions native sessions, those included whose client is cut off at the moment, and connections of Python clients; more are
 *     refused with BUSY when they connect
 * @param connectionRate new connections per second from one address of another machine, 0 for no limit; those between once and twice as
 *     many are told so (BUSY) once they have proved the key, those beyond are closed at once. A session that comes back is told nothing
 *     but let in
 * @param loopbackRate the same for this machine's own address; Unix sockets have no limit
 * @param memoryReserve percent of the heap kept free: what would store more is refused with BUSY, reading and removing go on
 */
public record ServerLimits(
        long objects,
        long entries,
        long waiters,
        int sessions,
        int connectionRate,
        int loopbackRate,
        int memoryReserve) {
    /** What a server has that is told nothing else. */
    public static final ServerLimits DEFAULT = new ServerLimits(
            StateLimits.DEFAULT.objects(),
            StateLimits.DEFAULT.entries(),
            StateLimits.DEFAULT.waiters(),
            20_000,
            5_000,
            0,
            8);

    /** @throws IllegalArgumentException if a limit is out of its range */
    public ServerLimits {
        if (objects < 1 || entries < 1 || waiters < 1 || sessions < 1) {
            throw new IllegalArgumentException("a limit is positive");
        }
        if (connectionRate < 0 || loopbackRate < 0) {
            throw new IllegalArgumentException("a rate is not negative");
        }
        if (memoryReserve < 1 || memoryReserve > 90) {
            throw new IllegalArgumentException("the memory reserve is 1 to 90 percent");
        }
    }

    public ServerLimits withObjects(long n) {
        return new ServerLimits(n, entries, waiters, sessions, connectionRate, loopbackRate, memoryReserve);
    }

    public ServerLimits withEntries(long n) {
        return new ServerLimits(objects, n, waiters, sessions, connectionRate, loopbackRate, memoryReserve);
    }

    public ServerLimits withWaiters(long n) {
        return new ServerLimits(objects, entries, n, sessions, connectionRate, loopbackRate, memoryReserve);
    }

    public ServerLimits withSessions(int n) {
        return new ServerLimits(objects, entries, waiters, n, connectionRate, loopbackRate, memoryReserve);
    }

    public ServerLimits withConnectionRate(int others, int loopback) {
        return new ServerLimits(objects, entries, waiters, sessions, others, loopback, memoryReserve);
    }

    public ServerLimits withMemoryReserve(int percent) {
        return new ServerLimits(objects, entries, waiters, sessions, connectionRate, loopbackRate, percent);
    }

    /** What of it the state looks at. */
    public StateLimits ofState() {
        return new StateLimits(objects, entries, waiters);
    }
}
