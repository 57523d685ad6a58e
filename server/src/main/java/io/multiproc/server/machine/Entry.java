package io.multiproc.server.machine;

/**
 * One step of the state machine. It has no index: the state counts what is applied to it, from 1, and keeps the count in its snapshots.
 *
 * @param time milliseconds since 1970, as the sequencer read them; never decreasing
 * @param session the session that asks; 0 for a tick and for a session that is opened
 * @param request the session's request id; 0 where there is none
 */
public record Entry(long time, long session, long request, Command command) {}
