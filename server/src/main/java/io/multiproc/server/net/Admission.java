package io.multiproc.server.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The rules for connections that have not proved the key, so that those who never will do not keep out the others.
 *
 * <ul>
 *   <li>There is room for a number of them. When it is full a new one is taken all the same, and an old one goes: a client proves the key within
 *       milliseconds, and whoever is silent has been so for longest.
 *   <li>Who goes is one of the source that has most of them, its oldest. Where even that one is young, there are more at a time than can be told apart,
 *       and chance decides.
 *   <li>A quarter of the room is for sources that somebody has proved the key from: for clients that come back.
 *   <li>A source that nobody has proved the key from has little room, and failures add up to a time in which it is refused at once.
 * </ul>
 *
 * <p>Belongs to the event loop thread.
 */
final class Admission {
    /** A connection, as it is seen here. */
    interface Candidate {
        Source source();

        /** When it was accepted, on the clock of {@link System#nanoTime}. */
        long accepted();

        /** It goes to make room for others. */
        void drop(String why);
    }

    /** What a connection did that ended without proof, and for how long its source is penalised. */
    enum Failure {
        /** Its time was up, it was dropped, or it went: perhaps a program that probes the port. */
        NO_PROOF(1),
        WRONG_KEY(5),
        NO_CLIENT(10);

        private final long nanos;

        Failure(int seconds) {
            nanos = TimeUnit.SECONDS.toNanos(seconds);
        }
    }

    /** Penalties of less than this have no effect: any client fails now and then. */
    private static final long LEAST_PENALTY = TimeUnit.SECONDS.toNanos(15);

    /** For how long a source is known after its last client has gone. */
    private static final long KNOWN = TimeUnit.HOURS.toNanos(1);

    /** A client on a machine with enough to do proves the key in this time. */
    private static final long YOUNG = TimeUnit.MILLISECONDS.toNanos(250);

    private static final int MOST_SOURCES = 16_384;
    /** How many of the sources that were not heard of for longest are looked at to make room for another. */
    private static final int TRIES = 64;

    private final NetOptions.Strangers options;
    private final Random random;
    private final Source unix = new Source(true);
    /** The one not heard of for longest first. */
    private final Map<Object, Source> sources = new LinkedHashMap<>(64, 0.75f, true);

    private final Set<Source> waiting = new LinkedHashSet<>();
    private int unproven;

    Admission(NetOptions.Strangers options, Random random) {
        this.options = options;
        this.random = random;
    }

    /** Connections that have not proved the key. */
    int unproven() {
        return unproven;
    }

    /** How many sources it remembers. */
    int sources() {
        return sources.size();
    }

    /** The source of an address, null for a Unix socket. */
    Source source(@Nullable InetAddress address) {
        if (address == null) {
            return unix;
        }
        Object key = address instanceof Inet6Address
                ? (Object) ByteBuffer.wrap(address.getAddress()).getLong()
                : address;
        Source source = sources.get(key);
        if (source == null) {
            source = new Source(isExempt(address));
            if (sources.size() < MOST_SOURCES || forgetOne()) {
                sources.put(key, source);
            }
        }
        return source;
    }

