package io.multiproc.server.net;

import io.multiproc.protocol.wire.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a session's client sends again to a server that was started again from its log: all that it has kept, as nobody knows which of it the server before had
 * received. What was logged has taken effect, and takes none once more: a request is answered when it comes again, with the reply that is kept.
 *
 * <p>Not before: to the client a reply says that all frames up to its request have arrived, and those before it may have been reads, which have to be done again.
 */
final class SentAgain {
    /** Of a session whose server has not been started again. */
    static final SentAgain NOTHING = new SentAgain(0);

    /** @param ordinal which of the replies that the state has kept for the session it is */
    private record Held(Reply reply, long ordinal) {}

    private final long last;
    /** Requests that were applied and have not come again. */
    private final Set<Long> applied = new HashSet<>();
    /** Answers to some of them, in the order in which the state keeps them. */
    private final Map<Long, Held> held = new LinkedHashMap<>();

    /** @param last the number of the last frame that was applied */
    SentAgain(long last) {
        this.last = last;
    }

    /** A request has been applied, and waits. */
    void applied(long request) {
        applied.add(request);
    }

    /** A request has been applied, and answered by a reply that the state keeps. */
    void applied(long request, Reply reply, long ordinal) {
        applied.add(request);
        held.put(request, new Held(reply, ordinal));
    }

    /** Holds the answer to a request that has to come again before it is answered. Returns whether it is one. */
    boolean holds(long request, Reply reply, long ordinal) {
        if (!applied.contains(request)) {
            return false;
        }
        held.put(request, new Held(reply, ordinal));
        return true;
    }

    /** Whether a frame stands before, or is, the last one that was applied. */
    boolean covers(long frame) {
        return frame <= last;
    }

    /** The client sends requests again from this one on; returns those before it that are answered. */
    List<Long> from(long request) {
        applied.removeIf(r -> r < request);
        List<Long> answered = new ArrayList<>(held.keySet());
        answered.removeAll(applied);
        return answered;
    }

    /**
     * Whether a request of a frame that is covered has been applied, and has not come again yet: it waits, or {@link #take} has its answer. If not, the server before had
     * refused it, or only read.
     */
    boolean wasApplied(long request) {
        return applied.contains(request);
    }

    /** A request that has been applied has come again: nothing holds its answer up. */
    void came(long request) {
        applied.remove(request);
    }

    /** The answer that was held for a request, which is to be given now; null if it waits. */
    @Nullable
    Reply take(long request) {
        Held answer = held.remove(request);
        return answer == null ? null : answer.reply();
    }

    /** How many of the replies that the state keeps have been given, if so many arose: those before the first one that is held. */
    long given(long arose) {
        return held.isEmpty() ? arose : held.values().iterator().next().ordinal() - 1;
    }
}
