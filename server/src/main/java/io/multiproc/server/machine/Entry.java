package io.multiproc.server.machine;

/**
 * One step of the state machine. It has no index: the state counts what is applied to it, from 1, and keeps the count in its snapshots.
 *
 * @param time milliseconds since 1970, as the sequencer read them; never decreasing
 * @param session the session that asks; 0 for a tick and for a session that is opened
 * @param request the session's request id; 0 where there is none
 * @param frame which of the session's frames the command came in, from 1; 0 where it came in none, or nobody counts. One whose number is not above that of the last
 *     one applied has been applied already
 * @param confirmed how many of the replies that the state has kept for the session its client is known to have
 */
public record Entry(long time, long session, long request, long frame, long confirmed, Command command) {
    /** One of a session whose frames nobody counts. */
    public Entry(long time, long session, long request, Command command) {
        this(time, session, request, 0, 0, command);
    }
}