    private boolean isExempt(InetAddress address) {
        for (AddressBlock block : options.exempt()) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private boolean forgetOne() {
        Iterator<Source> eldest = sources.values().iterator();
        for (int i = 0; i < TRIES && eldest.hasNext(); i++) {
            Source s = eldest.next();
            if (s.unproven.isEmpty() && s.proven == 0) {
                eldest.remove();
                return true;
            }
        }
        return false;
    }

    /** Why a source may not connect at a time, or null if it may. */
    @Nullable
    String refusal(Source source, long now) {
        if (!source.refused) {
            return null;
        }
        long left = source.penaltyEnd - now;
        if (left <= 0 || isKnown(source, now)) {
            source.refused = false;
            return null;
        }
        return "its connections failed to prove the key too often; it may try again in "
                + (TimeUnit.NANOSECONDS.toSeconds(left) + 1) + " s";
    }

    /** Whether clients have come from there lately. */
    private boolean isKnown(Source source, long now) {
        return source.proven > 0 || (source.hasProven && now - source.lastProven < KNOWN);
    }

    /** Takes a connection of a source, and drops others or this one where there are too many. */
    void admit(Source source, Candidate connection, long now) {
        source.unproven.add(connection);
        waiting.add(source);
        unproven++;
        if (!source.exempt && source.unproven.size() > options.perSource() && !isKnown(source, now)) {
            Candidate oldest = source.unproven.iterator().next();
            if (now - oldest.accepted() >= YOUNG) {
                drop(
                        oldest,
                        "more than " + options.perSource()
                                + " connections of this address have not proved the key (--max-half-open-per-source)");
            }
        }
        if (unproven > options.halfOpen() - options.halfOpen() / 4) {
            makeRoom(now);
        }
    }

    /** Drops a connection, as something else than room for them has run out; false if there is none. */
    boolean dropOne() {
        if (unproven == 0) {
            return false;
        }
        long now = System.nanoTime();
        drop(victim(fullest(now), now), "the process has too many open files");
        return true;
    }

    private void makeRoom(long now) {
        int strangers = 0;
        for (Source s : waiting) {
            strangers += isKnown(s, now) ? 0 : s.unproven.size();
        }
        if (unproven > options.halfOpen() || strangers > options.halfOpen() - options.halfOpen() / 4) {
            drop(
                    victim(fullest(now), now),
                    "more than " + options.halfOpen() + " connections have not proved the key (--max-half-open)");
        }
    }

    /** Where most connections are from that have not proved the key; from where nobody has proved it, if there is such a source. */
    private Source fullest(long now) {
        Source most = null;
        boolean mostIsKnown = true;
        for (Source s : waiting) {
            boolean known = isKnown(s, now);
            int n = s.unproven.size();
            if (most == null || (mostIsKnown && !known) || (mostIsKnown == known && n > most.unproven.size())) {
                most = s;
                mostIsKnown = known;
            }
        }
        if (most == null) {
            throw new IllegalStateException("nobody waits");
        }
        return most;
    }

    private Candidate victim(Source source, long now) {
        Iterator<Candidate> all = source.unproven.iterator();
        Candidate chosen = all.next();
        if (now - chosen.accepted() < YOUNG) {
            for (int skip = random.nextInt(source.unproven.size()); skip > 0; skip--) {
                chosen = all.next();
            }
        }
        return chosen;
    }

    private void drop(Candidate connection, String why) {
        // first, so that it is not counted twice
        leave(connection);
        connection.drop(why);
    }

    private void leave(Candidate connection) {
        Source source = connection.source();
        if (source.unproven.remove(connection)) {
            unproven--;
            if (source.unproven.isEmpty()) {
                waiting.remove(source);
            }
        }
    }

    /** A connection has proved the key. */
    void proved(Candidate connection, long now) {
        leave(connection);
        Source source = connection.source();
        source.proven++;
        source.hasProven = true;
        source.lastProven = now;
        source.refused = false;
        source.hasFailed = false;
    }

    /** A connection will not prove the key. */
    void failed(Candidate connection, Failure failure, long now) {
        Source source = connection.source();
        if (source.exempt || options.penaltyNanos() == 0 || isKnown(source, now)) {
            return;
        }
        long end = source.hasFailed && source.penaltyEnd - now > 0 ? source.penaltyEnd : now;
        source.penaltyEnd = now + Math.min(options.penaltyNanos(), end - now + failure.nanos);
        source.hasFailed = true;
        if (source.penaltyEnd - now >= Math.min(LEAST_PENALTY, options.penaltyNanos())) {
            source.refused = true;
        }
    }

    /** The socket of a connection has been closed. */
    void closed(Candidate connection, boolean proven, long now) {
        leave(connection);
        if (proven) {
            connection.source().proven--;
            connection.source().lastProven = now;
        }
    }
}
