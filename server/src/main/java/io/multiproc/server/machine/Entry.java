package io.multiproc.server.machine;

/**
 * One step of the state machine.
 *
 * @param index counts entries from 1; grants take it as their fencing token
 * @param time milliseconds since 1970, as the sequencer read them; never decreasing
 * @param session the session that asks; 0 for a tick
 * @param request the session's request id; 0 where there is none
 */
public record Entry(long index, long time, long session, long request, Command command) {}
