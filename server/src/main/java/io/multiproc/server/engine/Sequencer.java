package io.multiproc.server.engine;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import java.security.SecureRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A total order of the commands of one state machine, as the engine sees it: a command is applied when its turn has come, by the {@link Applier} that the
 * sequencer was made with. One that answers from memory applies a command before {@link #submit} returns; one with a log gathers the commands of a
 * burst, makes them durable, and applies them then. All calls come from one thread, and completions are called on it.
 */
public interface Sequencer {
    /** The receiver of what came of one command. It is called once, inline by a sequencer that applies at once. */
    @FunctionalInterface
    interface Completion {
        /**
         * The command has been applied.
         *
         * @param reply the answer; null when the request waits, and is answered through {@link io.multiproc.server.machine.Completions}, or the command
         *     has no answer
         */
        void applied(long request, @Nullable Reply reply);
    }

    /** Makes the sequencer of an engine. */
    @FunctionalInterface
    interface Factory {
        /**
         * @param applier to be given the commands in their order
         * @param clock milliseconds since 1970
         */
        Sequencer create(Applier applier, LongSupplier clock);
    }

    /**
     * Puts a command next in the order.
     *
     * @param session the session that asks; 0 for none
     * @param request the session's request id; 0 where there is none
     * @param command its arguments are a view that need not outlive the call
     */
    void submit(long session, long request, Command command, Completion completion);

    /**
     * Whether what has been applied so far may answer a session's reads: nothing that it submitted is still on its way, and nobody else may have gone on with
     * the order.
     */
    default boolean mayRead(long session) {
        return true;
    }

    /** Whether it wants to know of bursts. The answer is always the same. */
    default boolean gathers() {
        return false;
    }

    /** What is submitted until {@link #endBurst} was read in one turn of the loop. */
    default void beginBurst() {}

    /** All that was there has been read. */
    default void endBurst() {}

    /** Has all that was submitted be applied before it returns. Not while a command is applied, but a completion may ask for it. */
    default void commit() {}

    /** Runs something when all that a session has submitted so far is applied, which may be now: what is said to its client must not overtake its answers. */
    default void after(long session, Runnable action) {
        action.run();
    }

    /** Whether it takes no commands, as another process gives this state its order. The answer is always the same. */
    default boolean isPassive() {
        return false;
    }

    /** The identity that the state is to have if it has none; any number but 0. */
    default long newIdentity() {
        SecureRandom random = new SecureRandom();
        long id = random.nextLong();
        while (id == 0) {
            id = random.nextLong();
        }
        return id;
    }

    /** When this process went on with a log that another one has left, on the wall clock; milliseconds since 1970, 0 if there is no log. */
    default long restartedAt() {
        return 0;
    }

    /** What its log has done. */
    default LogStats stats() {
        return LogStats.NONE;
    }
}
