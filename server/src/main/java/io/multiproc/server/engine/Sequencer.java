package io.multiproc.server.engine;

import io.multiproc.protocol.wire.Reply;
import io.multiproc.server.machine.Command;
import org.jspecify.annotations.Nullable;

/**
 * A total order of the commands of one state machine. It numbers and stamps each command, applies it when its turn has come, and gives back the answer.
 * Answers to requests that wait go to the {@link io.multiproc.server.machine.Completions} that the sequencer was made with.
 */
interface Sequencer {
    /**
     * Puts a command next in the order.
     *
     * @param session the session that asks; 0 for none
     * @param request the session's request id; 0 where there is none
     * @return the answer, or null when the request waits or the command has no answer
     */
    @Nullable
    Reply submit(long session, long request, Command command);

    /** To be called now and then: what is due by itself is done in time even if the timer could not be set before. */
    void awake();

    /** The time of the last entry; milliseconds since 1970. */
    long time();
}
