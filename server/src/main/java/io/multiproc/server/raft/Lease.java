package io.multiproc.server.raft;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The time in which no other node can lead. A node that confirms a message of its leader promises neither to vote nor to ask for votes for {@link #PROMISE} of its
 * own monotonic time. The leader counts from when it sent the message, and only {@link #LEASE}, so clocks may differ in rate by a tenth.
 *
 * <p>Belongs to the log's thread, but for {@link #isHeld}.
 */
final class Lease {
    /** Less than the time without a heartbeat after which a node asks for votes, so that no election is later by it. */
    static final long PROMISE = 900_000_000;

    static final long LEASE = 800_000_000;

    /** When a message that a node has confirmed in this term was sent. */
    private final Map<String, Long> confirmed = new HashMap<>();

    private boolean promised;
    private long promisedUntil;
    private @Nullable String promisedTo;

    private boolean givenUp;
    private volatile boolean running;
    private volatile boolean alone;
    private volatile long until;

    // of the node that leads

    /** A term of its own begins: what was confirmed before does not count. */
    void begin() {
        confirmed.clear();
        givenUp = false;
        running = false;
    }

    /** The term is over, or is about to be handed over: the next one may begin at any time. */
    void giveUp() {
        givenUp = true;
        running = false;
    }

    /** A node has confirmed what was sent then, in this term. */
    void confirmed(String node, long sent, String self, Collection<String> voters) {
        Long before = confirmed.get(node);
        if (before == null || sent - before > 0) {
            confirmed.put(node, sent);
            count(self, voters);
        }
    }

    void count(String self, Collection<String> voters) {
        if (givenUp || !voters.contains(self)) {
            running = false;
            return;
        }
        long now = System.nanoTime();
        long[] ages = voters.stream()
                .filter(v -> !v.equals(self))
                .mapToLong(v -> {
                    Long sent = confirmed.get(v);
                    return sent == null ? Long.MAX_VALUE : now - sent;
                })
                .toArray();
        Arrays.sort(ages);
        // itself and so many others are a majority
        int others = voters.size() / 2;
        alone = others == 0;
        if (others > 0 && ages[others - 1] == Long.MAX_VALUE) {
            running = false;
            return;
        }
        until = others == 0 ? now : now - ages[others - 1] + LEASE;
        running = true;
    }

    /** On any thread. */
    boolean isHeld() {
        return running && (alone || System.nanoTime() - until < 0);
    }

    // of a node that follows

    /** This node may have promised something before it was started. */
    void startedAgain() {
        promised = true;
        promisedTo = null;
        promisedUntil = System.nanoTime() + PROMISE;
    }

    void promise(String leader) {
        promised = true;
        promisedTo = leader;
        promisedUntil = System.nanoTime() + PROMISE;
    }

    /** Whether this node may help somebody to lead. The one that has the promise may end it. */
    boolean mayVoteFor(String candidate) {
        if (promised && promisedUntil - System.nanoTime() <= 0) {
            promised = false;
        }
        return !promised || candidate.equals(promisedTo);
    }
}
